"""The plan format of CONTRACTS is read whole; what contradicts itself is refused with file, key and line."""

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


def test_the_whole_format_is_read(tmp_path: Path) -> None:
    assert sentences(write(tmp_path, "incentives/ka.toml", EVERYTHING)) == []


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
        ("[quota]\namount", "[draw2]\namount", 'Key "draw2"'),
        ('amount = "120000.00"', 'amount = "0"', "measures attainment, but the plan has no [quota] above zero"),
        ('amount = "120000.00"', 'amount = "-1"', "zero or more is expected"),
        ('amount = "120000.00"\n', "", 'needs amount, or from = "targets" with a measure'),
        ('amount = "120000.00"\n', 'amount = "1"\nmeasure = "margin"\n', 'goes with from = "targets" alone'),
        (
            'amount = "120000.00"\n',
            'from = "targets"\nmeasure = "margin"\n',
            "has period, which targets have themselves",
        ),
        ('amount = "120000.00"\n', 'from = "targets"\namount = "1"\n', "has amount, which targets have themselves"),
        (
            'amount = "120000.00"\n',
            'from = "targets"\nmeasure = "revenue"\n',
            'needs measure = "margin": the plan pays by',
        ),
        ('amount = "120000.00"\n', 'from = "targets"\n', 'needs measure = "margin"'),
        ('amount = "120000.00"\n', 'from = "targets"\nmeasure = "collection"\n', "Allowed: revenue, margin"),
        ("= 60, points", "= 30, points", "The bracket from 30 in incentives/ka.toml line 25 does not begin after 30"),
        ("= 0, points", "= 5, points", "begins at 5: earlier payments would have no points of their own"),
        ('kind = "commission"', 'kind = "contest"\nprizes = ["9"]', "pays by prizes: its brackets would pay nothing"),
        ("users =", 'roles = ["boss"]\nusers =', 'The role "boss" in incentives/ka.toml line'),
        ('below = "0.80"\n', "", "needs below or above, and not both"),
        ('effect = "hold"', 'effect = "reduce"', 'needs factor with effect = "reduce"'),
        ('floor = "0"', 'floor = "60000"', "is above the cap 50000.00"),
        ('rate_date = "invoice"', 'rate_date = "later"', "is not allowed. Allowed: invoice, payment, period_end"),
        ('"helper"', '"owner"', 'The role "owner" in incentives/ka.toml line 43 stands there a second time'),
        ("[1, 6]", "[6, 1]", "are no first and last period"),
        ('mode = "whole"', 'mode = "interpolated"', "needs amount, and nothing else"),
        ('from = "0", rate', 'from = "0", to = "40000", rate', "a gap or an overlap"),
        ('kind = "commission"', 'kind = "contest"', "needs prizes"),
    ],
)
def test_mistakes_in_a_plan_are_named(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    found = sentences(write(tmp_path, "incentives/ka.toml", EVERYTHING.replace(before, after, 1)))
    assert any(sentence in each for each in found), found


def test_marginal_brackets_over_the_period_are_computed(tmp_path: Path) -> None:
    (plan,) = policy.load(write(tmp_path, "incentives/p.toml", PLAN)).plans_between(TODAY, TODAY)
    assert [str(line.rate) for line in plan.component[0].brackets] == ["0.05", "0.08"]
