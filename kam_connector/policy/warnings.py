"""The warnings policy: at which figures a customer is in danger of being lost, and what is done about it.

A rule watches one figure, and the higher it is the worse. It is raised when the figure has stood at `raise_at` or
above for `checks` checks in a row, and cleared only when it falls below `clear_at`: between the two an open warning
stays open and none is raised, so that nobody is told twice a week that a customer is lost and is back. With raise_at
2.0, clear_at 1.2 and two checks, gaps of 2.1, 1.8, 2.3, 2.4, 1.5, 1.1 times the usual one are: pending, nothing,
pending, raised, open, cleared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Code, Day, Label, Positive, Problem, Problems, Table, label_of
from kam_connector.texts import Text

Measure = Literal[
    "order_gap", "volume_fall", "margin_fall", "categories_lost", "offers_lost", "overdue_rise", "complaints",
    "contacts_gone", "credit_used",
]  # fmt: skip
MeasureKind = Literal["times", "share", "count"]
MEASURE_KINDS: dict[Measure, MeasureKind] = {
    "order_gap": "times",
    "volume_fall": "share",
    "margin_fall": "share",
    "categories_lost": "count",
    "offers_lost": "share",
    "overdue_rise": "share",
    "complaints": "count",
    "contacts_gone": "count",
    "credit_used": "share",
}
"""What may be watched. A name added here needs its figure in `rules/watching.py` and its reason in `rules/reasons.py`.
"""
Start = Literal["new", "reactivated", "known"]
"""How a customer's group started to buy (`rules/newcomers.py`)."""
WarningSeverity = Literal["low", "medium", "high"]
SALESPERSON, MANAGER = "salesperson", "manager"


class Watching(Table):
    """From when on the file is in force, and how far back the figures look."""

    valid_from: Day
    min_gaps: int = Field(default=3, ge=1, le=100)
    min_offers: int = Field(default=3, ge=1, le=1000)
    offer_days: int = Field(default=180, ge=1, le=730)
    overdue_days: int = Field(default=30, ge=1, le=365)
    complaint_days: int = Field(default=90, ge=1, le=730)
    contact_months: int = Field(default=12, ge=1, le=60)
    start_days: int = Field(default=180, ge=1, le=730)


class Task(Table):
    """One task of a playbook: who does what within how many days of the warning."""

    title: Label
    owner: str = Field(default=SALESPERSON, min_length=1)
    within_days: int = Field(default=7, ge=0, le=365)


class WarningRule(Table):
    """One rule: the watched figure, both limits, whom it holds for, and its playbook."""

    code: Code
    measure: Measure
    raise_at: Positive
    clear_at: Positive
    checks: int = Field(default=2, ge=1, le=30)
    tiers: tuple[Code, ...] = ()
    starts: tuple[Start, ...] = ()
    severity: WarningSeverity = "medium"
    label: Label | None = None
    task: tuple[Task, ...] = ()

    @property
    def names(self) -> Label:
        """The rule's name in both languages."""
        return label_of(self.label, self.code)


class WarningPolicy(Table):
    """One warnings.toml; without rules nothing is watched."""

    warnings: Watching
    rule: tuple[WarningRule, ...] = ()

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.warnings.valid_from

    @property
    def tier_places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Where a tier is named, and which."""
        for number, rule in enumerate(self.rule):
            for place, tier in enumerate(rule.tiers):
                yield ("rule", number, "tiers", place), tier


def find_warning_problems(policy: WarningPolicy) -> Problems:
    """Rules that stand there twice, limits in the wrong order or of the wrong kind."""
    codes = [rule.code for rule in policy.rule]
    for place, rule in enumerate(policy.rule):
        if rule.code in codes[:place]:
            what = Text('The rule "{code}"', {"code": rule.code})
            yield Problem(("rule", place, "code"), what, Text("stands there a second time."))
        yield from _find_limit_problems(place, rule)


def _find_limit_problems(place: int, rule: WarningRule) -> Problems:
    raised, lower = (_limit_of(rule, limit) for limit in (rule.raise_at, rule.clear_at))
    if rule.raise_at == 0:
        yield Problem(("rule", place, "raise_at"), raised, Text("must be above 0: every customer would be warned of."))
    if rule.clear_at > rule.raise_at:
        why = Text("is above raise_at {limit}: what is raised would be cleared at once.", {"limit": rule.raise_at})
        yield Problem(("rule", place, "clear_at"), lower, why)
    if rule.clear_at == 0:
        yield Problem(("rule", place, "clear_at"), lower, Text("must be above 0: no figure is below it."))
    kind = MEASURE_KINDS[rule.measure]
    if kind == "count" and rule.raise_at != int(rule.raise_at):
        yield Problem(("rule", place, "raise_at"), raised, Text("must be a whole number: it is a count."))


def _limit_of(rule: WarningRule, limit: Decimal) -> Text:
    return Text('The limit {limit} of rule "{code}"', {"limit": limit, "code": rule.code})
