"""What customers have suggested: from its day on, of the customer that the contact belongs to, with who wrote it."""

from __future__ import annotations

from datetime import date

import pytest

from kam_connector.facts import suggestions
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books

MAY = date(2026, 5, 2)


@pytest.mark.requirement("S4-5")
@pytest.mark.parametrize(("day", "count"), [(date(2026, 5, 1), 0), (MAY, 1), (date(2026, 5, 3), 1)])
def test_a_suggestion_is_known_from_its_day_with_the_name_of_who_wrote_it(
    pulled: Pulled, day: date, count: int
) -> None:
    books = Books()
    books.partner("Acme")
    buyer = books.partner("Buyer", is_company=False, parent_id=1, commercial_partner_id=1)
    anna = books.partner("Anna", is_company=False)
    books.add("res.users", id=5, login="anna", partner_id=anna, active=False)
    books.add(
        "kam.suggestion", id=9, company_id=1, partner_id=buyer, name="Deliver on Mondays", topic="delivery",
        state="open", suggested_on="2026-05-02", written_by_id=5,
    )  # fmt: skip
    assert rows(suggestions.suggestions(pulled(books), day)) == [{
        "suggestion_id": 9, "company_id": 1, "customer_id": 1, "suggestion": "Deliver on Mondays",
        "topic": "delivery", "state": "open", "suggested_on": MAY, "written_by_id": 5, "written_by": "Anna",
    }][:count]  # fmt: skip


def test_who_wrote_it_may_be_gone_from_the_erp(pulled: Pulled) -> None:
    books = Books()
    books.partner("Acme")
    books.add("kam.suggestion", company_id=1, partner_id=1, name="x", suggested_on="2026-05-02", written_by_id=77)
    (row,) = rows(suggestions.suggestions(pulled(books), MAY))
    assert (row["written_by_id"], row["written_by"]) == (77, None)
