"""targets.csv and .xlsx, ratings.csv: what is read, and what is refused by its cell."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from kam_connector.errors import InputError
from kam_connector.inputs.appraisals import read_marks
from kam_connector.inputs.targets import read_targets

HEAD = "user,team,period,measure,amount,currency,weight\n"
ITEMS = ("results", "attitude")


def read(folder: Path, text: str) -> list[dict[Any, Any]]:
    path = folder / "targets.csv"
    path.write_text(HEAD + text, "utf-8")
    return read_targets(path).to_dict("records")


def refused(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    assert caught.value.next_step.startswith(("Nothing was written", "Expected is", "The columns are"))
    return caught.value.what.replace(str(folder / "targets.csv"), "targets.csv")


def workbook(folder: Path, *rows: tuple[Any, ...], name: str = "targets.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def test_a_row_is_read_with_its_place_and_its_periods_code(tmp_path: Path) -> None:
    first, second = read(tmp_path, "ann,,2026-07,Revenue,120000.50,CNY,\n,East,2026-Q3,new_customers,5,,\n")
    assert first == {
        "company": "", "user": "ann", "team": "", "period": "2026-07", "measure": "revenue", "row": 2,
        "amount": Decimal("120000.50"), "currency": "CNY", "weight": None,
    }  # fmt: skip
    assert (second["row"], second["team"], second["period"], second["amount"]) == (3, "East", "2026-Q3", Decimal(5))


def test_a_workbook_says_the_same_and_its_empty_rows_are_left_out(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ("User", "period", "measure", "amount", "weight", None, None),
        ("ann", datetime(2026, 7, 1), "revenue", 0.1 + 0.2, None),
        (None, None, None, None, None),
        ("bob", 2026, "margin", 1200, 1.5),
    )
    rows = read_targets(path).to_dict("records")
    assert [(row["row"], row["user"], row["period"], row["amount"], row["weight"]) for row in rows] == [
        (2, "ann", "2026-07", Decimal("0.3"), None), (4, "bob", "2026", Decimal(1200), Decimal("1.5")),
    ]  # fmt: skip


def test_a_file_that_is_no_workbook_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing")
    for name, why in (("broken.xlsx", "is no workbook"), ("none.xlsx", "cannot be read")):
        with pytest.raises(InputError, match=why):
            read_targets(tmp_path / name)
    with pytest.raises(InputError, match="has no header"):
        read_targets(workbook(tmp_path, (None, None), ("ann", "x")))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_workbook_with_a_damaged_part_is_refused(tmp_path: Path, part: str) -> None:
    book = Workbook()
    book.active.append(["user", "period", "measure", "amount"])
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "half.xlsx", "w") as half:
        for name in whole.namelist():
            half.writestr(name, b"<worksheet><sheetData><row" if name == part else whole.read(name))
    with pytest.raises(InputError, match="is no workbook"):
        read_targets(tmp_path / "half.xlsx")


def test_a_workbook_of_charts_alone_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.create_chartsheet("Chart")
    del book["Sheet"]
    book.save(tmp_path / "charts.xlsx")
    with pytest.raises(InputError, match="is no workbook"):
        read_targets(tmp_path / "charts.xlsx")


def test_the_row_of_a_wrong_cell_is_the_spreadsheets(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("period", "measure", "amount"), (None,), ("2026-07", "revenue", "much"))
    with pytest.raises(InputError, match="row 3, column amount: 'much'"):
        read_targets(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ann,,2026-07,revenue,-1,,\n", "row 2, column amount: a target is zero or more, not -1."),
        ("ann,,2026-7,revenue,1,,\n", 'row 2, column period: "2026-7" is not a period.'),
        ("ann,,2026-13,revenue,1,,\n", 'row 2, column period: "2026-13" is not a period.'),
        ("ann,,2026-07,new_customers,1.5,,\n", "row 2, column amount: 1.5 is no number of customers."),
        ("ann,,2026-07,revenue,,,\n", "row 2, column amount: the row has neither an amount nor a weight."),
        ("ann,,2026-07,revenue,,,-3\n", "row 2, column weight: a weight is zero or more, not -3."),
        ("ann,,2026-07,profit,1,,\n", "row 2, column measure: 'profit' cannot be used."),
        ("ann,,,revenue,1,,\n", "row 2, column period: '' cannot be used."),
    ],
)
def test_what_no_target_can_be_is_refused_with_its_cell(tmp_path: Path, text: str, why: str) -> None:
    assert refused(tmp_path, text).startswith(f"targets.csv, {why}")


def test_several_wrong_cells_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    text = "ann,,2026-07,revenue,1,,\nann,,2026-08,revenue,-1,,\nann,,2026-09,revenue,-2,,\n"
    assert refused(tmp_path, text).endswith(
        "row 3, column amount: a target is zero or more, not -1. There are 2 such cells."
    )


def marks(folder: Path, text: str) -> list[dict[Any, Any]]:
    path = folder / "ratings.csv"
    path.write_text("user,item,mark\n" + text, "utf-8")
    return read_marks(path, ITEMS, 5).to_dict("records")


def test_marks_are_from_zero_to_the_best_once_for_each_item(tmp_path: Path) -> None:
    found = marks(tmp_path, "ann,results,0\nann,attitude,5\nbob,results,4.5\n")
    assert [(row["row"], row["mark"]) for row in found] == [(2, Decimal(0)), (3, Decimal(5)), (4, Decimal("4.5"))]
    for text, why in (
        ("ann,results,5.1\n", "row 2, column mark: a mark is from 0 to 5."),
        ("ann,results,-1\n", "row 2, column mark: a mark is from 0 to 5."),
        ("ann,zeal,1\n", "row 2, column item: zeal is no item of the scale: results, attitude."),
        ("ann,results,1\nann,results,1\n", "row 3, column item: this person has a mark for this item already."),
    ):
        with pytest.raises(InputError, match=why):
            marks(tmp_path, text)
