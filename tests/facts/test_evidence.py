"""What became of complaints, what people noted, which papers are named, when customers were asked to pay."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import evidence, losses, named_papers
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, Books

JUNE = date(2026, 6, 30)
ZONES = {1: ZoneInfo("Asia/Shanghai")}


@pytest.fixture
def books() -> Books:
    """Acme (1) with a branch (2) of its own, and a stranger (3); an order of 10,000 EUR and an invoice of each."""
    made = Books()
    acme = made.partner("Acme")
    made.partner("Acme Branch", acme)
    made.partner("Stranger")
    for partner in (1, 2, 3):
        made.add("sale.order", id=partner, name=f"S{partner}", partner_id=partner, company_id=1, currency_id=EUR,
                 state="sale", currency_rate=0.14, date_order="2026-05-01 20:00:00", amount_total=12000.0)  # fmt: skip
        made.add("sale.order.line", id=partner, order_id=partner, company_id=1, currency_id=EUR, state="sale",
                 price_subtotal=9000.0, price_total=10000.0, product_uom_qty=1.0)  # fmt: skip
        made.invoice(partner, 4500.0, "2026-05-20", invoice_date_due="2026-06-19")
    return made


def complain(books: Books, **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "investigating", "type": "product",
           "severity": "high", "received_at": "2026-06-01 20:00:00"}  # fmt: skip
    return books.add("kam.complaint", **{**row, **values})


def judged(con: Any, *names: str) -> list[tuple[Any, ...]]:
    found = sorted(rows(evidence.judged_complaints(con, JUNE, ZONES)), key=lambda row: row["complaint_id"])
    return [tuple(row[name] for name in names) for row in found]


@pytest.mark.requirement("S4-74")
def test_a_complaint_was_rejected_also_when_it_was_closed_after_it(books: Books, pulled: Pulled) -> None:
    complain(books, state="rejected")
    closed = complain(books, state="closed", closed_at="2026-06-05 08:00:00")
    complain(books, state="closed", closed_at="2026-06-05 08:00:00", resolved_at="2026-06-04 08:00:00")
    reopened = complain(books, state="closed", closed_at="2026-06-09 08:00:00", resolved_at="2026-06-08 08:00:00")
    complain(books, state="closed", closed_at="2026-06-05 08:00:00")
    complain(books, state="confirmed", resolved_at="2026-07-02 08:00:00")
    for number in (closed, reopened):
        books.add("kam.complaint.event", complaint_id=number, company_id=1, event="resolved", new_state="rejected",
                  at="2026-06-03 08:00:00")  # fmt: skip
    assert judged(pulled(books), "was_rejected", "was_upheld") == [
        (True, False), (True, False), (False, True), (False, True), (False, False), (False, False),
    ]  # fmt: skip


def test_claimed_is_what_the_complaint_or_its_lines_claim(books: Books, pulled: Pulled) -> None:
    first, second = complain(books, claimed_amount=50.0), complain(books, claimed_amount=90.0)
    for number in (first, second):
        for amount in (30.0, 40.0):
            books.add("kam.complaint.line", complaint_id=number, company_id=1, claimed_amount=amount)
    complain(books)
    assert judged(pulled(books), "claimed_minor", "received_on") == [
        (70_00, date(2026, 6, 2)), (90_00, date(2026, 6, 2)), (0, date(2026, 6, 2)),
    ]  # fmt: skip


@pytest.mark.requirement("S4-74")
def test_what_was_noted_counts_until_it_is_withdrawn(books: Books, pulled: Pulled) -> None:
    number = complain(books)
    moments: list[dict[str, Any]] = [
        {"noted_on": "2026-06-30 15:59:59"}, {"noted_on": "2026-06-30 16:00:00"},
        {"noted_on": "2026-06-02 08:00:00", "withdrawn_on": "2026-06-30 15:59:59"},
        {"noted_on": "2026-06-02 08:00:00", "withdrawn_on": "2026-06-30 16:00:00"},
    ]  # fmt: skip
    for values in moments:
        books.add("kam.complaint.evidence", complaint_id=number, company_id=1, kind="refuses_inspection", **values)
    found = rows(evidence.noted_evidence(pulled(books), JUNE, ZONES))
    assert found == [{"complaint_id": number, "kind": "refuses_inspection", "notes": 2}]


@pytest.mark.long
@pytest.mark.requirement("S4-74")
def test_papers_have_their_day_and_due_date_and_those_of_strangers_are_told(books: Books, pulled: Pulled) -> None:
    moves = [row["id"] for row in books.tables["account.move"]]
    both = complain(books)
    books.add("kam.complaint.line", complaint_id=both, company_id=1, order_line_id=1, move_id=moves[0])
    ordered, branch = complain(books, order_id=1), complain(books, move_id=moves[1])
    foreign, nothing = complain(books, order_id=3), complain(books)
    names = ("complaint_id", "paper", "paper_on", "due_on", "is_foreign", "total_minor", "currency_id")
    found = rows(evidence.papers_of_complaints(pulled(books), JUNE, ZONES))
    invoiced, due, day = date(2026, 5, 20), date(2026, 6, 19), date(2026, 5, 2)
    assert sorted(tuple(row[name] for name in names) for row in found) == [
        (both, "sale.order.line,1", invoiced, due, False, 10_000_00, EUR),
        (ordered, "sale.order,1", day, None, False, 12_000_00, EUR),
        (branch, f"account.move,{moves[1]}", invoiced, due, False, 4_500_00, CNY),
        (foreign, "sale.order,3", day, None, True, 12_000_00, EUR),
    ]
    assert nothing not in {row["complaint_id"] for row in found}


@pytest.mark.long
def test_a_customer_was_asked_on_the_day_of_the_task_and_not_before_its_debt_was_due(
    books: Books, pulled: Pulled
) -> None:
    for level, created in ((1, "2026-06-24 20:00:00"), (2, "2026-06-25 01:00:00"), (0, "2026-06-01 08:00:00"),
                           (3, "2026-07-01 08:00:00")):  # fmt: skip
        books.add("kam.collection.task", partner_id=1, company_id=1, level=level, step="call", state="open",
                  kam_key=f"task:1:{level}:call", create_date=created)  # fmt: skip
    found = rows(evidence.dunning_days(pulled(books), JUNE, ZONES))
    assert found == [{"company_id": 1, "customer_id": 1, "asked_on": date(2026, 6, 25)}]


@pytest.mark.long
@pytest.mark.requirement("S4-76")
def test_compensation_is_withheld_while_the_finding_stands_and_no_test_confirms_the_defect(
    books: Books, pulled: Pulled
) -> None:
    complain(books)
    complain(books, is_malicious=True)
    tested = complain(books, is_malicious=True)
    withdrawn = complain(books, is_malicious=True)
    for number, values in ((tested, {}), (withdrawn, {"withdrawn_on": "2026-06-10 08:00:00"})):
        books.add("kam.complaint.evidence", complaint_id=number, company_id=1, kind="independent_test",
                  noted_on="2026-06-05 08:00:00", **values)  # fmt: skip
    found = sorted(rows(losses.compensations(pulled(books), JUNE, ZONES)), key=lambda row: row["complaint_id"])
    assert [row["is_withheld"] for row in found] == [False, True, False, True]


@pytest.mark.long
@pytest.mark.requirement("S4-74")
def test_each_paper_that_a_complaint_names_is_judged_those_of_the_case_beside_its_lines(
    books: Books, pulled: Pulled
) -> None:
    moves = [row["id"] for row in books.tables["account.move"]]
    mixed = complain(books, order_id=3)
    books.add("kam.complaint.line", complaint_id=mixed, company_id=1, order_line_id=1, move_id=moves[0])
    elsewhere = complain(books, company_id=2)
    books.add("kam.complaint.line", complaint_id=elsewhere, company_id=2, order_line_id=1)
    books.add("kam.complaint.line", complaint_id=elsewhere, company_id=2, move_id=moves[0])
    complain(books, order_id=1)
    found = rows(named_papers.foreign_papers(pulled(books)))
    assert sorted((row["complaint_id"], row["paper"]) for row in found) == [
        (mixed, "sale.order,3"), (elsewhere, f"account.move,{moves[0]}"), (elsewhere, "sale.order.line,1"),
    ]  # fmt: skip
