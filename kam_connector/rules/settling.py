"""Where tiers come to rest when nothing changes but the number of runs.

A new policy does not show its whole effect in its first run: a demotion waits for its runs, goes one step at a time
and frees a seat for who waits. With gold left below 90 in place of 75, two runs and one step, a gold customer of 82
points is gold in the first run, silver in the second, and stays there: settled on silver in run 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kam_connector.policy.tiering import TierPolicy

Decide = Callable[[pd.DataFrame], pd.DataFrame]
"""The decisions of the next run on the same facts, after those given."""


def settle_tiers(first: pd.DataFrame, decide: Decide, policy: TierPolicy) -> pd.DataFrame:
    """The decisions at rest, as `decide_tiers` gives them, with settled_in (the run that led to the tier).

    `first`: the decisions of the first run; the rows stand in their order.
    """
    frame, settled_in = first, np.ones(len(first), dtype=np.int64)
    steps = len(policy.tier) - 1
    for run in range(2, steps * policy.stability.runs_before_demotion + len(policy.tier) + 2):
        after = decide(frame)
        moved = after["tier"].fillna("").to_numpy() != frame["tier"].fillna("").to_numpy()
        if not moved.any() and after["runs_below"].equals(frame["runs_below"]):
            break
        settled_in = np.where(moved, run, settled_in)
        frame = after
    return frame.assign(settled_in=settled_in)
