"""A table on a sheet: widths, totals, several sheets when one does not suffice."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kam_connector.reports import ReportHead, tables
from kam_connector.reports.tables import Column, TableSpec, write_table_sheets
from kam_connector.reports.workbook import BookHead, open_book

COLUMNS = [
    Column("name", text="Name"),
    Column("amount", "amount", summed=True, text="Amount"),
    Column("n", "count", summed=True, text="Count"),
]


def make(target: Path, head: ReportHead, frame: pd.DataFrame) -> openpyxl.Workbook:
    with open_book(target, BookHead("T", "r", head.as_of)) as book:
        write_table_sheets(book, TableSpec("Things", COLUMNS), frame, head, "en")
    return openpyxl.load_workbook(target)


def test_a_table_longer_than_a_sheet_goes_on_in_the_next_and_ends_in_the_total_of_all(
    tmp_path: Path, head: ReportHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS_A_SHEET", 3)
    frame = pd.DataFrame({"name": [f"n{number}" for number in range(7)], "amount": range(1, 8), "n": 1})
    book = make(tmp_path / "t.xlsx", head, frame)
    assert book.sheetnames == ["Things", "Things (2)", "Things (3)"]
    last = [[cell.value for cell in row] for row in book["Things (3)"].iter_rows(min_row=5)]
    assert last == [["n6", 0.07, 1], ["Total", 0.28, 7]]
    assert [cell.value for cell in book["Things"]["A"]][-1] == "n2"


def test_a_missing_amount_is_an_empty_cell_and_counts_nothing(tmp_path: Path, head: ReportHead) -> None:
    frame = pd.DataFrame({"name": ["a", None], "amount": [150.0, None], "n": [1, 2]})
    rows = [
        [cell.value for cell in row] for row in make(tmp_path / "t.xlsx", head, frame)["Things"].iter_rows(min_row=5)
    ]
    assert rows == [["a", 1.5, 1], [None, None, 2], ["Total", 1.5, 3]]


def test_columns_are_wide_enough_for_their_total_and_not_wider_than_the_page(tmp_path: Path, head: ReportHead) -> None:
    frame = pd.DataFrame({"name": ["莲" * 200], "amount": [10**14], "n": [1]})
    widths = make(tmp_path / "t.xlsx", head, frame)["Things"].column_dimensions
    assert 44 <= widths["A"].width <= 46
    assert widths["B"].width >= len("1,000,000,000,000.00")


def test_a_long_reason_gets_a_row_high_enough_to_read_it(tmp_path: Path, head: ReportHead) -> None:
    with open_book(tmp_path / "t.xlsx", BookHead("T", "r", head.as_of)) as book:
        spec = TableSpec("Reasons", [Column("reason", "reason", text="Reason")])
        write_table_sheets(book, spec, pd.DataFrame({"reason": ["word " * 60, "short"]}), head, "en")
    heights = openpyxl.load_workbook(tmp_path / "t.xlsx")["Reasons"].row_dimensions
    assert heights[5].height > 60
    assert heights[6].height is None
