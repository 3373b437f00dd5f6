"""Segments: which kind of customer somebody is, beside the tier that he has.

A tier says how much a customer is worth today, a segment how to deal with him: a gold customer who grows is strategic,
a small one who grows fast has potential. The definitions stand in order and the first that fits decides; the last one
is for everybody, so that each rated customer has a segment. Within a definition everything must hold. A figure that is
not known meets no condition. A segment may be defined twice: two ways lead into it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from pydantic import Field

from kam_connector.policy.measures import MEASURES
from kam_connector.policy.values import Code, Exact, Label, Problem, Problems, Table, labels_by_code
from kam_connector.texts import Text

SCORE = "score"
ParetoClass = Literal["A", "B", "C", "N"]
Place = tuple[str | int, ...]


class Condition(Table):
    """A figure within limits: `from` included, `below` not."""

    fact: Code
    start: Exact | None = Field(default=None, alias="from")
    below: Exact | None = None


class Segment(Table):
    """One way into a segment: tiers, classes of `kam tiers pareto`, figures; what is left out is no condition."""

    name: Code
    tiers: tuple[Code, ...] = ()
    revenue_class: tuple[ParetoClass, ...] = ()
    margin_class: tuple[ParetoClass, ...] = ()
    when: tuple[Condition, ...] = ()
    label: Label | None = None

    @property
    def fits_all(self) -> bool:
        """Whether this definition is for everybody."""
        return not (self.tiers or self.revenue_class or self.margin_class or self.when)


def segment_names(segments: Sequence[Segment]) -> dict[str, Label]:
    """The segments by code, in the order of the policy; of one that is defined twice the first label counts."""
    return labels_by_code((segment.name, segment.label) for segment in segments)


def find_segment_problems(segments: Sequence[Segment], tiers: Collection[str], dimensions: Collection[str]) -> Problems:
    """No definition for everybody, ones that never decide, unknown tiers and figures, limits that leave no room.

    `tiers`, `dimensions`: the codes that the same policy defines.
    """
    for place, segment in enumerate(segments):
        name = Text('Segment "{name}"', {"name": segment.name})
        is_last = place == len(segments) - 1
        if is_last and not segment.fits_all:
            why = Text("is the last one and must have no condition, so that each rated customer has a segment.")
            yield Problem(("segment", place), name, why)
        if segment.fits_all and not is_last:
            yield Problem(("segment", place), name, Text("is for everybody: what stands below it never decides."))
        for number, tier in enumerate(segment.tiers):
            if tier not in tiers:
                why = Text("is not defined. Known tiers: {known}.", {"known": ", ".join(tiers)})
                yield Problem(("segment", place, "tiers", number), Text('Tier "{tier}"', {"tier": tier}), why)
        for number, condition in enumerate(segment.when):
            path = ("segment", place, "when", number)
            yield from find_condition_problems(path, condition, (SCORE, *dimensions, *sorted(MEASURES)))


def find_condition_problems(path: Place, condition: Condition, known: Collection[str]) -> Problems:
    """A fact that is not among the `known`, no limit, or limits that leave no room."""
    what = Text('The condition on "{fact}"', {"fact": condition.fact})
    if condition.fact not in known:
        why = Text("is not known. Known facts: {known}.", {"known": ", ".join(known)})
        yield Problem((*path, "fact"), Text('Fact "{fact}"', {"fact": condition.fact}), why)
    if condition.start is None and condition.below is None:
        yield Problem(path, what, Text('has no limit: write "from", "below" or both.'))
    elif condition.start is not None and condition.below is not None and condition.start >= condition.below:
        limits: dict[str, object] = {"start": condition.start, "below": condition.below}
        yield Problem(path, what, Text("fits nobody: it begins at {start} and ends below {below}.", limits))
