"""What is paid without a credit of its own: prizes, awards, shares of a team's bonus, and the steps of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """An amount for a payee in a period.

    `earned` and `released` are fine amounts: a step of a statement (cap, floor, ...) has no `earned`. `place` is the
    row of `Prepared.rows` that it belongs to, -1 for none; `figures` are those of the reason. `is_fixed`: caps, gates,
    holdback and advances leave it alone.
    """

    company_id: int
    payee_id: int
    currency_id: int
    stage: int
    component: str
    earned: int
    released: int
    reason: str
    figures: Mapping[str, str | int] = field(default_factory=dict)
    place: int = -1
    base: int = 0
    is_fixed: bool = False
