"""Whole nights across the end of a period: what was approved stays, later truth is a further statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long
ANN, BOB = 5, 6
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
        (key,) = (key for key, row in server.rows("kam.payout").items() if row["payee_id"] == ANN)
        server.edit("kam.payout", key, **APPROVED)
        yield place, server


@pytest.mark.requirement("S4-33")
def test_what_came_later_is_a_further_statement_of_the_period(june: tuple[nights.Place, SandboxServer]) -> None:
    """On 2 July an invoice of each, dated back to June, and one of July: 2 % of 1,000, 500 and 700."""
    place, server = june
    (approved,) = (row for row in server.rows("kam.payout").values() if row["payee_id"] == ANN)
    lines = {key: row for key, row in server.rows("kam.payout.line").items() if row["payout_id"] == approved["id"]}
    (bob,) = stated(server, BOB)
    night(place, "2026-07-01")
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
    assert server.rows("kam.payout")[approved["id"]] == approved
    assert {key: server.rows("kam.payout.line")[key] for key in lines} == lines


def test_a_second_night_after_the_period_states_nothing_anew(june: tuple[nights.Place, SandboxServer]) -> None:
    place, server = june
    night(place, "2026-07-01")
    before = server.rows("kam.payout"), server.rows("kam.payout.line")
    night(place, "2026-07-01")
    assert (server.rows("kam.payout"), server.rows("kam.payout.line")) == before
    assert [row[0] for row in stated(server, ANN)] == ["2026-06"]
