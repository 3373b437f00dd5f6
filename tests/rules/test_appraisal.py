"""Completion, the weighted figure, the own past and the scale: the worked cases W32, W33 and W37."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from kam_connector import policy
from kam_connector.policy.appraisal import Item, Scale
from kam_connector.rules.appraisal import compare, points_between, rate_items, score_marks, share_of, shown, weigh
from kam_connector.rules.decisions import boxed

CAP = Decimal("1.20")
W32 = [("revenue", 1000, 920), ("margin", 250, 184), ("collection", 800, 700), ("new_customers", 5, 3)]
W32_WEIGHTS = {"revenue": 40, "margin": 25, "collection": 25, "new_customers": 10}
W37 = [("sales", 80_000, 72_000), ("order_size", 800, 700), ("visits", 25, 30)]
W37_WEIGHTS = {"sales": 5, "order_size": 3, "visits": 2}


def items(rows: list[tuple[str, int | None, int | None]], user: int = 7) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["measure", "target_minor", "actual_minor"], dtype=object)
    return rate_items(table.assign(company_id=1, user_id=user), CAP)


def weights(named: dict[str, int]) -> dict[str, Decimal]:
    return {name: Decimal(weight) for name, weight in named.items()}


def figures(rows: list[tuple[str, int | None, int | None]], named: dict[str, int]) -> dict[str, str | None]:
    (row,) = weigh(items(rows), weights(named)).to_dict("records")
    return {str(name): shown(row[name]) for name in ("score", "uncapped", "coverage")}


@pytest.mark.requirement("S4-7")
@pytest.mark.requirement("S4-28")
def test_w32_four_completion_rates_and_their_weighted_sum() -> None:
    assert [shown(each, 3) for each in items(W32)["completion"]] == ["0.920", "0.736", "0.875", "0.600"]
    assert figures(W32, W32_WEIGHTS) == {"score": "0.8308", "uncapped": "0.8308", "coverage": "1.0000"}


def test_the_shipped_weights_are_those_of_w32() -> None:
    shipped = policy.load().at(pd.Timestamp("2026-06-30").date()).appraisal
    weighed = {each.measure: each.weight for each in shipped.measured}
    assert weighed.pop("service_score") == 0  # of S2-44, not of W32: shown, counting for nothing until it has a weight
    assert weighed == weights(W32_WEIGHTS)
    assert (shipped.appraisal.cap, shipped.scale.best) == (CAP, 5)
    assert [(item.code, item.weight) for item in shipped.scale.item] == [
        ("results", 60), ("attitude", 15), ("knowledge", 10), ("relationship", 10), ("teamwork", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "actual", "state", "completion", "gap"),
    [
        (None, 920, "no_target", None, None),
        (0, 920, "zero_target", None, 920),
        (-100, -40, "negative_target", None, 60),
        (1, None, "not_known", None, None),
        (1000, 0, "rated", "0.0000", -1000),
        (1000, -50, "rated", "-0.0500", -1050),
        (1000, 1200, "rated", "1.2000", 200),
        (1000, 1201, "rated", "1.2010", 201),
    ],
)
def test_w32_no_target_or_none_is_not_rated_and_a_negative_one_is_a_difference(
    target: int | None, actual: int | None, state: str, completion: str | None, gap: int | None
) -> None:
    (row,) = items([("revenue", target, actual)]).to_dict("records")
    assert (row["state"], shown(row["completion"]), row["gap_minor"]) == (state, completion, gap)
    assert row["counted"] is None or row["counted"] == min(row["completion"], Fraction(6, 5))


def test_what_is_not_rated_leaves_its_weight_to_the_others() -> None:
    rows: list[tuple[str, int | None, int | None]] = [
        ("revenue", 1000, 920),
        ("margin", None, 184),
        ("collection", 0, 1),
    ]
    assert figures(rows, W32_WEIGHTS) == {"score": "0.9200", "uncapped": "0.9200", "coverage": "0.4000"}
    assert figures([("revenue", None, 920)], W32_WEIGHTS) == {"score": None, "uncapped": None, "coverage": "0.0000"}


@pytest.mark.requirement("S4-29")
def test_w37_the_horizontal_figure_counts_no_item_above_the_cap() -> None:
    assert [shown(each, 3) for each in items(W37)["counted"]] == ["0.900", "0.875", "1.200"]
    assert figures(W37, W37_WEIGHTS)["score"] == "0.9525"
    more = [*W37[:2], ("visits", 25, 50)]
    assert figures(more, W37_WEIGHTS) == {"score": "0.9525", "uncapped": "1.1125", "coverage": "1.0000"}


@pytest.mark.requirement("S4-30")
def test_w37_against_the_own_past_amounts_are_growth_and_rates_are_points() -> None:
    now, before = pd.Series([720_000, 5, 5, None]), pd.Series([640_000, 0, None, 5])
    assert [shown(each, 3) for each in compare(now, before)] == ["0.125", None, None, None]
    rates = boxed([Fraction(182, 1000), None]), boxed([Fraction(200, 1000), Fraction(1, 5)])
    assert [shown(each, 3) for each in points_between(*rates)] == ["-0.018", None]


def test_w33_the_two_collection_rates() -> None:
    cash = pd.Series([700, 700, 0])
    assert [shown(each, 3) for each in share_of(cash, pd.Series([800, None, 0]))] == ["0.875", None, None]
    assert [shown(each, 3) for each in share_of(cash, pd.Series([400 + 900, 0, -5]))] == ["0.538", None, None]


@pytest.mark.requirement("S4-31")
def test_w37_the_scale_gives_81_points() -> None:
    named: dict[str, Any] = {"results": 60, "attitude": 15, "knowledge": 10, "relationship": 10, "teamwork": 5}
    scale = Scale(best=5, item=tuple(Item(code=code, weight=weight) for code, weight in named.items()))
    given = [("results", 4), ("attitude", 5), ("knowledge", 3), ("relationship", 4), ("teamwork", 4)]
    marks = pd.DataFrame(given, columns=["item", "mark"]).assign(company_id=1, user_id=7, mark=lambda t: [
        Decimal(mark) for mark in t["mark"]
    ])  # fmt: skip
    (row,) = score_marks(marks, scale).to_dict("records")
    assert (shown(row["points"], 2), shown(row["coverage"])) == ("81.00", "1.0000")
    (part,) = score_marks(marks[:2], scale).to_dict("records")
    assert (shown(part["points"], 2), shown(part["coverage"])) == ("84.00", "0.7500")
