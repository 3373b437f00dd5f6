"""Products and markets in the focus, relations, lists: the first that fits, limits, missing figures, circles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector.policy.focus import FocusPolicy
from kam_connector.rules.focus import add_focus, find_focus_goods, find_idle_markets, place_customers
from kam_connector.rules.focus_lists import decide_lists
from kam_connector.rules.measures import figure_of

TODAY = date(2026, 6, 30)
NAN = float("nan")
CATEGORIES = pd.DataFrame(
    [(1, "All", None), (2, "Parts", 1), (3, "Bearings", 2), (4, "Ball bearings", 3), (5, "Tools", 1), (6, "Parts", 5)],
    columns=["category_id", "category", "parent_id"],
)
NO_PRODUCTS = pd.DataFrame(columns=["product_id", "product", "code"])
NO_TAGS = pd.DataFrame(columns=["customer_id", "tag"])
MARKETS = pd.DataFrame(
    [
        (1, True, False, "Manufacturing", "Germany", "DE", "Bavaria", "BY"),
        (2, True, True, "Wholesale/Retail", "Germany", "DE", "Hesse", "HE"),
        (3, False, False, None, "China", "CN", None, None),
        (4, True, True, None, None, None, None, None),
    ],
    columns=["customer_id", "is_company", "is_supplier", "industry", "country", "country_code", "state", "state_code"],
)


def policy(**tables: Any) -> FocusPolicy:
    return FocusPolicy.model_validate({"focus": {"valid_from": date(2026, 1, 1)}, **tables})


def categories(*names: str, table: pd.DataFrame = CATEGORIES) -> tuple[int, ...]:
    return find_focus_goods(policy(product=[{"category": name} for name in names]), table, NO_PRODUCTS).category_ids


@pytest.mark.requirement("S2-3")
def test_a_category_stands_for_all_that_is_below_it() -> None:
    assert categories("Bearings") == (3, 4)
    assert categories("Ball bearings") == (4,)
    assert categories("All") == (1, 2, 3, 4, 5, 6)


def test_of_two_categories_of_one_name_the_path_names_one() -> None:
    assert categories("Parts") == (2, 3, 4, 6)
    assert categories("All / Tools / Parts") == (6,)
    assert categories("All / Parts") == (2, 3, 4)


def test_categories_in_a_circle_end() -> None:
    circle = pd.DataFrame([(1, "Drills", 2), (2, "Machines", 1)], columns=CATEGORIES.columns)
    assert categories("Drills", table=circle) == (1, 2)


def test_what_the_erp_does_not_have_is_named() -> None:
    products = pd.DataFrame([(7, "Spindle", "S-40")], columns=NO_PRODUCTS.columns)
    lines = [{"category": "Pumps"}, {"product": "S-40"}, {"product": "Spindle"}, {"product": "S-41"}]
    goods = find_focus_goods(policy(product=lines), CATEGORIES, products)
    assert (goods.category_ids, goods.product_ids, goods.unknown) == ((), (7,), ("Pumps", "S-41"))
    assert goods.found
    assert not find_focus_goods(policy(product=lines[:1]), CATEGORIES, NO_PRODUCTS).found


@pytest.mark.requirement("S2-3")
def test_the_worked_figure_of_the_focus_share() -> None:
    """30,000 of 100,000 are 0.30; nothing of it is 0; of no revenue it is not known; the rest stays within 0 and 1."""
    revenue = [10_000_000, 5_000_000, 0, 100, 100, None]
    figures = pd.DataFrame({
        "company_id": 1, "customer_id": range(1, 7), "digits": 2, "revenue_12m_minor": pd.array(revenue, "Int64"),
    })  # fmt: skip
    bought = pd.DataFrame({
        "company_id": 1, "customer_id": [1, 3, 4, 5], "focus_12m_minor": [3_000_000, 0, -50, 200],
        "focus_prev_12m_minor": 0,
    })  # fmt: skip
    share = figure_of(add_focus(figures, bought), "focus_share", TODAY)
    np.testing.assert_array_equal(share, [0.30, 0.0, NAN, 0.0, 1.0, NAN])


def test_without_products_in_the_focus_no_share_is_known() -> None:
    figures = pd.DataFrame({"company_id": [1], "customer_id": [1], "digits": [2], "revenue_12m_minor": [100]})
    assert np.isnan(figure_of(figures, "focus_share", TODAY)).all()


@pytest.mark.requirement("S2-4")
@pytest.mark.parametrize(
    ("lines", "inside"),
    [
        ([{"industry": "manufacturing"}], [1]),
        ([{"country": "DE"}], [1, 2]),
        ([{"country": "germany"}], [1, 2]),
        ([{"country": "DE", "state": "BY"}], [1]),
        ([{"country": "DE", "state": "Hesse"}], [2]),
        ([{"country": "CN", "state": "BY"}], []),
        ([{"industry": "Manufacturing", "country": "CN"}], []),
        ([{"industry": "Manufacturing"}, {"country": "CN"}], [1, 3]),
        ([], []),
    ],
)
def test_in_a_focus_market_is_whom_one_line_fits_in_all_that_it_names(
    lines: list[dict[str, str]], inside: list[int]
) -> None:
    placed = place_customers(MARKETS, NO_TAGS, policy(market=lines))
    assert placed.loc[placed["in_market"], "customer_id"].tolist() == inside


def test_a_line_that_fits_nobody_is_named_also_where_another_one_comes_first() -> None:
    made = policy(market=[{"country": "DE"}, {"industry": "Manufacturing"}, {"country": "FR"}])
    assert [line.country for line in find_idle_markets(MARKETS, made)] == ["FR"]
    assert place_customers(MARKETS, NO_TAGS, made)["market"].tolist() == [0, 0, -1, -1]


@pytest.mark.requirement("S4-96")
def test_the_relation_is_the_first_that_fits_and_two_ways_may_lead_into_it() -> None:
    made = policy(relation=[
        {"name": "consumer", "kind": "person"},
        {"name": "distributor", "industries": ["Wholesale/Retail"]},
        {"name": "distributor", "kind": "company", "tags": ["Dealer", "Shop"]},
        {"name": "supplier", "supplier": True},
    ])  # fmt: skip
    tags = pd.DataFrame([(1, "Shop"), (3, "Dealer"), (4, "Friend")], columns=NO_TAGS.columns)
    relations = place_customers(MARKETS, tags, made)["relation"].tolist()
    assert relations == ["distributor", "distributor", "consumer", "supplier"]
    assert place_customers(MARKETS, NO_TAGS, made)["relation"].tolist()[0] is None
    assert place_customers(MARKETS, NO_TAGS, policy())["relation"].tolist() == [None] * 4


def listed(*lists: dict[str, Any], relation: Any = ()) -> list[tuple[int, str]]:
    """Customers 1 to 4 of company 1 and their lists; gaps of 1.9, 2.0, 2.1 and not known, shares of 0.05."""
    made = policy(list=list(lists), market=[{"country": "DE"}], relation=relation)
    placed = place_customers(MARKETS, NO_TAGS, made)
    rated = pd.DataFrame({
        "company_id": 1, "customer_id": [1, 2, 3, 4], "tier": ["gold", "silver", None, "gold"],
        "segment": ["key", "key", None, "small"], "score": [Decimal(90), Decimal(60), None, Decimal(40)],
    })  # fmt: skip
    figures = pd.DataFrame({
        "company_id": 1, "customer_id": [1, 2, 3, 4], "gap_ratio": [1.9, 2.0, 2.1, NAN], "revenue_share": 0.05,
    })  # fmt: skip
    found = decide_lists(rated, figures, placed, made, TODAY)
    return list(zip(found["customer_id"].tolist(), found["list"].tolist(), strict=True))


@pytest.mark.requirement("S4-99")
def test_a_list_asks_for_figures_within_limits_and_a_missing_one_meets_none() -> None:
    quiet = {"name": "quiet", "when": [{"fact": "revenue_share", "from": "0.05"}, {"fact": "gap_ratio", "from": 2}]}
    assert listed(quiet) == [(2, "quiet"), (3, "quiet")]
    assert listed({"name": "good", "when": [{"fact": "score", "from": 60}]}) == [(1, "good"), (2, "good")]


@pytest.mark.requirement("S4-99")
def test_a_list_asks_for_tier_segment_relation_and_market() -> None:
    assert listed({"name": "now", "tiers": ["gold"]}) == [(1, "now"), (4, "now")]
    assert listed({"name": "now", "tiers": ["gold"], "segments": ["key"]}) == [(1, "now")]
    assert listed({"name": "now", "market": True}) == [(1, "now"), (2, "now")]
    assert listed({"name": "now", "market": False}) == [(3, "now"), (4, "now")]
    supplier = [{"name": "supplier", "supplier": True}]
    assert listed({"name": "now", "relations": ["supplier"]}, relation=supplier) == [(2, "now"), (4, "now")]


def test_lists_stand_in_the_order_of_the_policy_and_two_ways_lead_onto_one_once() -> None:
    lists = [{"name": "b", "tiers": ["silver"]}, {"name": "a", "segments": ["key"]}, {"name": "b", "market": True}]
    assert listed(*lists) == [(2, "b"), (1, "b"), (1, "a"), (2, "a")]
    assert listed() == []
