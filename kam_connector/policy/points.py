"""How many points a figure brings: by lines of rising values, or by the code of a class.

points = [["0", 0], ["10000", 20]]      from this value on, this many points
points = { prompt = 100, slow = 50 }    this many points for customers of the class
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from kam_connector.policy.measures import CLASSES, UNDECIDED
from kam_connector.policy.values import Exact, Positive, Problem, Problems
from kam_connector.texts import Text

Score = Annotated[Positive, Field(le=100)]
Values = tuple[tuple[Exact, Score], ...]
Codes = dict[str, Score]
Path = tuple[str | int, ...]


def _form_of(points: object) -> str:
    return "codes" if isinstance(points, dict) else "values"


Points = Annotated[
    Annotated[Values, Field(min_length=1), Tag("values")] | Annotated[Codes, Field(min_length=1), Tag("codes")],
    Discriminator(_form_of),
]
"""The points of a policy's item, in one of the two forms."""


def lines_of(fact: str, points: Values | Codes) -> tuple[tuple[Decimal | str, Decimal], ...]:
    """Value or code, and points: values as they stand, codes in the order of the fact's classes."""
    if not isinstance(points, dict):
        return points
    return tuple((code, points[code]) for code in CLASSES[fact] if code in points)


def find_points_problems(path: Path, fact: str, points: Values | Codes) -> Problems:
    """Points by value where they belong to codes or the other way round, codes that are unknown or lack, values that do
    not rise; `path` is where the points of that known fact stand.
    """
    codes = CLASSES.get(fact)
    if isinstance(points, dict) and codes:
        yield from _find_code_problems(path, fact, points)
    elif isinstance(points, dict):
        why = Text("stand by code, but it is a number: write a list of [from, points].")
        yield Problem(path, _points_of(fact), why)
    elif codes:
        why = Text("stand by value, but it is a class: give each code its points: {codes}.", {"codes": _list(codes)})
        yield Problem(path, _points_of(fact), why)
    else:
        yield from _find_order_problems(path, points)


def _find_code_problems(path: Path, fact: str, points: Codes) -> Problems:
    codes = CLASSES[fact]
    for code in points:
        if code not in codes:
            why = Text("is not known. Known codes: {codes}.", {"codes": _list(codes)})
            yield Problem((*path, code), Text('Code "{code}" of "{fact}"', {"code": code, "fact": fact}), why)
    lacking = [code for code in codes if code not in points and code not in UNDECIDED[fact]]
    if lacking:
        yield Problem(path, _points_of(fact), Text("lack the codes {codes}.", {"codes": _list(lacking)}))


def _find_order_problems(path: Path, points: Values) -> Problems:
    for line, ((before, _), (value, _)) in enumerate(pairwise(points), start=1):
        if value <= before:
            why = Text("does not come after {before}: the values of a points table must rise.", {"before": before})
            yield Problem((*path, line), Text("The value {value}", {"value": value}), why)


def _points_of(fact: str) -> Text:
    return Text('The points of "{fact}"', {"fact": fact})


def _list(codes: Sequence[str]) -> str:
    return ", ".join(codes)
