"""The appraisal policy: how the completion of targets becomes one figure a person, and when somebody is pointed out.

Sales 92.0 %, margin 73.6 %, collection 87.5 % and new customers 60 % with the weights 40, 25, 25 and 10 are 83.08 %
(case W32). The cap keeps one item from paying for all others: 30 of 25 visits count as 120 %, and the 120 % reached
stand beside it (case W37).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Code, Day, Label, Positive, Problem, Problems, Table, label_of
from kam_connector.texts import Text

SERVICE = "service_score"
Goal = Literal["revenue", "margin", "collection", "new_customers", "service_score"]
"""What is measured: the targets of `kam.target`, and the service score, whose target stands in the policy."""


class Appraising(Table):
    """From when on the file is in force, what counts at most, and when the personnel department is told."""

    valid_from: Day
    cap: Positive = Decimal("1.20")
    promotion_at: Positive = Decimal("1.00")
    promotion_periods: int = Field(default=4, ge=1, le=12)


class Measured(Table):
    """One measure and its weight in the figure of a person; `target`: what everybody's service score is to be."""

    measure: Goal
    weight: Positive
    target: Positive | None = Field(default=None, gt=0, le=100)


class Item(Table):
    """One item that people rate."""

    code: Code
    weight: Positive
    label: Label | None = None

    @property
    def names(self) -> Label:
        """The item's name in both languages."""
        return label_of(self.label, self.code)


class Scale(Table):
    """The rating by items: the best mark, and the items with their weights."""

    best: int = Field(default=5, ge=2, le=100)
    item: tuple[Item, ...] = ()


class AppraisalPolicy(Table):
    """One appraisal.toml."""

    appraisal: Appraising
    measured: tuple[Measured, ...] = Field(min_length=1)
    scale: Scale = Field(default_factory=Scale)

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.appraisal.valid_from


def find_appraisal_problems(policy: AppraisalPolicy) -> Problems:
    """Measures or items that stand there twice, weights that are all zero, a cap below the target."""
    if policy.appraisal.cap < 1:
        what = Text("The cap {cap}", {"cap": policy.appraisal.cap})
        yield Problem(("appraisal", "cap"), what, Text("is below 1: whoever reaches the target would not count whole."))
    measures = [each.measure for each in policy.measured]
    for place, name in enumerate(measures):
        if name in measures[:place]:
            what = Text('The measure "{measure}"', {"measure": name})
            yield Problem(("measured", place, "measure"), what, Text("stands there a second time."))
        yield from _find_target_problems(policy.measured[place], place)
    if not any(each.weight for each in policy.measured):
        yield Problem(("measured", 0, "weight"), Text("The weights of [[measured]]"), Text("are all 0."))
    yield from _find_scale_problems(policy.scale)


def _find_target_problems(line: Measured, place: int) -> Problems:
    """A service score without a target, or a target of what has its targets in the ERP."""
    if (line.target is None) is not (line.measure == SERVICE):
        return
    what = Text('The measure "{measure}"', {"measure": line.measure})
    lacks = Text("needs a target here, from above 0 to 100: the ERP has none of it.")
    has = Text("has its targets in the ERP: leave the key target out.")
    yield Problem(("measured", place, "target"), what, lacks if line.measure == SERVICE else has)


def _find_scale_problems(scale: Scale) -> Problems:
    codes = [item.code for item in scale.item]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            what = Text('The item "{code}"', {"code": code})
            yield Problem(("scale", "item", place, "code"), what, Text("stands there a second time."))
    if codes and not any(item.weight for item in scale.item):
        yield Problem(("scale", "item", 0, "weight"), Text("The weights of [[scale.item]]"), Text("are all 0."))
