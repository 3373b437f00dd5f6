"""Segments and privileges as records of the ERP: what is wanted from the decisions of a night."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from kam_connector.writeback.scores import customers, scores, segments, tiers
from tests.writeback.nights import decided, tier_row

GOLD = {
    "visit_days": 14, "sla_class": "A", "discount_limit": Decimal("0.15"), "credit_factor": Decimal(3),
    "executive_visits": 4,
}  # fmt: skip
NONE_PLANNED = {**GOLD, "visit_days": None, "sla_class": "B"}
NAMES = {"strategic": "Strategic", "key": "Key account"}


def test_a_tier_is_written_with_what_it_is_owed_and_no_planned_visit_is_zero() -> None:
    wanted = tiers(decided(tier_service={"gold": GOLD, "silver": NONE_PLANNED}))
    assert wanted is not None
    rows = wanted.frame[wanted.frame["company_id"] == 1].to_dict("records")
    assert [(row["code"], row["visit_days"], row["sla_class"]) for row in rows] == [
        ("gold", 14, "A"),
        ("silver", 0, "B"),
    ]
    assert (rows[0]["discount_limit"], rows[0]["credit_factor"], rows[0]["executive_visits"]) == (Decimal("0.15"), 3, 4)


def test_segments_stand_in_each_company_in_the_order_of_the_policy() -> None:
    wanted = segments(decided(segment_names=NAMES))
    assert wanted is not None
    rows = wanted.frame[["company_id", "kam_key", "name", "sequence", "active"]].to_numpy().tolist()
    assert rows == [
        [1, "strategic", "Strategic", 10, True],
        [1, "key", "Key account", 20, True],
        [2, "strategic", "Strategic", 10, True],
        [2, "key", "Key account", 20, True],
    ]
    assert wanted.scope == "."


def test_without_segments_in_the_policy_none_is_wanted_and_without_the_step_nothing_is_said() -> None:
    none = segments(decided(segment_names={}))
    assert none is not None
    assert none.frame.empty
    assert segments(decided()) is None


def test_the_segment_stands_with_the_customer_and_in_the_history() -> None:
    rated = pd.DataFrame([
        tier_row(1, 11, "gold", "83.26", segment="key", segment_code="segment.rest", segment_args="{}"),
        tier_row(1, 12, "silver", "55", segment=None, segment_code="segment.none", segment_args="{}"),
    ])  # fmt: skip
    night = decided(tiers=rated, segment_names=NAMES)
    figures, history = customers(night), scores(night)
    assert figures is not None
    assert history is not None
    shown = figures.frame.set_index("partner_id").loc[[11, 12]]
    assert shown["segment_id"].astype(object).where(shown["segment_id"].notna(), None).tolist() == ["key", None]
    assert shown["segment_reason_code"].tolist() == ["segment.rest", "segment.none"]
    assert history.frame.set_index("partner_id")["segment_id"][11] == "key"


@pytest.mark.parametrize(("days", "written"), [(365, [365]), (None, [])])
def test_a_rated_customer_has_the_days_for_which_a_rating_counts(days: int | None, written: list[int]) -> None:
    figures = customers(decided(tiers=pd.DataFrame([tier_row(1, 11, "gold", "83.26")]), rating_days=days))
    assert figures is not None
    of_rated = figures.frame[figures.frame["partner_id"] == 11]
    assert (of_rated["rating_days"].tolist() if "rating_days" in of_rated else []) == written
