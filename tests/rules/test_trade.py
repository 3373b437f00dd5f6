"""Measures of the trade with customers, and items of a score that may be missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector.policy.tiering import SEVERITY_POINTS, TierPolicy
from kam_connector.rules.measures import complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.tiers import decide_tiers
from kam_connector.rules.trade import ASSORTMENT, MARGINS, RHYTHM, STARTS, Trade, add_trade
from tests.rules.papers import NO_TIERS, points_of, tier_policy

TODAY = date(2026, 6, 30)


def figures(*revenue: float | None, company: int = 1) -> pd.DataFrame:
    """Customers 1, 2, ... of a company with that revenue in cents."""
    return pd.DataFrame({
        "company_id": company, "customer_id": range(1, len(revenue) + 1), "digits": 2,
        "revenue_12m_minor": pd.Series(revenue, dtype="float64"), "orders_12m": 250.0,
    })  # fmt: skip


def rows(columns: list[str], *values: list[Any]) -> pd.DataFrame:
    return pd.DataFrame([*values], columns=[*KEYS, *columns])


def trade(**given: pd.DataFrame) -> Trade:
    """A trade of which only this is known."""
    empty = {
        "margins": rows(MARGINS), "quotations": rows(["pipeline_minor"]), "assortment": rows(ASSORTMENT),
        "rhythm": rows(RHYTHM), "starts": rows(STARTS), "complaints": rows(["severity", "settled"]),
    }  # fmt: skip
    return Trade(**{**empty, **given})


def measured(table: pd.DataFrame, **given: pd.DataFrame) -> dict[str, list[float]]:
    added = add_trade(table, trade(**given), SEVERITY_POINTS)
    assert added[KEYS].to_numpy().tolist() == table[KEYS].to_numpy().tolist()
    return {name: values.tolist() for name, values in complete(added, TODAY).items()}


@pytest.mark.requirement("S4-81")
def test_w28_settled_complaints_weigh_by_severity_for_each_hundred_orders() -> None:
    settled = rows(["severity", "settled"], [1, 1, "high", 1], [1, 1, "low", 2])
    assert measured(figures(1.0, 1.0), complaints=settled)["complaints_per_100_orders"] == [2.0, 0.0]


def test_what_a_company_does_not_record_is_missing_and_not_zero() -> None:
    found = measured(figures(1.0), quotations=rows(["pipeline_minor"], [2, 1, 500]))
    names = ("pipeline", "complaints_per_100_orders", "margin_12m", "margin_share", "categories_12m", "gap_ratio")
    assert all(np.isnan(found[name][0]) for name in names)


def test_who_has_no_quotation_where_others_have_has_nothing_in_the_pipeline() -> None:
    assert measured(figures(1.0, 1.0), quotations=rows(["pipeline_minor"], [1, 2, 550]))["pipeline"] == [0, 5.5]


def test_an_offer_alone_makes_nobody_a_customer() -> None:
    assert len(measured(figures(1.0), quotations=rows(["pipeline_minor"], [1, 9, 550]))["pipeline"]) == 1


def test_margins_are_shares_of_the_net_that_they_were_made_on() -> None:
    found = measured(figures(100000.0), margins=rows(MARGINS, [1, 1, 4000, 2000, 10000]))
    names = ("margin_12m", "margin_prev_12m", "margin_growth", "margin_share")
    assert [found[name][0] for name in names] == [40, 20, 2.0, 0.4]


def test_products_bought_again_are_a_share_of_those_of_the_year_before() -> None:
    found = measured(
        figures(1.0, 1.0), assortment=rows(ASSORTMENT, [1, 1, 2, 1, 1, 0.5, 4, 3], [1, 2, 1, 1, 0, 0.0, 0, 0])
    )
    assert found["repurchase_share"][0] == 0.75
    assert np.isnan(found["repurchase_share"][1])
    assert (found["categories_12m"], found["categories_new"], found["categories_lost"]) == ([2, 1], [1, 1], [1, 0])
    assert found["category_diversity"] == [0.5, 0.0]


def test_w10_the_rhythm_of_a_customer() -> None:
    ends = (date(2026, 5, 30), date(2026, 4, 30))
    found = measured(
        figures(1.0, 1.0), rhythm=rows(RHYTHM, [1, 1, ends[0], 2, 75.0, 15.0], [1, 2, ends[1], 1, 61.0, 0.0])
    )
    assert (found["order_gap_days"], found["days_since_order"]) == ([75, 61], [31, 61])
    assert found["gap_regularity"][0] == pytest.approx(0.8)
    assert np.isnan(found["gap_regularity"][1])
    assert found["gap_ratio"] == [pytest.approx(31 / 75), 1.0]


def test_w7_shares_of_revenue_rest_on_what_is_above_zero() -> None:
    assert measured(figures(60000.0, 40000.0, -5000.0, None))["revenue_share"][:3] == [0.6, 0.4, 0.0]
    assert np.isnan(measured(figures(0.0))["revenue_share"][0])


def test_w9_who_belongs_to_a_known_group_is_not_new() -> None:
    own = points_of([[90] * 4]).assign(first_invoice=date(2026, 5, 16))
    of_group = own.assign(group_first_invoice=date(2020, 1, 1))
    status = [decide_tiers(facts, NO_TIERS, tier_policy(), TODAY).frame["status"][0] for facts in (own, of_group)]
    assert status == ["provisional", "rated"]


def with_optional(optional: bool) -> TierPolicy:
    """The contribution is half orders, half a margin that may be missing."""
    dimensions = [each.model_dump() for each in tier_policy().dimension]
    points = [[str(value), value] for value in range(101)]
    dimensions[0]["item"] = [*dimensions[0]["item"], {"fact": "margin_12m", "optional": optional, "points": points}]
    return tier_policy(dimension=dimensions)


@pytest.mark.parametrize(
    ("margin", "optional", "score", "coverage"),
    [
        (None, True, "67.50", "1.00"),
        (None, False, "67.50", "0.80"),
        (40, True, "59.50", "1.00"),
        (40, False, "59.50", "1.00"),
    ],
)
def test_a_missing_optional_figure_takes_nothing_off_the_coverage(
    margin: int | None, optional: bool, score: str, coverage: str
) -> None:
    """W1's points; with a margin of 40 the contribution is (80 + 40) / 2 = 60, eight points less of the score."""
    facts = points_of([[80, 60, 50, 70]]).assign(margin_12m=margin)
    row = decide_tiers(facts, NO_TIERS, with_optional(optional), TODAY).frame.iloc[0]
    assert (row["score"], row["coverage"]) == (Decimal(score), Decimal(coverage))


def test_a_dimension_of_which_nothing_is_known_lowers_the_coverage_though_all_of_it_is_optional() -> None:
    dimensions = [each.model_dump() for each in tier_policy().dimension]
    dimensions[2]["item"] = [{**dimensions[2]["item"][0], "optional": True}]
    policy = tier_policy(dimension=dimensions)
    row = decide_tiers(points_of([[80, 60, None, 70]]), NO_TIERS, policy, TODAY).frame.iloc[0]
    assert (row["score"], row["coverage"]) == (Decimal("71.88"), Decimal("0.80"))
