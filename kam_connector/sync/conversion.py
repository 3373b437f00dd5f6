"""One page of ERP rows into Arrow columns; a row that cannot be converted is set aside with the reason.

The whole column is converted at once; only when that fails are its values looked at one by one, to find the bad ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kam_connector.mirror import ARROW_TYPES, Column, Kind, Rejected, Table
from kam_connector.sync.amounts import Digits, Flags, Floats, Ints, to_minor

Row = Mapping[str, Any]
_FAILURES = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, OverflowError, TypeError)
_WRITE_DATE = Column("write_date", "moment")


@dataclass(frozen=True, slots=True)
class Page:
    """`good` in the table's Arrow schema, `bad` with the first reason of each rejected row, `ids` of all rows read."""

    good: pa.Table
    bad: tuple[Rejected, ...]
    ids: tuple[int, ...]


def convert(rows: Sequence[Row], table: Table, digits: Digits) -> Page:
    """`rows` (one page of the model, by id) as Arrow; a field that a row does not have is empty."""
    ids = [int(row["id"]) for row in rows]
    rejects = _Rejects(ids)
    columns = [pa.array(ids, pa.int64())]
    for column in table.columns:
        values = [row.get(column.field, column.default) for row in rows]
        columns.append(_convert_column(column, values, rows, digits, rejects))
        if column.required:
            rejects.add(np.array([value is None for value in values], dtype=bool), column.field, "is empty")
    columns.append(_convert_values(_WRITE_DATE, [row.get("write_date") for row in rows], rejects))
    whole = pa.table(columns, schema=table.arrow_schema())
    return Page(whole.filter(pa.array(~rejects.flags)), rejects.listed(), tuple(ids))


class _Rejects:
    """Which rows of the page are bad, and why."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids
        self.flags: Flags = np.zeros(len(ids), dtype=bool)
        self._reasons: dict[int, Rejected] = {}

    def add(self, bad: Flags, field: str, reason: str) -> None:
        for place in np.flatnonzero(bad):
            self._reasons.setdefault(int(place), Rejected(self.ids[int(place)], field, reason))
        self.flags |= bad

    def listed(self) -> tuple[Rejected, ...]:
        return tuple(self._reasons[place] for place in sorted(self._reasons))


def _convert_column(
    column: Column, values: list[Any], rows: Sequence[Row], digits: Digits, rejects: _Rejects
) -> pa.Array:
    if column.kind == "money":
        return _convert_money(column, values, rows, digits, rejects)
    return _convert_values(column, values, rejects)


def _convert_values(column: Column, values: list[Any], rejects: _Rejects) -> pa.Array:
    into = _CONVERTERS[column.kind]
    try:
        return into(values)
    except _FAILURES:
        bad = np.array([_fails(into, value) for value in values], dtype=bool)
        rejects.add(bad, column.field, _REASONS[column.kind])
        return into([None if wrong else value for value, wrong in zip(values, bad, strict=True)])


def _fails(into: Callable[[list[Any]], pa.Array], value: Any) -> bool:
    try:
        into([value])
    except _FAILURES:
        return True
    return False


def _convert_money(
    column: Column, values: list[Any], rows: Sequence[Row], digits: Digits, rejects: _Rejects
) -> pa.Array:
    empty = np.array([value is None for value in values], dtype=bool)
    units, good = to_minor(_floats(column, values, rejects), _digits_of(column, rows, digits))
    unknown = _digits_of(column, rows, digits) < 0
    rejects.add(unknown & ~empty, column.field, "has no known currency")
    rejects.add(~good & ~unknown & ~empty, column.field, "is not a finite amount")
    return pa.array(units, pa.int64(), mask=empty)


def _floats(column: Column, values: list[Any], rejects: _Rejects) -> Floats:
    try:
        return np.fromiter((0.0 if value is None else value for value in values), np.float64, len(values))
    except (ValueError, TypeError, OverflowError):
        numbers = [value if isinstance(value, int | float) else np.nan for value in values]
        return np.array([float(min(number, 1e300)) for number in numbers], dtype=np.float64)


def _digits_of(column: Column, rows: Sequence[Row], digits: Digits) -> Ints:
    if column.of == "company":
        return digits.of_companies(_keys(rows, "company_id"))
    return digits.of_currencies(_keys(rows, column.of))


def _keys(rows: Sequence[Row], field: str) -> Ints:
    found = [row.get(field) for row in rows]
    return np.array([value if type(value) is int else -1 for value in found], dtype=np.int64)


def _dates(values: list[Any]) -> pa.Array:
    return pa.array(values, pa.string()).cast(pa.date32())


def _moments(values: list[Any]) -> pa.Array:
    naive = pa.array(values, pa.string()).cast(pa.timestamp("us"))
    return pc.assume_timezone(naive, "UTC")


def _decimals(kind: Kind) -> Callable[[list[Any]], pa.Array]:
    def into(values: list[Any]) -> pa.Array:
        return pa.array(values, pa.float64()).cast(ARROW_TYPES[kind])

    return into


def _integers(values: list[Any]) -> pa.Array:
    """Whole numbers; 2.0 is one (large integers may come as floats, R-27), 1.5 and true are not."""
    found = pa.array(values)
    if pa.types.is_boolean(found.type):
        raise pa.ArrowInvalid("a flag is not a number")
    return found.cast(pa.int64())


def _typed(kind: Kind) -> Callable[[list[Any]], pa.Array]:
    def into(values: list[Any]) -> pa.Array:
        return pa.array(values, ARROW_TYPES[kind])

    return into


_CONVERTERS: Mapping[Kind, Callable[[list[Any]], pa.Array]] = {
    "id": _integers,
    "ref": _integers,
    "int": _integers,
    "text": _typed("text"),
    "flag": _typed("flag"),
    "date": _dates,
    "moment": _moments,
    "number": _decimals("number"),
    "rate": _decimals("rate"),
}
_REASONS: Mapping[Kind, str] = {
    "id": "is not a whole number",
    "ref": "is not a record's id",
    "int": "is not a whole number",
    "text": "is not readable text",
    "flag": "is neither true nor false",
    "date": "is not a date",
    "moment": "is not a moment",
    "number": "is not a finite number in range",
    "rate": "is not a finite number in range",
}
