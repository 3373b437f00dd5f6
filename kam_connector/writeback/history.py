"""A history row is written on the day that something changed, never because another day has passed."""

from __future__ import annotations

import pandas as pd

from kam_connector.writeback.destinations import Destination, Field


def without_repeats(wanted: pd.DataFrame, records: pd.DataFrame, destination: Destination) -> tuple[pd.DataFrame, int]:
    """The wanted rows whose content differs from the newest row of their subject, and how many do not.

    Newest: the latest `valid_from` that is not after the wanted one (a decision for a past day looks back
    only).
    """
    if records.empty or wanted.empty:
        return wanted, 0
    subject = ["company_id", *destination.history]
    content = [field.name for field in destination.fields if _is_content(field, wanted, records, subject)]
    mine = wanted.reset_index()
    past = records.reset_index()[[*subject, "valid_from", *content]]
    pairs = mine[[*subject, "kam_key", "valid_from", *content]].merge(past, on=subject, suffixes=("", "_past"))
    pairs = pairs[pairs["valid_from_past"] <= pairs["valid_from"]]
    newest = pairs.sort_values("valid_from_past").drop_duplicates([*subject, "kam_key"], keep="last")
    same = pd.Series(True, index=newest.index)
    for name in content:
        same &= newest[name] == newest[f"{name}_past"]
    repeated = pd.MultiIndex.from_frame(newest.loc[same, ["company_id", "kam_key"]])
    keep = ~wanted.index.isin(repeated)
    return wanted[keep], int((~keep).sum())


def _is_content(field: Field, wanted: pd.DataFrame, records: pd.DataFrame, subject: list[str]) -> bool:
    both = field.name in wanted and field.name in records
    return both and field.rule == "owned" and field.name != "valid_from" and field.name not in subject
