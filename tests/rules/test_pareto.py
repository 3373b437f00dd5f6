"""Classes by revenue and margin: the worked cases W4, W6 and W7."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.policy.tiering import Pareto
from kam_connector.rules.measures import complete
from kam_connector.rules.pareto import classify, is_hollow, rank_rfm

NAN = float("nan")
ASKED = Pareto()


def figures(revenue: list[float], margin: list[float] | None = None, **more: Any) -> pd.DataFrame:
    return pd.DataFrame({
        "company_id": 1, "customer_id": range(1, len(revenue) + 1), "revenue_12m_minor": revenue,
        "margin_12m_minor": margin or [NAN] * len(revenue),
    }).assign(**more)  # fmt: skip


def by_customer(frame: pd.DataFrame, column: str) -> list[Any]:
    return list(frame.sort_values("customer_id")[column])


@pytest.mark.requirement("S4-80")
def test_w6_a_single_customer_is_a() -> None:
    frame = classify(figures([1000]), ASKED)
    assert (frame["revenue_before"][0], frame["revenue_class"][0]) == (0.0, "A")


@pytest.mark.requirement("S4-80")
def test_w7_the_base_is_what_is_above_zero_and_the_rest_is_apart() -> None:
    frame = classify(figures([500, 200, 200, 60, 40, -50, 0]), ASKED)
    assert by_customer(frame, "revenue_class") == ["A", "A", "A", "B", "C", "N", "N"]
    assert by_customer(frame, "revenue_before")[:5] == [0.0, 0.5, 0.5, 0.9, 0.96]
    assert np.isnan(by_customer(frame, "revenue_before")[5])
    assert frame["customer_id"].tolist() == [1, 2, 3, 4, 5, 7, 6]


@pytest.mark.parametrize(("first", "kind"), [(799, "A"), (800, "B"), (801, "B"), (949, "B"), (950, "C"), (951, "C")])
def test_the_cuts_leave_out_their_own_share(first: int, kind: str) -> None:
    assert by_customer(classify(figures([first, 1000 - first]), ASKED), "revenue_class") == ["A", kind]


def test_revenue_and_margin_are_classed_side_by_side_and_a_hollow_customer_is_flagged() -> None:
    frame = classify(figures([900, 100, 90], [-10, 50, NAN]), ASKED)
    assert by_customer(frame, "margin_class") == ["N", "A", ""]
    assert is_hollow(frame).tolist() == [True, False, False]


def test_companies_are_classed_by_themselves() -> None:
    frame = classify(figures([1000, 10, 10], company_id=[1, 2, 2]), ASKED)
    assert frame["revenue_class"].tolist() == ["A", "A", "A"]


def test_no_customers_at_all() -> None:
    assert classify(figures([]), ASKED).empty


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_equal_revenues_are_of_one_class_whatever_the_order(revenue: list[int], random: Any) -> None:
    whole = figures([float(value) for value in revenue])
    order = list(range(len(whole)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(classify(whole, ASKED), classify(whole.iloc[order].reset_index(drop=True), ASKED))
    frame = classify(whole, ASKED)
    assert (frame.groupby("revenue_12m_minor")["revenue_class"].nunique() == 1).all()


def test_w4_equal_figures_have_equal_ranks() -> None:
    facts = pd.DataFrame({
        "company_id": 1, "customer_id": range(1, 6), "orders_12m": [5, 5, 5, 9, NAN],
        "last_invoice": [date(2026, 6, 30), date(2026, 6, 1), date(2026, 5, 1), date(2026, 4, 1), None],
        "revenue_12m": [1.0, 2.0, 3.0, 4.0, 5.0],
    })  # fmt: skip
    ranks = rank_rfm(complete(facts, date(2026, 6, 30)))
    assert ranks["frequency"].tolist()[:4] == [2, 2, 2, 5]
    assert ranks["frequency"].isna().tolist()[4]
    assert ranks["recency"].tolist()[:4] == [5, 4, 2, 1]
    assert ranks["monetary"].tolist() == [1, 2, 3, 4, 5]
