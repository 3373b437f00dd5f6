"""Who gets a seat where a tier has few, and who waits.

Who has a seat keeps it; the others are taken by score, then revenue, then tenure, then id (W40: 110 customers qualify
for 96 seats, 14 wait). Who waits stands one tier lower with the status "waiting", never silently.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import Whole

QUEUE = ["company_id", "newcomer", "score", "revenue", "tenure", "customer_id"]
RISING = [True, True, False, False, False, True]


def seat_customers(queue: pd.DataFrame, policy: TierPolicy) -> tuple[Whole, Whole]:
    """The tier of each customer after seats are given out, and the tier wanted in vain (-1 = none).

    `queue`: company_id, customer_id, tier and before (places in the policy, -1 = none), score, revenue, tenure.
    """
    tier, wanted = queue["tier"].to_numpy(dtype=np.int64, copy=True), np.full(len(queue), -1, dtype=np.int64)
    for place, each in enumerate(policy.tier[:-1]):
        if each.capacity is None:
            continue
        waits = _beyond(queue, tier == place, each.capacity)
        wanted[waits & (wanted == -1)] = place
        tier[waits] = place + 1
    return tier, wanted


def _beyond(queue: pd.DataFrame, wants: np.ndarray, capacity: int) -> np.ndarray:
    """Which of those who want a seat do not get one."""
    seated = queue["before"].to_numpy() == queue["tier"].to_numpy()
    ordered = queue.assign(newcomer=~seated)[wants].sort_values(QUEUE, ascending=RISING, kind="stable")
    beyond = ordered[ordered.groupby("company_id").cumcount() >= capacity]
    return np.isin(np.arange(len(queue)), queue.index.get_indexer(beyond.index))
