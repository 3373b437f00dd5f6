"""Whose tier stands still today: an open dispute, a merge of late, figures that are too old, a severe complaint."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from kam_connector.policy.tiering import Stability
from kam_connector.rules.pairs import KEYS
from kam_connector.runs.aged import of_companies
from kam_connector.runs.disputed import read_complaining, read_disputed
from kam_connector.runs.known_merges import merged_customers
from kam_connector.runs.sources import Sources


def find_freezes(sources: Sources, figures: pd.DataFrame, as_of: date, policy: Stability) -> pd.DataFrame:
    """company_id, customer_id, cause (`policy.tiering.Freeze`) as `decide_tiers` takes them, of those of `figures`.

    A dispute is an open complaint with a disputed amount; a complaint is an open one of a `severe` severity, and gives
    way to every other cause. A merge holds for `merge_days`, its own day included. The data have a gap where the last
    pull that compared all journal items is more than `stale_days` before the day, or was never.
    """
    found, companies = figures[KEYS].iloc[:0].assign(cause=""), sorted(set(figures["company_id"].tolist()))
    if "dispute" in policy.freeze:
        disputed = of_companies(read_disputed(sources, as_of), companies)
        found = disputed[KEYS].assign(cause="dispute")
    if "merge" in policy.freeze:
        merged = merged_customers(sources.book, as_of, policy.merge_days, companies)
        found = pd.concat([found, merged.assign(cause="merge")], ignore_index=True)
    if "complaint" in policy.freeze:
        complaining = of_companies(read_complaining(sources, as_of, policy.severe), companies)
        found = pd.concat([found, complaining.assign(cause="complaint")], ignore_index=True)
    last = sources.compared_at.date() if sources.compared_at else None
    if "data_gap" in policy.freeze and (last is None or last < as_of - timedelta(days=policy.stale_days)):
        found = pd.concat([figures[KEYS].assign(cause="data_gap"), found], ignore_index=True)
    return found.drop_duplicates(KEYS).reset_index(drop=True)
