"""Deliveries by whose sale, and whose the justified complaints were: hand-overs, companies without a warehouse."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import service
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, Books

JUNE = date(2026, 6, 30)
ZONES = {1: ZoneInfo("Asia/Shanghai"), 2: ZoneInfo("Europe/Berlin")}
ANN, BOB, CAT = 7, 8, 9


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact (2): sold to by Ann (order 5), today Bob's; a second company without a warehouse."""
    made = Books()
    made.company(2, EUR)
    made.partner("Acme", user_id=BOB)
    made.partner("Buyer", parent=1, is_company=False)
    made.add("stock.location", id=1, usage="supplier")
    made.add("stock.location", id=2, usage="customer")
    made.add("sale.order", id=5, partner_id=2, company_id=1, currency_id=CNY, currency_rate=1.0, name="S5",
             state="sale", user_id=ANN)  # fmt: skip
    return made


def ship(books: Books, done: str, **values: Any) -> int:
    row = {"name": f"OUT/{done}", "partner_id": 2, "company_id": 1, "sale_id": None, "origin": None, "state": "done",
           "location_dest_id": 2, "date_done": done}  # fmt: skip
    return books.add("stock.picking", **{**row, **values})


def complain(books: Books, received: str = "2026-06-10 08:00:00", **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "closed", "type": "product", "severity": "high",
           "received_at": received, "resolved_at": "2026-06-20 08:00:00"}  # fmt: skip
    return books.add("kam.complaint", **{**row, **values})


def delivered(con: Any, *names: str) -> list[tuple[Any, ...]]:
    found = sorted(rows(service.deliveries(con, JUNE, ZONES)), key=lambda row: (row["kind"], row["delivery_id"]))
    return [tuple(row[name] for name in names) for row in found]


def sellers(con: Any, as_of: date = JUNE) -> dict[int, int | None]:
    return {row["complaint_id"]: row["user_id"] for row in rows(service.seller_complaints(con, as_of, ZONES))}


def test_a_delivery_is_of_the_orders_salesperson_and_without_an_order_of_the_customers(
    books: Books, pulled: Pulled
) -> None:
    ship(books, "2026-06-01 08:00:00", sale_id=5)
    ship(books, "2026-06-02 08:00:00", origin="S5")
    ship(books, "2026-06-03 08:00:00", origin="by hand")
    ship(books, "2026-06-04 08:00:00", partner_id=None)
    con = pulled(books)
    assert delivered(con, "customer_id", "user_id", "kind") == [
        (1, ANN, "delivery"), (1, ANN, "delivery"), (1, BOB, "delivery"), (0, None, "delivery"),
    ]  # fmt: skip
    counted = {row["user_id"]: row["deliveries"] for row in rows(service.seller_deliveries(con, JUNE, ZONES))}
    assert counted == {ANN: 2, BOB: 1}


def test_what_goes_elsewhere_or_is_not_done_is_not_pulled(books: Books, pulled: Pulled) -> None:
    ship(books, "2026-06-01 08:00:00")
    ship(books, "2026-06-02 08:00:00", location_dest_id=1)
    ship(books, "2026-06-03 08:00:00", state="assigned")
    assert delivered(pulled(books), "number") == [("OUT/2026-06-01 08:00:00",)]


@pytest.mark.parametrize(
    ("done", "day", "in_12m"),
    [
        ("2025-06-30 15:59:00", "2025-06-30", False),
        ("2025-06-30 16:00:00", "2025-07-01", True),
        ("2026-06-30 15:59:00", "2026-06-30", True),
    ],
)
def test_twelve_months_are_days_of_the_company(books: Books, pulled: Pulled, done: str, day: str, in_12m: bool) -> None:
    ship(books, "2026-06-01 08:00:00")
    ship(books, done)
    ship(books, "2026-06-30 16:00:00")  # it is July in Shanghai
    found = delivered(pulled(books), "delivered_on", "in_12m")
    assert [(str(when)[:10], recent) for when, recent in found] == [("2026-06-01", True), (day, in_12m)]


@pytest.mark.long
def test_a_company_without_a_warehouse_counts_invoices_and_says_so(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 10.0, "2026-06-01", company_id=2, invoice_user_id=CAT)
    books.invoice(1, 10.0, "2026-06-02", company_id=2)
    books.invoice(1, 4.0, "2026-06-02", kind="out_refund", company_id=2, invoice_user_id=CAT)
    books.invoice(1, 10.0, "2026-06-02", invoice_user_id=CAT)
    ship(books, "2026-06-01 08:00:00", sale_id=5)
    assert delivered(pulled(books), "company_id", "user_id", "kind") == [
        (1, ANN, "delivery"), (2, CAT, "invoice"), (2, BOB, "invoice"),
    ]  # fmt: skip


@pytest.mark.long
def test_a_warehouse_that_was_given_up_more_than_a_year_ago_counts_invoices(books: Books, pulled: Pulled) -> None:
    ship(books, "2025-05-01 08:00:00", sale_id=5)
    books.invoice(1, 10.0, "2026-06-02", invoice_user_id=CAT)
    assert delivered(pulled(books), "kind", "user_id") == [("invoice", CAT)]


@pytest.mark.long
@pytest.mark.requirement("S2-56")
def test_a_complaint_is_the_sellers_of_what_it_names_and_else_of_the_last_delivery(
    books: Books, pulled: Pulled
) -> None:
    books.add("sale.order", id=6, partner_id=1, company_id=1, currency_id=CNY, currency_rate=1.0, name="S6",
              state="sale", user_id=CAT)  # fmt: skip
    move = books.invoice(1, 10.0, "2026-06-01", invoice_user_id=CAT)
    ship(books, "2026-06-01 08:00:00", name="OUT/1", sale_id=5)
    ship(books, "2026-06-12 08:00:00", name="OUT/2", sale_id=6)
    wanted = {
        complain(books, order_id=6): CAT,
        complain(books, move_id=move): CAT,
        complain(books, "2026-06-20 08:00:00", delivery_ref=" OUT/1 "): ANN,
        complain(books, "2026-06-11 08:00:00"): ANN,  # handed over since: it was Ann's delivery
        complain(books, "2026-06-12 08:00:00"): CAT,
        complain(books, "2026-05-30 08:00:00"): BOB,  # nothing was delivered before: the customer's own
        complain(books, partner_id=None): None,
    }
    assert sellers(pulled(books)) == wanted


@pytest.mark.long
def test_what_was_rejected_or_is_open_or_is_too_old_is_nobodys(books: Books, pulled: Pulled) -> None:
    ship(books, "2026-06-01 08:00:00", sale_id=5)
    complain(books, state="rejected")
    complain(books, state="investigating", resolved_at=None)
    complain(books, "2025-06-30 15:00:00")
    kept = complain(books, "2025-06-30 16:00:00")
    assert list(sellers(pulled(books))) == [kept]


def test_a_delivery_of_several_orders_counts_for_each_salesperson_once_and_a_complaint_for_the_one_it_names(
    books: Books, pulled: Pulled
) -> None:
    """S5 and S6 are Ann's, S7 is Bob's; a transfer that has an order of its own is of that one alone."""
    for number, seller in ((6, ANN), (7, BOB)):
        books.add("sale.order", **{**books.row("sale.order", 5), "id": number, "name": f"S{number}", "user_id": seller})
    ship(books, "2026-06-01 08:00:00", origin="S5, S6 ,S7")
    ship(books, "2026-06-02 08:00:00", origin="S6,S5")
    ship(books, "2026-06-03 08:00:00", origin="S5, S7", sale_id=5)
    named, both = ("OUT/2026-06-02 08:00:00", "OUT/2026-06-01 08:00:00")
    complain(books, delivery_ref=named)
    complain(books, delivery_ref=both, order_id=7)
    complain(books, delivery_ref=both, order_id=5)
    con = pulled(books)
    assert sorted(delivered(con, "delivery_id", "user_id")) == sorted([(1, ANN), (1, BOB), (2, ANN), (3, ANN)])
    counted = {row["user_id"]: row["deliveries"] for row in rows(service.seller_deliveries(con, JUNE, ZONES))}
    assert counted == {ANN: 3, BOB: 1}
    assert sellers(con) == {1: ANN, 2: BOB, 3: ANN}


def test_a_last_delivery_of_several_salespeople_does_not_tell_whose_a_complaint_is(
    books: Books, pulled: Pulled
) -> None:
    """The complaint names no paper: it is neither Ann's nor Bob's for having the lower number, but the customer's."""
    books.add("sale.order", **{**books.row("sale.order", 5), "id": 7, "name": "S7", "user_id": BOB})
    ship(books, "2026-06-01 08:00:00", origin="S5, S7")
    complain(books)
    assert sellers(pulled(books)) == {1: BOB}


def test_who_sold_something_else_later_is_not_answerable_for_a_delivery_of_several_that_is_named(
    books: Books, pulled: Pulled
) -> None:
    for number, seller in ((7, BOB), (8, CAT)):
        books.add("sale.order", **{**books.row("sale.order", 5), "id": number, "name": f"S{number}", "user_id": seller})
    ship(books, "2026-06-01 08:00:00", origin="S5, S7")
    ship(books, "2026-06-02 08:00:00", origin="S8")
    complain(books, delivery_ref="OUT/2026-06-01 08:00:00")
    assert sellers(pulled(books)) == {1: BOB}
