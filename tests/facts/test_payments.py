"""How customers pay, what was sold and received, and what may still be owed, from papers in a small mirror."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.facts import cash, exposure, turnover
from kam_connector.facts.invoices import posted_invoices
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books
from tests.sync.conftest import pull
from tests.sync.empty import empty_mirror
from tests.sync.fake import ByCompany
from tests.sync.test_side_tables import DEPENDENT

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def first(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


def paid(books: Books, due: str, *parts: tuple[str, float], amount: float = 100.0, **values: Any) -> int:
    """An invoice due then, and cash for it on those days."""
    invoice = books.invoice(1, amount, "2025-01-01", due=due, **values)
    for day, part in parts:
        books.match(books.item(invoice), books.item(books.payment(1, part, day)), part)
    return invoice


def test_three_nine_and_twelve_days_late_scatter_by_the_root_of_fourteen(books: Books, pulled: Pulled) -> None:
    for day in ("2026-03-04", "2026-03-10", "2026-03-13"):
        paid(books, "2026-03-01", (day, 100.0))
    row = first(cash.payment_behaviour(pulled(books), JUNE))
    assert row["days_late_mean"] == 8.0
    assert row["days_late_spread"] == pytest.approx(14**0.5, abs=1e-12)
    assert (row["part_paid_items"], row["part_open_items"], row["last_paid_on"]) == (0, 0, date(2026, 3, 13))


def test_one_payment_has_no_spread(books: Books, pulled: Pulled) -> None:
    paid(books, "2026-03-01", ("2026-03-04", 100.0))
    assert first(cash.payment_behaviour(pulled(books), JUNE))["days_late_spread"] == 0.0


def test_the_last_90_days_stand_beside_the_time_before(books: Books, pulled: Pulled) -> None:
    paid(books, "2026-03-31", ("2026-04-01", 100.0))  # 90 days before 30 June: 1 late, the last day of the time before
    paid(books, "2026-03-31", ("2026-04-02", 100.0))  # 2 late, the first recent day
    paid(books, "2026-06-20", ("2026-06-30", 100.0))  # 10 late
    row = first(cash.payment_behaviour(pulled(books), JUNE))
    assert (row["days_late_recent"], row["days_late_before"]) == (6.0, 1.0)
    assert first(cash.payment_behaviour(pulled(books), date(2026, 4, 1)))["days_late_before"] is None


def test_the_history_is_as_long_as_asked_for(books: Books, pulled: Pulled) -> None:
    for day in ("2025-06-30", "2025-07-01", "2026-03-31", "2026-04-01"):
        paid(books, "2025-06-01", (day, 100.0))
    con = pulled(books)
    counts = [first(cash.payment_behaviour(con, JUNE, months))["paid_items"] for months in (3, 12, 13)]
    assert counts == [1, 3, 4]


def test_items_paid_in_parts_are_told_whether_closed_or_open(books: Books, pulled: Pulled) -> None:
    paid(books, "2026-03-01", ("2026-03-01", 100.0))
    paid(books, "2026-03-01", ("2026-03-01", 60.0), ("2026-03-11", 40.0))
    paid(books, "2026-03-01", ("2026-05-05", 60.0))
    con = pulled(books)
    row = first(cash.payment_behaviour(con, JUNE))
    assert (row["paid_items"], row["part_paid_items"], row["part_open_items"]) == (2, 2, 1)
    assert (row["days_late_mean"], row["last_paid_on"]) == (5.0, date(2026, 5, 5))
    before = first(cash.payment_behaviour(con, date(2026, 3, 10)))  # the second one was still open
    assert (before["paid_items"], before["part_paid_items"], before["part_open_items"]) == (1, 1, 1)


def test_who_only_paid_in_part_has_a_row_without_days(books: Books, pulled: Pulled) -> None:
    paid(books, "2026-03-01", ("2026-05-05", 60.0))
    row = first(cash.payment_behaviour(pulled(books), JUNE))
    assert (row["paid_items"], row["part_open_items"]) == (0, 1)
    names = ("days_late_mean", "days_late_spread", "share_late", "days_late_recent", "days_late_before")
    assert [row[name] for name in names] == [None] * 5


def test_credit_sales_stand_by_month_with_tax_and_by_accounting_date(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-04-30", amount_total_signed=113.0)
    books.invoice(1, 40.0, "2026-05-01")
    books.invoice(1, 10.0, "2026-05-31", kind="out_refund")
    books.invoice(1, 7.0, "2026-06-30", invoice_date="2026-03-01")  # booked in June
    books.invoice(1, 100.0, "2026-06-30", currency_id=EUR, rate=0.125)
    books.invoice(1, 999.0, "2026-06-30", state="draft")
    books.invoice(1, 999.0, "2026-07-01")
    books.invoice(1, 999.0, "2026-03-31")
    found = rows(turnover.credit_sales(pulled(books), date(2026, 4, 1), JUNE))
    assert {row["month"]: row["sales_minor"] for row in found} == {
        date(2026, 4, 1): 113_00, date(2026, 5, 1): 30_00, date(2026, 6, 1): 807_00,
    }  # fmt: skip


def test_an_invoice_counts_on_its_accounting_date_for_sales(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 7.0, "2026-06-30", invoice_date="2026-03-01")
    row = first(posted_invoices(pulled(books)))
    assert (row["date"], row["booked_on"], row["gross_company_minor"]) == (date(2026, 3, 1), JUNE, 700)


def test_cash_is_what_was_booked_in_the_period_matched_or_not(books: Books, pulled: Pulled) -> None:
    contact = books.partner("Contact", 1, is_company=False)
    books.payment(1, 50.0, "2026-03-31")
    books.payment(1, 60.0, "2026-04-01")
    books.payment(contact, 5.0, "2026-06-30")
    books.payment(1, -20.0, "2026-05-01")  # paid back
    books.entry(1, -3.0, "2026-05-01", statement_line_id=4)
    books.entry(1, -900.0, "2026-05-01")  # no cash
    books.payment(1, 70.0, "2026-07-01")
    row = first(turnover.cash_received(pulled(books), date(2026, 4, 1), JUNE))
    assert (row["company_id"], row["customer_id"], row["cash_minor"]) == (1, 1, 48_00)


@pytest.mark.requirement("S4-49")
def test_the_limit_is_the_customers_in_each_company_and_zero_is_none(books: Books, tmp_path: Path) -> None:
    books.company(2, EUR)
    books.change("res.partner", 1, credit_limit=ByCompany({1: 1000.0, 2: 0.0}), trust=ByCompany({1: "bad", 2: "good"}))
    books.partner("Contact", 1, is_company=False, credit_limit=ByCompany({1: 5.0, 2: 5.0}))
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        pull(books.session(types=DEPENDENT), store)
        limits = rows(exposure.credit_limits(store.ibis))
    found = {row["company_id"]: (row["customer_id"], row["limit_minor"], row["trust"]) for row in limits}
    assert found == {1: (1, 1000_00, "bad"), 2: (1, None, "good")}


@pytest.mark.requirement("S4-49")
def test_a_company_that_has_switched_limits_off_has_none(books: Books, tmp_path: Path) -> None:
    books.company(2, EUR)
    books.change("res.company", 2, account_use_credit_limit=False)
    books.change("res.partner", 1, credit_limit=ByCompany({1: 9.0, 2: 9.0}), trust=ByCompany({1: "good", 2: "good"}))
    books.partner("No trust", credit_limit=ByCompany({1: 9.0, 2: 9.0}))
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        pull(books.session(types=DEPENDENT), store)
        found = rows(exposure.credit_limits(store.ibis))
    limits = {(row["company_id"], row["customer_id"]): row["limit_minor"] for row in found}
    assert limits == {(1, 1): 9_00, (2, 1): None, (1, 2): 9_00}


def test_drafts_are_invoices_less_credit_notes_up_to_the_day(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-06-30", state="draft")
    books.invoice(1, 30.0, "2026-06-01", kind="out_refund", state="draft")
    books.invoice(1, 999.0, "2026-07-01", state="draft")
    books.invoice(1, 999.0, "2026-06-01")
    books.entry(1, 999.0, "2026-06-01", state="draft")
    row = first(exposure.draft_invoices(pulled(books), JUNE))
    assert (row["customer_id"], row["drafts_minor"]) == (1, 70_00)


def order(books: Books, moment: str, *lines: tuple[float, float, float], **values: Any) -> int:
    """An order with lines of (total, ordered, invoiced)."""
    head = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": 1, "state": "sale", "date_order": moment}
    number = books.add("sale.order", **{**head, **values})
    for total, ordered, invoiced in lines:
        books.add("sale.order.line", order_id=number, company_id=1, currency_id=1, price_total=total,
                  price_subtotal=total, product_uom_qty=ordered, qty_invoiced=invoiced)  # fmt: skip
    return number


def test_lines_with_something_left_to_invoice_of_confirmed_orders(books: Books, pulled: Pulled) -> None:
    contact = books.partner("Contact", 1, is_company=False)
    sold = order(books, "2026-06-01 08:00:00", (60.0, 10, 5), (60.0, 10, 10), (60.0, 10, 12), (0.0, 1, 0), (9.0, 0, 0),
                 partner_id=contact, currency_rate=0.125)  # fmt: skip
    order(books, "2026-06-01 08:00:00", (60.0, 10, 0), state="draft")
    order(books, "2026-07-01 00:00:00", (60.0, 10, 0))
    row = first(exposure.uninvoiced_lines(pulled(books), JUNE))
    assert (row["order_id"], row["customer_id"], row["total_minor"]) == (sold, 1, 60_00)
    assert (row["ordered"], row["invoiced"], row["currency_rate"]) == (10, 5, Decimal("0.125"))
