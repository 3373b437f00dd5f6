"""The part of complaints.toml about making good: what is shipped, what is refused and where."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS

SHIPPED = policy.load().at(date(2026, 6, 30)).complaints
TEXT = (DEFAULTS / "complaints.toml").read_text(encoding="utf-8")
APPROVER = '[[approver]]\nrole = "manager"\nup_to = "10000"'
LAST = '[[approver]]                   # above that\nrole = "director"'
MISTAKES = [
    ('remedy = "goodwill"', 'remedy = "money"', 'Value "money" of "remedy"'),
    ('cap = "0.50"', 'cap = "1.01"', 'a share between "0" and "1"'),
    ('remedy = "goodwill"', 'type = "service"\nremedy = "goodwill"', "The last [[remedy]]"),
    ('[[budget]]\namount = "5000"', '[[budget]]\ntier = "bronze"\namount = "5000"', "The last [[budget]]"),
    ('tier = "silver"\namount', 'tier = "gold"\namount', "The [[budget]] number 2"),
    ('tier = "silver"\namount', 'tier = "tin"\namount', 'Tier "tin" in complaints.toml line'),
    ('[[remedy]]\ntype = "product"\nseverity = "critical"', '[[remedy]]\ntype = "product"', "The [[remedy]] number 2"),
    ('amount = "50000"', 'amount = "-1"', "zero or more"),
    (APPROVER, APPROVER.replace("manager", "director"), "The [[approver]] number 2"),
    (APPROVER, '[[approver]]\nrole = "manager"', "The [[approver]] number 1"),
    (LAST, f'{LAST}\nup_to = "20000"', "The last [[approver]]"),
    (APPROVER, '[[approver]]\nrole = "salesperson"\nup_to = "10001"\n' + APPROVER, "The [[approver]] number 2"),
    ('penalty_share = "1.30"', "penalty_share = 1.3", 'a decimal in quotes, such as "0.05"'),
    ("cumulative_days = 90", "cumulative_days = 0", "cumulative_days"),
]


def sentences(folder: Path, text: str) -> list[str]:
    (folder / "complaints.toml").write_text(text, encoding="utf-8")
    return [flaw.sentence for flaw in policy.check(folder)]


@pytest.mark.requirement("S4-69")
def test_the_shipped_policy_compensates_everybody_within_a_budget_of_the_tier() -> None:
    found = [(line.type, line.severity, line.remedy, line.cap) for line in SHIPPED.remedy]
    assert found == [
        ("product", "critical", "replace", 1), ("product", "*", "repair", 1), ("transport", "*", "credit", 1),
        ("contract", "*", "credit", Decimal("0.50")), ("*", "*", "goodwill", Decimal("0.10")),
    ]  # fmt: skip
    assert [(line.tier, line.amount) for line in SHIPPED.budget] == [("gold", 50000), ("silver", 20000), ("*", 5000)]
    assert [(step.role, step.up_to) for step in SHIPPED.approver] == [("manager", 10000), ("director", None)]
    assert (SHIPPED.compensation.cumulative_days, SHIPPED.compensation.penalty_share) == (90, Decimal("1.30"))


@pytest.mark.parametrize(("before", "after", "sentence"), MISTAKES)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    assert TEXT.count(before) == 1
    found = sentences(tmp_path, TEXT.replace(before, after))
    assert any(sentence in each for each in found), found


@pytest.mark.parametrize("to", ['"0"', '"-1"'])
def test_a_rounding_that_is_no_step_is_refused(tmp_path: Path, to: str) -> None:
    found = sentences(tmp_path, f'{TEXT}\n[[rounding]]\ncurrency = "CNY"\nto = {to}\n')
    assert [each for each in found if "must be above zero" in each], found


def test_a_currency_that_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = '\n[[rounding]]\ncurrency = "CNY"\nto = "1"\n' * 2
    assert any("The rounding of CNY" in each and "stands twice" in each for each in sentences(tmp_path, TEXT + twice))


def test_without_remedies_the_other_lists_may_be_empty_and_with_them_they_may_not(tmp_path: Path) -> None:
    head = TEXT[: TEXT.index("[compensation]")]
    assert sentences(tmp_path, head) == []
    found = sentences(tmp_path, f'{head}\n[[remedy]]\nremedy = "credit"\n')
    assert [part for part in ("[[budget]]", "[[approver]]") if any(part in each for each in found)] == [
        "[[budget]]", "[[approver]]",
    ]  # fmt: skip
