"""Revenue, credits, cash, complaints and disputes as of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import cash, complaints, credits, disputes, revenue
from kam_connector.facts.days import twelve_months, year_before
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    return made


def first(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


@pytest.mark.parametrize(
    ("last", "start"),
    [
        (date(2026, 6, 30), date(2025, 7, 1)),
        (date(2028, 2, 28), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2027, 2, 28), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2025, 1, 2)),
    ],
)
def test_twelve_months_end_with_their_day(last: date, start: date) -> None:
    assert twelve_months(last) == (start, last)
    assert year_before(last) < start


def test_revenue_counts_the_edges_of_both_years(books: Books, pulled: Pulled) -> None:
    days = ["2024-06-30", "2024-07-01", "2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01"]
    for power, day in enumerate(days):
        books.invoice(1, float(10**power), day)
    row = first(revenue.revenue(pulled(books), JUNE))
    assert row["revenue_12m_minor"] == (1000 + 10000) * 100
    assert row["revenue_prev_12m_minor"] == (10 + 100) * 100
    assert row["invoices_12m"] == 2
    assert (row["first_invoice"], row["last_invoice"]) == (date(2024, 6, 30), JUNE)


def test_credit_notes_lower_revenue_and_are_no_invoices(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 500.0, "2026-05-01")
    books.invoice(1, 120.0, "2026-06-01", kind="out_refund")
    books.invoice(1, 900.0, "2026-06-01", state="draft")
    row = first(revenue.revenue(pulled(books), JUNE))
    assert (row["revenue_12m_minor"], row["invoices_12m"], row["last_invoice"]) == (38000, 1, date(2026, 5, 1))


def test_revenue_stands_by_company_in_the_companys_currency(books: Books, pulled: Pulled) -> None:
    books.company(2, EUR)
    books.invoice(1, 100.0, "2026-05-01", currency_id=EUR, rate=0.125)
    books.invoice(1, 100.0, "2026-05-01", company=2, currency_id=EUR)
    found = {row["company_id"]: row["revenue_12m_minor"] for row in rows(revenue.revenue(pulled(books), JUNE))}
    assert found == {1: 80000, 2: 10000}


def order(books: Books, moment: str, **values: Any) -> int:
    row = {"name": "S", "partner_id": 1, "company_id": 1, "currency_id": 1, "state": "sale", "date_order": moment}
    return books.add("sale.order", **{**row, **values})


def test_orders_count_by_their_day_in_the_companys_zone(books: Books, pulled: Pulled) -> None:
    books.add("resource.calendar", id=5, name="Standard", tz="Asia/Shanghai")
    books.change("res.company", 1, resource_calendar_id=5)
    order(books, "2025-06-30 15:59:59")
    order(books, "2025-06-30 16:00:00")
    order(books, "2026-06-30 15:59:59")
    order(books, "2026-06-30 16:00:00")
    order(books, "2026-06-01 00:00:00", state="draft")
    con = pulled(books)
    row = first(revenue.revenue(con, JUNE))
    assert (row["orders_12m"], row["revenue_12m_minor"], row["first_invoice"]) == (2, 0, None)
    assert first(revenue.revenue(con, JUNE, {1: ZoneInfo("UTC")}))["orders_12m"] == 2
    assert first(revenue.revenue(con, date(2026, 7, 1)))["orders_12m"] == 2


def test_a_contacts_order_is_the_customers(books: Books, pulled: Pulled) -> None:
    contact = books.partner("Contact", 1, is_company=False)
    order(books, "2026-06-01 00:00:00", partner_id=contact)
    assert first(revenue.revenue(pulled(books), JUNE))["customer_id"] == 1


def test_credits_are_the_documents_of_the_period_with_sign_and_payee(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 90.0, "2026-02-28", invoice_user_id=7)
    sold = books.invoice(1, 100.0, "2026-03-01", invoice_user_id=7, currency_id=EUR, rate=0.125, due="2026-03-31")
    back = books.invoice(1, 40.0, "2026-03-31", kind="out_refund", invoice_user_id=8, reversed_entry_id=sold)
    nobody = books.invoice(1, 10.0, "2026-03-15")
    books.invoice(1, 70.0, "2026-04-01", invoice_user_id=7)
    found = rows(credits.invoice_credits(pulled(books), date(2026, 3, 1), date(2026, 3, 31)))
    assert {
        row["move_id"]: (row["payee_id"], row["kind"], row["net_minor"], row["net_company_minor"], row["origin_id"])
        for row in found
    } == {
        sold: (7, "invoice", 10000, 80000, None),
        back: (8, "credit_note", -4000, -4000, sold),
        nobody: (None, "invoice", 1000, 1000, None),
    }
    assert {row["currency_id"] for row in found if row["move_id"] == sold} == {EUR}


def paid_late(books: Books, due: str, paid: str) -> tuple[int, int]:
    invoice = books.invoice(1, 100.0, "2026-01-01", due=due)
    payment = books.payment(1, 100.0, paid)
    books.match(books.item(invoice), books.item(payment), 100.0)
    return invoice, payment


def test_payment_behaviour_three_nine_and_twelve_days_late_are_eight_on_average(books: Books, pulled: Pulled) -> None:
    for paid in ("2026-03-04", "2026-03-10", "2026-03-13"):
        paid_late(books, "2026-03-01", paid)
    row = first(cash.payment_behaviour(pulled(books), JUNE))
    assert (row["paid_items"], row["days_late_mean"], row["share_late"]) == (3, 8.0, 1.0)


def test_early_and_punctual_payers_are_not_late(books: Books, pulled: Pulled) -> None:
    for paid in ("2026-02-25", "2026-03-01", "2026-03-02", "2026-03-10"):
        paid_late(books, "2026-03-01", paid)
    row = first(cash.payment_behaviour(pulled(books), JUNE))
    assert (row["paid_items"], row["days_late_mean"], row["share_late"]) == (4, 1.5, 0.5)


def test_only_what_was_paid_whole_in_the_last_twelve_months_counts(books: Books, pulled: Pulled) -> None:
    paid_late(books, "2026-03-01", "2026-03-02")
    half = books.invoice(1, 100.0, "2026-01-01")
    books.match(books.item(half), books.item(books.payment(1, 60.0, "2026-05-01")), 60.0)
    credited = books.invoice(1, 100.0, "2026-01-01")
    books.match(books.item(credited), books.item(books.invoice(1, 100.0, "2026-05-01", kind="out_refund")), 100.0)
    con = pulled(books)
    assert first(cash.payment_behaviour(con, JUNE))["paid_items"] == 1
    assert rows(cash.payment_behaviour(con, date(2026, 3, 1))) == []
    later = first(cash.payment_behaviour(con, date(2027, 3, 2)))  # what was paid of the half-paid one still counts
    assert (later["paid_items"], later["days_late_mean"], later["part_open_items"]) == (0, None, 1)
    assert rows(cash.payment_behaviour(con, date(2027, 5, 2))) == []


def test_matches_are_told_apart_by_what_closes_the_item(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-01-10", currency_id=EUR, rate=0.125)
    parts = {
        "cash": books.payment(1, 50.0, "2026-02-01", currency_id=EUR, rate=0.125),
        "credit_note": books.invoice(1, 30.0, "2026-02-02", kind="out_refund", currency_id=EUR, rate=0.125),
        "write_off": books.entry(1, -20.0, "2026-02-03", currency_id=EUR, rate=0.125),
    }
    for move in parts.values():
        amount = -books.row("account.move.line", books.item(move))["amount_currency"]
        books.match(
            books.item(invoice),
            books.item(move),
            amount * 8,
            debit_amount_currency=amount,
            credit_amount_currency=amount,
        )
    found = sorted(rows(cash.matches(pulled(books), JUNE)), key=lambda row: row["match_id"])
    assert [(row["kind"], row["amount_minor"], row["amount_currency_minor"], row["date"].day) for row in found] == [
        ("cash", 40000, 5000, 1),
        ("credit_note", 24000, 3000, 2),
        ("write_off", 16000, 2000, 3),
    ]
    assert {(row["closed_kind"], row["customer_id"], row["currency_id"]) for row in found} == {("invoice", 1, EUR)}


def complaint(books: Books, received: str, amount: float = 100.0, **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "investigating", "type": "product"}
    more = {"received_at": received, "disputed_amount": amount, "claimed_amount": amount * 2}
    return books.add("kam.complaint", **{**row, **more, **values})


def test_a_complaint_is_known_from_its_day_on_with_what_had_happened_by_then(books: Books, pulled: Pulled) -> None:
    books.add("kam.tier", id=2, code="gold", name="Gold", active=True)
    books.add("resource.calendar", id=5, name="Standard", tz="Asia/Shanghai")
    books.change("res.company", 1, resource_calendar_id=5)
    complaint(
        books, "2026-06-29 16:30:00", tier_id=2, responded_at="2026-06-30 15:00:00", resolved_at="2026-07-02 00:00:00"
    )
    con = pulled(books)
    assert rows(complaints.complaints(con, date(2026, 6, 29))) == []
    row = first(complaints.complaints(con, JUNE))
    assert (row["tier"], row["claimed_minor"], row["disputed_minor"]) == ("gold", 20000, 10000)
    assert row["responded_at"] == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert row["resolved_at"] is None


def test_a_dispute_lasts_from_receipt_to_solution(books: Books, pulled: Pulled) -> None:
    complaint(books, "2026-06-10 08:00:00", move_id=4, resolved_at="2026-06-20 08:00:00")
    con = pulled(books)
    assert rows(disputes.disputed(con, date(2026, 6, 9))) == []
    assert [row["disputed_minor"] for row in rows(disputes.disputed(con, date(2026, 6, 19)))] == [10000]
    assert rows(disputes.disputed(con, date(2026, 6, 20))) == []


def test_rejected_closed_and_amountless_complaints_dispute_nothing(books: Books, pulled: Pulled) -> None:
    complaint(books, "2026-06-10 08:00:00", state="rejected")
    complaint(books, "2026-06-10 08:00:00", state="closed")
    complaint(books, "2026-06-10 08:00:00", amount=0.0)
    complaint(books, "2026-06-10 08:00:00", amount=30.0, move_id=4)
    complaint(books, "2026-06-11 08:00:00", amount=12.0, move_id=4)
    complaint(books, "2026-06-11 08:00:00", amount=7.0)
    found = rows(disputes.disputed(pulled(books), JUNE))
    assert {row["move_id"]: row["disputed_minor"] for row in found} == {4: 4200, None: 700}
