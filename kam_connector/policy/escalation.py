"""The escalation ladder of complaints: at which share of its time who is told of a complaint that is still open.

A rung is a percentage of the target of a clock and the role that is told there. A shift makes the ladder of some
customers begin earlier, or each of its rungs call somebody higher. The part is in complaints.toml with the targets.

Worked figure: rungs at 75, 100, 150 and 200 %; `earlier_percent` 25 makes 50, 75, 125 and 175 % of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

from pydantic import Field

from kam_connector.policy.intake import ANY
from kam_connector.policy.values import Problem, Problems, Table
from kam_connector.texts import Text

Clock = Literal["response", "resolution"]
Role = Literal["owner", "lead", "director", "general_manager"]
CLOCKS: tuple[Clock, ...] = get_args(Clock)
ROLES: tuple[Role, ...] = get_args(Role)
"""Each above the one before it: whoever works on the case, the leader of his team, the key-account director."""


class Rung(Table):
    """At this percentage of the clock's target this role is told."""

    clock: Clock | Literal["*"] = ANY
    percent: int = Field(ge=1, le=1000)
    role: Role


class Shift(Table):
    """The ladder of customers of a tier, or of a class of service, begins earlier or calls higher roles."""

    tier: str = ANY
    sla_class: str = ANY
    earlier_percent: int = Field(default=0, ge=0, le=999)
    roles_up: int = Field(default=0, ge=0, le=len(ROLES) - 1)


class Person(Table):
    """Who has a role that the ERP does not know: a user's login, for one company or for all."""

    role: Literal["director", "general_manager"]
    login: str = Field(min_length=1)
    company: str = ANY


class EscalationPolicy(Table):
    """The tables of the ladder; without `[[escalation]]` nobody is told."""

    escalation: tuple[Rung, ...] = ()
    escalation_shift: tuple[Shift, ...] = ()
    escalation_person: tuple[Person, ...] = ()

    def ladder(self, clock: str, tier: str, sla_class: str) -> tuple[tuple[int, Role], ...]:
        """Percentage and role of each level of a clock, the lowest first, for customers of that tier and class."""
        fits = (s for s in self.escalation_shift if s.tier in (ANY, tier) and s.sla_class in (ANY, sla_class))
        shift = next(fits, Shift())
        return tuple(
            (rung.percent - shift.earlier_percent, ROLES[min(ROLES.index(rung.role) + shift.roles_up, len(ROLES) - 1)])
            for rung in self.escalation
            if rung.clock in (ANY, clock)
        )


def find_escalation_problems(policy: EscalationPolicy, classes: Sequence[str]) -> Problems:
    """Ladders that do not rise, shifts that shift nothing or too much, people named twice; `classes` of the targets."""
    for clock in CLOCKS:
        yield from _find_unsteady(policy, clock)
    lowest = min((rung.percent for rung in policy.escalation), default=None)
    for place, shift in enumerate(policy.escalation_shift):
        yield from _find_odd_shift(policy, place, lowest)
        if shift.sla_class != ANY and shift.sla_class not in classes:
            known = ", ".join(classes)
            why = Text("is in no [[target]] of this file. Known classes: {known}.", {"known": known})
            what = Text('SLA class "{name}"', {"name": shift.sla_class})
            yield Problem(("escalation_shift", place, "sla_class"), what, why)
    named = [(person.role, person.company) for person in policy.escalation_person]
    for place, (role, company) in enumerate(named):
        if (role, company) in named[:place]:
            why = Text("is named already for the same company.")
            yield Problem(("escalation_person", place, "role"), Text('The role "{role}"', {"role": role}), why)


def _find_unsteady(policy: EscalationPolicy, clock: Clock) -> Problems:
    """The rungs of a clock that are not above the one before them."""
    own = [(place, rung) for place, rung in enumerate(policy.escalation) if rung.clock in (ANY, clock)]
    for (_, before), (place, rung) in pairwise(own):
        if rung.percent <= before.percent:
            why = Text(
                "does not rise: the level before it on the {clock} clock is at {before} %.",
                {"clock": clock, "before": before.percent},
            )
            what = Text("The percentage {percent}", {"percent": rung.percent})
            yield Problem(("escalation", place, "percent"), what, why)
        if ROLES.index(rung.role) < ROLES.index(before.role):
            why = Text(
                'stands below "{before}", who is told before it on the {clock} clock. From low to high: {known}.',
                {"clock": clock, "before": before.role, "known": ", ".join(ROLES)},
            )
            yield Problem(("escalation", place, "role"), Text('The role "{role}"', {"role": rung.role}), why)


def _find_odd_shift(policy: EscalationPolicy, place: int, lowest: int | None) -> Problems:
    """Nothing shifted, a first level at or below zero, or a line that never decides."""
    shift, what = policy.escalation_shift[place], Text("The [[escalation_shift]] number {place}", {"place": place + 1})
    if not (shift.earlier_percent or shift.roles_up):
        why = Text("shifts nothing: give it earlier_percent or roles_up.")
        yield Problem(("escalation_shift", place), what, why)
    if lowest is not None and shift.earlier_percent >= lowest:
        why = Text(
            "is too much: the first level is at {lowest} %, and none can lie at 0 % or below.", {"lowest": lowest}
        )
        key = Text("The shift of {percent} points", {"percent": shift.earlier_percent})
        yield Problem(("escalation_shift", place, "earlier_percent"), key, why)
    for number, before in enumerate(policy.escalation_shift[:place], start=1):
        if before.tier in (ANY, shift.tier) and before.sla_class in (ANY, shift.sla_class):
            why = Text("never decides: number {number} before it fits whenever it does.", {"number": number})
            yield Problem(("escalation_shift", place), what, why)
            break
