"""How a base is cut into slices of a bracket table, in whole minor units.

Marginal: each slice of the accumulated base at its own rate, from the lower bound (included) up to the next; the
last bracket is open, and what is below zero belongs to the first. The total does not depend on the order of credits,
and a refund takes back what the original brought.

Worked figure (incentives.md, E1): 4 % to 150,000, 6 % to 250,000, 8 % above; after 145,000 a deal of 20,000 is 5,000 at
4 % and 15,000 at 6 %: 1,100.00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from kam_connector.money import Currency, round_to_minor
from kam_connector.policy.plans import BracketLine
from kam_connector.rules.decisions import Whole

LOWEST, HIGHEST = -(2**62), 2**62


@dataclass(frozen=True, slots=True)
class Bracket:
    """From `lower` up to `upper`, in minor units; `first` and `last` ones are open below and above."""

    lower: int
    upper: int | None
    rate: Decimal
    reaches_below: bool


def brackets_of(lines: Sequence[BracketLine], currency: Currency) -> list[Bracket]:
    """The bracket table of a component in a currency's smallest unit; bounds are rounded to it."""
    starts = [round_to_minor(line.start, currency) for line in lines]
    ends: list[int | None] = [*starts[1:], None]
    rates = [line.rate if line.rate is not None else Decimal(0) for line in lines]
    return [
        Bracket(start, end, rate, place == 0)
        for place, (start, end, rate) in enumerate(zip(starts, ends, rates, strict=True))
    ]


def cut_marginal(before: Whole, base: Whole, brackets: Sequence[Bracket]) -> list[Whole]:
    """For each bracket the part of each base that falls into it, when `before` has been accumulated already.

    The parts of a row sum to its base; a negative base takes back from the brackets that it had reached.
    """
    after = before + base
    parts = []
    for bracket in brackets:
        low = LOWEST if bracket.reaches_below else bracket.lower
        high = HIGHEST if bracket.upper is None else bracket.upper
        parts.append(np.clip(after, low, high) - np.clip(before, low, high))
    return parts
