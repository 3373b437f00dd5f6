"""Policy of the collection methods: whom to ask before the day, on the day, in which tone, over which channel.

A class of payers (S4-51 to S4-56) or a tier is treated as these tables say; one that is not named in them is treated
by the steps alone. A class says more about how to speak with a customer than his tier does: `tone.by_class` goes
before `tone.by_tier`, and both before the step's own tone.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kam_connector.policy.payers import PAYER_CLASSES
from kam_connector.policy.values import Code, Label, Minutes, Positive, Problem, Problems, Table, label_of
from kam_connector.texts import Text

Channel = Literal["call", "email", "letter", "visit", "manager"]
Tone = Literal["friendly", "neutral", "firm", "straight"]
Place = tuple[str | int, ...]


class Early(Table):
    """A step that is taken before a debt is overdue: for which classes, over which channel, in which tone."""

    classes: tuple[Code, ...] = ()
    code: Code
    channel: Channel = "call"
    tone: Tone = "neutral"
    label: Label | None = None

    @property
    def names(self) -> Label:
        """The step's name in both languages."""
        return label_of(self.label, self.code)


class BeforeDue(Early):
    """Customers of these classes are asked before the day (S4-53): how many days, from which amount on.

    `min_amount` in the company's currency.
    """

    code: Code = "before_due"
    days: int = Field(default=7, ge=1, le=90)
    min_amount: Positive = Decimal(0)
    tone: Tone = "friendly"


class ContractDay(Early):
    """Customers of these classes are asked early on the very day on which money falls due (S4-56).

    `at`: the opening hour, by the customer's own clock.
    """

    code: Code = "contract_day"
    at: Annotated[Minutes, Field(lt=24 * 60)] = 9 * 60


class Tones(Table):
    """The tone for a class or a tier, in place of the step's own; the class goes before the tier."""

    by_class: dict[str, Tone] = Field(default_factory=dict)
    by_tier: dict[str, Tone] = Field(default_factory=dict)


class Letters(Table):
    """Customers of these tiers get no letter and no e-mail that nobody wrote: the person responsible calls."""

    never_tiers: tuple[Code, ...] = ()


class Priority(Table):
    """How many points each part of a task's priority has; the worklist is sorted by their sum.

    `level` a level, `amount_digit` a digit of the amount before the point, `top_tier` for the best tier, a half of it
    for the second, a third for the third; `by_class` a payer class; `broken_promise` each of twelve months, at most
    `broken_most`; `contract_day` on the day on which money falls due; `cash_signal` when the customer has shown that he
    has money.
    """

    level: Positive = Decimal(10)
    amount_digit: Positive = Decimal(1)
    top_tier: Positive = Decimal("0.9")
    by_class: dict[str, Positive] = Field(default_factory=dict)
    broken_promise: Positive = Decimal(0)
    broken_most: int = Field(default=3, ge=0)
    contract_day: Positive = Decimal(0)
    cash_signal: Positive = Decimal(0)


def find_unknown_classes(named: Iterator[tuple[Place, str]]) -> Problems:
    """The names that are no payer class, each with its place."""
    for path, name in named:
        if name not in PAYER_CLASSES:
            what = Text('Payer class "{name}"', {"name": name})
            why = Text(
                "is not defined. Known classes: {known}. Write one of them.", {"known": ", ".join(PAYER_CLASSES)}
            )
            yield Problem(path, what, why)
