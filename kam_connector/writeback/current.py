"""What the mirror shows of one model: the records that are in the ERP, in the form that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector.writeback.cells import Cells, comparable
from kam_connector.writeback.destinations import BY_MODEL, Destination, Field

INDEX = ["company_id", "kam_key"]


@dataclass(frozen=True, slots=True)
class Current:
    """`records`: indexed by company and key, columns `id`, `kam_version` and the fields, in compared form.

    `gone`: the keys of records that were there and were deleted in the ERP.
    """

    records: pd.DataFrame
    gone: pd.MultiIndex


class Tables:
    """The mirror's tables, each read once."""

    def __init__(self, con: BaseBackend) -> None:
        self._con = con
        self._names = frozenset(con.list_tables())
        self._read: dict[str, pd.DataFrame] = {}

    def read(self, table: str) -> pd.DataFrame:
        """Every row, with `_deleted` as a flag; empty when there is no such table."""
        if table not in self._read:
            self._read[table] = self._fetch(table) if table in self._names else pd.DataFrame()
        return self._read[table]

    def _fetch(self, table: str) -> pd.DataFrame:
        page = self._con.table(table).to_pyarrow()
        rows: pd.DataFrame = page.to_pandas(integer_object_nulls=True)  # an id or amount is never a float
        deleted = rows["_deleted"] if "_deleted" in rows else pd.Series(False, index=rows.index)
        return rows.assign(_deleted=deleted.fillna(False).astype(bool))


def read_current(tables: Tables, destination: Destination) -> Current:
    """The model's records in the mirror; nothing when the mirror has no such table yet."""
    rows = tables.read(destination.table)
    if rows.empty or "kam_key" not in rows:
        return Current(_indexed(pd.DataFrame(columns=[*INDEX, "id", "kam_version"])), _no_keys())
    rows = rows[rows["kam_key"].notna() & rows["company_id"].notna()]
    rows = rows.sort_values("id").drop_duplicates([*INDEX, "_deleted"], keep="last")
    alive = rows[~rows["_deleted"]]
    return Current(_indexed(_in_form(tables, alive, destination)), _index_of(rows[rows["_deleted"]]))


def keys_by_id(tables: Tables, model: str) -> dict[int, str]:
    """id to `kam_key` of a model's records in the mirror."""
    rows = tables.read(model.replace(".", "_"))
    if rows.empty or "kam_key" not in rows:
        return {}
    return {int(number): str(key) for number, key in zip(rows["id"], rows["kam_key"], strict=True)}


def _in_form(tables: Tables, rows: pd.DataFrame, destination: Destination) -> pd.DataFrame:
    version = rows["kam_version"] if "kam_version" in rows else pd.Series(0, index=rows.index)
    columns: dict[str, Any] = {
        "company_id": rows["company_id"].astype("int64").to_numpy(),
        "kam_key": rows["kam_key"].astype(object).to_numpy(),
        "id": rows["id"].astype("int64").to_numpy(),
        "kam_version": version.fillna(0).astype("int64").to_numpy(),
    }
    for field in destination.fields:
        if field.column in rows:
            columns[field.name] = _column(tables, rows[field.column], field)
    return pd.DataFrame(columns)


def _column(tables: Tables, column: pd.Series[Any], field: Field) -> Cells:
    if field.kind == "link":
        column = column.map(keys_by_id(tables, field.to))
    return comparable(column, field)


def _indexed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index(INDEX)


def _index_of(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([rows["company_id"].astype("int64"), rows["kam_key"]], names=INDEX)


def _no_keys() -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([[], []], names=INDEX)


def parent_of(destination: Destination) -> Destination | None:
    """The destination whose state decides for this one's records, if there is one."""
    if not destination.parent:
        return None
    return BY_MODEL[destination.find_field(destination.parent).to]
