"""Merges of customers: noted in the book once, and what stood under a vanished customer read under its survivor.

A pull finds that the documents of a customer that is gone stand under another one (`sync.merges`). The survivor goes on
from the higher of the two tiers: where that is the vanished one's, a tier event says so on the day of the merge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.merges import Merge, find_survivors, merge_entry, read_merges
from kam_connector.mirror.merging import Merge as Found
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.takeover import take_over

TIER = "tier"


def record_merges(book: Ledger, found: Sequence[Found], zones: Mapping[int, ZoneInfo], policy: TierPolicy) -> int:
    """How many of the merges that pulls have found were new in the book; none while the mirror has no company."""
    known = {(merge.vanished, merge.survivor, merge.moment) for merge in read_merges(book)}
    fresh = [
        Merge(*each, {company: each.moment.astimezone(zone).date() for company, zone in zones.items()})
        for each in found
        if tuple(each) not in known
    ]
    if not fresh or not zones:
        return 0
    book.append_many([*(merge_entry(merge) for merge in fresh), *_taken_over(book, fresh, policy)])
    return len(fresh)


def under_survivors(rows: pd.DataFrame, heirs: Mapping[int, int], keys: Sequence[str] = KEYS) -> pd.DataFrame:
    """The rows, those of vanished customers under their survivors; where the survivor has rows of its own (by `keys`),
    those alone, and where several vanished ones have, those of the latest `as_of`."""
    if not heirs or rows.empty:
        return rows
    moved = named_by_survivor(rows, heirs).assign(is_moved=rows["customer_id"].isin(heirs), former=rows["customer_id"])
    latest = moved.groupby(["former", *keys])["as_of"].transform("max")
    ranked = moved.assign(latest=latest).sort_values(["is_moved", "latest"], ascending=[True, False], kind="stable")
    chosen = ranked.groupby([*keys])["former"].transform("first")
    kept = ranked[ranked["former"] == chosen].sort_index()
    return kept[rows.columns].reset_index(drop=True)


def named_by_survivor(rows: pd.DataFrame, heirs: Mapping[int, int]) -> pd.DataFrame:
    """All rows, each under the customer that stands for its own."""
    return rows.assign(customer_id=[heirs.get(customer, customer) for customer in rows["customer_id"].tolist()])


def merged_customers(book: Ledger, as_of: date, days: int, companies: Sequence[int]) -> pd.DataFrame:
    """company_id and customer_id of the survivors of merges of the last `days` days, the day itself included, where
    the vanished customer had been decided about."""
    merges = read_merges(book)
    heirs = find_survivors(merges)
    rows = [
        {"company_id": company, "customer_id": heirs[merge.vanished]}
        for merge in merges
        for company in companies
        if merge.vanished in heirs and 0 <= (as_of - merge.day_in(company)).days < days
        if book.latest(TIER, f"{company}:{merge.vanished}")
    ]
    return pd.DataFrame(rows, columns=KEYS).drop_duplicates(ignore_index=True)


def _taken_over(book: Ledger, merges: Sequence[Merge], policy: TierPolicy) -> list[Entry]:
    """A tier event for each survivor and company whose vanished customer stood higher; chains in their order."""
    states = book.states_on(TIER, max(day for merge in merges for day in merge.days.values()))
    entries = []
    for merge in merges:
        for company, day in merge.days.items():
            key = f"{company}:{merge.survivor}"
            own = {"customer_id": merge.survivor, **states.get(key, {})}
            taken = take_over(states.get(f"{company}:{merge.vanished}", {}), own, policy, day)
            if taken is not None:
                states[key] = taken
                entries.append(Entry(TIER, key, taken))
    return entries
