"""Sales of products in the focus; in which market customers stand; who carries the tags that focus.toml names."""

from __future__ import annotations

from datetime import date

import pytest

from kam_connector.facts import focus, markets
from tests.facts.conftest import Pulled, rows
from tests.facts.test_assortment import HOSE, LOOSE, NOW, PUMP, VALVE, bought, made_books

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)


@pytest.mark.requirement("S2-3")
def test_what_was_bought_of_the_focus_in_both_years_to_the_day(pulled: Pulled) -> None:
    """Twelve months up to June 30: July 1 of last year is in them, June 30 is the year before, and no day before it."""
    books = made_books()
    days = ((NOW, 100.0), ("2025-07-01", 20.0), ("2025-06-30", 4.0), ("2024-07-01", 3.0), ("2024-06-30", 1_000.0))
    for day, amount in (*days, ("2026-07-01", 1_000.0)):
        bought(books, PUMP, day, amount)
    bought(books, HOSE, NOW, 7_000.0)
    bought(books, None, NOW, 500.0)
    con = pulled(books)
    assert rows(focus.focus_revenue(con, JUNE, (1,), ())) == [
        {"company_id": 1, "customer_id": 1, "focus_12m_minor": 12_000, "focus_prev_12m_minor": 700}
    ]


@pytest.mark.requirement("S2-3")
def test_credit_notes_are_taken_off_and_a_product_named_twice_counts_once(pulled: Pulled) -> None:
    books = made_books()
    bought(books, PUMP, NOW, 100.0)
    bought(books, PUMP, NOW, 30.0, kind="out_refund")
    bought(books, LOOSE, NOW, 5.0)
    bought(books, VALVE, NOW, 9.0)
    con = pulled(books)
    (row,) = rows(focus.focus_revenue(con, JUNE, (1,), (PUMP, LOOSE)))
    assert (row["focus_12m_minor"], row["focus_prev_12m_minor"]) == (7_500, 0)
    assert rows(focus.focus_revenue(con, JUNE, (99,), ())) == []


def test_products_are_called_by_code_or_name(pulled: Pulled) -> None:
    books = made_books()
    books.change("product.product", HOSE, default_code="H-1")
    con = pulled(books)
    found = rows(focus.products_called(con, ("H-1", "Loose", "nothing")).order_by("product_id"))
    assert [(row["product_id"], row["product"], row["code"]) for row in found] == [
        (3, "Hoses", "H-1"),
        (4, "Loose", None),
    ]
    assert rows(focus.products_called(con, ())) == []


@pytest.mark.requirement("S2-4", "S2-6", "S4-96")
def test_a_customer_has_its_own_market_and_not_that_of_its_contacts(pulled: Pulled) -> None:
    books = made_books()
    books.add("res.country", id=57, name="Germany", code="DE")
    books.add("res.country.state", id=7, name="Bavaria", code="BY", country_id=57)
    books.add("res.partner.industry", id=3, name="Manufacturing", active=True)
    books.change("res.partner", 1, industry_id=3, country_id=57, state_id=7, supplier_rank=2)
    books.partner("Contact", 1, is_company=False, country_id=57)
    person = books.partner("Li", is_company=False)
    con = pulled(books)
    firm, alone = rows(markets.markets(con).order_by("customer_id"))
    assert firm == {
        "customer_id": 1, "is_company": True, "is_supplier": True, "industry_id": 3, "industry": "Manufacturing",
        "country_id": 57, "country": "Germany", "country_code": "DE", "state_id": 7, "state": "Bavaria",
        "state_code": "BY",
    }  # fmt: skip
    assert (alone["customer_id"], alone["is_company"], alone["is_supplier"], alone["industry"]) == (
        person, False, False, None,
    )  # fmt: skip


def test_without_tags_in_the_policy_nobody_carries_any(pulled: Pulled) -> None:
    assert rows(markets.carried_tags(pulled(made_books()))) == []
