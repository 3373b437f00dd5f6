"""Segments and privileges by customer: the limits, missing figures, what stays while a tier stands still, order."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy as policies
from kam_connector.rules.privileges import allowed_credit, with_privileges
from kam_connector.rules.segments import SEGMENT_COLUMNS, decide_segments
from kam_connector.rules.tiers import decide_tiers
from tests.rules.papers import NO_TIERS, points_of, tier_policy

TODAY = date(2026, 6, 30)
SEGMENTS: list[dict[str, Any]] = [
    {
        "name": "strategic",
        "tiers": ["gold"],
        "when": [{"fact": "contribution", "from": 80}, {"fact": "growth", "from": 50}],
    },
    {"name": "key", "tiers": ["gold", "silver"]},
    {"name": "small", "when": [{"fact": "score", "below": "20"}]},
    {"name": "general"},
]  # fmt: skip
POLICY = tier_policy(segment=SEGMENTS)
NOBODY = pd.DataFrame(columns=["company_id", "customer_id", "segment"])
NAN = float("nan")


def segments(facts: pd.DataFrame, previous: pd.DataFrame = NOBODY, policy: Any = POLICY, **more: Any) -> pd.DataFrame:
    rated = decide_tiers(facts, more.pop("before", NO_TIERS), policy, TODAY, **more).frame
    return decide_segments(rated, facts, previous, policy, TODAY).frame


def codes(*points: list[float | None], **more: Any) -> list[Any]:
    return segments(points_of(points), **more)["segment"].tolist()


@pytest.mark.requirement("S2-2", "S0-3")
def test_the_worked_figure_of_the_rule() -> None:
    """Gold in all of them: 80, 95, 50, 100 give 32 + 23.75 + 10 + 15 = 80.75."""
    assert codes([80, 95, 50, 100]) == ["strategic"]
    assert codes([90, 95, 49, 100]) == ["key"]
    assert codes([79, 100, 60, 100]) == ["key"]


@pytest.mark.parametrize(("growth", "segment"), [(49, "key"), (50, "strategic"), (51, "strategic")])
def test_from_is_included(growth: float, segment: str) -> None:
    assert codes([100, 100, growth, 100]) == [segment]


@pytest.mark.parametrize(("score", "segment"), [(19, "small"), (20, "general"), (21, "general")])
def test_below_is_not(score: float, segment: str) -> None:
    assert codes([score] * 4) == [segment]


@pytest.mark.requirement("S2-18")
@pytest.mark.parametrize(("risk", "strategy"), [(39, "secure"), (40, "key"), (41, "key")])
def test_the_points_of_risk_decide_the_strategy_before_the_tier_does(risk: float, strategy: str) -> None:
    """100, 100, 50 and 39 are gold; whoever pays like this is secured first, however much he buys."""
    secure = {"name": "secure", "when": [{"fact": "risk", "below": 40}]}
    assert codes([100, 100, 50, risk], policy=tier_policy(segment=[secure, *SEGMENTS[1:]])) == [strategy]


def test_a_figure_that_is_not_known_meets_no_condition() -> None:
    assert codes([100, 100, None, 100]) == ["key"]
    either = tier_policy(segment=[{"name": "falls", "when": [{"fact": "growth", "below": 50}]}, {"name": "rest"}])
    assert codes([100, 100, None, 100], policy=either) == ["rest"]
    assert codes([100, 100, 49, 100], policy=either) == ["falls"]


def test_a_segment_may_be_defined_twice_and_keeps_its_rank() -> None:
    ways = [{"name": "key", "tiers": ["gold"]}, {"name": "low", "tiers": ["bronze"]}, {"name": "key"}]
    frame = segments(points_of([[90] * 4, [10] * 4, [70] * 4]), policy=tier_policy(segment=ways))
    assert frame["segment"].tolist() == ["key", "low", "key"]
    assert frame["segment_rank"].tolist() == [0, 1, 0]


def test_facts_that_can_be_rated_and_classes_decide() -> None:
    ways = [
        {"name": "large", "revenue_class": ["A"], "margin_class": ["A", "B"]},
        {"name": "hollow", "revenue_class": ["A"], "margin_class": ["N"]},
        {"name": "steady", "when": [{"fact": "tenure_days", "from": 365}]},
        {"name": "rest"},
    ]
    facts = points_of([[50] * 4] * 4).assign(
        revenue_12m_minor=[700, 200, 60, 40], margin_12m_minor=[90.0, -5.0, 5.0, NAN],
        first_invoice=[date(2020, 1, 1), date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1)],
    )  # fmt: skip
    assert segments(facts, policy=tier_policy(segment=ways))["segment"].tolist() == [
        "large",
        "hollow",
        "steady",
        "rest",
    ]


def test_a_tier_set_by_a_person_counts() -> None:
    forced = pd.DataFrame({"company_id": [1], "customer_id": [1], "tier": ["silver"], "until": [None]})
    assert codes([30] * 4, overrides=forced) == ["key"]
    assert codes([30] * 4) == ["general"]


def test_while_the_tier_stands_still_the_segment_stays_too() -> None:
    before = NO_TIERS.assign(company_id=[1], customer_id=[1], tier=["gold"], runs_below=[0])
    frozen = pd.DataFrame({"company_id": [1], "customer_id": [1], "cause": ["dispute"]})
    was = pd.DataFrame({"company_id": [1], "customer_id": [1], "segment": ["strategic"]})
    facts = points_of([[10] * 4])
    [row] = segments(facts, was, before=before, frozen=frozen).to_dict("records")
    assert (row["segment"], row["segment_rank"], row["reason_code"]) == ("strategic", 0, "segment.stays")
    [row] = segments(facts, NOBODY, before=before, frozen=frozen).to_dict("records")
    assert (row["segment"], row["segment_rank"], row["reason_code"]) == (None, -1, "segment.none")
    [moved] = segments(facts, was, before=before.assign(runs_below=1)).to_dict("records")  # gold to silver: one step
    assert (moved["segment"], moved["reason_code"]) == ("key", "segment.fits")
    gone = was.assign(segment="royal")
    assert segments(facts, gone, before=before, frozen=frozen)["segment"].tolist() == [None]


def test_too_little_known_is_no_segment_and_never_the_last_one() -> None:
    [row] = segments(points_of([[None, 80, None, None]])).to_dict("records")
    assert (row["segment"], row["reason_code"]) == (None, "segment.none")
    was = pd.DataFrame({"company_id": [1], "customer_id": [1], "segment": ["key"]})
    assert codes([None, 80, None, None], previous=was) == ["key"]


def test_the_reason_names_the_way_in_and_no_figure_that_moves() -> None:
    frame = segments(points_of([[90] * 4, [30] * 4]))
    assert frame["reason_code"].tolist() == ["segment.fits", "segment.rest"]
    assert json.loads(frame["reason_args"][0]) == {
        "segment": "strategic", "conditions": "tier=gold; contribution>=80; growth>=50", "tier": "gold",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    assert json.loads(frame["reason_args"][1]) == {"segment": "general", "tier": "bronze", "valid_from": "2026-01-01"}


def test_a_share_stands_in_percent_among_the_conditions() -> None:
    first = {"name": "open", "when": [{"fact": "wallet_share", "from": "0.125", "below": "0.20"}]}
    policy = tier_policy(segment=[first, {"name": "rest"}])
    facts = points_of([[90] * 4]).assign(revenue_12m=150.0, wallet_estimate=1000.0)
    [row] = segments(facts, policy=policy).to_dict("records")
    assert json.loads(row["reason_args"])["conditions"] == "wallet_share>=12.5%; wallet_share<20%"


def test_nobody_and_a_policy_without_segments() -> None:
    assert segments(points_of([])).columns.tolist() == SEGMENT_COLUMNS
    assert segments(points_of([[90] * 4]), policy=tier_policy()).empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.none() | st.integers(0, 100), min_size=4, max_size=4), min_size=1, max_size=12), st.randoms()
)
def test_the_order_of_rows_changes_nothing(points: list[list[float | None]], dice: Any) -> None:
    facts = points_of(points).assign(
        revenue_12m_minor=[100 * (n + 1) for n in range(len(points))], margin_12m_minor=NAN
    )
    ways = [{"name": "large", "revenue_class": ["A"], "when": [{"fact": "growth", "from": 40}]}, *SEGMENTS]
    order = list(range(len(points)))
    dice.shuffle(order)
    policy = tier_policy(segment=ways)
    straight = segments(facts, policy=policy).set_index("customer_id")
    mixed = segments(facts.iloc[order].reset_index(drop=True), policy=policy).set_index("customer_id")
    pd.testing.assert_frame_equal(straight, mixed.loc[straight.index])


@given(st.lists(st.lists(st.integers(0, 100), min_size=4, max_size=4), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_by_points_and_tiers_an_unrelated_customer_changes_no_segment(points: list[list[float | None]]) -> None:
    alone, beside = codes(*points), codes(*points, [100, 100, 100, 100])
    assert beside[:-1] == alone


@pytest.mark.parametrize(
    ("revenue", "factor", "allowed"),
    [
        (120_000_000, "3", 30_000_000),
        (100, "1.5", 13),
        (99, "1.5", 12),
        (0, "3", 0),
        (-5000, "3", 0),
    ],
)
def test_credit_is_so_many_mean_months_of_sales_rounded_once(revenue: int, factor: str, allowed: int) -> None:
    """100 x 1.5 / 12 = 12.5, a half away from zero; 99 give 12.375."""
    assert allowed_credit(revenue, Decimal(factor)) == allowed


@pytest.mark.requirement("S1-16", "S0-5")
def test_each_customer_is_owed_what_his_tier_is() -> None:
    shipped = policies.privileges_of(policies.load().at(TODAY).tiers.tier)
    rated = pd.DataFrame({"customer_id": [1, 2, 3, 4], "tier": ["silver", None, "gold", "royal"]}, index=[4, 5, 6, 7])
    table = with_privileges(rated, shipped)
    assert table["customer_id"].tolist() == [1, 2, 3, 4]
    assert table["sla_class"].tolist() == ["B", None, "A", None]
    assert table["visit_days"].astype(object).where(table["visit_days"].notna(), None).tolist() == [30, None, 14, None]
    assert table["discount_limit"].tolist() == [Decimal("0.10"), None, Decimal("0.15"), None]
    assert table["credit_factor"].tolist() == [Decimal(2), None, Decimal(3), None]
    assert table["executive_visits"].sum() == 5
