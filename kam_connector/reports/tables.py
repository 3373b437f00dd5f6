"""A table on a sheet: titles, rows, a line of totals, filters, frozen titles, print set-up, column widths.

Totals are sums of the whole column of integers, written as numbers; there is no formula to recalculate.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

import pandas as pd

from kam_connector.messages import label
from kam_connector.reports import styles
from kam_connector.reports.heads import ReportHead
from kam_connector.reports.styles import Style
from kam_connector.reports.workbook import MAX_ROWS, Book, Sheet

Kind = Literal[
    "text", "reason", "amount", "count", "days", "tenths", "number", "exact", "share", "rate", "day", "moment", "flag"
]  # fmt: skip

ROWS_A_SHEET: Final = MAX_ROWS - 100
TITLE_HEIGHT: Final = 26
_LINE_HEIGHT: Final = 13.5
_BOLD: Final = 1.2
_WIDTHS: Final[Mapping[Kind, float]] = {
    "count": 9,
    "days": 9,
    "tenths": 9,
    "number": 9,
    "share": 9,
    "rate": 9,
    "exact": 16,
    "day": 11.5,
    "moment": 16,
    "flag": 9,
    "reason": 64,
}
_FORMATS: Final[Mapping[Kind, str]] = {
    "count": styles.COUNT_FORMAT,
    "days": styles.PLAIN_FORMAT,
    "tenths": styles.TENTHS_FORMAT,
    "number": styles.SCORE_FORMAT,
    "share": styles.SHARE_FORMAT,
    "rate": styles.RATE_FORMAT,
    "exact": styles.EXACT_FORMAT,
}
_FIGURES: Final = ("amount", "count", "days", "tenths", "number", "exact", "share", "rate", "day", "moment")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its values come from, how they look, what stands above them.

    `kind` amount is an integer of smallest units with the company's digits, or those of the row's column
    `digits_key`; `summed` columns have a total. The title is the catalogue's `word` (the key, without `_minor`, when
    none is given), or `text` as it stands.
    """

    key: str
    kind: Kind = "text"
    summed: bool = False
    digits_key: str = ""
    word: str = ""
    text: str = ""

    def title(self, lang: str) -> str:
        """What stands above the column in the reader's language."""
        return self.text or label(self.word or self.key.removesuffix("_minor"), lang)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What a sheet with one table shows; `frozen` columns stay in view on the left."""

    title: str
    columns: Sequence[Column]
    frozen: int = 1


def write_table_sheets(book: Book, spec: TableSpec, frame: pd.DataFrame, head: ReportHead, lang: str) -> None:
    """The frame on one sheet, or on several when it is longer than Excel allows; totals on the last."""
    starts = range(0, max(len(frame), 1), ROWS_A_SHEET)
    for start in starts:
        part = frame.iloc[start : start + ROWS_A_SHEET]
        totals = _totals(spec.columns, frame) if start == starts[-1] else {}
        _write_sheet(book.sheet(spec.title), spec, part, totals, head, lang)


def _write_sheet(
    sheet: Sheet, spec: TableSpec, frame: pd.DataFrame, totals: Mapping[str, int], head: ReportHead, lang: str
) -> None:
    top = 3
    sheet.widths([_width(column, frame, head.digits, lang) for column in spec.columns])
    sheet.height(0, TITLE_HEIGHT)
    sheet.text(0, 0, spec.title, styles.TITLE)
    sheet.text(1, 0, f"{head.company} · {head.as_of.isoformat()} · {head.currency}", styles.SUBTITLE)
    sheet.height(top, 42)
    write_titles(sheet, top, spec.columns, lang)
    end = write_rows(sheet, top + 1, spec.columns, frame, head.digits, lang)
    if len(frame):
        sheet.filter((top, 0), (end - 1, len(spec.columns) - 1))
    else:
        sheet.text(end, 0, label("report.nothing", lang), styles.NOTE)
        end += 1
    if totals:
        write_totals(sheet, end, spec.columns, totals, label("total", lang), head.digits)
    sheet.freeze(top + 1, spec.frozen)
    sheet.paper(landscape=True, footer=head.footer(), repeat=(top, top))


def write_titles(sheet: Sheet, row: int, columns: Sequence[Column], lang: str) -> None:
    """The line of titles in `row`, each on the side where its figures or words stand."""
    for place, column in enumerate(columns):
        figure = column.kind in _FIGURES
        sheet.text(row, place, column.title(lang), styles.HEAD_FIGURE if figure else styles.HEAD_TEXT)


def write_rows(sheet: Sheet, top: int, columns: Sequence[Column], frame: pd.DataFrame, digits: int, lang: str) -> int:
    """The rows of the frame from row `top` on; returns the first row below them."""
    values = [list(frame[column.key]) for column in columns]
    own = [list(frame[column.digits_key]) if column.digits_key else [digits] * len(frame) for column in columns]
    long = [place for place, column in enumerate(columns) if column.kind == "reason"]
    for number in range(len(frame)):
        for place, column in enumerate(columns):
            at = (top + number, place)
            _write_cell(sheet, at, column.kind, values[place][number], int(own[place][number]), lang)
        lines = max((_lines(values[place][number]) for place in long), default=1)
        if lines > 1:
            sheet.height(top + number, lines * _LINE_HEIGHT + 2)
    return top + len(frame)


def write_totals(
    sheet: Sheet, row: int, columns: Sequence[Column], totals: Mapping[str, int], title: str, digits: int
) -> None:
    """The line of totals in `row`."""
    for place, column in enumerate(columns):
        if column.key not in totals:
            sheet.text(row, place, title if place == 0 else "", styles.TOTAL_LABEL)
        elif column.kind == "amount":
            sheet.amount(row, place, totals[column.key], digits, styles.TOTAL)
        else:
            sheet.number(row, place, totals[column.key], styles.TOTAL.with_format(styles.COUNT_FORMAT))


def as_day(value: object) -> date | None:
    """The day out of pandas' and Python's kinds of days and moments; None when missing."""
    return None if _missing(value) else pd.Timestamp(str(value)).date()


def _totals(columns: Sequence[Column], frame: pd.DataFrame) -> dict[str, int]:
    return {column.key: int(frame[column.key].fillna(0).sum()) for column in columns if column.summed}


def _write_cell(sheet: Sheet, at: tuple[int, int], kind: Kind, value: object, digits: int, lang: str) -> None:
    style = _style(kind)
    if _missing(value):
        sheet.text(*at, None, style)
    elif kind == "amount":
        sheet.amount(*at, int(Decimal(str(value))), digits, style)
    elif kind in _FORMATS:
        sheet.number(*at, float(str(value)), style)
    elif kind == "day":
        sheet.day(*at, as_day(value), style)
    elif kind == "moment":
        sheet.day(*at, pd.Timestamp(str(value)).to_pydatetime(), style)
    elif kind == "flag":
        sheet.text(*at, label("report.yes", lang) if value else "", style)
    else:
        sheet.text(*at, value, style)


def _style(kind: Kind) -> Style:
    if kind in ("text", "flag"):
        return styles.LABEL
    return styles.PARAGRAPH if kind == "reason" else styles.BODY.with_format(_FORMATS.get(kind, ""))


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _width(column: Column, frame: pd.DataFrame, digits: int, lang: str) -> float:
    title = _display_width(column.title(lang))
    word = max((_display_width(part) for part in column.title(lang).split()), default=0) * _BOLD + 2
    if column.kind in _WIDTHS:
        return max(_WIDTHS[column.kind], word)
    if column.kind == "amount":
        largest = int(frame[column.key].fillna(0).abs().sum()) if len(frame) else 0
        return max(word, len(f"{largest // 10**digits:,}") + digits + 4, 11)
    widest = max((_display_width(str(value)) for value in frame[column.key].head(2000)), default=0)
    return float(min(max(title + 3, widest + 3, 9), 44))


def _lines(text: object) -> int:
    """How many lines a reason takes in its column."""
    return max(1, math.ceil(_display_width(str(text)) / (_WIDTHS["reason"] - 6)))


def _display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
