"""Which tier follows from a score and the tier before, with which patience.

A tier is entered from its entry cut on and left below its exit cut, which is lower; going down takes several runs
below the exit cut and goes so many tiers at most. Going up needs no patience. With gold 80/75, silver 65/60 and two
runs: scores 82, 74, 76, 74, 73 make gold, gold (1 run below), gold (forgiven), gold (1 run), silver.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

import numpy as np
import pandas as pd

from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import Flags, Whole
from kam_connector.rules.scores import HUNDREDTHS

NONE = -1
"""No tier yet."""

NO_TIERS = pd.DataFrame(columns=["company_id", "customer_id", "tier", "runs_below"])
"""No run has been yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Per customer the place of the tier in the policy (0 = highest, NONE), and for how many runs below its exit."""

    tier: Whole
    runs_below: Whole


@dataclass(frozen=True, slots=True)
class Move:
    """The new standing and which reason led to it (last part of the reason code)."""

    standing: Standing
    reason: np.ndarray


def move_tiers(score: Whole, before: Standing, policy: TierPolicy, *, rated: Flags, patient: Flags) -> Move:
    """The tier that each score leads to; unrated customers stay where they were, `patient` ones are never demoted."""
    reached = reached_tier(score, policy)
    had = before.tier != NONE
    current = np.maximum(before.tier, 0)
    below = rated & ~patient & is_below(score, before, policy)
    runs = np.where(below, before.runs_below + 1, 0)
    promoted = rated & had & (reached < before.tier)
    demoted = below & (runs >= policy.stability.runs_before_demotion)
    lower = np.minimum(current + policy.stability.steps, reached)
    tier = np.select([~rated, ~had, promoted, demoted], [before.tier, reached, reached, lower], before.tier)
    names = ["unrated", "entered", "promoted", "demoted", "demotion_waits"]
    reason = np.select([~rated, ~had, promoted, demoted, below], names, "kept")
    runs = np.where(~rated, before.runs_below, np.where(demoted | promoted, 0, runs))
    return Move(Standing(tier.astype(np.int64), runs.astype(np.int64)), reason)


def is_below(score: Whole, before: Standing, policy: TierPolicy) -> Flags:
    """Whether each score is below the exit cut of the tier before."""
    leave = _cuts([tier.leave for tier in policy.tier])
    below: Flags = (before.tier != NONE) & (score < leave[np.maximum(before.tier, 0)])
    return below


def reached_tier(score: Whole, policy: TierPolicy) -> Whole:
    """The highest tier whose entry cut the score reaches; the lowest one's is 0."""
    enter = _cuts([tier.enter for tier in policy.tier])
    place: Whole = len(enter) - np.searchsorted(enter[::-1], score, side="right")
    return np.minimum(place, len(enter) - 1)


def _cuts(scores: list[Decimal]) -> Whole:
    """Cuts in hundredths, rounded up: a score of two decimals reaches 79.995 with 80.00 and not with 79.99."""
    return np.array([ceil(score * HUNDREDTHS) for score in scores], dtype=np.int64)
