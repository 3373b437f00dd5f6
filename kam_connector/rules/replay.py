"""The standing that earlier runs have left, from their scores and tiers alone.

The ledger keeps for each customer how many runs the score has been below the exit cut. A file of earlier runs
(CONTRACTS, history.csv) does not: it is counted again, by the cuts of the policy that is tried. With gold left below
75: 82 gold, 74 gold, 73 gold makes two runs below; 82 gold, 74 gold, 76 gold none; a run that moved the customer begins
at none, whatever its score.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import Flags, column_or, days_of, require_columns
from kam_connector.rules.measures import first_invoices
from kam_connector.rules.pairs import KEYS


def replay_runs(history: pd.DataFrame, facts: pd.DataFrame, policy: TierPolicy, as_of: date) -> pd.DataFrame:
    """company_id, customer_id, as_of, tier, segment, runs_below as `decide_tiers` takes them: a row a customer.

    `history`: company_id, customer_id, as_of, score (NaN = not rated), tier and, where known, segment. Runs of the day
    itself and later ones do not count. A run without a score changes nothing, and neither does one in which the
    customer was new (`facts`: group_first_invoice, else first_invoice, where known: as the score tells newcomers).
    """
    require_columns(history, [*KEYS, "as_of", "score", "tier"], "history")
    rows = history[days_of(history["as_of"]) < np.datetime64(as_of, "D")]
    rows = rows.sort_values([*KEYS, "as_of"], kind="stable").reset_index(drop=True)
    counted = rows[rows["score"].notna()].copy()
    is_below = _below_exit(counted, policy) & ~_is_move(counted) & ~_was_new(counted, facts, policy)
    streak = (~is_below).groupby([counted[key] for key in KEYS]).cumsum()
    runs = is_below.astype("int64").groupby([*(counted[key] for key in KEYS), streak]).cumsum()
    last = counted.assign(runs_below=runs)[[*KEYS, "runs_below"]].drop_duplicates(KEYS, keep="last")
    newest = rows.assign(segment=column_or(rows, "segment", None)).drop_duplicates(KEYS, keep="last")
    newest = newest[[*KEYS, "as_of", "tier", "segment"]].merge(last, on=KEYS, how="left")
    return newest.assign(runs_below=newest["runs_below"].fillna(0).astype("int64"))


def _below_exit(rows: pd.DataFrame, policy: TierPolicy) -> pd.Series:
    """Whether the score is below the exit cut of the tier; not where the policy does not have the tier."""
    cuts = {tier.name: float(tier.leave) for tier in policy.tier}
    return rows["score"] < rows["tier"].map(cuts)


def _is_move(rows: pd.DataFrame) -> pd.Series:
    """Whether the run left the customer in another tier than the run before it."""
    before = rows.groupby(KEYS)["tier"].shift()
    return before.notna() & (before != rows["tier"])


def _was_new(rows: pd.DataFrame, facts: pd.DataFrame, policy: TierPolicy) -> Flags:
    starts = facts[KEYS].assign(start=first_invoices(facts).astype("datetime64[s]"))
    first = days_of(rows[KEYS].merge(starts, on=KEYS, how="left")["start"])
    known = (days_of(rows["as_of"]) - first).astype("timedelta64[D]").astype(np.float64)
    return np.where(np.isnat(first), False, known < policy.newcomer.until_days)
