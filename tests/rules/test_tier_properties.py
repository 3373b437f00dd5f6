"""What holds for whatever customers there are, by the shipped policy: properties of scores, tiers and seats."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy as policies
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.measures import complete
from kam_connector.rules.pareto import rank_rfm
from kam_connector.rules.stability import NO_TIERS
from kam_connector.rules.tiers import decide_tiers
from tests.rules.papers import scored, tier_policy

TODAY = date(2026, 6, 30)
SHIPPED = policies.load().at(TODAY).tiers
SCORED = tier_policy()
COLUMNS = ("revenue_12m", "revenue_prev_12m", "orders_12m", "days_late_mean", "receivable_total", "overdue")
NUMBER = st.one_of(st.none(), st.integers(-10_000, 2_000_000))
CUSTOMER = st.fixed_dictionaries({
    **dict.fromkeys(COLUMNS, NUMBER),
    "age": st.integers(0, 1500),
    "tier": st.sampled_from([None, *SHIPPED.codes]),
    "runs_below": st.integers(0, 2),
})  # fmt: skip
CUSTOMERS = st.lists(CUSTOMER, min_size=1, max_size=6)
Customer = dict[str, Any]


def facts_of(customers: list[Customer]) -> pd.DataFrame:
    """Their figures in company 1, under the ids 1, 2, ..."""
    figures = {name: pd.Series([each[name] for each in customers], dtype="float64") for name in COLUMNS}
    first = [TODAY - timedelta(days=each["age"]) for each in customers]
    ids = range(1, len(customers) + 1)
    return pd.DataFrame({"company_id": 1, "customer_id": ids, "digits": 2, "first_invoice": first, **figures})


def before_of(customers: list[Customer]) -> pd.DataFrame:
    """Their tiers before today; who has none was never decided about."""
    rows = [
        {"company_id": 1, "customer_id": number, "tier": each["tier"], "runs_below": each["runs_below"]}
        for number, each in enumerate(customers, start=1)
        if each["tier"]
    ]
    return pd.DataFrame(rows) if rows else NO_TIERS


def decide(customers: list[Customer]) -> pd.DataFrame:
    return decide_tiers(facts_of(customers), before_of(customers), SHIPPED, TODAY).frame


def without_ids(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.drop(columns="customer_id").to_dict("records")


def test_w3_who_leaves_moves_the_ranks_of_others_and_nobodys_score() -> None:
    """Revenues of 10, 20, 30, 40 and 1000 thousand: without the largest 40 has the best rank and the points it had."""
    alike = {"revenue_prev_12m": 10_000, "orders_12m": 4, "days_late_mean": 0, "receivable_total": 0, "overdue": 0}
    customers = [
        {**alike, "revenue_12m": revenue, "age": 900, "tier": None, "runs_below": 0}
        for revenue in (10_000, 20_000, 30_000, 40_000, 1_000_000)
    ]
    seen = {
        count: (
            rank_rfm(complete(facts_of(customers[:count]), TODAY))["monetary"].tolist(),
            decide(customers[:count])["contribution"].tolist(),
        )
        for count in (5, 4)
    }
    assert seen[5] == ([1, 2, 3, 4, 5], [20, 20, 20, 20, 100])
    assert seen[4] == ([1, 2, 4, 5], [20, 20, 20, 20])


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS, CUSTOMER)
def test_equal_facts_and_an_equal_past_make_an_equal_decision(customers: list[Customer], twin: Customer) -> None:
    decided = without_ids(decide([twin, *customers, twin]))
    assert decided[0] == decided[-1]


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS, CUSTOMER)
def test_another_customer_changes_nothing_where_tiers_have_no_seats_to_give_out(
    customers: list[Customer], other: Customer
) -> None:
    pd.testing.assert_frame_equal(decide([*customers, other]).iloc[:-1], decide(customers))


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(customers: list[Customer], random: Any) -> None:
    order = random.sample(range(len(customers)), len(customers))
    facts, before = facts_of(customers), before_of(customers)
    mixed = decide_tiers(
        facts.iloc[order].reset_index(drop=True), before.iloc[::-1].reset_index(drop=True), SHIPPED, TODAY
    ).frame
    pd.testing.assert_frame_equal(mixed.sort_values("customer_id", ignore_index=True), decide(customers))


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS)
def test_one_customer_alone_is_decided_as_among_others(customers: list[Customer]) -> None:
    assert without_ids(decide(customers[:1])) == without_ids(decide(customers))[:1]


@settings(max_examples=12, deadline=None)
@given(CUSTOMERS)
def test_nobody_rises_by_too_little_data_and_nobody_falls_by_more_than_a_step(customers: list[Customer]) -> None:
    ranks = {code: place for place, code in enumerate(SHIPPED.codes)}
    for was, row in zip(customers, decide(customers).to_dict("records"), strict=True):
        if row["status"] == "unrated":
            assert row["tier"] == was["tier"]
        elif was["tier"]:
            assert ranks[row["tier"]] <= ranks[was["tier"]] + SHIPPED.stability.steps


def test_equal_customers_are_all_in_one_tier() -> None:
    same = {**dict.fromkeys(COLUMNS, 100_000), "age": 900, "tier": None, "runs_below": 0}
    decided = decide([same] * 50)
    assert decided["status"].unique().tolist() == ["rated"]
    assert (decided["score"].nunique(), decided["tier"].nunique()) == (1, 1)


def with_seats(gold: int) -> TierPolicy:
    tiers = [tier.model_dump() for tier in SCORED.tier]
    return tier_policy(tier=[{**tiers[0], "capacity": gold}, *tiers[1:]])


SCORES = st.lists(st.integers(0, 100), min_size=1, max_size=8)


@settings(max_examples=12, deadline=None)
@given(SCORES, st.integers(0, 4))
def test_seats_are_never_given_out_twice_and_never_kept_empty(scores: list[int], seats: int) -> None:
    decided = decide_tiers(scored(*scores), NO_TIERS, with_seats(seats), TODAY).frame
    qualified = sum(score >= 80 for score in scores)
    assert (decided["tier"] == "gold").sum() == min(seats, qualified)
    assert (decided["status"] == "waiting").sum() == max(qualified - seats, 0)


@settings(max_examples=12, deadline=None)
@given(SCORES, st.integers(0, 79), st.integers(0, 4))
def test_with_seats_a_customer_who_does_not_qualify_changes_nothing_for_others(
    scores: list[int], other: int, seats: int
) -> None:
    policy = with_seats(seats)
    alone = decide_tiers(scored(*scores), NO_TIERS, policy, TODAY).frame
    pd.testing.assert_frame_equal(decide_tiers(scored(*scores, other), NO_TIERS, policy, TODAY).frame.iloc[:-1], alone)


@settings(max_examples=12, deadline=None)
@given(SCORES, SCORES)
def test_who_has_a_seat_keeps_it_whoever_comes(scores: list[int], others: list[int]) -> None:
    policy = with_seats(2)
    first = decide_tiers(scored(*scores), NO_TIERS, policy, TODAY - timedelta(days=1)).frame
    before = first.assign(as_of=TODAY - timedelta(days=1))
    after = decide_tiers(scored(*scores, *others), before, policy, TODAY).frame
    seated = first["tier"] == "gold"
    assert (after["tier"].iloc[: len(first)][seated] == "gold").all()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_revenue_that_is_no_number_is_missing_and_rates_nobody_by_it(value: float) -> None:
    one = {**dict.fromkeys(COLUMNS, 100_000), "age": 900, "tier": "gold", "runs_below": 1}
    facts = facts_of([one, {**one, "revenue_12m": None}])
    odd, missing = without_ids(
        decide_tiers(facts.assign(revenue_12m=[value, float("nan")]), before_of([one, one]), SHIPPED, TODAY).frame
    )
    assert odd == missing
