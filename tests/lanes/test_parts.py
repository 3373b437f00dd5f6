"""The parts of a lane each for itself: the normal form, parcels that are damaged, the pace, the difference."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.erp.fields import Field
from kam_connector.erp.lanes import BadCell, forms
from kam_connector.erp.lanes.forms import page_of_values, schema_of
from kam_connector.erp.lanes.pace import FEWEST, Limits, Pace
from kam_connector.erp.lanes.parcels import Unreadable, open_parcel, parse_numbers, parse_page
from kam_connector.erp.lanes.proving import find_difference
from kam_connector.errors import AccessRefused


def fields(**types: str) -> dict[str, Field]:
    return {
        name: Field(kind.replace("_", "2") if kind == "many_one" else kind, stored=True) for name, kind in types.items()
    }


ALL = fields(
    char="char", text="text", integer="integer", amount="monetary", flag="boolean", ref="many2one",
    res="many2one_reference", day="date", at="datetime", tags="many2many",
)  # fmt: skip
EMPTY: dict[str, Any] = {
    "char": None, "text": None, "integer": 0, "amount": 0.0, "flag": False, "ref": None, "res": None, "day": None,
    "at": None, "tags": [],
}  # fmt: skip


@pytest.mark.parametrize("nothing", [None, "of its type"])
def test_an_empty_cell_is_the_same_whatever_stood_for_it(nothing: str | None) -> None:
    own = {"char": "", "text": "", "integer": 0, "amount": 0.0, "flag": False, "ref": 0, "res": 0, "tags": []}
    row = {name: None if nothing is None else own.get(name) for name in ALL}
    table, bad = page_of_values([3], {name: [value] for name, value in row.items()}, ALL)
    assert (table.to_pylist(), bad, table.schema) == ([{"id": 3, **EMPTY}], (), schema_of(ALL))


def test_values_come_in_their_own_types() -> None:
    row = {
        "char": "a\r\nb\rc\x01", "text": " x ", "integer": 7, "amount": "12.50", "flag": True, "ref": 9, "res": 4,
        "day": "2026-06-30", "at": "2026-06-30 10:11:12.9", "tags": [5, 2],
    }  # fmt: skip
    table, bad = page_of_values([1], {name: [value] for name, value in row.items()}, ALL)
    assert bad == ()
    assert table.to_pylist() == [
        {
            "id": 1, "char": "a\nb\nc", "text": " x ", "integer": 7, "amount": 12.5, "flag": True, "ref": 9, "res": 4,
            "day": date(2026, 6, 30), "at": datetime(2026, 6, 30, 10, 11, 12), "tags": [2, 5],
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("integer", 1.5), ("integer", True), ("ref", [1, "Acme"]), ("day", "2026-02-30"), ("at", "soon"), ("char", 5),
     ("amount", "much"), ("flag", "yes"), ("char", "half \ud800")],
)  # fmt: skip
def test_a_cell_of_another_type_is_named_and_its_neighbours_stay(name: str, value: Any) -> None:
    good = {"integer": 1, "ref": 1, "day": "2026-01-01", "at": "2026-01-01 00:00:00", "char": "a", "amount": 1.0}
    values = [good.get(name, True), value, good.get(name, True)]
    table, bad = page_of_values([4, 5, 6], {name: values}, {name: ALL[name]})
    assert bad == (BadCell(5, name),)
    found = table.column(name).to_pylist()
    assert found[0] == found[2]
    assert found[0]
    assert not found[1]


def test_a_field_that_has_no_column_is_refused_by_name() -> None:
    with pytest.raises(AccessRefused, match=r"field image of res\.partner is of the type binary"):
        forms.check_types("res.partner", fields(image="binary"))


# --- Parcels -----------------------------------------------------------------------------------------------------


def parcel(*bodies: bytes, heading: dict[str, Any] | None = None, cut: int = 0) -> str:
    made = heading or {"protocol": 1, "parts": [{"size": len(body)} for body in bodies]}
    words = json.dumps(made).encode()
    content = zlib.compress(b"".join(bodies))
    return base64.b64encode(struct.pack(">I", len(words)) + words + content[: len(content) - cut]).decode()


def test_a_parcel_is_taken_apart_again() -> None:
    parts = open_parcel(parcel(b"1\n", b"", b"2,20\n3,30\n"), 3)
    assert [bytes(part.body) for part in parts] == [b"1\n", b"", b"2,20\n3,30\n"]
    assert parse_numbers(parts[2].body, ("block", "rows")).to_pydict() == {"block": [2, 3], "rows": [20, 30]}
    assert parse_numbers(parts[1].body, ("block", "rows")).num_rows == 0


def test_a_part_may_be_refused_or_put_off() -> None:
    heading = {"protocol": 1, "parts": [{"error": "access", "message": "No right."}, {"later": True}, {"size": 2}]}
    parts = open_parcel(parcel(b"7\n", heading=heading), 3)
    assert [(part.error, part.later, bytes(part.body)) for part in parts] == [
        ("No right.", False, b""),
        ("", True, b""),
        ("", False, b"7\n"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "no base64!", None, 5, False, {}, "AAAA", "AAAAAAAA", base64.b64encode(b"\xff" * 40).decode(),
        parcel(b"1\n", cut=3), parcel(b"1\n"),
        parcel(b"1\n", heading={"protocol": 1, "parts": [{"size": 9}, {"size": 1}]}),
        parcel(b"1\n2\n", heading={"protocol": 2, "parts": [{"size": 2}, {"size": 2}]}),
        parcel(b"1\n2\n", heading={"protocol": 1, "parts": {"size": 2}}),
        parcel(b"1\n2\n", heading={"parts": [1, 2]}),
    ],
)  # fmt: skip
def test_a_damaged_parcel_is_unreadable_and_nothing_worse(text: Any) -> None:
    with pytest.raises(Unreadable):
        open_parcel(text, 2)


@given(st.binary(max_size=80))
def test_whatever_bytes_come_they_are_a_parcel_or_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        open_parcel(base64.b64encode(content).decode(), 1)


@pytest.mark.parametrize("body", [b"1,2,3\n", b"x,1\n", b"1,\xff\xfe\n", b'1,"open\n', b"1,2026-13-01\n"])
def test_columns_of_another_form_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_page(memoryview(body), fields(day="date"))


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.tuples(st.one_of(st.none(), TEXTS), st.one_of(st.none(), st.booleans())), max_size=8))
def test_a_page_of_csv_is_the_page_of_the_values(rows: list[tuple[str | None, bool | None]]) -> None:
    """CSV as PostgreSQL writes it: NULL is empty, a text that needs it (or is empty) is quoted."""
    known = fields(name="char", flag="boolean")
    lines = [f"{number},{_quoted(text)},{_FLAGS[flag]}\n" for number, (text, flag) in enumerate(rows, 1)]
    columns = {"name": [text for text, _ in rows], "flag": [flag for _, flag in rows]}
    expected, _ = page_of_values(list(range(1, len(rows) + 1)), columns, known)
    assert parse_page(memoryview("".join(lines).encode()), known).equals(expected)


_FLAGS = {None: "", True: "t", False: "f"}


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    escaped = text.replace('"', '""')
    return f'"{escaped}"' if not text or set(text) & set('",\n') else text


# --- Pace and difference ---------------------------------------------------------------------------------------------


def test_pages_grow_while_answers_are_quick_and_shrink_when_slow() -> None:
    pace = Pace(Limits(1000, 4000))
    sizes = []
    for seconds in (0.5, 0.99, 0.5, 1.5, 2.1, 5.0):
        pace.told(pace.rows, seconds)
        sizes.append(pace.rows)
    assert sizes == [2000, 4000, 4000, 4000, 2000, 1000]


def test_the_last_page_teaches_nothing_about_larger_ones() -> None:
    pace = Pace(Limits(1000, 4000))
    pace.told(10, 0.01)
    assert pace.rows == 1000


def test_a_page_that_was_too_much_is_never_asked_again() -> None:
    pace = Pace(Limits(1000, 4000))
    pace.shrink()
    pace.told(pace.rows, 0.1)
    assert pace.rows == 500
    for _ in range(9):
        pace.shrink()
    assert (pace.rows, pace.is_least) == (FEWEST, True)


def test_the_first_cell_that_differs_is_named() -> None:
    table = pa.table({"id": [1, 2], "name": ["a", None]})
    assert find_difference(table, table) is None
    assert find_difference(table, pa.table({"id": [1, 2], "name": ["a", "b"]})) == (2, "name")
    assert find_difference(table, pa.table({"id": [1, 3], "name": ["a", None]})) == (2, "id")
