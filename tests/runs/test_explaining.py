"""What is said under each point of a score, and how figures are written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.messages import find_message
from kam_connector.policy.measures import MEASURES
from kam_connector.rules.score_parts import split_scores
from kam_connector.runs.explaining import sentence_of
from kam_connector.runs.figure_texts import exact_text, figure_text, figure_value
from tests.rules.papers import points_of, tier_policy

TODAY = date(2026, 6, 30)
NEW = date(2026, 5, 16)


def said(facts: pd.DataFrame, place: int, lang: str = "en") -> str:
    rows = split_scores(facts, tier_policy(), TODAY)
    return sentence_of(rows.iloc[place].to_dict(), "CNY", 2, lang)


@pytest.mark.parametrize(
    ("points", "place", "more", "sentence"),
    [
        ([80.5, 60, 50, 70], 0, {},
         "Orders of 12 months: 80.5. From 80 on it brings 80 points; they count for 40.00% of the score and make 32.00 "
         "of it."),
        ([-1, 60, 50, 70], 0, {},
         "Orders of 12 months: -1. Below 0 too it brings 0 points; they count for 40.00% of the score and make 0.00 "
         "of it."),
        ([80, None, 50, 70], 1, {},
         "Invoices of 12 months: not known. The other figures carry its weight; the coverage is lower."),
        ([90, 90, 90, 90], 2, {"first_invoice": NEW}, "Items paid: 90. It does not count for a new customer."),
        ([90, 90, 90, 90], 4, {"first_invoice": NEW},
         "A new customer starts from 50 points; they still count for 80.00% of the score and make 40.00 of it."),
        ([None, 80, 80, None], 1, {},
         "Invoices of 12 months: 80. It would bring 80 points, but too little is known for a score."),
    ],
)  # fmt: skip
def test_each_kind_of_row_has_its_sentence(
    points: list[float | None], place: int, more: dict[str, Any], sentence: str
) -> None:
    facts = points_of([points]).assign(**more)
    assert said(facts, place) == sentence
    chinese = said(facts, place, "zh_CN")
    assert any("一" <= letter <= "鿿" for letter in chinese)
    assert chinese != said(facts, place, "zh_TW")


@pytest.mark.parametrize(
    ("fact", "value", "plain", "shown"),
    [
        ("revenue_12m", 1234.5, "1234.50", "CNY 1,234.50"),
        ("revenue_growth", 1.1, "1.1", "1.1"),
        ("overdue_share", 0.33333333, "0.3333", "33.33%"),
        ("days_late_mean", 7.5476190, "7.5476", "7.5476"),
        ("orders_12m", 1200.0, "1200", "1,200"),
        ("days_late_mean", -0.00001, "0", "0"),
        ("orders_12m", float("nan"), None, "–"),
        ("orders_12m", None, None, "–"),
    ],
)
def test_a_figure_is_written_by_its_kind(fact: str, value: float | None, plain: str | None, shown: str) -> None:
    assert fact in MEASURES
    assert figure_value(fact, value, 2) == plain
    assert figure_text(fact, value, "CNY", 2, "en") == shown


def test_every_figure_that_may_be_rated_has_a_name() -> None:
    assert [name for name in MEASURES if find_message(f"measure.{name}") is None] == []


def test_a_number_of_the_policy_stays_as_it_stands_there() -> None:
    rows = split_scores(points_of([[80, 60, 50, 70]]), tier_policy(), TODAY)
    assert [exact_text(value) for value in rows["from_value"]] == ["80", "60", "50", "70"]
    assert exact_text(None) is None
