"""What there is to learn from complaints: what people said of them, which products, who bought again."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector.facts import learning
from tests.facts.conftest import Pulled, rows
from tests.sync.books import CNY, EUR, Books

JUNE = date(2026, 6, 30)
ZONES = {1: ZoneInfo("Asia/Shanghai"), 2: ZoneInfo("Europe/Berlin")}


@pytest.fixture
def books() -> Books:
    """Acme in a company of Shanghai, two causes, one of them archived."""
    made = Books()
    made.company(2, EUR)
    made.partner("Acme")
    made.add("kam.complaint.cause", id=1, code="material", name="Material", sequence=1, active=True)
    made.add("kam.complaint.cause", id=2, code="old", name="Old", sequence=2, active=False)
    return made


def complain(books: Books, **values: Any) -> int:
    row = {"name": "C", "partner_id": 1, "company_id": 1, "state": "investigating", "type": "product",
           "severity": "high", "received_at": "2026-05-31 20:00:00"}  # fmt: skip
    return books.add("kam.complaint", **{**row, **values})


def cases(con: Any, *names: str, as_of: date = JUNE) -> list[tuple[Any, ...]]:
    found = sorted(rows(learning.learned_cases(con, as_of, ZONES)), key=lambda row: row["complaint_id"])
    return [tuple(row[name] for name in names) for row in found]


@pytest.mark.requirement("S4-72")
def test_what_people_said_stands_as_they_said_it_and_nothing_is_nothing(books: Books, pulled: Pulled) -> None:
    complain(books, cause_id=1, first_contact="yes", improvement="Thicker boxes", improvement_user_id=1)
    complain(books)
    names = ("cause_id", "first_contact", "improvement", "improver_id")
    assert cases(pulled(books), *names) == [(1, "yes", "Thicker boxes", 1), (0, "", "", 0)]


def test_days_are_those_of_the_company(books: Books, pulled: Pulled) -> None:
    complain(books, state="closed", resolved_at="2026-06-02 15:59:00", closed_at="2026-06-02 16:00:00")
    [(received, ended)] = cases(pulled(books), "received_on", "ended_on")
    assert (str(received)[:10], str(ended)[:10]) == ("2026-06-01", "2026-06-03")


@pytest.mark.parametrize(
    ("state", "moments", "settled", "rejected"),
    [
        ("investigating", {}, False, False),
        ("rejected", {}, False, True),
        ("closed", {"closed_at": "2026-06-03 08:00:00"}, False, True),
        ("closed", {"closed_at": "2026-06-03 08:00:00", "resolved_at": "2026-06-03 08:00:00"}, True, False),
        ("confirmed", {"resolved_at": "2026-06-03 08:00:00"}, True, False),
        ("closed", {"closed_at": "2026-07-03 08:00:00", "resolved_at": "2026-07-03 08:00:00"}, False, False),
    ],
)
def test_settled_has_a_solution_by_that_day_and_what_was_closed_without_one_was_rejected(
    books: Books, pulled: Pulled, state: str, moments: dict[str, str], settled: bool, rejected: bool
) -> None:
    complain(books, state=state, **moments)
    assert cases(pulled(books), "is_settled", "is_rejected") == [(settled, rejected)]


@pytest.mark.parametrize(
    ("at", "cost"), [("2026-06-30 15:59:59", 40_00), ("2026-06-30 16:00:00", 0), (None, 0)], ids=str
)
def test_a_cost_counts_from_the_moment_at_which_it_was_agreed(
    books: Books, pulled: Pulled, at: str | None, cost: int
) -> None:
    complain(books, agreed_amount=40.0, agreed_at=at)
    assert cases(pulled(books), "cost_minor") == [(cost,)]


@pytest.mark.requirement("S4-72")
@pytest.mark.parametrize(
    ("state", "agreed", "confirmed", "cost"),
    [
        ("rejected", "2026-06-10 08:00:00", None, 0),  # agreed, never given, rejected
        ("rejected", None, None, 0),
        ("rejected", None, "2026-06-11 08:00:00", 40_00),  # the customer had it before it was rejected
        ("investigating", None, "2026-06-11 08:00:00", 40_00),
        ("investigating", None, "2026-06-30 16:00:00", 0),  # confirmed on the day after
        ("investigating", None, None, 0),
        ("executing", "2026-06-10 08:00:00", None, 40_00),
    ],
)
def test_what_was_withdrawn_costs_nothing_and_what_was_given_stays_a_cost(
    books: Books, pulled: Pulled, state: str, agreed: str | None, confirmed: str | None, cost: int
) -> None:
    number = complain(books, state=state, agreed_amount=40.0, agreed_at=agreed)
    if confirmed:
        books.add("kam.complaint.event", complaint_id=number, company_id=1, at=confirmed, event="resolved",
                  old_state="executing", new_state="confirmed", user_id=1)  # fmt: skip
    assert cases(pulled(books), "cost_minor") == [(cost,)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("values", "cost"),
    [({}, 25_00), ({"date": "2026-07-01"}, 0), ({"date": "2026-06-30"}, 25_00), ({"payment_state": "reversed"}, 0),
     ({"state": "draft"}, 0), ({"state": "cancel"}, 0)],
    ids=str,
)  # fmt: skip
def test_a_posted_credit_note_stays_a_cost_with_its_own_amount(
    books: Books, pulled: Pulled, values: dict[str, Any], cost: int
) -> None:
    note = books.invoice(1, -25.0, "2026-06-20")
    books.change("account.move", note, **values)
    complain(books, state="rejected", agreed_amount=40.0, credit_move_id=note)
    assert cases(pulled(books), "cost_minor") == [(cost,)]


@pytest.mark.long
def test_the_products_of_the_lines_each_once(books: Books, pulled: Pulled) -> None:
    books.add("sale.order", id=5, name="S5", partner_id=1, company_id=1, currency_id=CNY, state="sale",
              date_order="2026-05-01 08:00:00")  # fmt: skip
    for number, product in ((7, 50), (8, 50), (9, 51), (10, None)):
        books.add("sale.order.line", id=number, order_id=5, company_id=1, currency_id=CNY, product_id=product)
    case = complain(books)
    for line in (7, 8, 9, 10, None):
        books.add("kam.complaint.line", complaint_id=case, company_id=1, order_line_id=line)
    found = rows(learning.claimed_products(pulled(books)))
    assert sorted((row["complaint_id"], row["product_id"]) for row in found) == [(case, 50), (case, 51)]


@pytest.mark.long
def test_bought_is_an_invoice_or_a_confirmed_order_up_to_the_day(books: Books, pulled: Pulled) -> None:
    books.invoice(1, 100.0, "2026-06-10")
    books.invoice(1, 100.0, "2026-07-01")
    for state, at in (("sale", "2026-06-11 20:00:00"), ("draft", "2026-06-13 08:00:00"),
                      ("sale", "2026-06-30 17:00:00")):  # fmt: skip
        books.add("sale.order", name="S", partner_id=1, company_id=1, currency_id=CNY, state=state, date_order=at)
    found = rows(learning.purchases(pulled(books), JUNE, ZONES))
    assert sorted((row["company_id"], row["customer_id"], str(row["bought_on"])[:10]) for row in found) == [
        (1, 1, "2026-06-10"), (1, 1, "2026-06-12"),
    ]  # fmt: skip


@pytest.mark.long
def test_an_archived_cause_keeps_its_name(books: Books, pulled: Pulled) -> None:
    found = rows(learning.causes(pulled(books)))
    assert sorted((row["cause_id"], row["code"], row["name"]) for row in found) == [
        (1, "material", "Material"), (2, "old", "Old"),
    ]  # fmt: skip
