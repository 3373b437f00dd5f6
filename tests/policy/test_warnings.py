"""warnings.toml: what is refused, and what the shipped one says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.policy.warnings import MEASURE_KINDS, WarningPolicy, find_warning_problems

GAP = {"code": "gap", "measure": "order_gap", "raise_at": "2.0", "clear_at": "1.2"}


def problems(*rules: dict[str, Any]) -> list[str]:
    made = WarningPolicy.model_validate({"warnings": {"valid_from": date(2026, 1, 1)}, "rule": rules})
    return [f"{problem.what} {problem.why}" for problem in find_warning_problems(made)]


def test_the_shipped_rules_watch_every_figure_once_and_each_has_a_playbook() -> None:
    rules = policy.load().at(date(2026, 6, 30)).warnings.rule
    assert sorted(rule.measure for rule in rules) == sorted(MEASURE_KINDS)
    assert all(rule.task and rule.label for rule in rules)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (
            {"clear_at": "2.1"},
            'The limit 2.1 of rule "gap" is above raise_at 2.0: what is raised would be cleared at once.',
        ),
        ({"clear_at": "0"}, 'The limit 0 of rule "gap" must be above 0: no figure is below it.'),
        (
            {"measure": "complaints", "raise_at": "2.5"},
            'The limit 2.5 of rule "gap" must be a whole number: it is a count.',
        ),
    ],
)
def test_limits_in_the_wrong_order_or_of_the_wrong_kind_are_refused(rule: dict[str, str], why: str) -> None:
    assert problems({**GAP, **rule}) == [why]


def test_a_limit_of_nothing_is_refused() -> None:
    assert problems({**GAP, "raise_at": 0, "clear_at": 0})[0].startswith(
        'The limit 0 of rule "gap" must be above 0: every'
    )


def test_both_limits_may_be_the_same_and_a_rule_stands_there_once() -> None:
    assert problems({**GAP, "clear_at": "2.0"}) == []
    assert problems(GAP, GAP) == ['The rule "gap" stands there a second time.']
