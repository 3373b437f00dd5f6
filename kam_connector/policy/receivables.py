"""The collections policy: the ageing buckets, since when a debt is doubtful, and the steps of asking for money.

Buckets are given by their upper limits in days, inclusive: `[30, 60, 90, 180]` makes not due (day 0 and before),
1-30, 31-60, 61-90, 91-180 and an open last one, so that nothing falls out (collections.md, case B-int).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from kam_connector.policy.alerts import Alerts, Cost
from kam_connector.policy.bad_debt import BadDebt, check_span, find_bad_debt_problems
from kam_connector.policy.cash_signals import CashSignals, find_signal_problems
from kam_connector.policy.exposure import Exposure, find_exposure_problems
from kam_connector.policy.group import Group
from kam_connector.policy.methods import (
    BeforeDue,
    Channel,
    ContractDay,
    Letters,
    Place,
    Priority,
    Tone,
    Tones,
    find_unknown_classes,
)
from kam_connector.policy.payers import Payers, find_payer_problems
from kam_connector.policy.provision import Provision, find_provision_problems
from kam_connector.policy.values import Code, Day, Label, Positive, Problem, Problems, Share, Table, label_of
from kam_connector.texts import Text

Basis = Literal["due", "recognition"]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A column of the ageing: days `lower` to `upper`, both inside; None = open."""

    column: str
    lower: int | None
    upper: int | None
    label: Label


class Ageing(Table):
    """How old a debt is and which column it stands in."""

    valid_from: Day
    basis: Basis = "due"
    buckets: tuple[Annotated[int, Field(ge=1, le=3650)], ...] = Field(default=(30, 60, 90, 180), min_length=1)
    doubtful: Annotated[str, AfterValidator(check_span)] = "180d"

    @property
    def columns(self) -> tuple[Bucket, ...]:
        """The buckets from not due to the open last one."""
        edges = list(pairwise((0, *self.buckets)))
        closed = [Bucket(f"d{a + 1}_{b}", a + 1, b, _between(a + 1, b)) for a, b in edges]
        last = self.buckets[-1]
        over = Label(en=f"Over {last}", zh=f"{last} 天以上")
        return (_NOT_DUE, *closed, Bucket(f"d{last + 1}_plus", last + 1, None, over))


class Dunning(Table):
    """What is not worth a task, how long a customer is left alone, from which level on the manager is told.

    `interval_by_class`: days for a payer class in place of `min_interval_days` (S4-51). `manager_from_level`: 0 never.
    """

    tolerance: Positive = Decimal(0)
    min_interval_days: int = Field(default=7, ge=0)
    interval_by_class: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    manager_from_level: int = Field(default=0, ge=0, le=99)


class Promises(Table):
    """When a customer's promise to pay counts as kept, and for how long dunning waits for it.

    `hold`: dunning waits while running promises cover at least this share of what may be asked for. `max_days`: a
    promise for a later day holds only once a manager has approved it. `evasion_after`: after so many promises broken
    within twelve months a further one holds nothing (0: never). `extension_classes`: payers who are honest but short of
    cash, to whom a later day is offered (S4-52).
    """

    grace_days: int = Field(default=2, ge=0, le=60)
    tolerance: Positive = Decimal(0)
    hold: Share = Decimal(1)
    max_days: int = Field(default=30, ge=0, le=3650)
    evasion_after: int = Field(default=2, ge=0, le=99)
    extension_classes: tuple[Code, ...] = ("honest_short",)


class Statement(Table):
    """What a customer reads at the foot of his statement of account: where to pay, whom to ask. Empty: nothing."""

    payment: Label | None = None


class Step(Table):
    """One step of asking for money: from how many days past due, at which level, within how many days, and how."""

    code: Code
    level: int = Field(ge=1, le=99)
    after_days: int = Field(ge=1)
    within_days: int = Field(default=3, ge=0)
    channel: Channel = "call"
    tone: Tone = "neutral"
    label: Label | None = None

    @property
    def names(self) -> Label:
        """The step's name in both languages."""
        return label_of(self.label, self.code)


class CollectionsPolicy(Table):
    """One collections.toml; the steps stand from the first to the last."""

    ageing: Ageing
    dunning: Dunning = Dunning()
    payers: Payers = Payers()
    provision: Provision = Provision()
    exposure: Exposure = Exposure()
    alerts: Alerts = Alerts()
    cost: Cost = Cost()
    group: Group = Group()
    promises: Promises = Promises()
    cash_signals: CashSignals = CashSignals()
    bad_debt: BadDebt = BadDebt()
    statement: Statement = Statement()
    before_due: BeforeDue = BeforeDue()
    contract_day: ContractDay = ContractDay()
    tone: Tones = Tones()
    letters: Letters = Letters()
    priority: Priority = Priority()
    step: tuple[Step, ...] = Field(min_length=1)

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.ageing.valid_from

    @property
    def bad_debt_after(self) -> str:
        """Since when a debt is a case: "180d" or "6m", strictly more than."""
        return self.bad_debt.after or self.ageing.doubtful

    @property
    def step_names(self) -> dict[str, Label]:
        """The names of all steps by code: those of the ladder, before the day and on the day."""
        early = {step.code: step.names for step in (self.before_due, self.contract_day)}
        return early | {step.code: step.names for step in self.step}

    @property
    def tier_places(self) -> Iterator[tuple[Place, str]]:
        """Each tier that the file names, with its place."""
        for table, key, tiers in (
            ("exposure", "exempt_tiers", self.exposure.exempt_tiers),
            ("letters", "never_tiers", self.letters.never_tiers),
        ):
            for place, tier in enumerate(tiers):
                yield (table, key, place), tier
        for tier in self.tone.by_tier:
            yield ("tone", "by_tier", tier), tier

    @property
    def class_places(self) -> Iterator[tuple[Place, str]]:
        """Each payer class that the file names, with its place."""
        for table, key, classes in (
            ("before_due", "classes", self.before_due.classes),
            ("contract_day", "classes", self.contract_day.classes),
            ("promises", "extension_classes", self.promises.extension_classes),
        ):
            for place, name in enumerate(classes):
                yield (table, key, place), name
        for table, key, named in (
            ("dunning", "interval_by_class", self.dunning.interval_by_class),
            ("tone", "by_class", self.tone.by_class),
            ("priority", "by_class", self.priority.by_class),
        ):
            for name in named:
                yield (table, key, name), name


def find_collections_problems(policy: CollectionsPolicy) -> Problems:
    """What is wrong across the tables: limits that overlap, steps out of order."""
    yield from _find_bucket_problems(policy)
    yield from _find_step_problems(policy)
    yield from find_unknown_classes(policy.class_places)
    yield from find_payer_problems(policy.payers)
    yield from find_provision_problems(policy.provision)
    yield from find_exposure_problems(policy.exposure)
    yield from find_signal_problems(policy.cash_signals)
    yield from find_bad_debt_problems(policy.bad_debt)


def _find_bucket_problems(policy: CollectionsPolicy) -> Problems:
    for place, (before, limit) in enumerate(pairwise(policy.ageing.buckets), start=1):
        if limit <= before:
            why = Text(
                "does not come after {before}: buckets overlap. Write the upper limits in rising order.",
                {"before": before},
            )
            yield Problem(("ageing", "buckets", place), Text("The bucket limit {limit}", {"limit": limit}), why)


def _find_step_problems(policy: CollectionsPolicy) -> Problems:
    codes: list[str] = []
    coded = [(("step", place, "code"), step.code) for place, step in enumerate(policy.step)]
    early = [(("before_due", "code"), policy.before_due.code), (("contract_day", "code"), policy.contract_day.code)]
    for path, code in (*coded, *early):
        if code in codes:
            yield Problem(path, Text('The step "{code}"', {"code": code}), Text("stands there a second time."))
        codes.append(code)
    for place, step in enumerate(policy.step):
        if step.level != place + 1:
            why = Text(
                "has level {level} instead of {place}: levels rise by one.", {"level": step.level, "place": place + 1}
            )
            yield Problem(("step", place, "level"), Text('The step "{code}"', {"code": step.code}), why)
    for place, (before_step, step) in enumerate(pairwise(policy.step), start=1):
        if step.after_days <= before_step.after_days:
            why = Text(
                'begins no later than "{code}": each step needs more days past due than the one before.',
                {"code": before_step.code},
            )
            yield Problem(("step", place, "after_days"), Text('The step "{code}"', {"code": step.code}), why)


def _between(lower: int, upper: int) -> Label:
    return Label(en=f"{lower}-{upper}", zh=f"{lower}-{upper} 天")


_NOT_DUE = Bucket("not_due", None, 0, Label(en="Not due", zh="未到期"))
