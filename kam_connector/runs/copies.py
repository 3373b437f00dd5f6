"""Which copies of frozen ageings the ERP lacks: the book's figures, never reckoned anew.

A copy that stands in the ERP is left alone for good, and so is a line that a person or a merge of customers took away.
A customer who is gone from the ERP, and what has no customer, cannot have a line there: the set's total holds it.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts.live import live
from kam_connector.ledger import Ledger
from kam_connector.rules.decisions import days_of, texts_of
from kam_connector.rules.reasons import reason_args
from kam_connector.runs import frozen
from kam_connector.runs.frozen import ROWS, Snapshot
from kam_connector.writeback.frozen import line_key

_REASON = "ageing.open_items"


class Copies(NamedTuple):
    """`sets` and `lines` are `frozen` and `frozen_lines` of `writeback.Decided`."""

    sets: pd.DataFrame
    lines: pd.DataFrame


def missing_copies(book: Ledger, con: BaseBackend) -> Copies:
    """What the ERP lacks; empty frames when it has every copy."""
    known = [found.snapshot for found in frozen.read_all(book)]
    if not known:
        return Copies(pd.DataFrame(), pd.DataFrame())
    sets, lines, there = [], [pd.DataFrame()], _Erp(con)
    for snapshot in known:
        if there.is_whole(snapshot):
            continue
        if not there.has(snapshot):
            sets.append(_set(snapshot))
        lines.append(there.lacking(snapshot, _lines(book, snapshot)))
    return Copies(pd.DataFrame(sets), pd.concat(lines, ignore_index=True))


class _Erp:
    """What the mirror shows of the copies."""

    def __init__(self, con: BaseBackend) -> None:
        ageing = live(con, "kam_ageing")
        rows = ageing.filter(ageing.kam_key.startswith("snapshot:")).select("id", "company_id", "kam_key").to_pandas()
        self._ids = dict(zip(zip(rows["company_id"], rows["kam_key"], strict=True), rows["id"].tolist(), strict=True))
        self._line = con.table("kam_ageing_line")  # with those that were taken away
        counts = self._line.group_by("ageing_id").agg(lines=self._line.count()).to_pandas()
        self._counts = dict(zip(counts["ageing_id"], counts["lines"], strict=True))
        self._customers = frozenset(live(con, "res_partner").select("id").to_pandas()["id"].tolist())

    def has(self, snapshot: Snapshot) -> bool:
        return (snapshot.company_id, snapshot.copy_key) in self._ids

    def is_whole(self, snapshot: Snapshot) -> bool:
        """The set is there with as many lines as were frozen."""
        number = self._ids.get((snapshot.company_id, snapshot.copy_key))
        return number is not None and self._counts.get(number, 0) >= snapshot.counts[ROWS]

    def lacking(self, snapshot: Snapshot, lines: pd.DataFrame) -> pd.DataFrame:
        """Of a set that is there the lines that never were; of one that is not, all that have a customer."""
        placed = lines[lines["customer_id"].isin(self._customers)]
        number = self._ids.get((snapshot.company_id, snapshot.copy_key))
        if number is None:
            return placed
        there = set(self._line.filter(self._line.ageing_id == number).select("kam_key").to_pandas()["kam_key"])
        pairs = zip(placed["customer_id"].tolist(), placed["user_id"].tolist(), strict=True)
        return placed[[line_key(snapshot.copy_key, *pair) not in there for pair in pairs]]


def _set(snapshot: Snapshot) -> dict[str, object]:
    return {
        "company_id": snapshot.company_id,
        "copy_key": snapshot.copy_key,
        "as_of": snapshot.day,
        "basis": snapshot.basis,
        "sequence": snapshot.sequence,
        **snapshot.totals,
        "ledger_minor": snapshot.ledger_minor,
        "difference_minor": snapshot.difference_minor,
    }


def _lines(book: Ledger, snapshot: Snapshot) -> pd.DataFrame:
    rows = frozen.read_table(book, snapshot, ROWS)
    if rows.empty:
        return rows
    days = texts_of(days_of(rows["oldest_due"]))
    figures = zip(rows["item_count"].tolist(), days, strict=True)
    args = [reason_args(_REASON, basis=snapshot.basis, count=count, due_date=day) for count, day in figures]
    return rows.assign(
        company_id=snapshot.company_id, copy_key=snapshot.copy_key, reason_code=_REASON, reason_args=args
    )
