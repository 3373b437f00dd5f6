"""The complaints policy: within how many working hours a complaint is answered and settled, by class and severity.

The first line that fits decides, so the narrow lines stand first and one line for everybody stands last. Which class of
service a tier is owed stands with the tier (`[tier.service]`); here stands what a class means. A line may name a tier
in its place, for what holds for that tier alone.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from kam_connector.errors import PolicyError
from kam_connector.policy.compensation import CompensationPolicy, find_compensation_problems
from kam_connector.policy.escalation import EscalationPolicy, find_escalation_problems
from kam_connector.policy.evidence import EvidencePolicy, find_evidence_problems
from kam_connector.policy.intake import ANY, ComplaintType, IntakePolicy, Severity, find_intake_problems
from kam_connector.policy.learning import Learning
from kam_connector.policy.official import Country
from kam_connector.policy.service import ServicePolicy
from kam_connector.policy.values import Day, Positive, Problem, Problems, Table
from kam_connector.policy.workdays import WorkTable
from kam_connector.texts import Text


class Complaints(Table):
    """From when on the file is in force, and how clocks run.

    `hours`: whether the working hours and days off of each company are those of the ERP, where it has any, or those of
    this file; `country`: whose official days off and make-up workdays count; `upgrade_rest_hours`: what a complaint
    that is to be settled faster has left at least, from the change on (W21); `tell_within_days`: of a level of the
    ladder that was reached longer ago nobody is told any more.
    """

    valid_from: Day
    hours: Literal["erp", "policy"] = "erp"
    country: Country | None = None
    upgrade_rest_hours: Positive = Decimal(2)
    tell_within_days: int = Field(default=14, ge=1, le=730)


class Disputes(Table):
    """For how long an open complaint may keep money out of dunning before people are asked."""

    ask_days: int = Field(default=30, ge=1, le=730)


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


class TeamCalendar(Table):
    """The working schedule of the ERP by which the complaints of a team's people, or of one user, run."""

    team: str = ANY
    user: str = ANY
    schedule: str = Field(min_length=1)


class ComplaintPolicy(IntakePolicy, CompensationPolicy, EscalationPolicy, EvidencePolicy, WorkTable):
    """One complaints.toml."""

    complaints: Complaints
    target: tuple[Target, ...] = Field(min_length=1)
    calendar: tuple[TeamCalendar, ...] = ()
    disputes: Disputes = Disputes()
    learning: Learning = Learning()
    service: ServicePolicy = ServicePolicy()

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.complaints.valid_from


def find_complaint_problems(policy: ComplaintPolicy) -> Problems:
    """What is wrong across the tables: no line for everybody, lines that never decide, targets upside down."""
    yield from find_intake_problems(policy)
    classes = dict.fromkeys(target.sla_class for target in policy.target if target.sla_class != ANY)
    yield from find_escalation_problems(policy, list(classes))
    yield from find_compensation_problems(policy)
    yield from find_evidence_problems(policy)
    try:
        policy.in_zone("UTC")
    except PolicyError as error:
        yield Problem(("week",), Text("The calendar"), Text("is wrong: {error}", {"error": error}))
    yield from _find_idle_calendars(policy)
    if not policy.complaints.upgrade_rest_hours:
        why = Text("must be above zero: a complaint cannot be late at the moment at which it is asked to be faster.")
        yield Problem(("complaints", "upgrade_rest_hours"), Text('Key "{key}"', {"key": "upgrade_rest_hours"}), why)
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


def _find_idle_calendars(policy: ComplaintPolicy) -> Problems:
    for place, line in enumerate(policy.calendar):
        for number, earlier in enumerate(policy.calendar[:place], start=1):
            if earlier.team in (ANY, line.team) and earlier.user in (ANY, line.user):
                why = Text(
                    "never decides: the [[calendar]] number {number} before it fits whenever it does.",
                    {"number": number},
                )
                yield Problem(("calendar", place), Text("The [[calendar]] number {place}", {"place": place + 1}), why)
                break


def _covers(earlier: Target, later: Target) -> bool:
    names = ("tier", "sla_class", "severity", "type")
    return all(getattr(earlier, name) in (ANY, getattr(later, name)) for name in names)
