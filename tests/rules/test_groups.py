"""Groups of companies rated as one customer: what adds up, what does not, and that nobody counts twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.rules.groups import add_up_groups
from kam_connector.rules.measures import complete
from kam_connector.rules.scores import score_customers
from tests.rules.papers import tier_policy

JUNE = date(2026, 6, 30)
NOTHING: dict[str, Any] = {
    "currency_id": 1, "digits": 2, "revenue_12m_minor": 0, "revenue_prev_12m_minor": 0, "orders_12m": 0,
    "invoices_12m": 0, "first_invoice": None, "last_invoice": None, "paid_items": np.nan, "days_late_mean": np.nan,
    "days_late_spread": np.nan, "share_late": np.nan, "receivable_total_minor": 0, "overdue_minor": 0,
    "doubtful_minor": 0, "margin_12m_minor": np.nan, "margin_prev_12m_minor": np.nan, "margin_net_12m_minor": np.nan,
    "pipeline_minor": np.nan, "complaint_points": np.nan, "categories_12m": np.nan, "categories_new": np.nan,
    "categories_lost": np.nan, "category_diversity": np.nan, "products_prev_12m": np.nan, "products_again": np.nan,
    "last_order": None, "gaps_24m": np.nan, "gap_days_mean": np.nan, "gap_days_spread": np.nan,
    "group_first_invoice": None, "group_active_since": None, "group_reactivated_on": None,
    "revenue_share": np.nan,
}  # fmt: skip


def customer(number: int, company: int = 1, **figures: Any) -> dict[str, Any]:
    return {"company_id": company, "customer_id": number, **NOTHING, **figures}


def added(*customers: dict[str, Any], groups: dict[int, int] | None = None) -> list[dict[str, Any]]:
    return add_up_groups(pd.DataFrame(customers), groups or {2: 1, 3: 1}).to_dict("records")


@pytest.mark.requirement("S4-80")
def test_amounts_and_counts_add_up_and_each_company_stands_apart() -> None:
    first, second = added(
        customer(1, revenue_12m_minor=300, margin_12m_minor=30, orders_12m=2, overdue_minor=5),
        customer(2, revenue_12m_minor=500, orders_12m=1, overdue_minor=7),
        customer(4, revenue_12m_minor=200),
    )
    assert (first["customer_id"], first["customers"], first["revenue_12m_minor"]) == (1, 2, 800)
    assert (first["margin_12m_minor"], first["orders_12m"], first["overdue_minor"]) == (30, 3, 12)
    assert (second["customer_id"], second["customers"], second["revenue_12m_minor"]) == (4, 1, 200)
    assert (first["revenue_share"], second["revenue_share"]) == (0.8, 0.2)
    rows = added(customer(1, revenue_12m_minor=300), customer(2, company=2, revenue_12m_minor=500))
    assert [(row["company_id"], row["customer_id"], row["revenue_12m_minor"]) for row in rows] == [
        (1, 1, 300), (2, 1, 500),
    ]  # fmt: skip


def test_days_late_are_those_of_all_paid_items() -> None:
    """Ten items 4 days late (2 and 6, five each: spread 2) and thirty 20 days late: 640 / 40 = 16 days.

    The squares: 10 x (16 + 4) + 30 x 400 = 12,200; 12,200 / 40 - 256 = 49: a spread of 7 days.
    """
    (row,) = added(
        customer(1, paid_items=10, days_late_mean=4.0, days_late_spread=2.0, share_late=0.5),
        customer(2, paid_items=30, days_late_mean=20.0, days_late_spread=0.0, share_late=1.0),
        customer(3),
    )
    assert (row["paid_items"], row["days_late_mean"], row["share_late"]) == (40, 16.0, 0.875)
    assert row["days_late_spread"] == pytest.approx(7.0)


def test_a_group_is_known_since_its_first_invoice_and_active_until_its_last() -> None:
    (row,) = added(
        customer(1, first_invoice=date(2020, 1, 5), last_invoice=date(2024, 1, 5), last_order=date(2026, 5, 1)),
        customer(2, first_invoice=date(2026, 6, 1), last_invoice=date(2026, 6, 20), last_order=None),
    )
    figures = complete(pd.DataFrame([row]), JUNE).iloc[0]
    assert (figures["first_invoice"], figures["days_since_invoice"]) == (pd.Timestamp(2020, 1, 5), 10)
    assert figures["days_since_order"] == 60


def test_what_would_count_twice_is_missing_for_several_and_known_for_one() -> None:
    both = {"categories_12m": 3, "products_prev_12m": 4, "products_again": 2, "gap_days_mean": 30.0, "gaps_24m": 5}
    together, alone = added(customer(1, **both), customer(2, **both), customer(4, **both))
    assert all(np.isnan(together[name]) for name in both)
    assert {name: alone[name] for name in both} == both


def test_an_unknown_margin_stays_unknown_and_a_credited_customer_lowers_the_group() -> None:
    (row,) = added(customer(1, revenue_12m_minor=300), customer(2, revenue_12m_minor=-100))
    assert np.isnan(row["margin_12m_minor"])
    assert (row["revenue_12m_minor"], row["revenue_share"]) == (200, 1.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(-1000, 10**9)), min_size=1, unique_by=lambda row: row[0]))
def test_every_customer_counts_in_exactly_one_group(rows: list[tuple[int, int]]) -> None:
    figures = pd.DataFrame([customer(number, revenue_12m_minor=amount) for number, amount in rows])
    found = add_up_groups(figures, {2: 1, 3: 1, 5: 4})
    assert found["revenue_12m_minor"].sum() == figures["revenue_12m_minor"].sum()
    assert found["customers"].sum() == len(rows)


def test_a_group_of_one_scores_as_the_customer_does() -> None:
    figures = pd.DataFrame([
        customer(1, revenue_12m_minor=40_000_000, revenue_prev_12m_minor=30_000_000, orders_12m=7, paid_items=3.0,
                 days_late_mean=4.5, days_late_spread=1.5, share_late=1.0, first_invoice=date(2020, 1, 5),
                 last_invoice=date(2026, 6, 20), receivable_total_minor=100, overdue_minor=30),
    ])  # fmt: skip
    policy = tier_policy()
    alone, group = (score_customers(each, policy, JUNE) for each in (figures, add_up_groups(figures, {})))
    assert (group.score[0], group.coverage[0]) == (alone.score[0], alone.coverage[0])
