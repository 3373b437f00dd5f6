"""The normal form of a page: which Arrow type each type of field has, and values of any lane into it.

| type of field | Arrow | empty |
|---|---|---|
| integer | int64 | never: 0 |
| float, monetary | float64 | never: 0.0 |
| boolean | bool | never: false |
| many2one, many2one_reference | int64, the id | null |
| char, text, selection, html, reference | string | null, also for "" |
| date | date32 | null |
| datetime | timestamp[s], UTC without a zone | null |
| many2many, one2many (rows lane only) | list of int64, rising | an empty list |

Odoo says False for "empty" in rows, null in the group API and nothing in a CSV; XML turns `\\r\\n` into `\\n` and has
no control characters, JSON and CSV keep both; a moment has microseconds in the database and none in `read`. Here all
become one, so that a cell is the same by every lane.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import AccessRefused
from ..fields import Field
from .wishes import BadCell

TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "float": pa.float64(),
    "monetary": pa.float64(),
    "boolean": pa.bool_(),
    "many2one": pa.int64(),
    "many2one_reference": pa.int64(),
    "char": pa.string(),
    "text": pa.string(),
    "selection": pa.string(),
    "html": pa.string(),
    "reference": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s"),
    "many2many": pa.list_(pa.int64()),
    "one2many": pa.list_(pa.int64()),
}
COLUMN_TYPES = frozenset(TYPES) - {"many2many", "one2many"}
"""The types that are one column of the model's own table: those that the faster lanes carry."""

_DEFAULTS: Mapping[str, Any] = {"integer": 0, "float": 0.0, "monetary": 0.0, "boolean": False}
_FAILURES = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, OverflowError, TypeError)
_CONTROLS = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]"
_NONCHARACTERS = ("\ufffe", "\uffff")
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_LINE_END = 13


def check_types(model: str, fields: Mapping[str, Field]) -> None:
    """Nothing, or AccessRefused for a field of a type that has no place in a page (a picture, properties)."""
    for name, field in fields.items():
        if field.type not in TYPES:
            raise AccessRefused(
                "The field {field} of {model} is of the type {type}, which cannot be pulled.",
                next_step="Leave it out of the policy's custom fields.",
                field=name,
                model=model,
                type=field.type,
            )


def schema_of(fields: Mapping[str, Field]) -> pa.Schema:
    """The schema of a page of these fields."""
    return pa.schema([("id", pa.int64()), *((name, TYPES[field.type]) for name, field in fields.items())])


def page_of_values(
    ids: Sequence[int], columns: Mapping[str, Sequence[Any]], fields: Mapping[str, Field]
) -> tuple[pa.Table, tuple[BadCell, ...]]:
    """The table of parsed values, a sequence a column; cells of another type are null and named."""
    bad: list[BadCell] = []
    arrays = [pa.array(ids, pa.int64())]
    for name, field in fields.items():
        array, wrong = _array(columns[name], field.type)
        arrays.append(array)
        bad.extend(BadCell(int(ids[place]), name) for place in wrong)
    return pa.table(arrays, schema=schema_of(fields)), tuple(bad)


def finish(array: pa.Array | pa.ChunkedArray, type_name: str) -> pa.Array | pa.ChunkedArray:
    """A typed array with empties and texts in the normal form."""
    if type_name in _DEFAULTS:
        return array.fill_null(_DEFAULTS[type_name]) if array.null_count else array
    if pa.types.is_string(array.type):
        return _clean_texts(array)
    if type_name in ("many2one", "many2one_reference"):
        return pc.if_else(pc.equal(array, 0), None, array)
    return array


def _array(values: Sequence[Any], type_name: str) -> tuple[pa.Array, list[int]]:
    """The array, and the places of the values that do not fit."""
    into = _CONVERTERS[type_name]
    try:
        return finish(into(values), type_name), []
    except _FAILURES:  # one by one: values may each be right and yet not go together, as 1.5 and "1.5"
        each = [_single(into, value) for value in values]
        cells = [into([None]) if cell is None else cell for cell in each]
        return finish(pa.concat_arrays(cells), type_name), [place for place, cell in enumerate(each) if cell is None]


def _single(into: Callable[[Sequence[Any]], pa.Array], value: Any) -> pa.Array | None:
    """The value alone; None when it does not fit."""
    try:
        return into([value])
    except _FAILURES:
        return None


def _integers(values: Sequence[Any]) -> pa.Array:
    """Whole numbers; 2.0 is one (large integers may come as floats, R-27), 1.5 and true are not."""
    found = pa.array(values)
    if pa.types.is_boolean(found.type):
        raise pa.ArrowInvalid("a flag is not a number")
    return found.cast(pa.int64())


def _floats(values: Sequence[Any]) -> pa.Array:
    """Numbers; as texts too (Odoo 14 sends grouped numerics so)."""
    found = pa.array(values)
    if pa.types.is_boolean(found.type):
        raise pa.ArrowInvalid("a flag is not a number")
    return found.cast(pa.float64())


def _moments(values: Sequence[Any]) -> pa.Array:
    return seconds_of(pa.array(values, pa.string()).cast(pa.timestamp("us")))


def seconds_of(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Moments in microseconds cut to whole seconds, as Odoo tells them."""
    return pc.floor_temporal(array, unit="second").cast(pa.timestamp("s"))


def _dates(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.string()).cast(pa.date32())


def _lists(values: Sequence[Any]) -> pa.Array:
    return pa.array([sorted(value or ()) for value in values], pa.list_(pa.int64()))


def _typed(data_type: pa.DataType) -> Callable[[Sequence[Any]], pa.Array]:
    def into(values: Sequence[Any]) -> pa.Array:
        return pa.array(values, data_type)

    return into


_CONVERTERS: Mapping[str, Callable[[Sequence[Any]], pa.Array]] = {
    **dict.fromkeys(("integer", "many2one", "many2one_reference"), _integers),
    **dict.fromkeys(("float", "monetary"), _floats),
    **dict.fromkeys(("char", "text", "selection", "html", "reference"), _typed(pa.string())),
    **dict.fromkeys(("many2many", "one2many"), _lists),
    "boolean": _typed(pa.bool_()),
    "date": _dates,
    "datetime": _moments,
}


def _clean_texts(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    buffers = [chunk.buffers()[2] for chunk in (array.chunks if isinstance(array, pa.ChunkedArray) else [array])]
    contents = [buffer for buffer in buffers if buffer is not None]
    found = _bytes_below_space(contents)
    if _LINE_END in found:
        array = pc.replace_substring(pc.replace_substring(array, "\r\n", "\n"), "\r", "\n")
    if found - {9, 10, _LINE_END}:
        array = pc.replace_substring_regex(array, _CONTROLS, "")
    if any(_NONCHARACTER.search(content) for content in contents):
        for mark in _NONCHARACTERS:
            array = pc.replace_substring(array, mark, "")
    return pc.if_else(pc.equal(pc.binary_length(array), 0), None, array)


def _bytes_below_space(contents: Sequence[pa.Buffer]) -> set[int]:
    """Which control bytes stand anywhere in the texts: one look over the buffer, not over the cells."""
    found: set[int] = set()
    for content in contents:
        values = np.frombuffer(content, np.uint8)
        found.update(int(value) for value in np.unique(values[values < 32]))
    return found
