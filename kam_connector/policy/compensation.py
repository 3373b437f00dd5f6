"""What a complaint is made good with, up to which amount, and who approves it.

Lists of lines of which the first that fits decides, as with deadlines. The amounts are in the company's currency. The
part is in complaints.toml; without `[[remedy]]` nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field

from kam_connector.policy.intake import ANY, ComplaintType, Severity
from kam_connector.policy.values import Exact, Positive, Problem, Problems, Share, Table
from kam_connector.texts import Text

RemedyKind = Literal["replace", "repair", "return", "credit", "goodwill"]
Role = Literal["salesperson", "manager", "director"]
ROLES: tuple[Role, ...] = ("salesperson", "manager", "director")
"""Who may approve, the lowest first."""


class Compensation(Table):
    """How amounts are looked at: over so many days for the approver; a claim above so much of the loss is looked at."""

    cumulative_days: int = Field(default=90, ge=1, le=730)
    penalty_share: Positive = Decimal("1.30")


class Remedy(Table):
    """What is proposed for some complaints, and up to which share of what the line or paper was sold for."""

    tier: str = ANY
    severity: Severity | Literal["*"] = ANY
    type: ComplaintType | Literal["*"] = ANY
    remedy: RemedyKind
    cap: Share = Decimal(1)


class Budget(Table):
    """What all complaints that a customer of this tier makes in a calendar year may cost."""

    tier: str = ANY
    amount: Positive


class Approver(Table):
    """Who approves, while a customer's compensation is not above `up_to` together; the last one has no limit."""

    role: Role
    up_to: Positive | None = None


class Rounding(Table):
    """The step to which amounts of a currency are rounded down."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    to: Exact


class CompensationPolicy(Table):
    """The part of complaints.toml about making good."""

    compensation: Compensation = Compensation()
    remedy: tuple[Remedy, ...] = ()
    budget: tuple[Budget, ...] = ()
    approver: tuple[Approver, ...] = ()
    rounding: tuple[Rounding, ...] = ()


def compensation_tiers(policy: CompensationPolicy) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where the part names a tier, and which."""
    yield from ((("remedy", place, "tier"), line.tier) for place, line in enumerate(policy.remedy))
    yield from ((("budget", place, "tier"), line.tier) for place, line in enumerate(policy.budget))


def find_compensation_problems(policy: CompensationPolicy) -> Problems:
    """What is wrong across the lines: a list that stops short of somebody, a line that never decides, steps that fall.

    A policy without `[[remedy]]` proposes nothing and needs no other list.
    """
    if policy.remedy:
        yield from _find_lines("remedy", [(line.tier, line.severity, line.type) for line in policy.remedy])
        yield from _find_lines("budget", [(line.tier,) for line in policy.budget])
        yield from _find_steps(policy.approver)
    yield from _find_roundings(policy.rounding)


def _find_lines(name: str, lines: list[tuple[str, ...]]) -> Problems:
    if not lines or set(lines[-1]) != {ANY}:
        why = Text("must be for everybody, so that each complaint with a documented loss has a proposal.")
        where = (name, len(lines) - 1) if lines else ("remedy", 0)
        yield Problem(where, Text("The last [[{name}]]", {"name": name}), why)
    for place, line in enumerate(lines):
        earlier = next((number for number, other in enumerate(lines[:place], start=1) if _covers(other, line)), 0)
        if earlier:
            what = Text("The [[{name}]] number {place}", {"name": name, "place": place + 1})
            why = Text("never decides: number {number} before it fits whenever it does.", {"number": earlier})
            yield Problem((name, place), what, why)


def _covers(earlier: tuple[str, ...], later: tuple[str, ...]) -> bool:
    return all(wide in (ANY, narrow) for wide, narrow in zip(earlier, later, strict=True))


def _find_steps(steps: tuple[Approver, ...]) -> Problems:
    if not steps or steps[-1].up_to is not None:
        where = ("approver", len(steps) - 1) if steps else ("remedy", 0)
        why = Text("must have no up_to, so that somebody approves every amount.")
        yield Problem(where, Text("The last [[approver]]"), why)
    for place, step in enumerate(steps[:-1]):
        if step.up_to is None:
            why = Text("has no up_to, so that the lines after it never decide.")
            yield Problem(("approver", place), Text("The [[approver]] number {place}", {"place": place + 1}), why)
    for place, (lower, upper) in enumerate(pairwise(steps), start=1):
        rises = ROLES.index(lower.role) < ROLES.index(upper.role)
        if not rises or (lower.up_to is not None and upper.up_to is not None and lower.up_to >= upper.up_to):
            why = Text("must be a higher role with a higher up_to than the line before it.")
            yield Problem(("approver", place), Text("The [[approver]] number {place}", {"place": place + 1}), why)


def _find_roundings(roundings: tuple[Rounding, ...]) -> Problems:
    seen: set[str] = set()
    for place, line in enumerate(roundings):
        if line.to <= 0:
            why = Text("must be above zero.")
            yield Problem(("rounding", place, "to"), Text('Key "{key}"', {"key": "to"}), why)
        if line.currency in seen:
            why = Text("stands twice.")
            yield Problem(
                ("rounding", place, "currency"), Text("The rounding of {currency}", {"currency": line.currency}), why
            )
        seen.add(line.currency)
