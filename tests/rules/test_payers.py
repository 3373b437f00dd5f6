"""Payer classes: each limit the day before, on and after it; which of two that fit is taken."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector import policy
from kam_connector.policy import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.measures import assemble, complete
from kam_connector.rules.payers import CLASSES, PAIR, PAYER_COLUMNS, PROMISES, decide_payers
from tests.rules.papers import COMPANIES, item, items

JUNE = date(2026, 6, 30)
POLICY = policy.load().at(JUNE).collections
USUAL: dict[str, Any] = {
    "company_id": 1, "customer_id": 7, "paid_items": 10, "days_late_mean": 8.0, "days_late_spread": 3.7,
    "share_late": 1.0, "days_late_recent": 8.0, "days_late_before": 8.0, "part_paid_items": 0, "part_open_items": 0,
    "last_paid_on": date(2026, 6, 1),
}  # fmt: skip
NO_PROMISES = pd.DataFrame({name: pd.Series(dtype="int64") for name in (*PAIR, *PROMISES)})
NOTHING_OPEN = items(item(1, 100, "2026-06-30")).iloc[:0]


def behaviour(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([USUAL | row for row in rows], columns=list(USUAL))


def promised(**counts: int) -> pd.DataFrame:
    return pd.DataFrame([{"company_id": 1, "customer_id": 7, "kept": 0, "partly_kept": 0, "broken": 0} | counts])


def decide(
    paid: pd.DataFrame, promises: pd.DataFrame = NO_PROMISES, papers: pd.DataFrame = NOTHING_OPEN, **limits: Any
) -> pd.DataFrame:
    terms: CollectionsPolicy = POLICY.model_copy(update={"payers": POLICY.payers.model_copy(update=limits)})
    return decide_payers(paid, promises, bucket_items(papers, terms.ageing, JUNE), terms, JUNE).frame


def classed(row: dict[str, Any], **more: Any) -> str:
    (found,) = decide(behaviour(row), **more)["payer_class"]
    return str(found)


@pytest.mark.requirement("S2-18")
def test_three_nine_and_twelve_days_late_is_slow_and_the_reason_says_by_how_much() -> None:
    spread = float(np.std([3, 9, 12]))
    (row,) = decide(behaviour({"paid_items": 3, "days_late_spread": spread})).to_dict("records")
    assert (row["payer_class"], row["reason_code"]) == ("slow", "payer.slow")
    assert json.loads(row["reason_args"]) == {
        "days_late": "8.0", "share_late": "1.0000", "paid_items": 3, "months": 12, "valid_from": "2000-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "values", "classes"),
    [
        ("paid_items", (2, 3, 4), ("new", "slow", "slow")),
        ("days_late_spread", (14.9, 15.0, 15.1), ("slow", "unreliable", "unreliable")),
        ("days_late_mean", (59.9, 60.0, 60.1), ("slow", "bad", "bad")),
        ("part_paid_items", (2, 3, 4), ("slow", "honest_short", "honest_short")),
    ],
)
def test_each_limit_before_on_and_after_it(figure: str, values: tuple[float, ...], classes: tuple[str, ...]) -> None:
    assert tuple(classed({figure: value}) for value in values) == classes


def test_prompt_needs_both_few_days_and_few_late_ones() -> None:
    found = [
        classed({"days_late_mean": mean, "share_late": share})
        for mean, share in [(3.0, 0.25), (3.1, 0.25), (3.0, 0.26), (-20.0, 0.0)]
    ]
    assert found == ["prompt", "slow", "slow", "prompt"]


def test_an_early_payer_whose_days_scatter_is_prompt_all_the_same() -> None:
    assert classed({"days_late_mean": -9.0, "share_late": 0.1, "days_late_spread": 30.0}) == "prompt"


def test_instalments_paid_on_the_day_are_no_shortness() -> None:
    assert classed({"days_late_mean": 0.0, "share_late": 0.0, "part_paid_items": 10}) == "prompt"


@pytest.mark.parametrize(("broken", "expected"), [(1, "slow"), (2, "unreliable"), (3, "unreliable"), (4, "bad")])
def test_broken_promises_make_unreliable_then_bad(broken: int, expected: str) -> None:
    assert classed({}, promises=promised(broken=broken)) == expected


def test_a_promise_kept_in_part_is_honest_and_a_broken_pair_is_not() -> None:
    assert classed({}, promises=promised(partly_kept=1)) == "honest_short"
    assert classed({}, promises=promised(partly_kept=1, broken=2)) == "unreliable"


def test_promises_in_several_rows_add_up() -> None:
    assert classed({}, promises=pd.concat([promised(broken=1), promised(broken=1)])) == "unreliable"


@pytest.mark.parametrize(("due", "expected"), [("2026-01-02", "slow"), ("2026-01-01", "slow"), ("2025-12-31", "bad")])
def test_a_debt_past_due_for_more_than_180_days_makes_bad(due: str, expected: str) -> None:
    assert classed({}, papers=items(item(1, 100, due))) == expected


@pytest.mark.parametrize(
    "papers",
    [
        items(item(1, 100, "2025-01-01", disputed_minor=100)),
        items(item(1, 100, "2025-01-01", pending=True)),
        items(item(1, 100, "2025-01-01"), item(2, -100, "2026-06-01")),
    ],
    ids=["disputed", "paid but not booked", "covered by a credit"],
)
def test_an_old_debt_that_nobody_may_ask_for_makes_nobody_bad(papers: pd.DataFrame) -> None:
    (row,) = decide(behaviour({}), papers=papers).to_dict("records")
    assert row["payer_class"] == "slow"
    assert pd.isna(row["oldest_overdue"])


def test_who_only_pays_in_parts_is_measured_by_them() -> None:
    nothing = dict.fromkeys(("days_late_mean", "days_late_spread", "share_late"), np.nan)
    only_parts = {**nothing, "paid_items": 0, "part_paid_items": 3, "part_open_items": 3}
    (row,) = decide(behaviour(only_parts)).to_dict("records")
    assert (row["payer_class"], row["part_share"]) == ("honest_short", 1.0)
    assert json.loads(row["reason_args"])["days_late"] == ""


@pytest.mark.parametrize(
    ("recent", "before", "trend"),
    [(14.0, 8.0, "worse"), (13.0, 8.0, "steady"), (3.0, 8.0, "steady"), (2.0, 8.0, "better"), (9.0, np.nan, "")],
)
def test_the_trend_compares_the_last_90_days_with_the_time_before(recent: float, before: float, trend: str) -> None:
    (found,) = decide(behaviour({"days_late_recent": recent, "days_late_before": before}))["trend"]
    assert found == trend


def test_who_owes_and_never_paid_is_new_or_bad_and_what_is_unknown_is_missing() -> None:
    papers = items(item(1, 100, "2026-06-01"), item(2, 100, "2025-01-01", customer_id=8), item(3, 9, "2026-06-01",
                   customer_id=0))  # fmt: skip
    found = decide(behaviour().iloc[:0], papers=papers)
    assert list(zip(found["customer_id"], found["payer_class"], strict=True)) == [(7, "new"), (8, "bad")]
    assert found["days_late_mean"].isna().all()
    assert found["part_share"].isna().all()
    assert found["paid_items"].tolist() == [0, 0]


def test_rows_stand_by_company_and_customer_whatever_the_order_of_the_tables() -> None:
    rows = [{"customer_id": 9}, {"company_id": 2, "customer_id": 3}, {"customer_id": 7}]
    found = decide(behaviour(*rows))
    assert found[["company_id", "customer_id"]].values.tolist() == [[1, 7], [1, 9], [2, 3]]
    assert list(found.columns) == PAYER_COLUMNS


def test_nothing_makes_nothing() -> None:
    assert len(decide(behaviour().iloc[:0])) == 0


def test_every_class_of_the_docs_can_be_reached() -> None:
    assert set(CLASSES.values()) == {"prompt", "honest_short", "slow", "unreliable", "bad", "new"}


@pytest.mark.requirement("S4-60")
def test_how_widely_the_days_scatter_can_be_rated_as_risk_and_is_missing_where_nobody_paid() -> None:
    revenue = pd.DataFrame({"company_id": [1, 1], "customer_id": [7, 8], "revenue_12m_minor": [100, 100]})
    owed = by_customer(bucket_items(items(item(1, 100, "2026-06-30")), POLICY.ageing, JUNE), POLICY.ageing).frame
    figures = complete(assemble(COMPANIES, revenue, behaviour({"days_late_spread": 12.5}), owed), JUNE)
    assert figures["days_late_spread"].tolist() == pytest.approx([12.5, np.nan], nan_ok=True)
