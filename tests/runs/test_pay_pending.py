"""Payments that no bank statement shows yet, on books of the ERP: they wait, or count as cash."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_connector import mirror
from kam_connector.facts import credits
from tests.facts.conftest import mirror_of, rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, paid, sellers
from tests.sync.books import EUR, Books

TEN = commission(("0", "0.10"))
CASH = '[credit]\nsource = "cash"\n'
COUNT = '[cash]\npending = "count"\n'
MARCH = "2026-03-31"


@pytest.fixture
def books() -> Books:
    """An invoice of 1,000 of which 300 came by bank, 400 by a payment that waits and 200 by one that is matched."""
    made = sellers(Books())
    invoice = made.item(made.invoice(1, 1000.0, "2026-03-02", invoice_user_id=ANN))
    for amount, matched in ((400.0, False), (200.0, True)):
        payment = made.payment(1, amount, "2026-03-10")
        made.tables["account.payment"][-1]["is_matched"] = matched
        made.match(invoice, made.item(payment), amount)
    banked = made.entry(1, -300.0, "2026-03-12", statement_line_id=5)
    made.match(invoice, made.item(banked), 300.0)
    return made


def test_cash_of_a_payment_that_is_not_matched_is_pending(books: Books) -> None:
    with mirror.open(mirror_of(books)) as store:
        found = rows(credits.document_cash(store.ibis, date(2026, 3, 31)))
    assert sorted((row["kind"], row["amount_minor"]) for row in found) == [
        ("cash", 20000),
        ("cash", 30000),
        ("pending", 40000),
    ]


@pytest.mark.parametrize(
    ("cash", "released"), [("", "50.00"), ('[cash]\npending = "wait"\n', "50.00"), (COUNT, "90.00")]
)
def test_ten_percent_of_what_came_in_is_released(tmp_path: Path, books: Books, cash: str, released: str) -> None:
    assert paid(tmp_path, books, plan_text(TEN, CASH, cash), MARCH) == [(ANN, "2026-03", released)]


def test_once_the_bank_shows_it_the_rest_is_due_for_the_day_of_its_match(tmp_path: Path, books: Books) -> None:
    books.tables["account.payment"][0]["is_matched"] = True
    assert paid(tmp_path, books, plan_text(TEN, CASH), "2026-04-30") == [(ANN, "2026-03", "90.00")]


@pytest.mark.parametrize(("cash", "found"), [("", []), (COUNT, [(ANN, "2026-03", "100.00")])])
def test_a_gate_on_what_came_in_goes_by_the_same(
    tmp_path: Path, books: Books, cash: str, found: list[tuple[int, str, str]]
) -> None:
    """50 % or 90 % came in: the gate stands at 60 %."""
    gate = '[[gate]]\nfact = "collection_rate"\nbelow = "0.6"\neffect = "hold"\n'
    assert paid(tmp_path, books, plan_text(TEN, gate, cash), MARCH) == found


def test_pending_money_that_counts_has_the_rate_of_its_day(tmp_path: Path) -> None:
    """100 EUR, 8 CNY each on the day of the payment: a rate by the payment waits for none when pending money counts."""
    books = sellers(Books())
    invoice = books.invoice(1, 100.0, "2026-03-04", invoice_user_id=ANN, currency_id=EUR, rate=0.125)
    payment = books.payment(1, 800.0, "2026-03-10")
    books.tables["account.payment"][-1]["is_matched"] = False
    books.match(books.item(invoice), books.item(payment), 800.0, debit_amount_currency=100.0)
    books.add("res.currency.rate", name="2026-01-01", rate=0.125, currency_id=EUR, company_id=1)
    by_payment = '[cash]\nrate_date = "payment"\n'
    assert paid(tmp_path, books, plan_text(TEN, CASH, by_payment), MARCH) == []
    counting = by_payment + 'pending = "count"\n'
    assert paid(tmp_path, books, plan_text(TEN, CASH, counting), MARCH) == [(ANN, "2026-03", "80.00")]
