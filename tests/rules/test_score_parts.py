"""Which item makes how much of a score: W1, W2, W9, the sum to the hundredth, and what moved a score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.score_parts import PRIOR, compare_parts, split_scores
from kam_connector.rules.scores import score_customers
from tests.rules.papers import points_of, scored, tier_policy

TODAY = date(2026, 6, 30)
POLICY = tier_policy()


def parts(facts: pd.DataFrame, policy: TierPolicy = POLICY) -> pd.DataFrame:
    return split_scores(facts, policy, TODAY)


def texts(frame: pd.DataFrame, column: str = "part") -> list[str]:
    return [str(value) for value in frame[column]]


@pytest.mark.requirement("S4-81")
def test_w1_each_dimension_makes_its_weight_of_its_points() -> None:
    frame = parts(points_of([[80, 60, 50, 70]]))
    assert texts(frame) == ["32.00", "15.00", "10.00", "10.50"]
    assert texts(frame, "share") == ["40.00", "25.00", "20.00", "15.00"]
    assert frame["line_no"].tolist() == [80, 60, 50, 70]


def test_w2_the_others_carry_the_weight_of_what_is_missing() -> None:
    frame = parts(points_of([[80, 60, None, 70]]))
    assert texts(frame) == ["40.00", "18.75", "0.00", "13.13"]
    assert texts(frame, "share") == ["50.00", "31.25", "0.00", "18.75"]
    assert sum(frame["part"]) == Decimal("71.88")


def test_w9_a_new_customer_has_eighteen_of_his_own_and_forty_of_the_prior() -> None:
    """45 days are a month and a half, against six of the prior: 90 x 1.5 / 7.5 = 18, 50 x 6 / 7.5 = 40."""
    frame = parts(scored(90).assign(first_invoice=date(2026, 5, 16)))
    assert frame["fact"].iloc[-1] == PRIOR
    assert (str(frame["part"].iloc[-1]), str(frame["share"].iloc[-1])) == ("40.00", "80.00")
    own = frame.iloc[:-1]
    assert sum(own["part"]) == Decimal("18.00")
    assert own.loc[own["dimension"] == "growth", "share"].tolist() == [0]


def test_items_of_a_dimension_share_its_weight_and_an_unknown_one_leaves_it_to_the_others() -> None:
    two = [{"fact": "orders_12m", "weight": 3, "points": [["0", 0], ["5", 100]]},
           {"fact": "invoices_12m", "weight": 1, "points": [["0", 40]]}]  # fmt: skip
    few = {"valid_from": date(2026, 1, 1), "coverage_min": "0.25"}
    policy = tier_policy(dimension=[{"name": "contribution", "weight": 100, "item": two}], tiering=few)
    assert texts(parts(points_of([[5, 1, None, None]]), policy)) == ["75.00", "10.00"]
    assert texts(parts(points_of([[None, 1, None, None]]), policy)) == ["0.00", "40.00"]


def test_who_is_unrated_has_points_and_no_parts() -> None:
    frame = parts(points_of([[None, 80, 80, None]]))
    assert frame["points"].tolist() == [None, 80, 80, None]
    assert frame["part"].tolist() == [None] * 4


def test_a_score_of_zero_has_parts_of_zero() -> None:
    assert texts(parts(scored(0))) == ["0.00"] * 4


def test_no_customers_have_no_parts() -> None:
    assert parts(scored()).empty


POINTS = st.one_of(st.none(), st.integers(0, 100))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(POINTS, POINTS, POINTS, POINTS), min_size=1, max_size=4), st.integers(0, 400))
def test_the_parts_of_a_rated_customer_are_his_score_to_the_hundredth(rows: list[Any], days: int) -> None:
    facts = points_of(rows).assign(first_invoice=(pd.Timestamp(TODAY) - pd.Timedelta(days=days)).date())
    scores = score_customers(facts, POLICY, TODAY)
    by_customer = parts(facts).groupby("customer_id")["part"]
    for place, (_, own) in enumerate(by_customer):
        if scores.is_rated[place]:
            assert sum(own) * 100 == int(scores.score[place])
        else:
            assert own.isna().all()


def moved(before: pd.DataFrame, after: pd.DataFrame, policy: TierPolicy = POLICY) -> list[tuple[str, str, str]]:
    frame = compare_parts(parts(before), parts(after, policy))
    return [(row["fact"], str(row["change"]), row["moved_by"]) for row in frame.to_dict("records")]


def test_only_what_moved_is_told_the_largest_first_and_it_is_the_difference() -> None:
    """80, 60, 50, 70 make 67.50; 90, 60, 30, 70 make 36 + 15 + 6 + 10.50 = 67.50: up 4.00, down 4.00."""
    found = moved(points_of([[80, 60, 50, 70]]), points_of([[90, 60, 30, 70]]))
    assert found == [("orders_12m", "4.00", "figure"), ("paid_items", "-4.00", "figure")]


def test_a_figure_that_is_not_known_any_more_moves_the_weight_of_the_others() -> None:
    found = moved(points_of([[80, 60, 50, 70]]), points_of([[80, 60, None, 70]]))
    assert found == [
        ("paid_items", "-10.00", "missing"), ("orders_12m", "8.00", "weight"), ("invoices_12m", "3.75", "weight"),
        ("share_late", "2.63", "weight"),
    ]  # fmt: skip
    assert sum(Decimal(change) for _, change, _ in found) == Decimal("71.88") - Decimal("67.50")
    back = moved(points_of([[80, 60, None, 70]]), points_of([[80, 60, 50, 70]]))
    assert back[0] == ("paid_items", "10.00", "known")


def test_the_same_figure_with_other_points_was_moved_by_the_policy() -> None:
    doubled = [["0", "0"], ["40", "100"]]
    dimensions = POLICY.model_dump(mode="json")["dimension"]
    dimensions[0]["item"][0]["points"] = doubled
    policy = tier_policy(dimension=dimensions)
    facts = points_of([[80, 60, 50, 70]])
    assert moved(facts, facts, policy) == [("orders_12m", "8.00", "rule")]


def test_an_item_of_one_of_the_policies_only_was_moved_by_the_policy() -> None:
    dimensions = POLICY.model_dump(mode="json")["dimension"]
    dimensions[0]["item"][0]["fact"] = "overdue"
    policy = tier_policy(dimension=dimensions)
    facts = points_of([[80, 60, 50, 70]], overdue=80)
    found = moved(facts, facts, policy)
    assert sorted(found) == [("orders_12m", "-32.00", "rule"), ("overdue", "32.00", "rule")]


def test_without_a_score_on_one_of_the_days_the_items_are_told_and_no_change_is() -> None:
    found = moved(points_of([[None, 80, 80, None]]), points_of([[90, 80, 80, None]]))
    assert found == [("orders_12m", "None", "known")]


def test_who_was_not_there_on_the_earlier_day_has_figures_that_were_not_known() -> None:
    found = moved(scored(), points_of([[80, None, 50, 70]]))
    assert found == [(fact, "None", "known") for fact in ("orders_12m", "paid_items", "share_late")]


def test_the_same_twice_has_not_moved() -> None:
    assert moved(scored(80), scored(80)) == []
