"""The plan format of CONTRACTS is read whole; what cannot be computed yet is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import policy
from tests.policy.test_loading import PLAN, TODAY, sentences, write

EVERYTHING = """[plan]
code = "ka-2026"
valid_from = 2026-01-01
valid_to = 2026-12-31
currency = "CNY"
period = "month"
[payees]
users = ["*"]
[credit]
source = "cash"
base = "margin"
[quota]
amount = "120000.00"
period = "year"
prorate = "days"
[[component]]
kind = "commission"
mode = "whole"
on = "attainment"
basis = "document"
accumulate = "year"
edge = "lower"
brackets = [{ from = "0", rate = "0.05" }, { from = "50000", rate = "0.08" }]
[modifiers]
days_to_pay = [{ from = 0, points = "0.01" }, { from = 30, points = "0" }, { from = 60, points = "-0.01" }]
tier_factor = { gold = "1.2" }
[[gate]]
fact = "collection_rate"
below = "0.80"
effect = "hold"
[limits]
cap = "50000.00"
floor = "0"
holdback = "0.10"
[cash]
bad_debt = "forfeit"
down_payment = "final"
rate_date = "invoice"
[[split]]
role = "owner"
share = "0.7"
[[split]]
role = "helper"
share = "0.3"
[filter]
categories = []
tiers = []
new_customer_months = 24
[clawback]
policy = "historic"
[draw]
amount = "1000.00"
recoverable = true
periods = [1, 6]
recover_from = 4
"""
REFUSED = {
    'The credit source "cash"': 10, 'The base "margin"': 11, "The table [quota]": 12, 'The bracket mode "whole"': 18,
    'The measure on = "attainment"': 19, 'The basis "document" with several brackets': 20,
    'The accumulator "year"': 21, "The table [modifiers]": 24, "The table [gate]": 27, "The table [limits]": 31,
    "The table [cash]": 35, "The table [split]": 39, "The table [filter]": 45, 'The clawback policy "historic"': 50,
    "The table [draw]": 51,
}  # fmt: skip


def test_the_whole_format_is_read_and_each_part_that_is_not_computed_yet_is_refused(tmp_path: Path) -> None:
    found = sentences(write(tmp_path, "incentives/ka.toml", EVERYTHING))
    expected = {f"{what} in incentives/ka.toml line {line} is read, but" for what, line in REFUSED.items()}
    assert {each.partition(" this version")[0] for each in found} == expected


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('"0.7"', '"0.8"', "The shares of [[split]] in incentives/ka.toml line 39 sum to 1.1, not to 1."),
        ("gold =", "gold_plus =", 'Tier "gold_plus" in incentives/ka.toml line 26 is not defined.'),
        ("tiers = []", 'tiers = ["vip"]', 'Tier "vip" in incentives/ka.toml line 47 is not defined.'),
        ('"50000", rate', '"0", rate', "does not begin after 0: brackets overlap"),
        ('mode = "whole"\n', "", "has no mode"),
        ('"50000", rate = "0.08"', '"50000", amount = "9"', "needs rate, and nothing else"),
        ("valid_to = 2026-12-31", "valid_to = 2025-12-31", "lies before valid_from"),
        ("2026-12-31", "2026-12-31T00:00:00", "a day such as 2026-01-01"),
        ('"CNY"', '"yuan"', 'Value "yuan" of "currency"'),
    ],
)
def test_mistakes_in_a_plan_are_named(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    found = sentences(write(tmp_path, "incentives/ka.toml", EVERYTHING.replace(before, after, 1)))
    assert any(sentence in each for each in found), found


def test_marginal_brackets_over_the_period_are_computed(tmp_path: Path) -> None:
    (plan,) = policy.load(write(tmp_path, "incentives/p.toml", PLAN)).plans_between(TODAY, TODAY)
    assert [str(line.rate) for line in plan.component[0].brackets] == ["0.05", "0.08"]
