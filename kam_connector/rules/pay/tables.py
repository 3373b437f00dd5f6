"""A component's brackets in smallest units: their bounds for each row, and what a unit inside them earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from kam_connector.money import Currency, round_to_minor
from kam_connector.policy.components import BracketLine, Component
from kam_connector.rules.decisions import Boxed, Flags, Whole
from kam_connector.rules.pay.exact import FINE, RATE, fine_of, rate_units, ratio, whole

LOWEST, HIGHEST = -(2**62), 2**62
OPEN = -1
"""The end of a slice without end."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """From `lower` up to `upper` (for each row); a unit earns `numerator / denominator` fine units.

    `rate` is how a person reads it (0 where it `rises`: interpolated, to its amount at its end).
    """

    lower: Whole
    upper: Whole
    numerator: int
    denominator: Boxed | int
    rate: Decimal
    rises: bool
    is_first: bool

    def earned(self, part: Whole) -> Boxed:
        """What so much of the base inside the bracket earns."""
        return ratio(whole(part), self.numerator, self.denominator)

    def inside(self, total: Whole) -> Whole:
        """How much of an accumulated base lies in the bracket; what is below zero lies in the first one."""
        low = np.full_like(total, LOWEST) if self.is_first and not self.rises else self.lower
        clipped: Whole = np.clip(total, low, self.upper) - self.lower
        return clipped

    @property
    def ends(self) -> Whole:
        """The upper bound of each row, OPEN where there is none."""
        return np.where(self.upper >= HIGHEST, OPEN, self.upper).astype(np.int64)


def brackets_of(component: Component, currency: Currency, quota: Whole) -> list[Bracket]:
    """The brackets of a component for rows with these quotas (used on attainment alone)."""
    lines = component.brackets
    starts = [_bound(line.start, component, currency, quota) for line in lines]
    last = lines[-1].end
    top = _bound(last, component, currency, quota) if last is not None else np.full_like(quota, HIGHEST)
    ends = [*starts[1:], top if component.mode == "interpolated" else np.full_like(quota, HIGHEST)]
    amounts = slice_amounts(component)
    return [
        _bracket(place, line, (start, end), component, currency, quota, amounts)
        for place, (line, start, end) in enumerate(zip(lines, starts, ends, strict=True))
    ]


def slice_amounts(component: Component) -> list[Decimal]:
    """What each bracket brings from its start to its end: its own amount, or the step to the next level."""
    given = [line.amount or Decimal(0) for line in component.brackets]
    if component.amounts == "slice" or component.mode != "interpolated":
        return given
    return [after - before for before, after in zip(given, [*given[1:], given[-1]], strict=True)]


def reached(total: Whole, brackets: Sequence[Bracket], edge: str) -> Whole:
    """The place of the bracket in which each accumulated base lies; with edge "upper" a bound belongs below."""
    place = np.zeros(len(total), dtype=np.int64)
    for number, bracket in enumerate(brackets[1:], start=1):
        over: Flags = total > bracket.lower if edge == "upper" else total >= bracket.lower
        place[over] = number
    return place


def _bound(value: Decimal, component: Component, currency: Currency, quota: Whole) -> Whole:
    if component.on == "amount":
        return np.full_like(quota, round_to_minor(value, currency))
    return ratio(whole(quota), rate_units(value), 10**RATE).astype(np.int64)


def _bracket(
    place: int, line: BracketLine, bounds: tuple[Whole, Whole], component: Component, currency: Currency, quota: Whole,
    amounts: Sequence[Decimal],
) -> Bracket:  # fmt: skip
    lower, upper = bounds
    if component.mode == "interpolated":
        width = np.where(upper >= HIGHEST, HIGHEST, upper - lower).astype(np.int64)
        is_open = bool((upper >= HIGHEST).any())
        amount = Decimal(0) if is_open else amounts[place]
        return Bracket(lower, upper, fine_of(amount), whole(width), Decimal(0), True, place == 0)
    per_unit = 10 ** (FINE - RATE - currency.digits)
    rate = line.rate or Decimal(0)
    if component.variable is None:
        return Bracket(lower, upper, rate_units(rate) * per_unit, 1, rate, False, place == 0)
    variable = round_to_minor(component.variable, currency)
    return Bracket(lower, upper, rate_units(rate) * per_unit * variable, whole(quota), rate, False, place == 0)
