"""Exchange rates by day: a base is converted once, at a named day, and keeps the rate.

The rate of a currency says how many units of it one unit of the base is worth, so one unit of A is rate(B) / rate(A)
units of B: with 2 EUR per USD, 100 EUR are 50 USD (incentives.md, E20).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

Dated = tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """The dated rates by company (0: every company) and currency, the oldest first.

    A currency without any is the base, with the rate 1, where the other one has some.
    """

    dated: Mapping[tuple[int, int], Dated] = field(default_factory=dict)

    def units(self, company: int, source: int, target: int, day: date) -> Fraction | None:
        """How many units of `target` one unit of `source` is worth on that day; None where no rate is that old."""
        if source == target:
            return Fraction(1)
        known = [self._has(company, each) for each in (source, target)]
        if not any(known):
            return None
        own, wanted = (
            self._on(company, each, day) if has else Fraction(1)
            for each, has in zip((source, target), known, strict=True)
        )  # fmt: skip
        return wanted / own if own and wanted else None

    def _has(self, company: int, currency: int) -> bool:
        return bool(self.dated.get((company, currency)) or self.dated.get((0, currency)))

    def _on(self, company: int, currency: int, day: date) -> Fraction | None:
        for owner in (company, 0):
            rates = self.dated.get((owner, currency), ())
            place = bisect_right(rates, day, key=lambda each: each[0])
            if place:
                return rates[place - 1][1]
        return None
