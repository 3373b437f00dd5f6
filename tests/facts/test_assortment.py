"""What customers buy of: categories and products of two years, found, lost and bought again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector.facts import assortment
from tests.facts.conftest import Pulled, rows
from tests.sync.books import INCOME, Books

pytestmark = pytest.mark.long

JUNE = date(2026, 6, 30)
BEFORE, NOW = "2025-06-30", "2026-06-30"
PUMP, VALVE, HOSE, LOOSE = 1, 2, 3, 4


@pytest.fixture
def books() -> Books:
    return made_books()


def made_books() -> Books:
    """Acme, and four products: two pumps' worth of categories, and one product without any."""
    made = Books()
    made.partner("Acme")
    for number, name in enumerate(("Pumps", "Valves", "Hoses"), start=1):
        made.add("product.category", id=number, name=name)
        made.add("product.template", id=number, name=name, categ_id=number, active=True)
        made.add("product.product", id=number, product_tmpl_id=number, active=True)
    made.add("product.template", id=LOOSE, name="Loose", active=True)
    made.add("product.product", id=LOOSE, product_tmpl_id=LOOSE, active=True)
    return made


def bought(books: Books, product: int | None, day: str, amount: float = 100.0, **values: Any) -> int:
    """An invoice (or what `kind` says) with one line of that product."""
    move = books.invoice(1, amount, day, **values)
    head = books.row("account.move", move)
    sign = 1 if head["move_type"] == "out_refund" else -1
    books.add(
        "account.move.line", move_id=move, account_id=INCOME, date=day, balance=sign * amount, product_id=product,
        parent_state=head["state"], display_type="product", company_id=1, currency_id=1,
    )  # fmt: skip
    return move


def first(table: Any) -> dict[str, Any]:
    (row,) = rows(table)
    return row


def test_a_category_is_kept_new_or_lost_and_a_product_bought_again(books: Books, pulled: Pulled) -> None:
    for product, day in ((PUMP, BEFORE), (VALVE, BEFORE), (PUMP, NOW), (HOSE, NOW)):
        bought(books, product, day)
    con = pulled(books)
    row = first(assortment.assortment(con, JUNE))
    assert [row[name] for name in ("categories_12m", "categories_new", "categories_lost")] == [2, 1, 1]
    assert (row["products_prev_12m"], row["products_again"]) == (2, 1)
    assert rows(assortment.lost_categories(con, JUNE)) == [
        {"company_id": 1, "customer_id": 1, "category_id": 2, "category": "Valves", "net_prev_minor": 10000,
         "last_bought": date(2025, 6, 30)},
    ]  # fmt: skip


@pytest.mark.requirement("S4-82")
@pytest.mark.parametrize(
    ("amounts", "diversity"),
    [((100.0, 0.0, 0.0), 0.0), ((50.0, 50.0, 0.0), 0.5), ((50.0, 30.0, 20.0), 0.62), ((90.0, 10.0, -40.0), 0.18)],
)
def test_the_diversity_is_one_less_the_squared_shares_of_what_was_bought(
    books: Books, pulled: Pulled, amounts: tuple[float, ...], diversity: float
) -> None:
    """1 - (0.25 + 0.09 + 0.04) = 0.62; what was only credited was not bought and has no share."""
    for product, amount in zip((PUMP, VALVE, HOSE), amounts, strict=True):
        if amount:
            bought(books, product, NOW, abs(amount), kind="out_refund" if amount < 0 else "out_invoice")
    assert first(assortment.assortment(pulled(books), JUNE))["category_diversity"] == pytest.approx(diversity)


def test_who_bought_only_the_year_before_has_no_diversity(books: Books, pulled: Pulled) -> None:
    bought(books, PUMP, BEFORE)
    assert first(assortment.assortment(pulled(books), JUNE))["category_diversity"] is None


@pytest.mark.parametrize(
    ("day", "now", "before"),
    [
        ("2024-06-30", None, None),
        ("2024-07-01", 0, 1),
        ("2025-06-30", 0, 1),
        ("2025-07-01", 1, 0),
        ("2026-06-30", 1, 0),
        ("2026-07-01", None, None),
    ],
)
def test_the_edges_of_both_years(books: Books, pulled: Pulled, day: str, now: int | None, before: int | None) -> None:
    bought(books, PUMP, day)
    found = rows(assortment.assortment(pulled(books), JUNE))
    counted = [(row["categories_12m"], row["products_prev_12m"]) for row in found]
    assert counted == ([] if now is None else [(now, before)])


def test_what_was_credited_again_was_not_bought(books: Books, pulled: Pulled) -> None:
    bought(books, PUMP, BEFORE)
    bought(books, PUMP, NOW)
    bought(books, PUMP, NOW, kind="out_refund")
    bought(books, VALVE, NOW)
    bought(books, VALVE, NOW, 40.0, kind="out_refund")
    row = first(assortment.assortment(pulled(books), JUNE))
    assert [row[name] for name in ("categories_12m", "categories_new", "categories_lost")] == [1, 1, 1]
    assert row["products_again"] == 0


def test_drafts_and_lines_without_a_product_count_nowhere(books: Books, pulled: Pulled) -> None:
    bought(books, PUMP, NOW, state="draft")
    bought(books, None, NOW)
    con = pulled(books)
    assert rows(assortment.assortment(con, JUNE)) == []
    assert rows(assortment.lost_categories(con, JUNE)) == []


def test_a_product_without_a_category_is_a_product_all_the_same(books: Books, pulled: Pulled) -> None:
    bought(books, LOOSE, BEFORE)
    bought(books, LOOSE, NOW)
    row = first(assortment.assortment(pulled(books), JUNE))
    assert (row["categories_12m"], row["products_prev_12m"], row["products_again"]) == (0, 1, 1)
