"""Which wanted records differ from those in the ERP, and in which fields; whole columns at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.ledger import fingerprint
from kam_connector.writeback.cells import plain_value, wire_value
from kam_connector.writeback.destinations import Destination, Field, Rule
from kam_connector.writeback.digits import Digits

OWNED: frozenset[Rule] = frozenset({"owned"})
_Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Existing:
    """What the ERP holds under the key: its id, the version that the mirror saw, its state where it has one."""

    id: int
    version: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One wanted record that is not so in the ERP: `values` in compared form, `existing` None for a new one."""

    company_id: int
    key: str
    values: dict[str, Any]
    fingerprint: str
    existing: Existing | None
    currency_id: int = 0

    def wire_values(self, destination: Destination, digits: Digits) -> dict[str, Any]:
        """The values as the transport carries them."""
        money = digits.of_row(self.company_id, self.currency_id)
        fields = (field for field in destination.fields if field.name in self.values)
        return {field.name: wire_value(self.values[field.name], field, money) for field in fields}


def find_differences(
    wanted: pd.DataFrame, records: pd.DataFrame, destination: Destination, *, compare: Collection[Rule] = OWNED
) -> list[Difference]:
    """One `Difference` for each wanted record that is new or differs in a compared field, in the frame's order."""
    if wanted.empty:
        return []
    fields = [field for field in destination.fields if field.name in wanted]
    is_new = ~wanted.index.isin(records.index)
    compared = {field.name for field in fields if field.rule in compare and field.name in records}
    differs = _differing(wanted, records, fields, compared)
    due = is_new | np.logical_or.reduce([differs[field.name] for field in fields], initial=False)
    return list(_differences(wanted, fields, np.flatnonzero(due), differs, _existing(wanted, records)))


def _differing(
    wanted: pd.DataFrame, records: pd.DataFrame, fields: list[Field], compared: Collection[str]
) -> dict[str, _Mask]:
    """Field to a mask: the ERP's value is another one. Only compared fields can differ."""
    aligned = records.reindex(wanted.index)
    nothing = np.zeros(len(wanted), dtype=bool)
    return {
        field.name: (wanted[field.name].to_numpy(dtype=object) != aligned[field.name].to_numpy(dtype=object))
        if field.name in compared
        else nothing
        for field in fields
    }


def _existing(wanted: pd.DataFrame, records: pd.DataFrame) -> list[Existing | None]:
    """What the ERP holds for each wanted record, in the frame's order."""
    places = records.index.get_indexer(wanted.index)
    ids, versions = records["id"].to_numpy(), records["kam_version"].to_numpy()
    states = records["state"].to_numpy() if "state" in records else np.full(len(records), "")
    return [
        Existing(int(ids[place]), int(versions[place]), str(states[place])) if place >= 0 else None for place in places
    ]


def _differences(
    wanted: pd.DataFrame,
    fields: list[Field],
    positions: np.ndarray[Any, Any],
    differs: dict[str, _Mask],
    existing: list[Existing | None],
) -> Iterator[Difference]:
    keys = wanted.index.tolist()
    columns = {field.name: wanted[field.name].to_numpy() for field in fields}
    currencies = wanted["currency_id"].to_numpy() if "currency_id" in wanted else np.zeros(len(wanted), dtype=int)
    for position in positions:
        company_id, key = keys[position]
        there = existing[position]
        sent = [f for f in fields if there is None or f.rule == "alongside" or differs[f.name][position]]
        whole = {f.name: plain_value(columns[f.name][position], f) for f in fields if f.rule != "alongside"}
        yield Difference(
            int(company_id),
            str(key),
            {f.name: columns[f.name][position] for f in sent},
            fingerprint({"values": whole}),
            there,
            int(currencies[position]),
        )
