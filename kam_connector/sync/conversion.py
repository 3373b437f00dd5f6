"""One page of the ERP's columns into the mirror's; a row that cannot be converted is set aside with the reason.

Whole columns only: a page of 100,000 rows costs as many steps as one of 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kam_connector.erp.lanes import BadCell
from kam_connector.erp.lanes import Page as Read
from kam_connector.mirror import ARROW_TYPES, Column, Kind, Rejected, Table
from kam_connector.sync.amounts import Digits, Flags, Ints, to_minor

_WRITE_DATE = Column("write_date", "moment")
_LARGEST: Mapping[str, float] = {"number": 1e14, "rate": 1e15}


@dataclass(frozen=True, slots=True)
class Page:
    """`good` in the table's Arrow schema, `bad` with the first reason of each rejected row, `ids` of all rows read."""

    good: pa.Table
    bad: tuple[Rejected, ...]
    ids: tuple[int, ...]


def convert(read: Read, table: Table, digits: Digits) -> Page:
    """The rows of `read` as the mirror holds them; a field that the page does not have is empty, or its default."""
    source = read.table.combine_chunks()
    rejects = _Rejects(_numbers(source, "id"))
    rejects.add_cells(read.bad, {column.field: column for column in (*table.columns, _WRITE_DATE)})
    columns = [_single(source.column("id"))]
    for column in table.columns:
        values = _convert_column(column, source, digits, rejects)
        columns.append(values)
        if column.required:
            rejects.add(_flags(values.is_null()), column.field, "is empty")
    columns.append(_convert_values(_WRITE_DATE, source, rejects))
    whole = pa.table(columns, schema=table.arrow_schema())
    good = whole.filter(pa.array(~rejects.flags)) if rejects.flags.any() else whole
    return Page(good, rejects.listed(), tuple(rejects.ids.tolist()))


class _Rejects:
    """Which rows of the page are bad, and why."""

    def __init__(self, ids: Ints) -> None:
        self.ids = ids
        self.flags: Flags = np.zeros(len(ids), dtype=bool)
        self._reasons: dict[int, tuple[str, str]] = {}

    def add(self, bad: Flags, field: str, reason: str) -> None:
        for place in np.flatnonzero(bad):
            self._reasons.setdefault(int(place), (field, reason))
        self.flags |= bad

    def add_cells(self, cells: Sequence[BadCell], columns: Mapping[str, Column]) -> None:
        """The cells that were of no use already when the page was read, in the order of the columns."""
        order = {field: place for place, field in enumerate(columns)}
        for cell in sorted((one for one in cells if one.field in order), key=lambda one: order[one.field]):
            self.add(self.ids == cell.id, cell.field, _REASONS[columns[cell.field].kind])

    def listed(self) -> tuple[Rejected, ...]:
        return tuple(Rejected(int(self.ids[place]), *self._reasons[place]) for place in sorted(self._reasons))


def _convert_column(column: Column, source: pa.Table, digits: Digits, rejects: _Rejects) -> pa.Array:
    if column.field not in source.column_names:
        return _absent(column, source.num_rows)
    if column.kind == "money":
        return _convert_money(column, source, digits, rejects)
    return _convert_values(column, source, rejects)


def _absent(column: Column, length: int) -> pa.Array:
    kind = ARROW_TYPES[column.kind]
    return pa.nulls(length, kind) if column.default is None else pa.repeat(pa.scalar(column.default, kind), length)


def _convert_values(column: Column, source: pa.Table, rejects: _Rejects) -> pa.Array:
    """The column in its mirrored type; all cells of a column of quite another type are bad."""
    if column.field not in source.column_names:
        return _absent(column, source.num_rows)
    values = _single(source.column(column.field))
    into = _CONVERTERS.get((_family(values.type), column.kind))
    if into is None:
        bad, values = _flags(values.is_valid()), pa.nulls(len(values), ARROW_TYPES[column.kind])
    else:
        values, bad = into(values, column.kind)
    rejects.add(bad, column.field, _REASONS[column.kind])
    return values


def _convert_money(column: Column, source: pa.Table, digits: Digits, rejects: _Rejects) -> pa.Array:
    """Whole smallest units; nothing is nothing in any currency, so that 0 needs none."""
    values = _single(source.column(column.field))
    if _family(values.type) not in ("float", "int"):
        rejects.add(_flags(values.is_valid()), column.field, _REASONS["money"])
        return pa.nulls(len(values), pa.int64())
    empty = _flags(values.is_null())
    amounts = values.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False)
    places = _digits_of(column, source, digits)
    units, good = to_minor(amounts, np.where(amounts == 0, np.maximum(places, 0), places))
    unknown = (places < 0) & (amounts != 0)
    rejects.add(unknown & ~empty, column.field, "has no known currency")
    rejects.add(~good & ~unknown & ~empty, column.field, _REASONS["money"])
    return pa.array(units, pa.int64(), mask=empty)


def _digits_of(column: Column, source: pa.Table, digits: Digits) -> Ints:
    if column.of == "company":
        return digits.of_companies(_numbers(source, "company_id"))
    return digits.of_currencies(_numbers(source, column.of))


def _numbers(source: pa.Table, field: str) -> Ints:
    """The ids in a column; -1 where there is none."""
    if field not in source.column_names or not pa.types.is_integer(source.schema.field(field).type):
        return np.full(source.num_rows, -1, dtype=np.int64)
    found: Ints = _single(source.column(field)).fill_null(-1).to_numpy(zero_copy_only=False)
    return found


def _single(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _flags(array: pa.Array) -> Flags:
    found: Flags = array.to_numpy(zero_copy_only=False)
    return found


def _family(data_type: pa.DataType) -> str:
    for name, belongs in _FAMILIES.items():
        if belongs(data_type):
            return name
    return ""


_FAMILIES: Mapping[str, Callable[[pa.DataType], bool]] = {
    "int": pa.types.is_integer,
    "float": pa.types.is_floating,
    "flag": pa.types.is_boolean,
    "text": pa.types.is_string,
    "date": pa.types.is_date,
    "moment": pa.types.is_timestamp,
}


def _cast(values: pa.Array, kind: Kind) -> tuple[pa.Array, Flags]:
    return values.cast(ARROW_TYPES[kind]), np.zeros(len(values), dtype=bool)


def _whole(values: pa.Array, kind: Kind) -> tuple[pa.Array, Flags]:
    """Whole numbers among floats (an ERP that changed the type of a field)."""
    numbers = values.to_numpy(zero_copy_only=False)
    bad = _flags(values.is_valid()) & ~(np.isfinite(numbers) & (np.abs(numbers) < 2.0**53) & (numbers % 1 == 0))
    return pa.array(np.where(bad, 0, np.nan_to_num(numbers)).astype(np.int64), mask=_flags(values.is_null())), bad


def _decimal(values: pa.Array, kind: Kind) -> tuple[pa.Array, Flags]:
    numbers = values.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False)
    bad = ~(np.abs(numbers) < _LARGEST[kind])  # NaN too
    safe = pa.array(np.where(bad, 0.0, numbers), mask=_flags(values.is_null()))
    return safe.cast(ARROW_TYPES[kind]), bad


def _moment(values: pa.Array, kind: Kind) -> tuple[pa.Array, Flags]:
    naive = values.cast(pa.timestamp("us"))
    return pc.assume_timezone(naive, "UTC"), np.zeros(len(values), dtype=bool)


_CONVERTERS: Mapping[tuple[str, Kind], Callable[[pa.Array, Kind], tuple[pa.Array, Flags]]] = {
    ("int", "id"): _cast,
    ("int", "ref"): _cast,
    ("int", "int"): _cast,
    ("float", "int"): _whole,
    ("text", "text"): _cast,
    ("flag", "flag"): _cast,
    ("date", "date"): _cast,
    ("moment", "moment"): _moment,
    ("date", "moment"): _moment,
    ("int", "number"): _decimal,
    ("float", "number"): _decimal,
    ("int", "rate"): _decimal,
    ("float", "rate"): _decimal,
}
_REASONS: Mapping[Kind, str] = {
    "id": "is not a whole number",
    "ref": "is not a record's id",
    "int": "is not a whole number",
    "text": "is not readable text",
    "flag": "is neither true nor false",
    "date": "is not a date",
    "moment": "is not a moment",
    "money": "is not a finite amount",
    "number": "is not a finite number in range",
    "rate": "is not a finite number in range",
}
