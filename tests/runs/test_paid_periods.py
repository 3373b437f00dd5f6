"""Whole nights across the end of a period: what was approved stays, later truth is a further statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger, policy
from kam_connector.runs import pay_book, restated
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long
ANN, BOB = 5, 6
ENDED = "valid_from = 2000-01-01\nvalid_to = 2026-06-30"
APPROVED = {"state": "approved", "approved_by": 2, "approved_on": "2026-07-01 08:00:00"}
FIGURES = ("period", "payee_id", "sequence", "earned", "adjustments", "amount", "state")


def invoice(server: SandboxServer, day: str, payee: int, net: float) -> None:
    """A posted invoice like the first one of June, on another day, by somebody, of another amount."""
    like = next(row for row in server.rows("account.move").values() if row["move_type"] == "out_invoice")
    number = max(server.rows("account.move")) + 1
    amounts = {name: net for name in like if name.startswith("amount_") and not name.startswith("amount_tax")}
    days = dict.fromkeys(("date", "invoice_date", "invoice_date_due"), day)
    own = {"id": number, "name": f"INV/{day}", "invoice_user_id": payee, "amount_tax": 0.0, "state": "posted"}
    stamp = dict.fromkeys(("create_date", "write_date"), f"{day} 10:00:00")
    with server.erp.lock:
        server.erp.store.put("account.move", {**like, **amounts, **days, **own, **stamp})
        server.erp.on_commit(server.erp.store.commit())
    server.edit("account.move", number, ref=False)


def night(place: nights.Place, day: str) -> None:
    done = place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report")
    assert done.returncode in (0, 1), done.stderr


def stated(server: SandboxServer, payee: int) -> list[tuple[Any, ...]]:
    rows = [row for row in server.rows("kam.payout").values() if row["payee_id"] == payee]
    return sorted(tuple(row[name] for name in FIGURES) for row in rows)


@pytest.fixture
def june(shared_folder: Path, tmp_path: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """The last night of June; on the first of July Ann's statement is approved, Bob's is not."""
    with nights.after_one(shared_folder, tmp_path) as (place, server):
        approve_ann(server)
        yield place, server


@pytest.fixture
def july(shared_folder: Path, tmp_path: Path) -> Iterator[tuple[nights.Place, SandboxServer]]:
    """As `june`, after the first night of July, which changes nothing of the approved statement and of Bob's."""

    def begin(place: nights.Place, server: SandboxServer) -> None:
        approved = approve_ann(server)
        before = statement(server, approved), stated(server, BOB)
        night(place, "2026-07-01")
        assert (statement(server, approved), stated(server, BOB)) == before

    with nights.after(shared_folder, tmp_path, "july-begun", begin) as found:
        yield found


def approve_ann(server: SandboxServer) -> int:
    """Ann's only statement is approved; its id."""
    (key,) = (key for key, row in server.rows("kam.payout").items() if row["payee_id"] == ANN)
    server.edit("kam.payout", key, **APPROVED)
    return key


def statement(server: SandboxServer, key: int) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """The payout and its lines."""
    lines = {number: row for number, row in server.rows("kam.payout.line").items() if row["payout_id"] == key}
    return server.rows("kam.payout")[key], lines


@pytest.mark.requirement("S4-33")
def test_what_came_later_is_a_further_statement_of_the_period(july: tuple[nights.Place, SandboxServer]) -> None:
    """On 2 July an invoice of each, dated back to June, and one of July: 2 % of 1,000, 500 and 700."""
    place, server = july
    (approved,) = (row for row in server.rows("kam.payout").values() if row["payee_id"] == ANN)
    before = statement(server, approved["id"])
    (bob,) = stated(server, BOB)
    for payee, net in ((ANN, 1000.0), (BOB, 500.0)):
        invoice(server, "2026-06-29", payee, net)
    invoice(server, "2026-07-02", ANN, 700.0)
    night(place, "2026-07-02")
    first, further, july = stated(server, ANN)
    earned = approved["earned"]
    assert first == ("2026-06", ANN, 1, earned, 0.0, earned, "approved")
    assert further == ("2026-06", ANN, 2, pytest.approx(earned + 20), -earned, 20.0, "draft")
    assert july == ("2026-07", ANN, 1, 14.0, 0.0, 14.0, "draft")
    assert stated(server, BOB) == [("2026-06", BOB, 1, bob[3] + 10, 0.0, bob[5] + 10, "draft")]
    assert statement(server, approved["id"]) == before


def test_a_second_night_after_the_period_states_nothing_anew(july: tuple[nights.Place, SandboxServer]) -> None:
    place, server = july
    before = server.rows("kam.payout"), server.rows("kam.payout.line")
    night(place, "2026-07-01")
    assert (server.rows("kam.payout"), server.rows("kam.payout.line")) == before
    assert [row[0] for row in stated(server, ANN)] == ["2026-06"]


def answer(place: nights.Place, *words: str) -> dict[str, Any]:
    done = place.kam(*words, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return found


def closing(place: nights.Place, verb: str, *words: str, period: str = "2026-06") -> dict[str, Any]:
    return answer(place, "incentives", verb, "--period", period, *words)


def approve(server: SandboxServer, period: str = "2026-06") -> None:
    for key, row in server.rows("kam.payout").items():
        if (row["period"], row["state"]) == (period, "draft"):
            server.edit("kam.payout", key, **APPROVED)


def statements(place: nights.Place) -> dict[str, str]:
    """The bytes of every closed statement of June in the book."""
    with ledger.open(place.home / "main" / "ledger.sqlite", read_only=True) as book:
        return {event.key: event.hash for event in book.events(pay_book.STATEMENT) if ":2026-06:" in event.key}


@pytest.mark.requirement("S4-33")
def test_a_closed_period_is_approved_locked_and_never_changes(july: tuple[nights.Place, SandboxServer]) -> None:
    """What comes later is in July, with its origin; settled there it is paid once."""
    place, server = july
    earned = stated(server, ANN)[0][3]
    rows = {row["payee"]: row for row in closing(place, "close")["rows"]}
    assert (rows[ANN]["payout"], rows[ANN]["state"], rows[ANN]["rows"] > 1) == (f"{earned:.2f}", "closed", True)
    assert {row["state"] for row in closing(place, "close")["rows"]} == {"unchanged"}
    assert "waits for its approval" in place.kam("incentives", "lock", "--period", "2026-06").stderr
    frozen = statements(place)

    for payee, net in ((ANN, 1000.0), (BOB, 500.0)):
        invoice(server, "2026-06-29", payee, net)
    bob = stated(server, BOB)
    night(place, "2026-07-02")
    assert stated(server, BOB) == [*bob, ("2026-07", BOB, 1, 0.0, 10.0, 10.0, "draft")]
    assert stated(server, ANN)[1:] == [("2026-07", ANN, 1, 0.0, 20.0, 20.0, "draft")]
    lines = [row for row in server.rows("kam.payout.line").values() if row["component"] == "restated 2026-06"]
    assert sorted((row["amount"], row["reason_code"]) for row in lines) == [
        (10.0, "pay.came_later"), (20.0, "pay.came_later"),
    ]  # fmt: skip
    assert all(row["move_id"] for row in lines)
    done = place.kam("incentives", "close", "--period", "2026-06")
    assert done.returncode == 7
    assert "was closed with other figures" in done.stderr

    approve(server)
    night(place, "2026-07-03")
    assert {row["state"] for row in closing(place, "lock")["rows"]} == {"locked"}
    assert statements(place) == frozen
    told = closing(place, "statement")
    (total,) = (row for row in told["totals"] if row["payee"] == ANN)
    assert (total["as_paid"], total["known_now"], total["difference"]) == (
        f"{earned:.2f}",
        f"{earned + 20:.2f}",
        "20.00",
    )
    assert (total["state"], total["approved_by"] is None) == ("locked", False)
    assert [row["difference"] for row in told["rows"] if row["payee"] == ANN and row["difference"] != "0"] == ["20"]

    approve(server, "2026-07")
    night(place, "2026-07-04")
    assert [row[-2:] for row in stated(server, ANN)] == [(earned, "approved"), (20.0, "approved")]
    assert answer(place, "verify")["totals"]["problems"] == 0
    assert {row["state"] for row in closing(place, "close", "--again")["rows"]} == {"unchanged"}
    assert statements(place) == frozen

    rows = {row["payee"]: row for row in closing(place, "close", period="2026-07")["rows"]}
    assert [(rows[who]["adjustments"], rows[who]["payout"]) for who in (ANN, BOB)] == [
        ("20.00", "20.00"),
        ("10.00", "10.00"),
    ]
    assert {row["state"] for row in closing(place, "lock", period="2026-07")["rows"]} == {"locked"}
    night(place, "2026-07-05")
    assert [row[-2:] for row in stated(server, ANN)] == [(earned, "approved"), (20.0, "approved")]

    invoice(server, "2026-06-28", ANN, 500.0)
    night(place, "2026-08-02")
    (august,) = (row["id"] for row in server.rows("kam.payout").values() if row["period"] == "2026-08")
    lines = [row for row in server.rows("kam.payout.line").values() if row["payout_id"] == august]
    assert [(row["component"], row["amount"], row["reason_code"]) for row in lines] == [
        ("restated 2026-06", 10.0, "pay.came_later"),
    ]  # fmt: skip


def test_a_period_that_is_not_approved_is_closed_anew(july: tuple[nights.Place, SandboxServer]) -> None:
    """Bob's statement changes, Ann's is approved and stays; what she has more is carried over."""
    place, server = july
    closing(place, "close")
    for payee in (ANN, BOB):
        invoice(server, "2026-06-29", payee, 500.0)
    night(place, "2026-07-02")
    before, ann = stated(server, BOB)[0][-2], stated(server, ANN)[0]
    again = {row["payee"]: row for row in closing(place, "close", "--again")["rows"]}
    assert (again[BOB]["payout"], again[BOB]["revision"], again[ANN]["revision"]) == (f"{before + 10:.2f}", 2, 1)
    night(place, "2026-07-03")
    assert stated(server, BOB)[0] == ("2026-06", BOB, 1, before + 10, 0.0, before + 10, "draft")
    assert [row[-2] for row in stated(server, BOB)[1:]] in ([], [0.0])
    assert stated(server, ANN) == [ann, ("2026-07", ANN, 1, 0.0, 10.0, 10.0, "draft")]


def test_what_was_approved_before_the_closing_is_closed_as_it_was_approved(
    june: tuple[nights.Place, SandboxServer],
) -> None:
    place, server = june
    earned = stated(server, ANN)[0][3]
    invoice(server, "2026-06-29", ANN, 1000.0)
    answer(place, "sync", "run")
    rows = {row["payee"]: row for row in closing(place, "close")["rows"]}
    assert (rows[ANN]["payout"], rows[ANN]["earned"]) == (f"{earned:.2f}", f"{earned + 20:.2f}")
    night(place, "2026-07-02")
    assert stated(server, ANN)[1] == ("2026-07", ANN, 1, 0.0, 20.0, 20.0, "draft")
    assert answer(place, "verify")["totals"]["problems"] == 0


def test_what_was_approved_of_sales_that_are_another_s_by_now_is_closed_all_the_same(
    june: tuple[nights.Place, SandboxServer],
) -> None:
    """All of Ann's invoices are Bob's by now: what she was approved stands in the book, and July takes it back."""
    place, server = june
    earned = stated(server, ANN)[0][3]
    for key, row in server.rows("account.move").items():
        if row["invoice_user_id"] == ANN:
            server.edit("account.move", key, invoice_user_id=BOB)
    answer(place, "sync", "run")
    rows = {row["payee"]: row for row in closing(place, "close")["rows"]}
    assert (rows[ANN]["payout"], rows[ANN]["earned"], rows[ANN]["rows"]) == (f"{earned:.2f}", "0.00", 1)
    night(place, "2026-07-02")
    assert [row[-3:] for row in stated(server, ANN)] == [(0.0, earned, "approved"), (-earned, -earned, "draft")]
    assert answer(place, "verify")["totals"]["problems"] == 0


@pytest.mark.parametrize(("period", "said"), [("2099-01", "is not over"), ("2026-Q1", "No plan pays by")])
def test_what_cannot_be_closed(june: tuple[nights.Place, SandboxServer], period: str, said: str) -> None:
    done = june[0].kam("incentives", "close", "--period", period)
    assert (done.returncode, said in done.stderr) == (2, True)
    assert "is not closed" in june[0].kam("incentives", "lock", "--period", period).stderr
    assert "is not closed" in june[0].kam("incentives", "statement", "--period", period).stderr


def test_what_a_plan_that_ended_long_ago_paid_is_known_now_too(
    july: tuple[nights.Place, SandboxServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan ended with June 2026, the last day that was pulled is in December 2028."""
    place, _ = july
    closing(place, "close")
    folder = place.home / "policy" / "incentives"
    folder.mkdir(parents=True, exist_ok=True)
    plan = (policy.DEFAULTS / "incentives" / "standard.toml").read_text("utf-8")
    (folder / "standard.toml").write_text(plan.replace("valid_from = 2000-01-01", ENDED), "utf-8")
    monkeypatch.setattr(restated, "pulled_days", lambda *_: {1: date(2028, 12, 31)})
    totals = {row["payee"]: row for row in closing(place, "statement")["totals"]}
    assert totals.keys() >= {ANN, BOB}
    assert {row["difference"] for row in totals.values()} == {"0.00"}
    assert all(float(row["known_now"]) > 0 for row in totals.values())
