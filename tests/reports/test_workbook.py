"""The one door to xlsxwriter: text stays text, figures are figures, same input gives same bytes (R-76 to R-81)."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from kam_connector.errors import InputError, StorageError, SuspectData
from kam_connector.reports import workbook
from kam_connector.reports.workbook import MAX_ROWS, BookHead, open_book

HEAD = BookHead("Title", "run-1", date(2026, 6, 30))
HOSTILE = [
    "=cmd|' /C calc'!A0", "{=1+1}", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "http://evil.example/", "mailto:a@b",
    "internal:Sheet!A1", "external:c:\\x.xlsx", "file:///etc/passwd",
]  # fmt: skip
SOURCES = sorted((Path(__file__).parents[2] / "kam_connector" / "reports").glob("*.py"))


def sheet_xml(target: Path) -> str:
    with zipfile.ZipFile(target) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("rows", [0, workbook.STREAM_ROWS + 1], ids=["in memory", "streamed"])
def test_hostile_names_are_cells_of_text_without_formula_or_link(tmp_path: Path, rows: int) -> None:
    target = tmp_path / "a.xlsx"
    with open_book(target, HEAD, rows=rows) as book:
        sheet = book.sheet("S")
        for row, name in enumerate(HOSTILE):
            sheet.text(row, 0, name)
    cells = [row[0] for row in openpyxl.load_workbook(target)["S"].iter_rows()]
    assert [cell.value.strip() for cell in cells] == [name.strip() for name in HOSTILE]
    assert {cell.data_type for cell in cells} == {"s"} or rows
    assert "<f>" not in sheet_xml(target)
    assert "hyperlink" not in sheet_xml(target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        with open_book(tmp_path / name, HEAD) as book:
            sheet = book.sheet("S")
            sheet.text(0, 0, "x")
            sheet.amount(0, 1, 12345, 2)
            sheet.day(0, 2, date(2026, 6, 30))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_amounts_are_numbers_with_the_currencys_digits(tmp_path: Path) -> None:
    with open_book(tmp_path / "a.xlsx", HEAD) as book:
        sheet = book.sheet("S")
        sheet.amount(0, 0, -123456, 2)
        sheet.amount(0, 1, 123456, 0)
        sheet.amount(0, 2, 1, 3)
        sheet.amount(0, 3, 10**15, 2)
        sheet.number(0, 4, Decimal("0.5"))
    cells = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["S"][1])
    assert [cell.value for cell in cells] == [-1234.56, 123456, 0.001, "10,000,000,000,000.00", 0.5]
    assert cells[0].number_format.startswith("#,##0.00;")
    assert cells[1].number_format.startswith("#,##0;")
    assert cells[2].number_format.startswith("#,##0.000;")


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_figure_is_refused_and_no_file_appears(tmp_path: Path, figure: float) -> None:
    target = tmp_path / "a.xlsx"
    with pytest.raises(SuspectData, match="row 3, column 2"), open_book(target, HEAD) as book:
        book.sheet("S").number(2, 1, figure)
    assert list(tmp_path.iterdir()) == []


def test_a_row_beyond_excels_last_is_refused_before_the_old_file_is_touched(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(StorageError, match="1048577"), open_book(target, HEAD) as book:
        book.sheet("S").text(MAX_ROWS, 0, "too far")
    assert target.read_bytes() == b"old"


def test_two_sheets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    with open_book(tmp_path / "a.xlsx", HEAD) as book:
        names = [book.sheet(name).name for name in ("Items", "items", "It/ems")]
    assert names == ["Items", "items (2)", "It ems"]


def test_only_a_workbooks_name_is_taken(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.xlsx"), open_book(tmp_path / "a.csv", HEAD):
        pass


def test_a_full_disk_while_streaming_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(inner: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workbook.xlsxwriter.Workbook, "close", full)
    with pytest.raises(StorageError, match="No space left"), open_book(tmp_path / "a.xlsx", HEAD) as book:
        book.sheet("S").text(0, 0, "x")
    assert list(tmp_path.iterdir()) == []


def test_the_file_names_no_person(tmp_path: Path) -> None:
    with open_book(tmp_path / "a.xlsx", HEAD) as book:
        book.sheet("S")
    properties = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert (properties.creator, properties.title) == ("kam-connector", "Title")
    assert properties.created is not None
    assert properties.created.date() == date(2026, 6, 30)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_other_way_to_write_a_cell_is_used(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    forbidden = r"\.(write|write_formula|write_array_formula|write_url|write_rich_string|write_row|write_column)\("
    allowed = 1 if source.name == "placing.py" else 0  # the one `stream.write` of finished bytes
    assert len(re.findall(forbidden, text)) == allowed
    assert ("import xlsxwriter" in text) == (source.name == "workbook.py")
