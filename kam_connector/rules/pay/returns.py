"""What a reversal takes back when the plan does not recompute: the original's own rates, in the reversal's period.

Two policies are in use: "historic" takes the reversed part out of the accumulator as well, "money_only" leaves the
attainment as it was (as both do in mode "whole", where less attainment would lower every earlier rate). A minimum that
had topped up the pay is not taken back: 100 at 5 % earned 5.00 and was paid 10.00; cancelled, 5.00 comes back
(incentives.md, E25). Several returns of one original never take more than it earned.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import Whole, boxed
from kam_connector.rules.pay.exact import ratio, whole
from kam_connector.rules.pay.slices import Slices, join_slices


def take_back(slices: Slices, rows: pd.DataFrame, places: Whole) -> Slices:
    """The slices of the reversals at `places`: each slice of their homes in proportion to the reversed base."""
    if not len(places) or not len(slices):
        return join_slices([])
    home = rows["home"].to_numpy(dtype=np.int64)
    base = rows["base_minor"].to_numpy(dtype=np.int64)
    running = pd.Series(base[places]).groupby(home[places]).cumsum().to_numpy(dtype=np.int64)
    owned = np.argsort(slices.place, kind="stable")
    ordered = slices.place[owned]
    first = np.searchsorted(ordered, home[places], side="left")
    last = np.searchsorted(ordered, home[places], side="right")
    count = last - first
    which = np.repeat(np.arange(len(places)), count)
    taken = owned[np.repeat(first, count) + np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)]
    found = slices.at(taken)
    size = np.maximum(np.abs(whole(base[home[places]][which])), 1)
    sign = np.where(base[home[places]][which] < 0, -1, 1)
    before, after = (
        np.maximum(whole(reversed_minor[which]) * sign, -size) for reversed_minor in (running - base[places], running)
    )
    amount = ratio(found.amount, after, size) - ratio(found.amount, before, size)
    part = ratio(whole(found.base), after, size) - ratio(whole(found.base), before, size)
    stage = np.maximum(rows["stage"].to_numpy(dtype=np.int64)[places][which], found.stage)
    return found.with_changes(
        place=places[which], stage=stage, base=part.astype(np.int64), amount=amount,
        reason=boxed(["commission.returned"] * len(which)),
    )  # fmt: skip
