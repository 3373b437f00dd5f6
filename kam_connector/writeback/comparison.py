"""Which wanted records differ from those in the ERP, and in which fields; whole columns at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.ledger import fingerprint
from kam_connector.writeback.cells import wire_column
from kam_connector.writeback.destinations import Destination, Field, Rule
from kam_connector.writeback.digits import Digits

OWNED: frozenset[Rule] = frozenset({"owned"})
_Mask = np.ndarray[Any, np.dtype[np.bool_]]
_Places = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, slots=True)
class Existing:
    """What the ERP holds under the key: its id, the version that the mirror saw, its state where it has one."""

    id: int
    version: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One wanted record that is not so in the ERP; `existing` None for a new one.

    `values` are what is to be sent, `former` what the same fields hold now, both as the transport carries them.
    """

    company_id: int
    key: str
    values: dict[str, Any]
    former: dict[str, Any]
    fingerprint: str
    existing: Existing | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """The wanted rows beside the ERP's: `due` are the places of the rows to look at, `there` their rows of `records`
    (-1 for none), `decimals` those of each row's currency."""

    wanted: pd.DataFrame
    records: pd.DataFrame
    fields: tuple[Field, ...]
    due: _Places
    there: _Places
    decimals: Sequence[int]


def find_differences(
    wanted: pd.DataFrame,
    records: pd.DataFrame,
    destination: Destination,
    digits: Digits,
    *,
    compare: Collection[Rule] = OWNED,
) -> list[Difference]:
    """One `Difference` for each wanted record that is new or differs in a compared field, in the frame's order."""
    if wanted.empty:
        return []
    fields = tuple(field for field in destination.fields if field.name in wanted)
    there = records.index.get_indexer(wanted.index)
    compared = [field.name for field in fields if field.rule in compare and field.name in records]
    differs = {name: _differing(wanted[name], records[name], there) for name in compared}
    due = np.flatnonzero(np.logical_or.reduce([there < 0, *differs.values()]))
    if not len(due):
        return []
    decimals = _decimals(wanted.iloc[due], digits)
    pair = _Pair(wanted, records, fields, due, there[due], decimals)
    return list(_differences(pair, {name: mask[due].tolist() for name, mask in differs.items()}))


def _differing(mine: pd.Series[Any], theirs: pd.Series[Any], there: _Places) -> _Mask:
    """The ERP's value is another one; never for a record that is not there."""
    known = there >= 0
    found: _Mask = np.zeros(len(mine), dtype=bool)
    found[known] = mine.to_numpy()[known] != theirs.to_numpy()[there[known]]
    return found


def _decimals(rows: pd.DataFrame, digits: Digits) -> list[int]:
    companies = rows.index.get_level_values(0).tolist()
    currencies = rows["currency_id"].tolist() if "currency_id" in rows else [0] * len(rows)
    pairs = list(zip(companies, currencies, strict=True))
    known = {pair: digits.of_row(*pair) for pair in set(pairs)}
    return [known[pair] for pair in pairs]


def _differences(pair: _Pair, differs: dict[str, list[bool]]) -> Iterator[Difference]:
    names = [field.name for field in pair.fields]
    always = frozenset(field.name for field in pair.fields if field.rule == "alongside")
    rows = zip(
        pair.wanted.index[pair.due].tolist(),
        zip(*(_wire(pair.wanted, field, pair.due, pair) for field in pair.fields), strict=True),
        _former(pair),
        _fingerprints(pair),
        _existing(pair),
        strict=True,
    )
    for place, ((company_id, key), wanted, former, mark, there) in enumerate(rows):
        values = dict(zip(names, wanted, strict=True))
        if there is not None:
            sent = [name for name in names if name in always or (name in differs and differs[name][place])]
            values = {name: values[name] for name in sent}
            former = {name: former[name] for name in sent if name in former}
        yield Difference(int(company_id), str(key), values, former, mark, there)


def _wire(frame: pd.DataFrame, field: Field, places: _Places, pair: _Pair) -> list[Any]:
    return wire_column(frame[field.name].to_numpy()[places].tolist(), field, pair.decimals)


def _former(pair: _Pair) -> list[dict[str, Any]]:
    """What the ERP holds of each row's fields; nothing for a new record."""
    known = [field for field in pair.fields if field.name in pair.records]
    if not len(pair.records) or not known:
        return [{} for _ in pair.due]
    names = [field.name for field in known]
    rows = zip(*(_wire(pair.records, field, pair.there, pair) for field in known), strict=True)
    places = pair.there.tolist()
    return [dict(zip(names, row, strict=True)) if place >= 0 else {} for place, row in zip(places, rows, strict=True)]


def _fingerprints(pair: _Pair) -> list[str]:
    """What stands for the whole wanted content of each row."""
    fields = [field for field in pair.fields if field.rule != "alongside"]
    names = [field.name for field in fields]
    columns = [pair.wanted[name].to_numpy()[pair.due].tolist() for name in names]
    rows = zip(*columns, strict=True) if columns else [()] * len(pair.due)
    return [fingerprint({"values": dict(zip(names, row, strict=True))}) for row in rows]


def _existing(pair: _Pair) -> list[Existing | None]:
    """What the ERP holds for each row."""
    records, places = pair.records, pair.there.tolist()
    ids, versions = records["id"].tolist(), records["kam_version"].tolist()
    states = records["state"].tolist() if "state" in records else [""] * len(records)
    return [
        Existing(int(ids[place]), int(versions[place]), str(states[place])) if place >= 0 else None for place in places
    ]
