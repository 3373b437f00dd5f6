"""The tiers policy: what a customer is rated by, with which weight, which score leads to which tier and segment.

A score runs from 0 to 100. Each item turns one measured figure into points by a fixed table ("from this value on,
this many points"); a dimension is the weighted mean of its items, the score the weighted mean of the dimensions
(tiering_complaints.md, W1). Thresholds are fixed and not percentiles, so that a customer's tier never moves because
of others (W3). Amounts are in each company's own currency.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field

from kam_connector.policy.intake import Severity
from kam_connector.policy.measures import MEASURES
from kam_connector.policy.points import Points, Score, find_points_problems, lines_of
from kam_connector.policy.privileges import Service, find_privilege_problems
from kam_connector.policy.segments import Segment, find_segment_problems
from kam_connector.policy.values import Code, Day, Label, Positive, Problem, Problems, Share, Table, label_of
from kam_connector.texts import Text

DimensionName = Literal["contribution", "loyalty", "growth", "risk"]
Freeze = Literal["dispute", "merge", "data_gap", "complaint"]
SEVERITY_POINTS: dict[Severity, Decimal] = {
    "low": Decimal(1), "medium": Decimal(1), "high": Decimal(3), "critical": Decimal(5),
}  # fmt: skip


class Tiering(Table):
    """From when on the file is in force, and how much must be known for a rating (W2)."""

    valid_from: Day
    coverage_min: Share = Decimal("0.60")


class Measures(Table):
    """How figures are measured that need a judgement of the company's own: complaints by their severity (W28)."""

    severity_points: dict[Severity, Positive] = Field(default_factory=lambda: dict(SEVERITY_POINTS))


class Pareto(Table):
    """Up to which share before a customer he is in class A or B of revenue and margin; beyond the latter it is C."""

    a: Share = Decimal("0.80")
    b: Share = Decimal("0.95")


class Ratings(Table):
    """For how many days a customer's rating by people counts, from the day on which it was last given."""

    valid_days: int = Field(default=365, ge=1, le=3650)


class Item(Table):
    """One measured figure and the points it brings; below the first value the first line's points apply.

    A figure that is a class has its points by code. An `optional` item that is missing counts as if the policy did not
    have it: it takes nothing off the coverage.
    """

    fact: Code
    weight: Positive = Decimal(1)
    optional: bool = False
    points: Points

    @property
    def lines(self) -> tuple[tuple[Decimal | str, Decimal], ...]:
        """Value and points in the order in which they are looked up: by value, or by the order of the codes."""
        return lines_of(self.fact, self.points)


class Dimension(Table):
    """One of the four dimensions with its weight in the score; the weights sum to 100."""

    name: DimensionName
    weight: Positive
    label: Label | None = None
    item: tuple[Item, ...] = Field(min_length=1)


class Newcomer(Table):
    """A new customer: the own score is mixed with a prior, some dimensions are left out, nothing is demoted (W9)."""

    until_days: int = Field(default=180, ge=0)
    prior: Score = Decimal(50)
    weight_months: Positive = Decimal(6)
    exclude: tuple[DimensionName, ...] = ("growth",)


class Tier(Table):
    """A tier: the score from which one enters it, below which one leaves it, how many seats it has, what it is owed."""

    name: Code
    enter: Score
    leave: Score
    capacity: int | None = Field(default=None, ge=0)
    color: int = Field(default=0, ge=0, le=11)
    label: Label | None = None
    service: Service | None = None

    @property
    def names(self) -> Label:
        """The tier's name in both languages."""
        return label_of(self.label, self.name)


class Stability(Table):
    """How many runs below the exit cut lead to a demotion, by how many tiers at most, and when a tier stands still.

    An open complaint of a `severe` severity holds off a demotion alone; the other causes let nothing move.
    """

    runs_before_demotion: int = Field(default=2, ge=1)
    steps: int = Field(default=1, ge=1)
    freeze: tuple[Freeze, ...] = ("dispute", "merge", "data_gap", "complaint")
    severe: tuple[Severity, ...] = ("high", "critical")
    stale_days: int = Field(default=3, ge=0)
    merge_days: int = Field(default=7, ge=1)


class TierPolicy(Table):
    """One tiers.toml; the tiers stand from the highest to the lowest."""

    tiering: Tiering
    newcomer: Newcomer = Newcomer()
    measures: Measures = Measures()
    ratings: Ratings = Ratings()
    pareto: Pareto = Pareto()
    dimension: tuple[Dimension, ...] = Field(min_length=1)
    tier: tuple[Tier, ...] = Field(min_length=1)
    stability: Stability = Stability()
    segment: tuple[Segment, ...] = ()

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.tiering.valid_from

    @property
    def codes(self) -> tuple[str, ...]:
        """The tiers' codes from the highest to the lowest."""
        return tuple(tier.name for tier in self.tier)

    @property
    def facts(self) -> frozenset[str]:
        """What the score rates and the segments ask for: measures, and names of dimensions."""
        rated = {item.fact for dimension in self.dimension for item in dimension.item}
        asked = {condition.fact for segment in self.segment for condition in segment.when}
        return frozenset(rated | asked)


def find_tier_problems(policy: TierPolicy) -> Problems:
    """What is wrong across the tables: weights, cuts out of order, names twice, unknown facts, points."""
    total = sum((dimension.weight for dimension in policy.dimension), Decimal(0))
    if total != 100:
        yield Problem(
            ("dimension",), Text("The dimensions' weights"), Text("sum to {total}, not to 100.", {"total": total})
        )
    yield from _find_repeats("dimension", [dimension.name for dimension in policy.dimension])
    yield from _find_repeats("tier", [tier.name for tier in policy.tier])
    for place, dimension in enumerate(policy.dimension):
        yield from _find_item_problems(place, dimension)
    yield from _find_cut_problems(policy.tier)
    yield from find_privilege_problems(policy.tier)
    yield from find_segment_problems(policy.segment, policy.codes, [each.name for each in policy.dimension])
    if policy.pareto.a >= policy.pareto.b:
        cuts: dict[str, object] = {"a": policy.pareto.a, "b": policy.pareto.b}
        yield Problem(
            ("pareto", "a"), Text("The cut of class A, {a},", cuts), Text("is not below that of class B, {b}.", cuts)
        )


def _find_repeats(kind: str, names: list[str]) -> Problems:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(
                (kind, place, "name"),
                Text('The dimension "{name}"' if kind == "dimension" else 'The tier "{name}"', {"name": name}),
                Text("stands there a second time."),
            )


def _find_item_problems(place: int, dimension: Dimension) -> Problems:
    if not sum(item.weight for item in dimension.item):
        yield Problem(
            ("dimension", place, "item"),
            Text('The items of "{name}"', {"name": dimension.name}),
            Text("have no weight at all."),
        )
    for number, item in enumerate(dimension.item):
        path = ("dimension", place, "item", number)
        if item.fact not in MEASURES:
            known = ", ".join(sorted(MEASURES))
            yield Problem(
                (*path, "fact"),
                Text('Fact "{fact}"', {"fact": item.fact}),
                Text("is not known. Known facts: {known}.", {"known": known}),
            )
        else:
            yield from find_points_problems((*path, "points"), item.fact, item.points)


def _find_cut_problems(tiers: tuple[Tier, ...]) -> Problems:
    for place, tier in enumerate(tiers):
        if tier.leave > tier.enter:
            why = Text("is above its entry cut {enter}: who enters would have to leave at once.", {"enter": tier.enter})
            yield Problem(
                ("tier", place, "leave"),
                Text('The exit cut {leave} of tier "{name}"', {"leave": tier.leave, "name": tier.name}),
                why,
            )
    for place, (upper, lower) in enumerate(pairwise(tiers), start=1):
        if lower.enter >= upper.enter or lower.leave >= upper.leave:
            why = Text('is not below "{name}": tiers stand from the highest cuts to the lowest.', {"name": upper.name})
            yield Problem(("tier", place), Text('Tier "{name}"', {"name": lower.name}), why)
    if tiers[-1].enter != 0:
        why = Text("is the lowest one and must have enter = 0, so that each rated customer has a tier.")
        yield Problem(("tier", len(tiers) - 1, "enter"), Text('Tier "{name}"', {"name": tiers[-1].name}), why)
