"""Which tickets and claims are complaints, and of which type and severity a complaint is that nobody has classified.

Both are lists of lines of which the first that fits decides. The part is in complaints.toml with the deadlines.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Problem, Problems, Table
from kam_connector.texts import Text

ANY: Literal["*"] = "*"
ComplaintType = Literal["product", "contract", "transport", "service"]
Severity = Literal["low", "medium", "high", "critical"]
Source = Literal["helpdesk.ticket", "crm.claim", "csv", "*"]


class Intake(Table):
    """Records of a source and category that are complaints, or are none."""

    source: Source = ANY
    category: str = ANY
    take: bool = True


class Stage(Table):
    """A stage of a source that ends a case."""

    source: Source = ANY
    name: str = Field(min_length=1)


class Triage(Table):
    """Type and severity of the cases whose words, source and category fit."""

    source: Source = ANY
    category: str = ANY
    words: tuple[str, ...] = ()
    type: ComplaintType
    subtype: str = ""
    severity: Severity = "medium"

    @property
    def fits_all(self) -> bool:
        """Whether this line is for everybody."""
        return self.source == self.category == ANY and not self.words


class Owner(Table):
    """Who works on the cases of some customers or of some kind, unless somebody works on them already."""

    team: str = ANY
    tier: str = ANY
    type: ComplaintType | Literal["*"] = ANY
    severity: Severity | Literal["*"] = ANY
    user: str = Field(min_length=1)


class IntakePolicy(Table):
    """The part of complaints.toml about where complaints come from."""

    intake: tuple[Intake, ...] = ()
    closing_stage: tuple[Stage, ...] = ()
    triage: tuple[Triage, ...] = (Triage(type="product"),)
    owner: tuple[Owner, ...] = ()


def find_intake_problems(policy: IntakePolicy) -> Problems:
    """What is wrong across the lines: none for everybody, or one that stands before others and takes all."""
    if not policy.triage or not policy.triage[-1].fits_all:
        why = Text("must be for everybody (no source, category or words), so that each complaint has a type.")
        yield Problem(("triage", len(policy.triage) - 1), Text("The last [[triage]]"), why)
    for place, line in enumerate(policy.triage[:-1]):
        if line.fits_all:
            yield Problem(
                ("triage", place),
                Text("The [[triage]] number {place}", {"place": place + 1}),
                Text("is for everybody, so that the lines after it never decide."),
            )
