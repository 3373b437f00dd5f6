"""What tells that a customer has money: payments, refunds, credit notes, orders of a few days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts.cash_signals import cash_signals
from tests.facts.conftest import Pulled, rows
from tests.sync.books import EUR, Books

pytestmark = pytest.mark.long

WEEK = (date(2026, 6, 1), date(2026, 6, 7))


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact of its own (2)."""
    made = Books()
    made.partner("Acme")
    made.partner("Buyer", parent=1, is_company=False)
    return made


def seen(books: Books, pulled: Pulled) -> list[dict[str, Any]]:
    found = rows(cash_signals(pulled(books), *WEEK))
    return sorted(found, key=lambda row: (row["date"], row["kind"]))


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(("day", "count"), [("2026-05-31", 0), ("2026-06-01", 1), ("2026-06-07", 1), ("2026-06-08", 0)])
def test_a_payment_of_these_days_is_seen(books: Books, pulled: Pulled, day: str, count: int) -> None:
    books.payment(2, 200.0, day)
    assert [(row["kind"], row["customer_id"], row["amount_minor"]) for row in seen(books, pulled)] == [
        ("payment", 1, 20000)
    ] * count


@pytest.mark.requirement("S4-59")
def test_a_payment_names_the_youngest_due_date_that_it_pays(books: Books, pulled: Pulled) -> None:
    old, new = books.invoice(1, 100.0, "2026-03-01"), books.invoice(1, 100.0, "2026-05-01")
    payment = books.payment(1, 150.0, "2026-06-02")
    books.match(books.item(old), books.item(payment), 50.0)
    books.match(books.item(new), books.item(payment), 100.0)
    (row,) = seen(books, pulled)
    due = max(line["date_maturity"] for line in books.tables["account.move.line"] if line.get("move_id") == new)
    assert row["due_date"].isoformat()[:10] == due


@pytest.mark.requirement("S4-59")
def test_refunds_and_credit_notes_are_seen_and_invoices_are_not(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-06-02")
    books.invoice(1, 30.0, "2026-06-03", kind="out_refund")
    books.payment(1, -20.0, "2026-06-04")
    assert [(row["kind"], row["amount_minor"], row["due_date"]) for row in seen(books, pulled)] == [
        ("credit_note", 3000, None), ("refund", 2000, None),
    ]  # fmt: skip


@pytest.mark.requirement("S4-59")
@pytest.mark.parametrize(("state", "count"), [("sale", 1), ("done", 1), ("draft", 0), ("cancel", 0)])
def test_a_confirmed_order_is_seen_in_its_own_currency(books: Books, pulled: Pulled, state: str, count: int) -> None:
    order = {"name": "S7", "state": state, "partner_id": 2, "company_id": 1, "currency_id": EUR, "amount_total": 500.0}
    books.add("sale.order", **order, date_order="2026-06-05 09:00:00")
    found = [(row["document"], row["customer_id"], row["currency"], row["amount_minor"]) for row in seen(books, pulled)]
    assert found == [("S7", 1, "EUR", 50000)] * count
