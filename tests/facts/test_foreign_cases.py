"""Tickets and claims in one form: whose they are, what they name, whether their stage ends them."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector import mirror
from kam_connector.facts import claimed_lines, foreign_cases
from tests.facts.conftest import Pulled, mirror_of, rows
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


@pytest.mark.long
def test_the_text_is_read_only_of_what_may_become_a_complaint(books: Books, pulled: Pulled) -> None:
    books.add("crm.claim.stage", id=1, name="New")
    for number in (1, 2):
        books.add("crm.claim", id=number, name="C", description="It leaks", partner_id=1, company_id=1, stage_id=1,
                  active=True, date="2026-06-01 08:00:00")  # fmt: skip
    books.add("kam.complaint", kam_key="crm.claim,1", name="C", partner_id=1, company_id=1, state="received",
              received_at="2026-06-01 08:00:00")  # fmt: skip
    assert [(row["source_id"], row["text"]) for row in found(pulled(books))] == [(1, ""), (2, "It leaks")]


RATED = {"res_name": "S5", "partner_id": 2, "consumed": True, "rated_on": "2026-06-02 08:00:00"}


@pytest.mark.long
@pytest.mark.requirement("S3-17")
def test_a_rating_names_what_was_rated_and_the_customer_of_who_answered(books: Books, pulled: Pulled) -> None:
    books.add("rating.rating", res_model="sale.order", res_id=5, rating=2.0, feedback="Late", **RATED)
    books.add("rating.rating", res_model="account.move", res_id=1, rating=5.0, feedback=None, **RATED)
    books.add("rating.rating", res_model="sale.order", res_id=5, rating=0.0, **{**RATED, "consumed": False})
    first, second = found(pulled(books))
    assert (first["source"], first["score"], first["customer_id"], first["contact_id"]) == ("rating.rating", 2, 1, 2)
    assert (first["title"], first["text"], first["category"], first["user_id"]) == ("S5", "Late", "sale.order", 0)
    assert (first["order_id"], first["order_company_id"], first["company_id"]) == (5, 1, 1)
    assert (first["document"], first["opened_at"].isoformat()) == ("sale.order,5", "2026-06-02T08:00:00+00:00")
    assert (second["move_id"], second["move_company_id"], second["company_id"], second["text"]) == (1, 2, 2, "")


@pytest.mark.long
def test_before_the_moment_was_noted_the_last_change_of_a_rating_stands_for_it(books: Books, pulled: Pulled) -> None:
    books.add("rating.rating", res_model="sale.order", res_id=5, rating=2.0, **{**RATED, "rated_on": None})
    assert [row["opened_at"].isoformat() for row in found(pulled(books))] == ["2026-01-01T08:00:00+00:00"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "opened"), [("2025-12-02 08:00:00", "2026-01-01"), ("2025-12-01 08:00:00", "2025-12-01")]
)
def test_who_touches_an_old_answer_makes_it_no_new_one(books: Books, pulled: Pulled, asked: str, opened: str) -> None:
    about = {**RATED, "rated_on": None, "create_date": asked}
    books.add("rating.rating", res_model="sale.order", res_id=5, rating=1.0, **about)
    books.add("survey.survey", id=4, title="Satisfaction", scoring_type="scoring_without_answers")
    books.add("survey.user_input", survey_id=4, state="done", test_entry=False, partner_id=2, scoring_percentage=1.0,
              create_date=asked)  # fmt: skip
    assert [str(row["opened_at"].date()) for row in found(pulled(books))] == [opened, opened]


@pytest.mark.long
def test_an_answer_whose_score_nobody_knows_is_none(books: Books, pulled: Pulled) -> None:
    books.add("rating.rating", res_model="sale.order", res_id=5, rating=1.0, **RATED)
    store = pulled(books)
    store.raw_sql("UPDATE rating_rating SET rating = NULL")
    assert found(store) == []


@pytest.mark.long
def test_an_answer_to_a_survey_has_its_score_and_none_of_its_words(books: Books, pulled: Pulled) -> None:
    books.add("survey.survey", id=4, title="Satisfaction", scoring_type="scoring_without_answers")
    books.add("survey.survey", id=6, title="Staff", scoring_type="no_scoring")
    done = {"state": "done", "test_entry": False, "scoring_percentage": 33.33, "end_datetime": "2026-06-02 08:00:00",
            "survey_id": 4}  # fmt: skip
    books.add("survey.user_input", partner_id=2, **done)
    books.add("survey.user_input", partner_id=None, **done)
    books.add("survey.user_input", partner_id=2, **{**done, "state": "in_progress"})
    books.add("survey.user_input", partner_id=2, **{**done, "test_entry": True})
    books.add("survey.user_input", partner_id=2, **{**done, "survey_id": 6, "scoring_percentage": 0.0})
    first, second = found(pulled(books))
    assert (first["source"], float(first["score"]), first["text"]) == ("survey.user_input", 33.33, "")
    assert (first["title"], first["category"], first["document"]) == ("Satisfaction", "Satisfaction", "survey.survey,4")
    assert [(row["customer_id"], row["company_id"]) for row in (first, second)] == [(1, 0), (0, 0)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "of", "company"),
    [("helpdesk.ticket", "ticket", 2), ("project.task", "customer", 2), ("project.task", "seller", 2),
     ("project.task", "", 0)],
)  # fmt: skip
def test_the_company_of_an_answer_is_that_of_the_document_else_of_the_customer_else_of_the_seller(
    books: Books, pulled: Pulled, model: str, of: str, company: int
) -> None:
    seller = books.add("res.users", id=70, login="sina", company_id=2, active=True)
    books.add("helpdesk.ticket", id=9, name="Bent", company_id=2, partner_id=2, active=True,
              create_date="2026-06-01 08:00:00")  # fmt: skip
    if of == "customer":
        books.change("res.partner", 2, company_id=2)
    if of == "seller":
        books.change("res.partner", 1, user_id=seller)
    books.add("rating.rating", res_model=model, res_id=9, rating=1.0, **RATED)
    assert [row["company_id"] for row in found(pulled(books)) if row["source"] == "rating.rating"] == [company]


@pytest.mark.long
def test_where_there_is_one_company_alone_every_answer_is_its() -> None:
    alone = Books()
    alone.partner("Acme")
    alone.add("rating.rating", res_model="project.task", res_id=9, rating=1.0, **{**RATED, "partner_id": 1})
    with mirror.open(mirror_of(alone)) as store:
        assert [row["company_id"] for row in found(store.ibis)] == [1]
