"""Whole nights with payees who object: nothing is locked meanwhile; and Odoo says where each period stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights
from tests.runs.test_paid_periods import ANN, APPROVED, BOB, answer, approve, closing, invoice, night

pytestmark = pytest.mark.long
MODEL = "kam.payout.objection"


@contextmanager
def closed_june(shared: Path, folder: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """June is over and closed; on the second of July Odoo shows it, and nobody has approved."""
    with nights.after_one(shared, folder) as (place, server):
        night(place, "2026-07-01")
        closing(place, "close")
        night(place, "2026-07-02")
        yield place, server


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
    assert "1 objections of payees are open, the first to statement 1 of user 5, plan" in done.stderr
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


def test_an_objection_to_a_locked_period_changes_nothing_of_it(june: tuple[nights.Place, SandboxServer]) -> None:
    """It stays locked, and locking again says so; put right, the difference is in July."""
    place, server = june
    approve(server)
    night(place, "2026-07-03")
    closing(place, "lock")
    objects(server, ANN)
    answer(place, "sync", "run")
    before = figures(server)
    assert {row["state"] for row in closing(place, "lock")["rows"]} == {"locked"}
    invoice(server, "2026-06-29", ANN, 1000.0)
    night(place, "2026-07-04")
    assert figures(server) == before
    (july,) = [row for row in server.rows("kam.payout").values() if row["period"] == "2026-07"]
    assert (july["payee_id"], july["adjustments"], july["period_state"]) == (ANN, 20.0, "open")


@pytest.mark.requirement("S4-33")
def test_odoo_says_where_the_period_stands_and_keeps_its_figures(june: tuple[nights.Place, SandboxServer]) -> None:
    """Open, computed, approved, locked, paid: each a night after it became true."""
    place, server = june
    assert standing(server, ANN) == ("draft", "computed", 1)
    approve(server)
    before = figures(server)
    night(place, "2026-07-03")
    assert standing(server, ANN) == ("approved", "approved", 1)
    closing(place, "lock")
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
