"""Tickets and claims in one form: whose they are, what they name, whether their stage ends them."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.facts import claimed_lines, foreign_cases
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books


@pytest.fixture
def books() -> Books:
    """Acme (1) with a contact (2), an order of company 1 and an invoice of company 2."""
    made = Books()
    made.company(2, 2)
    made.partner("Acme")
    made.partner("Buyer", parent=1, is_company=False)
    made.add("sale.order", id=5, partner_id=1, company_id=1, currency_id=1, currency_rate=1.0, name="S5", state="sale")
    made.invoice(1, 10.0, "2026-06-01", company=2)
    return made


def found(con: Any) -> list[dict[str, Any]]:
    return sorted(rows(foreign_cases.foreign_cases(con)), key=lambda row: (row["source"], row["source_id"]))


def test_a_ticket_of_the_community_has_category_stage_and_contact(books: Books, pulled: Pulled) -> None:
    books.add("helpdesk.ticket.stage", id=3, name="Done", closed=True)
    books.add("helpdesk.ticket.category", id=4, name="Complaint")
    books.add("helpdesk.ticket", id=9, name="Bent", number="HT9", description="<p>x</p>", partner_id=2, company_id=1,
              stage_id=3, category_id=4, create_date="2026-06-01 08:00:00", active=True)  # fmt: skip
    [row] = found(pulled(books))
    assert (row["source"], row["source_id"], row["number"], row["title"]) == ("helpdesk.ticket", 9, "HT9", "Bent")
    assert (row["customer_id"], row["contact_id"], row["user_id"], row["company_id"]) == (1, 2, 0, 1)
    assert (row["category"], row["stage"], row["stage_closed"], row["order_id"]) == ("Complaint", "Done", True, 0)


def test_a_ticket_of_odoos_own_helpdesk_is_told_by_its_fields(books: Books, pulled: Pulled) -> None:
    books.add("helpdesk.stage", id=3, name="Solved", fold=True)
    books.add("helpdesk.ticket", id=9, name="Bent", ticket_ref="00009", partner_id=1, company_id=1, stage_id=3,
              sale_order_id=5, create_date="2026-06-01 08:00:00", active=True)  # fmt: skip
    [row] = found(pulled(books))
    assert (row["number"], row["stage"], row["stage_closed"]) == ("00009", "Solved", True)
    assert (row["order_id"], row["order_company_id"], row["category"]) == (5, 1, "")


def test_a_claim_names_an_order_or_an_invoice_or_something_else(books: Books, pulled: Pulled) -> None:
    books.add("crm.claim.stage", id=1, name="New")
    references = ("sale.order,5", "account.move,1", "product.product,7", None, "sale.order,77", "sale.order,")
    for reference in references:
        books.add("crm.claim", name="C", partner_id=1, company_id=1, stage_id=1, model_ref_id=reference, active=True,
                  date="2026-06-01 08:00:00")  # fmt: skip
    books.add("crm.claim", name="old", partner_id=1, company_id=1, stage_id=1, active=False)
    names = ("order_id", "order_company_id", "move_id", "move_company_id")
    shown = [tuple(row[name] for name in names) for row in found(pulled(books))]
    assert shown == [(5, 1, 0, 0), (0, 0, 1, 2), *[(0, 0, 0, 0)] * 4]


def test_complaints_are_known_by_where_they_came_from(books: Books, pulled: Pulled) -> None:
    base = {"name": "C", "partner_id": 2, "company_id": 1, "state": "received", "received_at": "2026-06-01 08:00:00"}
    books.add("kam.complaint", kam_key="crm.claim,4", order_id=5, **base)
    books.add("kam.complaint", kam_key=None, **base)
    shown = rows(foreign_cases.case_keys(pulled(books)))
    assert {row["case_key"]: (row["customer_id"], row["order_id"]) for row in shown} == {
        "crm.claim,4": (1, 5), "kam.complaint,2": (1, 0),
    }  # fmt: skip


def test_what_is_claimed_stands_beside_what_was_sold_without_rejected_cases(books: Books, pulled: Pulled) -> None:
    books.add("sale.order.line", id=8, order_id=5, company_id=1, currency_id=1, price_total=70.0, state="sale")
    base = {"name": "C", "partner_id": 1, "company_id": 1, "received_at": "2026-06-01 08:00:00"}
    for state in ("received", "rejected"):
        number = books.add("kam.complaint", state=state, **base)
        books.add("kam.complaint.line", complaint_id=number, company_id=1, order_line_id=8, claimed_amount=90.0)
        books.add("kam.complaint.line", complaint_id=number, company_id=1, order_line_id=None, claimed_amount=5.0)
    [row] = rows(claimed_lines.claimed_lines(pulled(books)))
    assert (row["complaint_id"], row["order_line_id"]) == (1, 8)
    assert (row["claimed_minor"], row["total_minor"], row["order_company_id"]) == (90_00, 70_00, 1)


def test_the_text_is_read_only_of_what_may_become_a_complaint(books: Books, pulled: Pulled) -> None:
    books.add("crm.claim.stage", id=1, name="New")
    for number in (1, 2):
        books.add("crm.claim", id=number, name="C", description="It leaks", partner_id=1, company_id=1, stage_id=1,
                  active=True, date="2026-06-01 08:00:00")  # fmt: skip
    books.add("kam.complaint", kam_key="crm.claim,1", name="C", partner_id=1, company_id=1, state="received",
              received_at="2026-06-01 08:00:00")  # fmt: skip
    assert [(row["source_id"], row["text"]) for row in found(pulled(books))] == [(1, ""), (2, "It leaks")]
