"""A table on a sheet: titles, rows, a line of totals, filters, frozen titles, print set-up, column widths.

Totals are sums of the whole column of integers, written as numbers; there is no formula to recalculate.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

import pandas as pd

from kam_connector.messages import label
from kam_connector.reports import styles
from kam_connector.reports.heads import ReportHead
from kam_connector.reports.styles import Style
from kam_connector.reports.workbook import MAX_ROWS, Book, Sheet

Kind = Literal["text", "reason", "amount", "count", "number", "share", "day", "flag"]

ROWS_A_SHEET: Final = MAX_ROWS - 100
_WIDTHS: Final[Mapping[Kind, float]] = {
    "count": 9,
    "number": 9,
    "share": 9,
    "day": 11.5,
    "flag": 8,
    "reason": 60,
}
_RIGHT: Final = ("amount", "count", "number", "share")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its values come from and how they look.

    `kind` amount is an integer of smallest units with the company's digits, or those of the row's column
    `digits_key`; `summed` columns have a total.
    """

    key: str
    title: str
    kind: Kind = "text"
    summed: bool = False
    digits_key: str = ""


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What a sheet with one table shows; `frozen` columns stay in view on the left."""

    name: str
    title: str
    columns: Sequence[Column]
    total_title: str
    frozen: int = 1


def write_table_sheets(book: Book, spec: TableSpec, frame: pd.DataFrame, head: ReportHead, lang: str) -> None:
    """The frame on one sheet, or on several where Excel's 1,048,576 rows do not suffice; totals on the last."""
    starts = range(0, max(len(frame), 1), ROWS_A_SHEET)
    for start in starts:
        part = frame.iloc[start : start + ROWS_A_SHEET]
        totals = _totals(spec.columns, frame) if start == starts[-1] else {}
        _write_sheet(book.sheet(spec.name), spec, part, totals, head, lang)


def _write_sheet(
    sheet: Sheet, spec: TableSpec, frame: pd.DataFrame, totals: Mapping[str, int], head: ReportHead, lang: str
) -> None:
    top = 3
    sheet.widths([_width(column, frame, head.digits) for column in spec.columns])
    sheet.text(0, 0, spec.title, styles.TITLE)
    sheet.text(1, 0, f"{head.company} · {head.as_of.isoformat()} · {head.currency}", styles.SUBTITLE)
    sheet.height(top, 32)
    for place, column in enumerate(spec.columns):
        sheet.text(top, place, column.title, styles.HEAD)
    end = write_rows(sheet, top + 1, spec.columns, frame, head.digits, lang)
    if len(frame):
        sheet.filter((top, 0), (end - 1, len(spec.columns) - 1))
    else:
        sheet.text(end, 0, label("report.nothing", lang), styles.NOTE)
    if totals:
        write_totals(sheet, end, spec.columns, totals, spec.total_title, head.digits)
    sheet.freeze(top + 1, spec.frozen)
    sheet.paper(landscape=True, footer=head.footer(), repeat=(top, top))


def write_rows(
    sheet: Sheet, top: int, columns: Sequence[Column], frame: pd.DataFrame, digits: int, lang: str
) -> int:
    """The rows of the frame from row `top` on; returns the first row below them."""
    values = [list(frame[column.key]) for column in columns]
    by_row = [list(frame[column.digits_key]) if column.digits_key else None for column in columns]
    for number in range(len(frame)):
        for place, column in enumerate(columns):
            own = by_row[place]
            _write_cell(sheet, (top + number, place), column.kind, values[place][number],
                        digits if own is None else int(own[number]), lang)  # fmt: skip
    return top + len(frame)


def write_totals(
    sheet: Sheet, row: int, columns: Sequence[Column], totals: Mapping[str, int], title: str, digits: int
) -> None:
    """The line of totals in `row`."""
    for place, column in enumerate(columns):
        if column.key not in totals:
            sheet.text(row, place, title if place == 0 else "", styles.TOTAL)
        elif column.kind == "amount":
            sheet.amount(row, place, totals[column.key], digits, styles.TOTAL)
        else:
            sheet.number(row, place, totals[column.key], styles.TOTAL.with_format(styles.COUNT_FORMAT))


def _totals(columns: Sequence[Column], frame: pd.DataFrame) -> dict[str, int]:
    return {column.key: int(frame[column.key].fillna(0).sum()) for column in columns if column.summed}


def _write_cell(sheet: Sheet, at: tuple[int, int], kind: Kind, value: object, digits: int, lang: str) -> None:
    style = _style(kind)
    if _missing(value):
        sheet.text(*at, None, style)
    elif kind == "amount":
        sheet.amount(*at, int(str(value)), digits, style)
    elif kind in ("count", "number", "share"):
        sheet.number(*at, float(str(value)), style)
    elif kind == "day":
        sheet.day(*at, as_day(value), style)
    elif kind == "flag":
        sheet.text(*at, label("report.yes", lang) if value else "", style)
    else:
        sheet.text(*at, value, style)


def as_day(value: object) -> date | None:
    """A day (or a moment with a clock time) out of pandas' and Python's kinds of it; None when missing."""
    if _missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime()
        return (
            moment
            if isinstance(moment, datetime) and (value.tz or moment.time().isoformat() != "00:00:00")
            else moment.date()
        )
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _style(kind: Kind) -> Style:
    if kind == "reason":
        return styles.PARAGRAPH
    fmt = {"count": styles.COUNT_FORMAT, "share": styles.SHARE_FORMAT, "number": "0.00"}.get(kind, "")
    return styles.BODY.with_format(fmt)


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _width(column: Column, frame: pd.DataFrame, digits: int) -> float:
    if column.kind in _WIDTHS:
        return max(_WIDTHS[column.kind], min(_display_width(column.title) / 2 + 2, 16))
    title = _display_width(column.title)
    if column.kind == "amount":
        largest = int(frame[column.key].fillna(0).abs().sum()) if len(frame) else 0
        return max(title / 2 + 3, len(f"{largest // 10**digits:,}") + digits + 4, 11)
    widest = max((_display_width(str(value)) for value in frame[column.key].head(2000)), default=0)
    return float(min(max(title + 2, widest + 2, 9), 44))


def _display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
