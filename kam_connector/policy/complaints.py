"""The complaints policy: within how many working hours a complaint is answered and settled, by class and severity.

The first line that fits decides, so the narrow lines stand first and one line for everybody stands last. Which class of
service a tier is owed stands with the tier (`[tier.service]`); here stands what a class means. A line may name a tier
in its place, for what holds for that tier alone.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from kam_connector.errors import PolicyError
from kam_connector.policy.values import Day, Positive, Problem, Problems, Table
from kam_connector.policy.workdays import WorkTable
from kam_connector.texts import Text

Severity = Literal["low", "medium", "high", "critical"]
ComplaintType = Literal["product", "contract", "transport", "service"]
ANY: Literal["*"] = "*"


class Complaints(Table):
    """From when on the file is in force."""

    valid_from: Day


class Target(Table):
    """Working hours until the answer and until the settlement, for the complaints that fit."""

    tier: str = ANY
    sla_class: str = ANY
    severity: Severity | Literal["*"] = ANY
    type: ComplaintType | Literal["*"] = ANY
    response_hours: Positive
    resolution_hours: Positive

    @property
    def fits_all(self) -> bool:
        """Whether this line is for everybody."""
        return self.tier == self.sla_class == self.severity == self.type == ANY


class ComplaintPolicy(WorkTable):
    """One complaints.toml."""

    complaints: Complaints
    target: tuple[Target, ...] = Field(min_length=1)

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.complaints.valid_from


def find_complaint_problems(policy: ComplaintPolicy) -> Problems:
    """What is wrong across the tables: no line for everybody, lines that never decide, targets upside down."""
    try:
        policy.in_zone("UTC")
    except PolicyError as error:
        yield Problem(("week",), Text("The calendar"), Text("is wrong: {error}", {"error": error}))
    if not policy.target[-1].fits_all:
        why = Text(
            "must be for everybody (no tier, sla_class, severity or type), so that each complaint has a deadline."
        )
        yield Problem(("target", len(policy.target) - 1), Text("The last [[target]]"), why)
    for place, target in enumerate(policy.target):
        if target.resolution_hours < target.response_hours:
            why = Text(
                "is below the response time {response_hours}: nobody settles before answering.",
                {"response_hours": target.response_hours},
            )
            yield Problem(
                ("target", place, "resolution_hours"),
                Text("The resolution time {resolution_hours}", {"resolution_hours": target.resolution_hours}),
                why,
            )
        for number, earlier in enumerate(policy.target[:place], start=1):
            if _covers(earlier, target):
                why = Text(
                    "never decides: the [[target]] number {number} before it fits whenever it does.", {"number": number}
                )
                yield Problem(("target", place), Text("The [[target]] number {place}", {"place": place + 1}), why)
                break


def _covers(earlier: Target, later: Target) -> bool:
    names = ("tier", "sla_class", "severity", "type")
    return all(getattr(earlier, name) in (ANY, getattr(later, name)) for name in names)
