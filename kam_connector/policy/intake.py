"""Which tickets, claims and answers are complaints, and of which type and severity one is that nobody has classified.

Both are lists of lines of which the first that fits decides. The part is in complaints.toml with the deadlines.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from kam_connector.policy.values import Exact, Expected, Problem, Problems, Table
from kam_connector.texts import Text

ANY: Literal["*"] = "*"
ComplaintType = Literal["product", "contract", "transport", "service"]
Severity = Literal["low", "medium", "high", "critical"]
Source = Literal["helpdesk.ticket", "crm.claim", "rating.rating", "survey.user_input", "csv", "*"]
ANSWERS = {"rating.rating": (Decimal(1), Decimal(5)), "survey.user_input": (Decimal(0), Decimal(100))}
"""The sources of what customers answer: the worst score and the best one."""
ANSWER_DAYS = 30


class Intake(Table):
    """Records of a source (or of each of several) and category that are complaints, or are none.

    Of answers those with a score of `at_most`, for `within_days` after they were given: later nobody is quick any more.
    """

    source: Source = ANY
    sources: tuple[Source, ...] | None = Field(default=None, min_length=1)
    category: str = ANY
    take: bool = True
    at_most: Exact | None = None
    within_days: int | None = Field(default=None, ge=1, le=730)

    @model_validator(mode="after")
    def _names_sources_once(self) -> Intake:
        if self.sources and (self.source != ANY or len(set(self.sources)) < len(self.sources)):
            raise Expected("either one source or sources, each of them once")
        return self

    @property
    def single(self) -> tuple[Intake, ...]:
        """The line once for each of its sources."""
        named = self.sources or (self.source,)
        return tuple(self.model_copy(update={"source": each, "sources": None}) for each in named)

    @property
    def days(self) -> int:
        """For how many days an answer can become a complaint."""
        return ANSWER_DAYS if self.within_days is None else self.within_days


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
    """Who works on the cases of some customers, of some kind or about some products, unless somebody does already.

    It is a user, or whoever leads the sales team `lead_of`.
    """

    team: str = ANY
    tier: str = ANY
    type: ComplaintType | Literal["*"] = ANY
    severity: Severity | Literal["*"] = ANY
    product: str = ANY
    product_category: str = ANY
    user: str | None = Field(default=None, min_length=1)
    lead_of: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _names_one(self) -> Owner:
        if (self.user is None) == (self.lead_of is None):
            raise Expected("an owner is either a user or lead_of a sales team")
        return self

    @property
    def goods(self) -> str:
        """What the line is about: the product, else the category; empty for a line about neither."""
        return next((each for each in (self.product, self.product_category) if each != ANY), "")


class IntakePolicy(Table):
    """The part of complaints.toml about where complaints come from."""

    intake: tuple[Intake, ...] = ()
    closing_stage: tuple[Stage, ...] = ()
    triage: tuple[Triage, ...] = (Triage(type="product"),)
    owner: tuple[Owner, ...] = ()

    @property
    def taken(self) -> tuple[Intake, ...]:
        """The lines of the intake, each with one source."""
        return tuple(each for line in self.intake for each in line.single)


def find_intake_problems(policy: IntakePolicy) -> Problems:
    """What is wrong across the lines: none for everybody, one that stands before others and takes all, and answers
    without a limit, or a limit without answers."""
    yield from dict.fromkeys(_find_limit_problems(policy))  # a line with several sources is told once
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


def _find_limit_problems(policy: IntakePolicy) -> Problems:
    lines = [(place, single) for place, line in enumerate(policy.intake) for single in line.single]
    for place, line in lines:
        what = Text("The [[intake]] number {place}", {"place": place + 1})
        if line.source not in ANSWERS or not line.take:
            if line.at_most is not None or line.within_days is not None:
                yield Problem(("intake", place), what, Text("has a limit: only answers that are taken have a score."))
            continue
        worst, best = ANSWERS[line.source]
        if line.at_most is None or not worst <= line.at_most < best:
            why = Text(
                "must say at_most, from {worst} to below {best}: which answers of customers are low.",
                {"worst": worst, "best": best},
            )
            yield Problem(("intake", place), what, why)
