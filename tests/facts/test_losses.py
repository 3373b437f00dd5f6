"""Documented losses with the paper that says most, and what people agreed."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import losses
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, Books

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    """Acme with an order of 10,000 EUR at 0.14, its line, an invoice of 4,500, and a second company."""
    made = Books()
    made.company(2, EUR)
    made.partner("Acme")
    made.add("sale.order", id=5, name="S5", partner_id=1, company_id=1, currency_id=EUR, state="sale",
             currency_rate=0.14, date_order="2026-05-01 08:00:00", amount_total=12000.0)  # fmt: skip
    made.add("sale.order.line", id=7, order_id=5, company_id=1, currency_id=EUR, state="sale", price_subtotal=9000.0,
             price_total=10000.0, product_uom_qty=1.0)  # fmt: skip
    made.invoice(1, 4500.0, "2026-05-20")
    return made


def complain(books: Books, **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "investigating", "type": "product",
           "severity": "high", "received_at": "2026-06-01 20:00:00"}  # fmt: skip
    return books.add("kam.complaint", **{**row, **values})


def found(con: Any) -> list[tuple[Any, ...]]:
    names = ("complaint_id", "paper", "loss_minor", "total_minor", "currency_id", "currency_rate")
    listed = [tuple(row[name] for name in names) for row in rows(losses.losses(con))]
    return sorted(listed, key=lambda row: (row[0], row[1], row[2]))


@pytest.mark.requirement("S4-69")
def test_lines_stand_each_for_itself_with_the_order_line_before_the_invoice(books: Books, pulled: Pulled) -> None:
    move = books.tables["account.move"][0]["id"]
    number = complain(books, loss_amount=500.0, order_id=5)
    for values in ({"order_line_id": 7, "move_id": move, "loss_amount": 300.0}, {"move_id": move, "loss_amount": 200.0},
                   {"loss_amount": 1.0}, {"move_id": move, "loss_amount": 0.0}):  # fmt: skip
        books.add("kam.complaint.line", complaint_id=number, company_id=1, **values)
    rate = found(con := pulled(books))[2][5]
    assert [row[:5] for row in found(con)] == [
        (number, "", 100, None, None),
        (number, f"account.move,{move}", 200_00, 4_500_00, CNY),
        (number, "sale.order.line,7", 300_00, 10_000_00, EUR),
    ]
    assert float(rate) == 0.14


def test_without_lines_the_complaints_own_loss_stands_on_its_invoice_else_its_order(
    books: Books, pulled: Pulled
) -> None:
    move = books.tables["account.move"][0]["id"]
    first = complain(books, loss_amount=10.0, order_id=5, move_id=move)
    second = complain(books, loss_amount=20.0, order_id=5)
    third = complain(books, loss_amount=30.0)
    complain(books, loss_amount=0.0, order_id=5)
    assert [row[:5] for row in found(pulled(books))] == [
        (first, f"account.move,{move}", 10_00, 4_500_00, CNY),
        (second, "sale.order,5", 20_00, 12_000_00, EUR),
        (third, "", 30_00, None, None),
    ]


def test_a_paper_of_another_company_is_none(books: Books, pulled: Pulled) -> None:
    number = complain(books, company_id=2, loss_amount=10.0, order_id=5)
    books.add("kam.complaint.line", complaint_id=number, company_id=2, order_line_id=7, loss_amount=10.0)
    assert [row[:4] for row in found(pulled(books))] == [(number, "", 10_00, None)]


@pytest.mark.parametrize("state", ["draft", "cancel"])
def test_what_was_offered_drafted_or_cancelled_was_not_sold(books: Books, pulled: Pulled, state: str) -> None:
    move = books.tables["account.move"][0]["id"]
    quoted = complain(books, loss_amount=10.0, order_id=5)
    drafted = complain(books, loss_amount=20.0, move_id=move)
    lines = complain(books, loss_amount=30.0)
    books.add("kam.complaint.line", complaint_id=lines, company_id=1, order_line_id=7, loss_amount=30.0)
    books.change("sale.order", 5, state=state)
    books.change("sale.order.line", 7, state=state)
    books.draft(move, state)
    assert [row[:4] for row in found(pulled(books))] == [
        (quoted, "", 10_00, None), (drafted, "", 20_00, None), (lines, "", 30_00, None),
    ]  # fmt: skip


@pytest.mark.long
def test_what_people_agreed_is_told_with_the_day_of_receipt_in_the_companys_zone(books: Books, pulled: Pulled) -> None:
    complain(books, loss_amount=10.0)
    complain(books, loss_amount=20.0, remedy="credit", agreed_amount=15.5, agreed_at="2026-06-10 08:00:00",
             proposed_amount=12.0, proposed_remedy="goodwill", approver="manager")  # fmt: skip
    zones = {1: ZoneInfo("Asia/Shanghai"), 2: ZoneInfo("Europe/Berlin")}
    first, second = rows(losses.compensations(pulled(books), JUNE, zones))
    assert (first["received_on"], first["is_agreed"], first["remedy"], first["agreed_minor"]) == (
        date(2026, 6, 2), False, "", 0,
    )  # fmt: skip
    assert (second["is_agreed"], second["remedy"], second["agreed_minor"]) == (True, "credit", 15_50)
    assert (second["proposed_amount_minor"], second["proposed_remedy"], second["approver"]) == (
        12_00,
        "goodwill",
        "manager",
    )


@pytest.mark.long
def test_a_line_and_an_invoice_tell_the_order_that_they_are_part_of(books: Books, pulled: Pulled) -> None:
    move = books.tables["account.move"][0]["id"]
    books.change("account.move", move, invoice_origin="S5")
    number = complain(books)
    for values in ({"order_line_id": 7}, {"move_id": move}):
        books.add("kam.complaint.line", complaint_id=number, company_id=1, loss_amount=10.0, **values)
    complain(books, order_id=5, loss_amount=10.0)
    names = ("paper", "whole", "whole_minor", "whole_currency_id")
    whole = ("sale.order,5", 12_000_00, EUR)
    con = pulled(books)
    listed = sorted(tuple(row[name] for name in names) for row in rows(losses.losses(con)))
    assert listed == [
        (f"account.move,{move}", *whole), ("sale.order,5", *whole), ("sale.order.line,7", *whole),
    ]  # fmt: skip
    assert {float(row["whole_rate"]) for row in rows(losses.losses(con))} == {0.14}


@pytest.mark.long
@pytest.mark.parametrize("origin", ["S5, S6", "S6", None])
def test_an_invoice_of_no_order_or_of_several_stands_for_itself(
    books: Books, pulled: Pulled, origin: str | None
) -> None:
    """Two orders are called S6: nobody knows which one is meant."""
    for _ in range(2):
        books.add("sale.order", name="S6", partner_id=1, company_id=1, currency_id=EUR, state="sale",
                  date_order="2026-05-01 08:00:00", amount_total=1.0)  # fmt: skip
    move = books.tables["account.move"][0]["id"]
    books.change("account.move", move, invoice_origin=origin)
    complain(books, move_id=move, loss_amount=10.0)
    [row] = rows(losses.losses(pulled(books)))
    assert (row["whole"], row["whole_minor"], row["whole_currency_id"]) == (f"account.move,{move}", 4_500_00, CNY)
