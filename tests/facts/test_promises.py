"""Promises and the cash that came in since: which payments count, whose, and what is left of those given back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import promises
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, NON_TRADE, Books

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact of its own (2), and a stranger who has promised nothing (3)."""
    made = Books()
    made.partner("Acme")
    made.partner("Buyer", parent=1, is_company=False)
    made.partner("Stranger")
    return made


def promise(books: Books, made: str = "2026-06-01", **values: Any) -> int:
    row = {
        "partner_id": 1, "company_id": 1, "user_id": 5, "currency_id": CNY, "amount": 1000.0, "made_on": made,
        "promised_for": "2026-06-05", "kind": "promise", "approval": "none", "state": "open",
    }  # fmt: skip
    return books.add("kam.promise", **{**row, **values})


def receipts(con: Any, as_of: date = JUNE) -> list[tuple[str, int]]:
    found = sorted(rows(promises.receipts(con, as_of)), key=lambda row: row["item_id"])
    return [(row["date"].isoformat()[5:], row["received_minor"]) for row in found]


def test_a_promise_is_known_from_the_day_on_which_it_was_made(books: Books, pulled: Pulled) -> None:
    promise(books, move_id=4, task_id=9, partner_id=2)
    con = pulled(books)
    assert rows(promises.promises(con, date(2026, 5, 31))) == []
    (row,) = rows(promises.promises(con, date(2026, 6, 1)))
    assert row == {
        "promise_id": 1, "company_id": 1, "customer_id": 1, "user_id": 5, "currency_id": CNY, "currency": "CNY",
        "digits": 2, "amount_minor": 100000, "promised_for": date(2026, 6, 5), "made_on": date(2026, 6, 1),
        "move_id": 4, "task_id": 9, "kind": "promise", "approval": "none", "state": "open", "granted": False,
    }  # fmt: skip


@pytest.mark.requirement("S4-52")
@pytest.mark.parametrize(("day", "granted"), [(9, False), (10, True), (11, True)])
def test_an_approval_counts_from_the_day_on_which_it_was_given(
    books: Books, pulled: Pulled, day: int, granted: bool
) -> None:
    promise(books, kind="extension", approval="approved", approved_on="2026-06-10 15:00:00")
    (row,) = rows(promises.promises(pulled(books), date(2026, 6, day)))
    assert row["granted"] is granted


def test_cash_of_the_customer_since_the_first_promise_counts_matched_or_not(books: Books, pulled: Pulled) -> None:
    promise(books, "2026-06-02")
    promise(books, "2026-06-20")
    invoice = books.invoice(1, 300.0, "2026-05-01")
    for day, amount in (("2026-06-01", 100.0), ("2026-06-02", 200.0), ("2026-06-03", 300.0), ("2026-07-01", 400.0)):
        books.payment(1, amount, day)
    books.match(books.item(invoice), books.item(4), 300.0)
    books.payment(3, 500.0, "2026-06-03")
    con = pulled(books)
    assert receipts(con) == [("06-02", 20000), ("06-03", 30000)]
    assert receipts(con, date(2026, 6, 2)) == [("06-02", 20000)]
    assert receipts(con, date(2026, 6, 1)) == []


def test_credit_notes_write_offs_drafts_and_money_paid_out_are_no_cash(books: Books, pulled: Pulled) -> None:
    promise(books)
    invoice = books.invoice(1, 900.0, "2026-05-01")
    books.invoice(1, 300.0, "2026-06-02", kind="out_refund")
    written_off = books.entry(1, -200.0, "2026-06-02")
    books.match(books.item(invoice), books.item(written_off), 200.0)
    books.draft(books.payment(1, 400.0, "2026-06-02"))
    books.payment(1, -50.0, "2026-06-02")
    assert receipts(pulled(books)) == []


def test_a_bank_statement_line_is_cash_too(books: Books, pulled: Pulled) -> None:
    promise(books)
    books.entry(1, -250.0, "2026-06-02", statement_line_id=8)
    assert receipts(pulled(books)) == [("06-02", 25000)]


def test_a_reversed_payment_counts_until_the_day_of_its_reversal(books: Books, pulled: Pulled) -> None:
    promise(books)
    payment = books.payment(1, 1000.0, "2026-06-04")
    reversal = books.entry(1, 1000.0, "2026-06-10", reversed_entry_id=payment)
    books.match(books.item(reversal), books.item(payment), 1000.0)
    con = pulled(books)
    assert receipts(con, date(2026, 6, 9)) == [("06-04", 100000)]
    assert receipts(con, date(2026, 6, 10)) == []


def test_what_was_paid_out_again_against_a_payment_is_taken_off(books: Books, pulled: Pulled) -> None:
    promise(books)
    payment = books.payment(1, 1000.0, "2026-06-04")
    back = books.payment(1, -300.0, "2026-06-06")
    books.match(books.item(back), books.item(payment), 300.0)
    assert receipts(pulled(books)) == [("06-04", 70000)]


def test_an_opening_entry_that_is_paid_takes_nothing_off_the_cash(books: Books, pulled: Pulled) -> None:
    promise(books)
    opening = books.entry(1, 1000.0, "2025-12-31")
    payment = books.payment(1, 1000.0, "2026-06-04")
    books.match(books.item(opening), books.item(payment), 1000.0)
    assert receipts(pulled(books)) == [("06-04", 100000)]


def test_foreign_cash_has_both_amounts_and_non_trade_accounts_are_in(books: Books, pulled: Pulled) -> None:
    promise(books)
    books.payment(1, 100.0, "2026-06-04", currency_id=EUR, rate=0.125)
    books.payment(1, 60.0, "2026-06-05", account=NON_TRADE)
    found = sorted(rows(promises.receipts(pulled(books), JUNE)), key=lambda row: row["item_id"])
    assert [(row["currency_id"], row["received_minor"], row["received_currency_minor"]) for row in found] == [
        (EUR, 80000, 10000),
        (CNY, 6000, 6000),
    ]


def test_what_is_matched_with_a_promised_invoice_is_cash_alone(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-05-01", currency_id=EUR, rate=0.125)
    other = books.invoice(1, 500.0, "2026-05-01")
    promise(books, move_id=invoice, currency_id=EUR, amount=100.0)
    payment = books.payment(1, 600.0, "2026-06-04")
    note = books.invoice(1, 50.0, "2026-06-04", kind="out_refund", currency_id=EUR, rate=0.125)
    books.match(books.item(invoice), books.item(payment), 320.0, debit_amount_currency=40.0)
    books.match(books.item(invoice), books.item(note), 400.0, debit_amount_currency=50.0, credit_amount_currency=50.0)
    books.match(books.item(other), books.item(payment), 280.0)
    assert rows(promises.paid_documents(pulled(books), JUNE)) == [
        {
            "item_id": books.item(payment), "move_id": invoice, "currency_id": EUR, "amount_minor": 32000,
            "amount_currency_minor": 4000,
        }
    ]  # fmt: skip


def test_an_older_addon_without_promises_has_none(books: Books, pulled: Pulled) -> None:
    con = pulled(books)
    assert rows(promises.promises(con, JUNE)) == rows(promises.receipts(con, JUNE)) == []
