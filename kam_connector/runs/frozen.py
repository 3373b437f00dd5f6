"""Frozen ageings in the book: how one is written down, found again, and read back.

A frozen day of a company and basis is one event `ageing.snapshot` (key `company:basis:day`) with its figures, and its
tables in events `ageing.snapshot.lines` (key `company:basis:day:sequence:table:part`), all in one transaction of the
book: there is a frozen day as a whole or none. The tables hold ids and figures only. A second freezing of the same day
is a further event of the same key with the next sequence; the former stays (docs/decisions/0008).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.errors import Contradiction
from kam_connector.ledger import Entry, Ledger
from kam_connector.ledger.columns import pack, unpack
from kam_connector.money import Currency
from kam_connector.policy.receivables import Ageing, Basis
from kam_connector.rules.decisions import days_of, ids_of
from kam_connector.rules.snapshots import Position

SNAPSHOT, LINES = "ageing.snapshot", "ageing.snapshot.lines"
PART_ROWS = 50_000
ITEMS, MATCHES, LATER, ROWS = "items", "matches", "later", "rows"
_DAYS = frozenset({"date", "due_date", "oldest_due"})
_KEPT: Mapping[str, tuple[str, ...]] = {
    ITEMS: (
        "item_id", "customer_id", "user_id", "team_id", "move_id", "account_id", "currency_id", "date", "due_date",
        "residual_minor", "residual_currency_minor", "disputed_minor", "pending",
    ),
    MATCHES: ("match_id", "debit_item_id", "credit_item_id", "amount_minor"),
    LATER: ("item_id",),
}  # fmt: skip
"""Table to its columns, the first of which is its order; ROWS keeps whatever columns the ageing by customer has."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of a frozen day: amounts in smallest units of `currency`, the company's.

    `sequence`: 1, or more where the day was frozen again; `former` is then the number of the event before.
    `parameters`: the ageing policy it was reckoned with; `content`: stands for what an accountant sees (open items,
    customers, due dates, amounts, parameters, ledger balance); `inputs`: SHA-256 over all kept figures and ids.
    """

    company_id: int
    as_of: str
    basis: Basis
    sequence: int
    former: int
    frozen_on: str
    run: str
    policy_hash: str
    parameters: Mapping[str, Any]
    currency: str
    digits: int
    totals: Mapping[str, int]
    ledger_minor: int
    difference_minor: int
    counts: Mapping[str, int]
    content: str
    inputs: str

    @property
    def key(self) -> str:
        return snapshot_key(self.company_id, self.basis, self.as_of)

    @property
    def copy_key(self) -> str:
        """The natural key of its copy in the ERP, unique in the company."""
        return f"snapshot:{self.basis}:{self.as_of}:{self.sequence}"

    @property
    def policy(self) -> Ageing:
        """The ageing policy that it was reckoned with, as far as this version knows its keys."""
        known = {name: value for name, value in self.parameters.items() if name in Ageing.model_fields}
        return Ageing.model_validate(known | {"valid_from": date.fromisoformat(known["valid_from"])})

    @property
    def day(self) -> date:
        return date.fromisoformat(self.as_of)

    @property
    def money(self) -> Currency:
        return Currency(self.currency, self.digits)


@dataclass(frozen=True, slots=True)
class Found:
    """A snapshot of the book with the number of its event; `superseded` where its day was frozen again."""

    snapshot: Snapshot
    number: int
    superseded: bool = False


def snapshot_key(company_id: int, basis: str, as_of: str) -> str:
    """The key under which a company's day and basis is found."""
    return f"{company_id}:{basis}:{as_of}"


def entries(snapshot: Snapshot, tables: Mapping[str, pd.DataFrame]) -> Iterator[Entry]:
    """The events that freeze it: the parts of every table, and its figures last."""
    for name, table in tables.items():
        for part, start in enumerate(range(0, len(table), PART_ROWS)):
            rows = table.iloc[start : start + PART_ROWS]
            columns = {str(column): pack(rows[column].to_numpy()) for column in rows.columns}
            yield Entry(LINES, _part_key(snapshot, name, part), {"rows": len(rows), "columns": columns})
    yield Entry(SNAPSHOT, snapshot.key, asdict(snapshot))


def kept(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of `frame` that the table keeps, as whole numbers (days by their number) and in its order."""
    names = _KEPT.get(name) or tuple(str(column) for column in frame if _is_figure(frame, str(column)))
    table = pd.DataFrame({column: _whole(column, frame[column]) for column in names if column in frame})
    return table.sort_values(list(names[:1]) if name in _KEPT else ["customer_id", "user_id"], ignore_index=True)


def inputs_of(tables: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 over every figure and id of the tables."""
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        for column in table.columns:
            digest.update(f"{name}.{column}:{len(table)};".encode())
            digest.update(table[column].to_numpy(dtype="<i8").tobytes())
    return digest.hexdigest()


def read_latest(book: Ledger) -> dict[str, Found]:
    """Key to the last snapshot of each company, basis and day."""
    return {found.snapshot.key: found for found in read_all(book) if not found.superseded}


def read_all(book: Ledger) -> list[Found]:
    """Every snapshot in the order of freezing, those too whose day was frozen again."""
    events = list(book.events(SNAPSHOT))
    last = {event.key: event.seq for event in events}
    return [Found(Snapshot(**event.payload), event.seq, event.seq < last[event.key]) for event in events]


def read_table(book: Ledger, snapshot: Snapshot, name: str) -> pd.DataFrame:
    """The table as it was frozen, days as days again. Contradiction when the book does not hold all of it."""
    wanted = snapshot.counts[name]
    parts = [_read_part(book, snapshot, name, part) for part in range(-(-wanted // PART_ROWS))]
    if not parts:
        return pd.DataFrame(columns=list(_KEPT.get(name, ("customer_id",))), dtype=np.int64)
    table = pd.concat(parts, ignore_index=True)
    if len(table) != wanted:
        raise _missing(snapshot)
    for column in _DAYS & set(table.columns):
        table[column] = table[column].to_numpy().view("datetime64[D]").astype("datetime64[s]")
    return table


def read_position(book: Ledger, snapshot: Snapshot) -> Position:
    """What the frozen ageing rests on, as `rules.snapshots.compare` takes it."""
    items = read_table(book, snapshot, ITEMS).assign(company_id=snapshot.company_id)
    later = read_table(book, snapshot, LATER)["item_id"].to_numpy(dtype=np.int64)
    return Position(items, read_table(book, snapshot, MATCHES), later)


def _read_part(book: Ledger, snapshot: Snapshot, name: str, part: int) -> pd.DataFrame:
    payload = book.latest(LINES, _part_key(snapshot, name, part))
    if payload is None:
        raise _missing(snapshot)
    return pd.DataFrame({column: unpack(text, payload["rows"]) for column, text in payload["columns"].items()})


def _part_key(snapshot: Snapshot, name: str, part: int) -> str:
    return f"{snapshot.key}:{snapshot.sequence}:{name}:{part}"


def _missing(snapshot: Snapshot) -> Contradiction:
    return Contradiction(
        "The ledger does not hold all lines of the ageing of {day} that was frozen for company {company}.",
        next_step="Prove the ledger with `kam verify`, and put the last good backup in its place.",
        day=snapshot.as_of,
        company=snapshot.company_id,
    )


def _is_figure(frame: pd.DataFrame, column: str) -> bool:
    return column in _DAYS or (column != "company_id" and pd.api.types.is_integer_dtype(frame[column]))


def _whole(column: str, values: pd.Series) -> np.ndarray:
    if column in _DAYS:
        return days_of(values).view(np.int64)
    if column.endswith("_minor"):
        return values.to_numpy(dtype=np.int64)
    return ids_of(values)
