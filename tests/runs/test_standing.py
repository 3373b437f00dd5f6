"""How customers pay and what they may owe, through whole nights: rule, command, record and workbook say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import pytest

from kam_connector.sandbox import SandboxServer
from tests.runs import nights

CUSTOMER, COMPANY = 36, 1
AS_OF = date.fromisoformat(nights.ANCHOR)


class Desk:
    """A home and the sandbox that its nights write to."""

    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def night(self, day: str = nights.ANCHOR) -> dict[str, Any]:
        done = self.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report", "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)["totals"]
        return answer

    def ask(self, *words: str) -> list[dict[str, Any]]:
        answer = json.loads(self.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json").stdout)
        rows: list[dict[str, Any]] = answer["rows"]
        return rows

    def record(self, partner: int = CUSTOMER) -> dict[str, Any]:
        rows = self.server.rows("kam.customer").values()
        return next(row for row in rows if (row["company_id"], row["partner_id"]) == (COMPANY, partner))

    def items(self) -> list[dict[str, Any]]:
        """The customer's posted journal items on receivable accounts up to the day, as the ERP has them."""
        accounts = self.server.rows("account.account")
        return [
            row
            for row in self.server.rows("account.move.line").values()
            if row["partner_id"] == CUSTOMER
            and row["company_id"] == COMPANY
            and row["parent_state"] == "posted"
            and row["date"] <= nights.ANCHOR
            and accounts[row["account_id"]]["account_type"] == "asset_receivable"
        ]

    def matches(self) -> list[dict[str, Any]]:
        rows = self.server.rows("account.partial.reconcile").values()
        return [row for row in rows if row["max_date"] <= nights.ANCHOR]


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        yield Desk(*after)


def days_late(desk: Desk) -> list[int]:
    """By hand: last cash less due date of each invoice item that was paid whole within twelve months."""
    lines = desk.server.rows("account.move.line")
    moves = desk.server.rows("account.move")
    found = []
    for item in desk.items():
        if moves[item["move_id"]]["move_type"] != "out_invoice":
            continue
        paid = [row for row in desk.matches() if row["debit_move_id"] == item["id"]]
        cash = [row for row in paid if moves[lines[row["credit_move_id"]]["move_id"]]["move_type"] == "entry"]
        if round(sum(row["amount"] for row in paid), 2) < item["balance"] or not cash:
            continue
        last = max(lines[row["credit_move_id"]]["date"] for row in cash)
        if last > "2025-06-30":
            found.append((date.fromisoformat(last) - date.fromisoformat(item["date_maturity"])).days)
    return found


@pytest.mark.requirement("S2-18")
def test_days_late_of_one_customer_by_hand(desk: Desk) -> None:
    late, record = days_late(desk), desk.record()
    assert len(late) >= 3
    assert (record["payer_class"], record["paid_items"]) == ("slow", len(late))
    assert record["days_late_mean"] == pytest.approx(fmean(late), abs=0.051)
    assert record["days_late_spread"] == pytest.approx(pstdev(late), abs=0.051)
    assert record["share_late"] == pytest.approx(sum(days > 0 for days in late) / len(late), abs=0.0001)


@pytest.mark.requirement("S4-49")
def test_exposure_of_one_customer_by_hand(desk: Desk) -> None:
    """What is owed net of credits, drafts, and the part of confirmed orders that is not invoiced."""
    owed = sum(Decimal(str(row["balance"])) for row in desk.items())
    for move in desk.server.rows("account.move").values():
        if (move["partner_id"], move["state"], move["company_id"]) == (CUSTOMER, "draft", COMPANY):
            owed += Decimal(str(move["amount_total_signed"]))
    orders = desk.server.rows("sale.order")
    for line in desk.server.rows("sale.order.line").values():
        order = orders[line["order_id"]]
        if (order["partner_id"], order["state"], order["company_id"]) == (CUSTOMER, "sale", COMPANY):
            left = Decimal(str(line["product_uom_qty"])) - Decimal(str(line["qty_invoiced"]))
            owed += (Decimal(str(line["price_total"])) * left / Decimal(str(line["product_uom_qty"]))).quantize(
                Decimal("0.01")
            )
    record = desk.record()
    assert Decimal(str(record["exposure"])) == owed
    assert (record["credit_limit"], record["headroom"]) == (0, 0)


def test_every_record_says_what_the_commands_say(desk: Desk) -> None:
    shown = {row["customer"]: row for row in desk.ask("collections", "show") if row["company"] == COMPANY}
    provided: dict[int, Decimal] = {}
    for row in desk.ask("ageing", "provision"):
        if row["company"] == COMPANY:
            provided[row["customer"]] = provided.get(row["customer"], Decimal(0)) + Decimal(row["provision"])
    records = [row for row in desk.server.rows("kam.customer").values() if row["company_id"] == COMPANY]
    assert len(records) > 10
    for record in records:
        row = shown.get(record["partner_id"])
        if row is None:
            assert not any(record[name] for name in ("payer_class", "credit_advice", "exposure", "provision"))
            continue
        for name, field in (("exposure", "exposure"), ("headroom", "headroom"), ("expected", "expected_amount")):
            assert Decimal(str(record[field])) == Decimal(row[name] or 0), field
        for name, field in (
            ("payer_class", "payer_class"),
            ("expected_on", "expected_on"),
            ("advice", "credit_advice"),
        ):
            assert (record[field] or None) == row[name], field
        assert Decimal(str(record["days_late_mean"])) == Decimal(row["days_late"] or 0)
        assert Decimal(str(record["provision"])) == provided.get(record["partner_id"], 0)
        assert str(record["payer_reason_code"]).startswith("payer.") == bool(record["payer_class"])


@pytest.mark.long
def test_the_same_night_again_and_the_next_days_night_write_nothing_for_customers_who_have_not_changed(
    desk: Desk,
) -> None:
    versions = {key: row["kam_version"] for key, row in desk.server.rows("kam.customer").items()}
    assert desk.night()["planned"] == 0
    assert desk.night("2026-07-01")["written"] > 0
    moved = {key for key, row in desk.server.rows("kam.customer").items() if row["kam_version"] != versions[key]}
    assert 0 < len(moved) < len(versions)
