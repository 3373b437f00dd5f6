"""What was earned for which credit: columns of equal length, a slice a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from kam_connector.rules.decisions import Boxed, Whole, boxed


@dataclass(frozen=True, slots=True)
class Slices:
    """Slices of credits.

    `place`: the row of `Prepared.rows`; `stage`: the period in which it is earned; `base` (smallest units),
    `slice_from` and `slice_to` (-1: open) of the bracket, `rate` (Decimal), `amount` (fine), `reason` (its code).
    """

    place: Whole
    stage: Whole
    base: Whole
    slice_from: Whole
    slice_to: Whole
    rate: Boxed
    amount: Boxed
    reason: Boxed

    def __len__(self) -> int:
        return len(self.place)

    def with_changes(self, **columns: Any) -> Slices:
        """The same with other columns."""
        return replace(self, **columns)

    def at(self, places: Whole) -> Slices:
        """The slices at these places, in that order."""
        return Slices(*(getattr(self, each.name)[places] for each in fields(self)))


def join_slices(parts: Sequence[Slices]) -> Slices:
    """All parts one after the other."""
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Slices(empty, empty, empty, empty, empty, boxed([]), boxed([]), boxed([]))
    return Slices(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Slices)))
