"""In which tier each customer was from which day to which, out of the decisions in the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.ledger import Ledger
from kam_connector.ledger.merges import Merge, find_survivors, read_merges, survivors
from kam_connector.rules.decisions import days_of, words_of
from kam_connector.rules.pairs import KEYS
from kam_connector.runs.known import TIER_COLUMNS, tier_key
from kam_connector.runs.known_merges import TIER, named_by_survivor

MOVES, STANDINGS, SCORES = ("tier",), ("tier", "status"), ("tier", "score", "status", "segment")
"""What a change of ends a row of the history."""


def tier_spans(
    book: Ledger, as_of: date, changes: Sequence[str] = MOVES, owner: tuple[int, int] | None = None
) -> pd.DataFrame:
    """A row a customer and tier: the columns of `known.tiers_on`, valid_from, valid_to (days; NaT = still), formerly.

    `changes`: a row ends where one of these columns changes; the others are those of its first day. `owner`: only of
    this company and customer. Of several decisions for one day the last counts. What stood under a customer that was
    merged into another stands under that one until the day before the merge; `formerly` is the vanished id (0: the
    customer's own row). Order: company, customer, formerly, day.
    """
    decided = [row for row in _decisions(book, owner) if row["as_of"] <= as_of.isoformat()]
    rows = pd.DataFrame(decided, columns=TIER_COLUMNS)
    rows = rows.drop_duplicates([*KEYS, "as_of"], keep="last").sort_values([*KEYS, "as_of"], kind="stable")
    kept = rows[_is_change(rows, changes)].reset_index(drop=True)
    start = pd.Series(days_of(kept["as_of"]).astype("datetime64[s]"), kept.index)
    end = start.groupby([kept[key] for key in KEYS]).shift(-1) - np.timedelta64(1, "D")
    return _with_merged(kept.assign(valid_from=start, valid_to=end, formerly=0), read_merges(book))


def tiers_by_day(book: Ledger, rows: pd.DataFrame) -> list[str]:
    """The tier of each row's customer on its own day, as `known.tiers_on` tells it of that day; "" where there is none.

    `rows`: company_id, customer_id, date. The book is read once, however many days there are.
    """
    heirs = survivors(book)
    decided = pd.DataFrame(list(_decisions(book, None)), columns=[*KEYS, "as_of", "tier"])
    decided = decided.assign(date=days_of(decided["as_of"]).astype("datetime64[s]"), seq=np.arange(len(decided)))
    moved = decided["customer_id"].isin(heirs)
    wanted = rows[KEYS].astype("int64").assign(date=days_of(rows["date"]).astype("datetime64[s]"))
    own = _last_until(wanted, decided[~moved].sort_values(["date", "seq"]))
    if not moved.any():
        return words_of(own)
    # Of several who vanished into one and were decided about on the same day the first by key: the last in this order.
    keys = [tier_key(*each) for each in zip(decided["company_id"], decided["customer_id"], strict=True)]
    before = decided.assign(key=keys)[moved].drop_duplicates(["key", "as_of"], keep="last")
    before = named_by_survivor(before.sort_values(["date", "key"], ascending=[True, False]), heirs)
    return words_of(own.fillna(_last_until(wanted, before)))


def _last_until(wanted: pd.DataFrame, decided: pd.DataFrame) -> pd.Series:
    """The tier of the last row of `decided` (in its order of days) up to the day of each row of `wanted`."""
    known = decided[[*KEYS, "date", "tier"]].astype(dict.fromkeys(KEYS, "int64"))
    asked = wanted.assign(place=np.arange(len(wanted))).sort_values("date", kind="stable")
    found = pd.merge_asof(asked, known, on="date", by=KEYS)
    return found.set_index("place")["tier"].sort_index()


def _decisions(book: Ledger, owner: tuple[int, int] | None) -> Iterable[Mapping[str, Any]]:
    """The tier decisions of the book, or those of a company's customer and of whoever was merged into it."""
    if owner is None:
        return (event.payload for event in book.events(TIER))
    company, customer = owner
    merged = [former for former, heir in survivors(book).items() if heir == customer]
    return [row for each in (customer, *merged) for row in book.history(TIER, tier_key(company, each))]


def _with_merged(spans: pd.DataFrame, merges: list[Merge]) -> pd.DataFrame:
    """The spans of vanished customers under their survivors; none lasts beyond the merge."""
    heirs = find_survivors(merges)
    if not heirs:
        return spans
    last = {merge.vanished: merge for merge in merges}
    merged = spans["customer_id"].isin(heirs)
    former = spans["customer_id"].where(merged, 0)
    ends = [
        np.datetime64(last[customer].day_in(company) - timedelta(days=1) if customer else "NaT", "s")
        for company, customer in zip(spans["company_id"], former, strict=True)
    ]
    until = spans["valid_to"].fillna(pd.Series(np.array(ends, dtype="datetime64[s]"), spans.index))
    moved = named_by_survivor(spans.assign(formerly=former, valid_to=until), heirs)
    moved = moved[moved["valid_to"].isna() | (moved["valid_to"] >= moved["valid_from"])]
    return moved.sort_values([*KEYS, "formerly", "valid_from"], kind="stable").reset_index(drop=True)


def _is_change(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Whether a row differs from the customer's row before it."""
    texts = rows[[*columns]].fillna("").astype(str)
    before = texts.groupby([rows[key] for key in KEYS]).shift()
    return (texts != before).any(axis=1)
