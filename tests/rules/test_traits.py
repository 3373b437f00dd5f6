"""How a customer buys, as figures of the score: valued at the orders' own rates, missing where nothing tells it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector import policy as policies
from kam_connector.policy.measures import MEASURES, TRAITS
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.measures import complete
from kam_connector.rules.scores import score_customers
from kam_connector.rules.segments import decide_segments
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.traits import add_traits, find_traits, share_discounts
from tests.rules.papers import tier_policy

TODAY = date(2026, 6, 30)
KEYS = ["company_id", "customer_id"]


def discounts(*rows: tuple[int, Any, str | None, float]) -> pd.DataFrame:
    """Customer, list value, rate and discount of each row, in company 1."""
    return pd.DataFrame({
        "company_id": 1, "customer_id": [row[0] for row in rows], "currency_id": range(len(rows)),
        "currency_rate": [None if row[2] is None else Decimal(row[2]) for row in rows],
        "list_value": [Decimal(row[1]) for row in rows], "discount_value": [row[3] for row in rows],
    })  # fmt: skip


def shares(*rows: tuple[int, Any, str | None, float]) -> dict[int, float]:
    found = share_discounts(discounts(*rows))
    return dict(zip(found["customer_id"].tolist(), found["discount_share"].tolist(), strict=True))


@pytest.mark.requirement("S2-13")
def test_discounts_in_another_currency_count_at_the_orders_own_rate() -> None:
    """100 off 1,000, and 30 off 100 at half a unit for one of the company's: 160 of 1,200."""
    assert shares((7, 1000, None, 100.0), (7, 100, "0.5", 30.0)) == {7: 0.133333}
    assert shares((7, 1000, "0.14", 100.0)) == {7: 0.1}


def test_a_share_is_between_nothing_and_the_whole_and_needs_a_price() -> None:
    found = shares(
        (1, 100, None, 0.0), (2, 100, None, 100.0), (3, 100, None, -5.0), (4, 0, None, 0.0), (5, -10, "1", 0)
    )
    assert {number: found[number] for number in (1, 2, 3)} == {1: 0.0, 2: 1.0, 3: 0.0}
    assert np.isnan([found[4], found[5]]).all()


def test_traits_are_gathered_and_what_nothing_tells_is_missing() -> None:
    concentration = pd.DataFrame({"company_id": [1], "customer_id": [8], "products_12m": [4], "top3_share": [0.95]})
    decided = pd.DataFrame({"company_id": [1], "customer_id": [7], "decided_orders": [3], "decision_days": [12.0]})
    found = find_traits(concentration, decided, discounts((7, 200, None, 20.0)))
    assert found.drop(columns="company_id").astype(object).where(found.notna(), None).to_dict("records") == [
        {"customer_id": 7, "products_12m": None, "top3_share": None, "decided_orders": 3, "decision_days": 12.0,
         "discount_share": 0.1},
        {"customer_id": 8, "products_12m": 4, "top3_share": 0.95, "decided_orders": None, "decision_days": None,
         "discount_share": None},
    ]  # fmt: skip
    figures = pd.DataFrame({"company_id": [1, 2], "customer_id": [8, 8]})
    measured = complete(add_traits(figures, found), TODAY)
    assert measured["top3_share"].tolist()[0] == 0.95
    assert np.isnan([measured["top3_share"][1], *measured["decision_days"], *measured["discount_share"]]).all()


def test_every_trait_is_a_measure_and_the_shipped_policy_names_none() -> None:
    assert set(MEASURES) >= TRAITS
    assert not TRAITS & policies.load().at(TODAY).tiers.facts


def traits_policy(**more: Any) -> TierPolicy:
    """Risk by the concentration: up to a half of three products 100 points, from 0.9 on none."""
    item = {"fact": "orders_12m", "points": [["0", 50]]}
    risk = {"fact": "top3_share", "points": [["0", 100], ["0.5", 60], ["0.9", 0]]}
    items = {"contribution": item, "loyalty": item, "growth": item, "risk": risk}
    weights = {"contribution": 40, "loyalty": 25, "growth": 20, "risk": 15}
    dimensions = [{"name": name, "weight": weights[name], "item": [items[name]]} for name in items]
    return tier_policy(dimension=dimensions, **more)


@pytest.mark.requirement("S0-2")
@pytest.mark.parametrize(("share", "points"), [(0.4999, 10000), (0.5, 6000), (0.8999, 6000), (0.9, 0), (None, -1)])
def test_a_policy_may_rate_by_a_trait_and_a_missing_one_is_not_low(share: float | None, points: int) -> None:
    figures = pd.DataFrame({
        "company_id": [1], "customer_id": [7], "orders_12m": [5.0], "first_invoice": [date(2020, 1, 1)],
        "top3_share": [np.nan if share is None else share],
    })  # fmt: skip
    policy = traits_policy()
    assert "top3_share" in policy.facts
    scores = score_customers(figures, policy, TODAY)
    assert scores.points["risk"].tolist() == [points]
    assert scores.coverage.tolist() == [85 if share is None else 100]


@pytest.mark.requirement("S0-2")
@pytest.mark.parametrize(("days", "segment"), [(29.5, "quick"), (30.0, "slow"), (None, "quick")])
def test_a_segment_may_ask_for_the_days_to_decide(days: float | None, segment: str) -> None:
    segments = [{"name": "slow", "when": [{"fact": "decision_days", "from": 30}]}, {"name": "quick"}]
    policy = traits_policy(segment=segments)
    assert "decision_days" in policy.facts
    figures = pd.DataFrame({"company_id": [1], "customer_id": [7], "decision_days": [np.nan if days is None else days]})
    rated = figures[KEYS].assign(tier=policy.codes[-1], status="rated", score=None)
    found = decide_segments(rated, figures, NO_TIERS, policy, TODAY).frame
    assert found["segment"].tolist() == [segment]
