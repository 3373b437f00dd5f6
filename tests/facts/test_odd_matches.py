"""Odd matches and items of the mirror: which are told, which are not, and that the totals tie all the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.facts.odd_matches import odd_matches, undated_items
from kam_connector.runs.aged import age_receivables
from kam_connector.runs.oddities import find_oddities
from kam_connector.runs.sources import Sources
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, Books

pytestmark = pytest.mark.long

APRIL, MAY = date(2026, 4, 30), date(2026, 5, 31)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner("Acme")
    made.partner("Other")
    return made


def paid(books: Books, day: str = "2026-04-10", payer: int = 1, amount: float = 100.0, **more: Any) -> tuple[int, int]:
    """An invoice of 100 of customer 1 and the payment that is matched with it; both entries."""
    invoice = books.invoice(1, 100.0, "2026-03-01")
    payment = books.payment(payer, amount, day, **more)
    books.match(books.item(invoice), books.item(payment), amount)
    return invoice, payment


def odd(con: Any, as_of: date) -> list[str]:
    return [row["oddity"] for row in sorted(rows(odd_matches(con, as_of)), key=lambda row: row["match_id"])]


def told(con: Any, as_of: date, companies: tuple[int, ...] = (1,)) -> list[tuple[str, str, str]]:
    """Severity, record and sentence of what a night says about the mirror's matches and items."""
    sources = Sources(con, None, policy.load(), {}, addon=False, now=None)  # type: ignore[arg-type]
    owed = age_receivables(sources, as_of, list(companies))
    odd_ones = find_oddities(con, as_of, list(companies), still_open=owed.items["item_id"], tied=owed.tie_out)
    return [(each.severity, each.record, each.message) for each in (*owed.findings, *odd_ones)]


def test_a_match_between_posted_items_of_one_customer_is_not_odd(books: Books, pulled: Pulled) -> None:
    paid(books)
    con = pulled(books)
    assert odd(con, APRIL) == []
    assert told(con, APRIL) == []


@pytest.mark.requirement("S4-39")
@pytest.mark.parametrize("state", ["draft", "cancel"])
def test_case_n4_a_match_with_a_draft_or_cancelled_invoice_is_told(books: Books, pulled: Pulled, state: str) -> None:
    invoice, _ = paid(books)
    books.draft(invoice, state)
    con = pulled(books)
    ((severity, record, message),) = told(con, APRIL)
    assert (severity, record) == ("warning", "1")
    assert message.startswith("The match of out_invoice/1 (#1) with entry/2 (#2) does not count: one of them is not")
    assert "Post that document again, or undo the match" in message
    assert odd(con, date(2026, 4, 9)) == []  # before the payment nothing differs: the invoice alone is a draft


def test_a_match_of_two_drafts_moves_nothing_and_is_not_told(books: Books, pulled: Pulled) -> None:
    for move in paid(books):
        books.draft(move)
    assert odd(pulled(books), APRIL) == []


def test_case_l_a_match_that_was_made_before_the_day_of_its_payment_is_told_until_then(
    books: Books, pulled: Pulled
) -> None:
    paid(books, "2026-05-20")  # matched on 1 January, as `written` says
    con = pulled(books)
    assert odd(con, date(2026, 2, 28)) == []
    assert odd(con, date(2026, 5, 19)) == ["later"]
    assert odd(con, date(2026, 5, 20)) == []
    ((severity, record, message),) = told(con, APRIL)
    assert (severity, record) == ("info", "1")
    assert "does not count yet" in message


def test_a_payment_that_came_later_is_nothing_odd_for_an_earlier_day(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01")
    books.written = "2026-05-21 09:00:00"
    payment = books.payment(1, 100.0, "2026-05-20")
    books.match(books.item(invoice), books.item(payment), 100.0)
    assert odd(pulled(books), APRIL) == []


def test_a_debt_paid_by_another_customer_is_told_while_some_of_it_is_open(books: Books, pulled: Pulled) -> None:
    paid(books, payer=2, amount=40.0)
    ((severity, record, message),) = told(pulled(books), APRIL)
    assert (severity, record) == ("info", "1")
    assert "joins two customers" in message


def test_a_debt_that_another_customer_paid_whole_is_no_matter_any_more(books: Books, pulled: Pulled) -> None:
    paid(books, payer=2)
    assert told(pulled(books), APRIL) == []


def test_a_contact_that_pays_for_his_company_is_the_same_customer(books: Books, pulled: Pulled) -> None:
    child = books.partner("Contact", 1, is_company=False)
    paid(books, payer=child, amount=40.0)
    assert odd(pulled(books), APRIL) == []


def test_a_match_across_two_companies_is_told_with_the_difference_that_it_makes(books: Books, pulled: Pulled) -> None:
    books.company(2, CNY)
    paid(books, company=2)
    con = pulled(books)
    assert odd(con, APRIL) == ["company"]
    found = told(con, APRIL, (1, 2))
    assert [(severity, record) for severity, record, _ in found] == [("error", "1"), ("error", "2"), ("warning", "1")]
    assert "The ageing sums to 0.00 CNY, the ledger to 100.00: difference -100.00." in found[0][2]
    assert "difference 100.00" in found[1][2]
    assert told(con, APRIL, (2,)) == [found[1]]


def test_an_open_invoice_without_a_due_date_is_told_and_an_entry_is_not(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01", terms=[(None, 100.0)])
    books.entry(1, 50.0, "2026-03-01")
    con = pulled(books)
    assert [row["item_id"] for row in rows(undated_items(con, APRIL))] == [books.item(invoice)]
    assert [(severity, record) for severity, record, _ in told(con, APRIL)] == [("warning", "1")]


def test_an_item_without_a_customer_and_one_that_was_overpaid_are_told(books: Books, pulled: Pulled) -> None:
    books.entry(None, 20.0, "2026-01-10", due="2026-01-10")
    paid(books, amount=130.0)
    found = told(pulled(books), APRIL)
    assert [(severity, record) for severity, record, _ in found] == [("warning", "1"), ("warning", "2")]
    assert "Name one in its entry." in found[0][2]
    assert "Undo a match of it in the ERP." in found[1][2]


def test_an_item_in_an_unknown_currency_is_told_where_the_ageing_does_not_tie(books: Books, pulled: Pulled) -> None:
    invoice = books.invoice(1, 100.0, "2026-03-01", currency_id=CNY)
    books.change("account.move.line", books.item(invoice), currency_id=99)
    con = pulled(books)
    found = {(severity, record): message for severity, record, message in told(con, APRIL)}
    assert found["warning", "1"].startswith("The journal item is in no sum: its amount_currency has no known currency")
    assert "difference -100.00" in found["error", "1"]
