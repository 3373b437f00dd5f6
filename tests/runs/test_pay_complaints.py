"""A gate that counts upheld complaints, on books of the ERP."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector import mirror
from kam_connector.facts import complaints
from tests.facts.conftest import mirror_of, rows
from tests.incentives.trying import commission, plan_text
from tests.runs.paid_books import ANN, BOB, paid, sellers
from tests.sync.books import EUR, Books

TEN = commission(("0", "0.10"))
GATE = '[[gate]]\nfact = "upheld_complaints"\nabove = "{}"\neffect = "hold"\n'
MARCH = "2026-03-31"


@pytest.fixture
def books() -> Books:
    """Ann sells 1,000 to her customer 1 in March, Bob 500 to his."""
    made = sellers(Books())
    made.invoice(1, 1000.0, "2026-03-02", invoice_user_id=ANN)
    made.invoice(2, 500.0, "2026-03-03", invoice_user_id=BOB)
    return made


def complain(books: Books, resolved: str | bool = "2026-03-20 08:00:00", **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "closed", "type": "product"}
    return books.add(
        "kam.complaint", **{**row, "received_at": "2026-03-05 08:00:00", "resolved_at": resolved, **values}
    )


def test_a_complaint_is_upheld_on_the_day_of_its_solution_for_whoever_sold_it(books: Books) -> None:
    named = books.invoice(1, 10.0, "2026-03-04", invoice_user_id=BOB)
    own = complain(books, "2026-03-31 15:59:59")
    of_invoice = complain(books, "2026-03-01 00:00:00", move_id=named, state="confirmed")
    late = complain(books, "2026-03-31 16:00:00")
    for state in ("rejected", "investigating", "new"):
        complain(books, state=state)
    complain(books, False)
    with mirror.open(mirror_of(books)) as store:
        zones = {1: ZoneInfo("Asia/Shanghai")}
        march = rows(complaints.upheld_complaints(store.ibis, date(2026, 3, 1), date(2026, 3, 31), zones))
        april = rows(complaints.upheld_complaints(store.ibis, date(2026, 4, 1), date(2026, 4, 30), zones))
    assert {row["complaint_id"]: (row["date"], row["payee_id"], row["owner_id"]) for row in march} == {
        own: (date(2026, 3, 31), ANN, ANN),
        of_invoice: (date(2026, 3, 1), BOB, ANN),
    }
    assert [(row["complaint_id"], row["date"]) for row in april] == [(late, date(2026, 4, 1))]


@pytest.mark.parametrize(("above", "ann"), [("0", []), ("1", []), ("2", [(ANN, "2026-03", "100.00")])])
@pytest.mark.requirement("S0-16")
def test_two_upheld_complaints_hold_the_pay_of_their_payee_alone(
    tmp_path: Path, books: Books, above: str, ann: list[tuple[int, str, str]]
) -> None:
    complain(books)
    complain(books, "2026-03-21 08:00:00", state="reviewed")
    complain(books, state="rejected", partner_id=2)
    found = paid(tmp_path, books, plan_text(TEN, GATE.format(above)), MARCH)
    assert found == [*ann, (BOB, "2026-03", "50.00")]


@pytest.mark.long
def test_an_open_complaint_holds_nothing_and_a_later_one_holds_its_own_period(tmp_path: Path, books: Books) -> None:
    complain(books, "2026-04-01 08:00:00")
    books.invoice(1, 200.0, "2026-04-02", invoice_user_id=ANN)
    plan = plan_text(TEN, GATE.format("0"))
    assert paid(tmp_path, books, plan, MARCH) == [(ANN, "2026-03", "100.00"), (BOB, "2026-03", "50.00")]
    assert paid(tmp_path, books, plan, "2026-04-30") == [(ANN, "2026-03", "100.00"), (BOB, "2026-03", "50.00")]


@pytest.mark.long
def test_of_a_split_everybody_who_shares_the_customer_is_held(tmp_path: Path, books: Books) -> None:
    """Bob sold to Ann's customer: her part of 40.00 is held, and so is his of 60.00; his own customer's pay, too."""
    books.invoice(1, 1000.0, "2026-03-04", invoice_user_id=BOB)
    split = '[[split]]\nrole = "salesperson"\nshare = "0.6"\n[[split]]\nrole = "owner"\nshare = "0.4"\n'
    free = plan_text(TEN, split)
    assert paid(tmp_path, books, free, MARCH) == [(ANN, "2026-03", "140.00"), (BOB, "2026-03", "110.00")]
    complain(books, partner_id=2)
    assert paid(tmp_path, books, plan_text(TEN, GATE.format("0"), split), MARCH) == [(ANN, "2026-03", "140.00")]


@pytest.mark.long
def test_a_complaint_counts_while_pay_waits_for_the_payment(tmp_path: Path, books: Books) -> None:
    """A plan in CNY that converts by the day of payment: a complaint has no payment to wait for."""
    invoice = books.invoice(1, 100.0, "2026-03-04", invoice_user_id=ANN, currency_id=EUR, rate=0.125)
    payment = books.payment(1, 800.0, "2026-03-10")
    books.tables["account.payment"][-1]["is_matched"] = True
    books.match(books.item(invoice), books.item(payment), 800.0, debit_amount_currency=100.0)
    books.add("res.currency.rate", name="2026-01-01", rate=0.125, currency_id=EUR, company_id=1)
    cash = '[credit]\nsource = "cash"\n[cash]\nrate_date = "payment"\n'
    assert paid(tmp_path, books, plan_text(TEN, cash), MARCH) == [(ANN, "2026-03", "80.00")]
    complain(books)
    assert paid(tmp_path, books, plan_text(TEN, cash, GATE.format("0")), MARCH) == []


TWO = commission(("0", "0.02"))
CREDITED = {"kind": "out_refund", "invoice_user_id": ANN, "invoice_origin": "CMP/0001"}
"""What the addon writes in the draft of a compensation beside amount and customer."""


@pytest.fixture
def sold() -> tuple[Books, int]:
    """Ann sells 10,000 in March and Bob 500; and Ann's invoice."""
    made = sellers(Books())
    invoice = made.invoice(1, 10_000.0, "2026-03-02", invoice_user_id=ANN)
    made.invoice(2, 500.0, "2026-03-03", invoice_user_id=BOB)
    return made, invoice


EARNED = [(ANN, "2026-03", "200.00"), (BOB, "2026-03", "10.00")]


@pytest.mark.long
@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize("has_invoice", [True, False])
def test_w27_a_posted_compensation_takes_two_percent_of_4500_back_in_its_own_period(
    tmp_path: Path, sold: tuple[Books, int], has_invoice: bool
) -> None:
    books, invoice = sold
    books.invoice(1, 4_500.0, "2026-04-20", reversed_entry_id=invoice if has_invoice else None, **CREDITED)
    assert paid(tmp_path, books, plan_text(TWO), MARCH) == EARNED
    april = paid(tmp_path, books, plan_text(TWO), "2026-04-30")
    assert sorted(april) == sorted([*EARNED, (ANN, "2026-04", "-90.00")])


@pytest.mark.long
@pytest.mark.requirement("S4-69")
@pytest.mark.parametrize(("state", "taken"), [("draft", []), ("cancel", []), ("posted", [(ANN, "2026-04", "-90.00")])])
def test_the_draft_of_a_compensation_takes_nothing_back_before_an_accountant_posts_it(
    tmp_path: Path, sold: tuple[Books, int], state: str, taken: list[tuple[int, str, str]]
) -> None:
    books, invoice = sold
    books.invoice(1, 4_500.0, "2026-04-20", reversed_entry_id=invoice, state=state, **CREDITED)
    assert sorted(paid(tmp_path, books, plan_text(TWO), "2026-04-30")) == sorted([*EARNED, *taken])
