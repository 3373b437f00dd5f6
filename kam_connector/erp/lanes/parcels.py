"""The addon's answers: one string that holds many, taken apart and read straight into Arrow.

The string is base64 of: 4 bytes (length of the heading), the heading in JSON, all parts compressed. Its writer and
the exact form: `addon_manifest/models/kam_extract.py`.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from ..fields import Field
from .forms import finish, schema_of

PROTOCOL = 1
_HEAD = struct.Struct(">I")
_MOST_BYTES = 2**30
_QUOTE = ord('"')


class Unreadable(Exception):
    """The string is no answer of the addon; the text says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one question: `body`, or why there is none (`error`; `too_large`; `later`: ask it again).

    `mark` stays the same as long as nothing was written to what the answer rests on; `same`: it is the one that was
    named in the question, and the answer is still the one that came with it.
    """

    body: memoryview
    error: str = ""
    too_large: bool = False
    later: bool = False
    mark: str = ""
    same: bool = False


def open_parcel(text: Any, questions: int) -> list[Part]:
    """One part a question. Raises Unreadable."""
    try:
        packed = base64.b64decode(text, validate=True)
        (length,) = _HEAD.unpack_from(packed)
        heading = json.loads(packed[_HEAD.size : _HEAD.size + length])
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(memoryview(packed)[_HEAD.size + length :], _MOST_BYTES)
        parts = list(_parts(heading["parts"], memoryview(content)))
    except (ValueError, TypeError, KeyError, AttributeError, struct.error, zlib.error) as problem:
        raise Unreadable(type(problem).__name__) from None
    if heading.get("protocol") != PROTOCOL or len(parts) != questions or not unpacking.eof:
        raise Unreadable("another protocol" if heading.get("protocol") != PROTOCOL else "it is not whole")
    return parts


def _parts(headings: list[Mapping[str, Any]], content: memoryview) -> Iterator[Part]:
    start = 0
    for heading in headings:
        if heading.get("later"):
            yield Part(content[:0], later=True)
        elif "error" in heading:
            message = str(heading.get("message") or heading["error"])
            yield Part(content[:0], error=message, too_large=heading["error"] == "size")
        else:
            size = int(heading["size"])
            if start + size > len(content):
                raise ValueError("cut off")
            mark = str(heading.get("mark") or "")
            yield Part(content[start : start + size], mark=mark, same=bool(mark and heading.get("same")))
            start += size


def parse_page(body: memoryview, fields: Mapping[str, Field]) -> pa.Table:
    """The rows of a page in the normal form. Raises Unreadable."""
    schema = schema_of(fields)
    if not len(body):
        return schema.empty_table()
    table = _parse_csv(body, schema)
    columns = [table.column("id"), *(finish(table.column(name), field.type) for name, field in fields.items())]
    return pa.table(columns, schema=schema)


def parse_numbers(body: memoryview, names: Sequence[str]) -> pa.Table:
    """Columns of whole numbers under these names. Raises Unreadable."""
    schema = pa.schema([(name, pa.int64()) for name in names])
    return _parse_csv(body, schema) if len(body) else schema.empty_table()


def _parse_csv(body: memoryview, schema: pa.Schema) -> pa.Table:
    """PostgreSQL's CSV: NULL is an empty cell, an empty text a quoted one; a quoted cell may hold line ends."""
    content = pa.py_buffer(body)
    has_quotes = bool((np.frombuffer(body, np.uint8) == _QUOTE).any())
    try:
        return csv.read_csv(
            pa.BufferReader(content),
            read_options=csv.ReadOptions(column_names=schema.names),
            parse_options=csv.ParseOptions(newlines_in_values=has_quotes),
            convert_options=csv.ConvertOptions(
                column_types=schema,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as problem:
        raise Unreadable(f"its columns cannot be read ({type(problem).__name__})") from None
