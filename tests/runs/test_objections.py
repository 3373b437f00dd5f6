"""Whole nights with payees who object: nothing is locked meanwhile; and Odoo says where each period stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.sandbox import SandboxServer
from tests.runs import nights
from tests.runs.test_paid_periods import ANN, APPROVED, BOB, answer, approve, closing, invoice, night

pytestmark = pytest.mark.long
MODEL = "kam.payout.objection"


@contextmanager
def closed_june(shared: Path, folder: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """June is over and closed; on the second of July Odoo shows it, and nobody has approved."""

    def close(place: nights.Place, _: SandboxServer) -> None:
        night(place, "2026-07-01")
        closing(place, "close")
        night(place, "2026-07-02")

    with nights.after(shared, folder, "closed-june", close) as found:
        yield found


@contextmanager
def locked_june(shared: Path, folder: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """The same, approved and locked: the night of the third of July showed the approval, none yet the lock."""

    def lock(place: nights.Place, server: SandboxServer) -> None:
        assert standing(server, ANN) == ("draft", "computed", 1)
        approve(server)
        before = figures(server)
        night(place, "2026-07-03")
        assert standing(server, ANN) == ("approved", "approved", 1)
        closing(place, "lock")
        assert figures(server) == before

    with nights.after(shared, folder, "locked-june", lock, first=closed_june) as found:
        yield found


@pytest.fixture
def locked(shared_folder: Path, tmp_path: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """As `locked_june`."""
    with locked_june(shared_folder, tmp_path) as found:
        yield found


@pytest.fixture
def june(shared_folder: Path, tmp_path: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """As `closed_june`."""
    with closed_june(shared_folder, tmp_path) as found:
        yield found


def standing(server: SandboxServer, payee: int, period: str = "2026-06") -> tuple[str, str, int]:
    """State of the payout, state of its period, revision."""
    (row,) = [row for row in server.rows("kam.payout").values() if (row["payee_id"], row["period"]) == (payee, period)]
    return row["state"], row["period_state"], row["revision"]


def figures(server: SandboxServer) -> dict[int, dict[str, Any]]:
    """Every approved payout without what says where it stands and who wrote last."""
    left = {"period_state", "revision", "kam_run", "kam_version", "write_date"}
    return {
        key: {name: value for name, value in row.items() if name not in left}
        for key, row in server.rows("kam.payout").items()
        if row["state"] != "draft"
    }


def objects(server: SandboxServer, payee: int, state: str = "open") -> int:
    """The payee objects to the payout of June: the id of the objection."""
    (payout,) = [row for row in server.rows("kam.payout").values() if row["payee_id"] == payee]
    raised = {"payout_id": payout["id"], "text": "INV/7 is mine.", "raised_by": payee, "state": state}
    like = {"company_id": payout["company_id"], "payee_id": payee, "plan": payout["plan"], "period": payout["period"]}
    number = max(server.rows(MODEL), default=0) + 1
    row = {"id": number, "kam_key": f"{MODEL},{number}", "raised_on": "2026-07-02 09:00:00", **raised, **like}
    with server.erp.lock:
        store = server.erp.store
        store.put(MODEL, {**{name: spec.empty for name, spec in store.schema.models[MODEL].items()}, **row})
        server.erp.on_commit(store.commit())
    server.edit(MODEL, number)
    return number


@pytest.mark.requirement("S0-14", "S4-33")
def test_nothing_is_locked_while_a_payee_objects(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    number = objects(server, ANN)
    approve(server)
    answer(place, "sync", "run")
    done = place.kam("incentives", "lock", "--period", "2026-06")
    assert done.returncode == 2
    assert "Objections of payees are open (1), the first to statement 1 of user 5, plan" in done.stderr
    assert "nothing was locked." in done.stderr
    assert "Key Accounts > Incentives > Objections" in done.stderr
    totals = {row["payee"]: row for row in closing(place, "statement")["totals"]}
    assert (totals[ANN]["objections"], totals[BOB]["objections"]) == (1, 0)
    assert {row["state"] for row in totals.values()} == {"computed"}

    server.edit(MODEL, number, state="rejected", answer="It is Bob's.", answered_by=2)
    answer(place, "sync", "run")
    assert {row["state"] for row in closing(place, "lock")["rows"]} == {"locked"}
    totals = {row["payee"]: row for row in closing(place, "statement")["totals"]}
    assert (totals[ANN]["objections"], totals[ANN]["state"]) == (0, "locked")


def test_a_night_names_the_period_that_cannot_be_locked(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    number = objects(server, ANN)
    told = objected(place, "2026-07-03")
    assert [(each["severity"], each["record"]) for each in told] == [("warning", "1:standard:2026-06")]
    assert told[0]["message"] == (
        "Objections of payees are open (1), the first to statement 1 of user 5: 2026-06 of plan standard, company 1, "
        "cannot be locked. Answer them in the ERP (Key Accounts > Incentives > Objections)."
    )
    server.edit(MODEL, number, state="rejected", answer="It is Bob's.", answered_by=2)
    folder = place.home / "policy" / "incentives"
    folder.mkdir(parents=True, exist_ok=True)
    plan = (policy.DEFAULTS / "incentives" / "standard.toml").read_text("utf-8")
    promised = plan.replace("valid_from = 2000-01-01", "valid_from = 2000-01-01\npay_within_days = 2")
    (folder / "standard.toml").write_text(promised, "utf-8")
    assert objected(place, "2026-07-03") == []
    late = objected(place, "2026-07-03", "pay.late")
    assert [each["record"] for each in late] == ["1:standard:2026-06", "2:standard:2026-06"]
    assert all("by 2026-07-02 and waits for its approval" in each["message"] for each in late)


def objected(place: nights.Place, day: str, source: str = "pay.objections") -> list[dict[str, Any]]:
    """What a night finds of objections, or of pay that is late."""
    found = answer(place, "run", "--yes", "--allow-past", "--as-of", day, "--skip", "report")["findings"]
    return [each for each in found if each["source"] == source]


def test_a_lock_is_shown_at_once_where_somebody_agrees(june: tuple[nights.Place, SandboxServer]) -> None:
    """Without a yes the period is locked, and the next night shows it; a second time writes nothing."""
    place, server = june
    approve(server)
    answer(place, "sync", "run")
    before = figures(server)
    told = closing(place, "lock")
    assert (told["totals"]["written"], standing(server, ANN)) == (0, ("approved", "computed", 1))
    assert [each["message"] for each in told["findings"]] == [
        "The ERP shows 2026-06 as locked after the next night. To show it now, give the same command again with --yes."
    ]
    shown = closing(place, "lock", "--yes")
    assert shown["totals"] == {"planned": len(before), "written": len(before)}
    assert [standing(server, payee) for payee in (ANN, BOB)] == [("approved", "locked", 1)] * 2
    assert (figures(server), shown["findings"]) == (before, [])
    answer(place, "sync", "run")
    assert closing(place, "lock", "--yes")["totals"] == {"planned": 0, "written": 0}


def test_a_lock_stands_while_the_erp_is_away(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    approve(server)
    answer(place, "sync", "run")
    server.stop()
    told = closing(place, "lock", "--yes")
    assert {row["state"] for row in told["rows"]} == {"locked"}
    assert told["findings"][0]["message"].startswith("The period is locked; the ERP shows it after the next night.")


def test_an_objection_to_a_locked_period_changes_nothing_of_it(locked: tuple[nights.Place, SandboxServer]) -> None:
    """It stays locked, and locking again says so; put right, the difference is in July."""
    place, server = locked
    objects(server, ANN)
    (told,) = objected(place, "2026-07-03")
    assert (told["severity"], "which stays as it is" in told["message"]) == ("info", True)
    before = figures(server)
    assert {row["state"] for row in closing(place, "lock")["rows"]} == {"locked"}
    invoice(server, "2026-06-29", ANN, 1000.0)
    night(place, "2026-07-04")
    assert figures(server) == before
    (july,) = [row for row in server.rows("kam.payout").values() if row["period"] == "2026-07"]
    assert (july["payee_id"], july["adjustments"], july["period_state"]) == (ANN, 20.0, "open")


@pytest.mark.requirement("S4-33")
def test_odoo_says_where_the_period_stands_and_keeps_its_figures(locked: tuple[nights.Place, SandboxServer]) -> None:
    """Open, computed, approved (these in `locked_june`), locked, paid: each a night after it became true."""
    place, server = locked
    before = figures(server)
    night(place, "2026-07-04")
    assert [standing(server, payee) for payee in (ANN, BOB)] == [("approved", "locked", 1)] * 2
    assert figures(server) == before
    runs = {row["kam_run"] for row in server.rows("kam.payout").values()}
    night(place, "2026-07-04")
    assert {row["kam_run"] for row in server.rows("kam.payout").values()} == runs
    for key in before:
        server.edit("kam.payout", key, state="paid")
    night(place, "2026-07-05")
    assert standing(server, ANN) == ("paid", "paid", 1)


def test_closed_anew_the_statement_has_its_next_revision(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    invoice(server, "2026-06-29", BOB, 500.0)
    answer(place, "sync", "run")
    closing(place, "close", "--again")
    night(place, "2026-07-03")
    assert (standing(server, BOB), standing(server, ANN)) == (("draft", "computed", 2), ("draft", "computed", 1))


def test_what_was_approved_before_the_closing_has_its_revision_too(shared_folder: Path, tmp_path: Path) -> None:
    with nights.after_one(shared_folder, tmp_path) as (place, server):
        (key,) = (key for key, row in server.rows("kam.payout").items() if row["payee_id"] == ANN)
        server.edit("kam.payout", key, **APPROVED)
        night(place, "2026-07-01")
        assert standing(server, ANN) == ("approved", "open", 0)
        closing(place, "close")
        before = figures(server)
        night(place, "2026-07-02")
        assert standing(server, ANN) == ("approved", "computed", 1)
        assert figures(server) == before
