"""What people have said of customers: of which day, by whom."""

from __future__ import annotations

from datetime import date

import pytest

from kam_connector.facts import ratings
from tests.facts.conftest import Pulled, rows
from tests.sync.books import Books

MAY = date(2026, 5, 2)


@pytest.mark.parametrize(("day", "count"), [(date(2026, 5, 1), 0), (MAY, 1), (date(2026, 5, 3), 1)])
def test_a_rating_is_known_from_its_day_with_the_name_of_who_gave_it(pulled: Pulled, day: date, count: int) -> None:
    books = Books()
    books.partner("Acme")
    anna = books.partner("Anna", is_company=False)
    books.add("res.users", id=5, login="anna", partner_id=anna, active=True)
    books.add(
        "kam.customer", id=9, company_id=1, partner_id=1, influence="4", brand_lift="5", price_sensitivity="5",
        wallet_estimate=800000.5, rated_on="2026-05-02", rated_by_id=5,
    )  # fmt: skip
    books.add("kam.customer", id=10, company_id=1, partner_id=anna, rated_on=False)
    found = rows(ratings.ratings(pulled(books), day))
    assert found == [{
        "rating_id": 9, "company_id": 1, "customer_id": 1, "influence": "4", "strategic_fit": None,
        "service_demand": None, "recommendation": None, "brand_lift": "5", "sales_diversity": None,
        "price_sensitivity": "5", "quality_demand": None, "relationship_focus": None,
        "wallet_estimate_minor": 80000050, "rated_on": MAY, "rated_by_id": 5, "rated_by": "Anna",
    }][:count]  # fmt: skip


def test_who_rated_may_be_gone_from_the_erp(pulled: Pulled) -> None:
    books = Books()
    books.partner("Acme")
    books.add("kam.customer", company_id=1, partner_id=1, influence="2", rated_on="2026-05-02", rated_by_id=77)
    (row,) = rows(ratings.ratings(pulled(books), MAY))
    assert (row["influence"], row["rated_by_id"], row["rated_by"]) == ("2", 77, None)
