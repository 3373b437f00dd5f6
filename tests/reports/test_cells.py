"""Names from the ERP become harmless cells, sheet names and file names (R-76, R-79, R-80)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.reports.cells import MAX_CELL, clean_text, csv_text, file_stem, sheet_name

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "+86 Trading",
    "-Minus GmbH",
    "@Home Co",
    "\t=1",
    "＝1+1",
    "<b>Bold</b> & Co",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_keeps_its_letters_in_a_cell(name: str) -> None:
    assert clean_text(name) == name


def test_control_characters_and_lone_surrogates_go_and_line_ends_are_one_kind() -> None:
    assert clean_text("a\x00b\x1bc\ud800d\r\ne\rf\ufffe") == "abcd\ne\nf"
    assert clean_text(None) == ""


def test_a_text_longer_than_excel_holds_is_cut_with_a_mark() -> None:
    assert clean_text("x" * MAX_CELL) == "x" * MAX_CELL
    cut = clean_text("x" * (MAX_CELL + 1))
    assert len(cut) == MAX_CELL
    assert cut.endswith("[…]")
    assert len(clean_text("😀" * MAX_CELL).encode("utf-16-le")) // 2 <= MAX_CELL


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("+86 Trading", "'+86 Trading"), ("@x", "'@x"), ("\tx", "'\tx"), ("＝x", "'＝x"),
     ("-12.50", "-12.50"), ("+7", "+7"), ("Plain", "Plain"), ("", "")],
)  # fmt: skip
def test_a_csv_cell_is_never_read_as_a_formula(text: str, cell: str) -> None:
    assert csv_text(text) == cell


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("a/b:c*[d]?", "a b c d"), ("'quoted'", "quoted"), ("", "Sheet"), ("History", "History_"), ("x" * 40, "x" * 31)],
)
def test_a_sheet_name_is_one_that_excel_takes(wanted: str, name: str) -> None:
    assert sheet_name(wanted) == name


def test_the_same_name_in_other_case_gets_a_number() -> None:
    assert sheet_name("Open Items", {"open items"}) == "Open Items (2)"
    assert sheet_name("y" * 31, {"y" * 31}) == "y" * 27 + " (2)"
    assert file_stem("Report", {"report", "report (2)"}) == "Report (3)"


@pytest.mark.parametrize(
    ("wanted", "stem"),
    [("../../etc/passwd", "etc_passwd"), ("..", "report"), (".hidden", "hidden"), ("con", "_con"), ("a\x00b", "ab"),
     ("莲花 贸易", "莲花 贸易"), ("C:\\x", "C_x"), ("", "report")],
)  # fmt: skip
def test_a_file_name_is_never_a_path(wanted: str, stem: str) -> None:
    assert file_stem(wanted) == stem


@given(st.text(max_size=200))
def test_any_name_gives_a_usable_sheet_and_file_name(wanted: str) -> None:
    sheet, stem = sheet_name(wanted), file_stem(wanted)
    assert 0 < len(sheet.encode("utf-16-le")) // 2 <= 31
    assert not set(sheet) & set("[]:*?/\\")
    assert not sheet.startswith("'")
    assert not sheet.endswith("'")
    assert 0 < len(stem) <= 80
    assert not set(stem) & set("/\\\x00")
    assert stem[0] not in ". "
