"""The card of a customer: a page of A4 a company, with what a salesperson wants to know before he calls.

On the left who the customer is, how we rate it and what it owes; on the right what it bought and what is to be done.
Above them two charts: points by dimension, revenue by month. The page is made of `CardLine`s, the same that
`kam card show` prints.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from kam_connector.messages import find_language, label, render
from kam_connector.reports import styles
from kam_connector.reports.cells import file_stem
from kam_connector.reports.tables import TITLE_HEIGHT
from kam_connector.reports.workbook import Book, BookHead, Sheet, open_book

_LEFT: Final = ("file", "profile", "evaluation", "ratings", "traits", "service", "receivables", "contacts", "team")
_RIGHT: Final = ("plan", "known", "customer_suggestions", "suggestions", "dealings")
_WIDTHS: Final = (26, 50, 11.5, 16)
_GAP: Final = 2
_BESIDE: Final = len(_WIDTHS) + 1
_TOP: Final = 17
_CHART: Final = (700, 260)
_LINE_HEIGHT: Final = 13.5
_CALM: Final = (styles.BUCKET_COLOURS[0],)


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of a panel: `entry` says what it is (`card.*` in the catalogue), `name` whose line it is among its kind.

    Amounts are decimal texts with the digits of their `currency`; `before` is the amount to compare with, `figure` a
    number of another kind (points, days, a ratio), `record` the id in the ERP.
    """

    panel: str
    entry: str
    name: str = ""
    detail: str = ""
    record: int | None = None
    day: date | None = None
    currency: str = ""
    amount: str | None = None
    before: str | None = None
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class CardInput:
    """The card of a customer in one company; amounts in another currency than the company's have their own beside."""

    company_id: int
    company: str
    currency: str
    customer: str
    as_of: date
    lines: Sequence[CardLine]


def card_file(folder: Path, customer_id: int, as_of: date) -> Path:
    """Where the card of this customer and day is put; its name has no name of a customer."""
    return folder / f"{file_stem(f'card-{customer_id}-{as_of.isoformat()}')}.xlsx"


def write_card(target: Path, cards: Sequence[CardInput], lang: str) -> Path:
    """The cards stand at `target`, a sheet a company. Raises what `open_book` raises."""
    language = find_language(lang)
    title = label("report.card_title", language)
    with open_book(target, BookHead(title, cards[0].company, cards[0].as_of, language)) as book:
        for card in cards:
            _write_sheet(book, card, title, language)
    return target


def _write_sheet(book: Book, card: CardInput, title: str, lang: str) -> None:
    sheet = book.sheet(card.company)
    sheet.widths([*_WIDTHS, _GAP, *_WIDTHS])
    sheet.height(0, TITLE_HEIGHT)
    sheet.text(0, 0, card.customer, styles.TITLE)
    subtitle = render("report.subtitle", {"as_of": card.as_of.isoformat(), "currency": card.currency}, lang)
    sheet.text(1, 0, f"{title} · {card.company} · {subtitle}", styles.SUBTITLE)
    left = _rows_of(card, _LEFT)
    right = _rows_of(card, _RIGHT)
    for row, (one, other) in enumerate(_pairs(left, right), _TOP):
        lines = [_write_line(sheet, row, start, each, card, lang) for start, each in ((0, one), (_BESIDE, other))]
        if max(lines) > 1:
            sheet.height(row, max(lines) * _LINE_HEIGHT + 2)
    _chart(book, sheet, left, 0, "dimension", lang)
    _chart(book, sheet, right, _BESIDE, "month", lang)
    sheet.paper(landscape=True, footer=f"{card.company} · {card.as_of.isoformat()}", tall=1)


_Row = CardLine | str | None
"""A line, the name of a panel as its heading, or nothing."""


def _rows_of(card: CardInput, panels: Iterable[str]) -> list[_Row]:
    """Each panel with its heading, an empty row between two."""
    rows: list[_Row] = []
    for panel in panels:
        own = [line for line in card.lines if line.panel == panel]
        rows += [None, panel, *own] if rows else [panel, *own]
    return rows


def _pairs(left: Sequence[_Row], right: Sequence[_Row]) -> Iterable[tuple[_Row, _Row]]:
    for place in range(max(len(left), len(right))):
        yield left[place] if place < len(left) else None, right[place] if place < len(right) else None


def _write_line(sheet: Sheet, row: int, start: int, line: _Row, card: CardInput, lang: str) -> int:
    """The row of one side is written; how many lines of text it takes."""
    if line is None:
        return 1
    if isinstance(line, str):
        for column in range(len(_WIDTHS)):
            sheet.text(row, start + column, "" if column else label(f"panel.{line}", lang), styles.HEADING)
        return 1
    sheet.text(row, start, line.name or label(f"card.{line.entry}", lang), styles.NAME)
    detail = _detail(line, card, lang)
    sheet.text(row, start + 1, detail, styles.PARAGRAPH)
    sheet.day(row, start + 2, line.day)
    shown = line.amount if line.amount is not None else line.figure
    _write_figure(sheet, row, start + 3, shown, is_amount=line.amount is not None)
    return math.ceil(sum(2 if ord(letter) > 0x2E80 else 1 for letter in detail) / (_WIDTHS[1] - 4)) or 1


def _detail(line: CardLine, card: CardInput, lang: str) -> str:
    """What the line says, before it the currency where it is not the card's, and what the amount was before."""
    parts = [line.currency if line.currency not in ("", card.currency) else "", line.detail]
    if line.before is not None:
        before = {"before": line.before, "currency": line.currency}
        parts.append(render("card.before", before, lang))
    return " · ".join(part for part in parts if part)


def _write_figure(sheet: Sheet, row: int, column: int, text: str | None, *, is_amount: bool) -> None:
    if text is None:
        return sheet.text(row, column, None, styles.BODY)
    figure = Decimal(text)
    digits = max(-int(figure.as_tuple().exponent), 0)
    if is_amount:
        return sheet.amount(row, column, int(figure.scaleb(digits)), digits)
    return sheet.number(row, column, figure, styles.BODY.with_format(styles.PLAIN_FORMAT if not digits else "0.00"))


def _chart(book: Book, sheet: Sheet, rows: Sequence[_Row], start: int, entry: str, lang: str) -> None:
    """A chart of the lines of that entry, above their side; none where there are none."""
    places = [place for place, line in enumerate(rows) if isinstance(line, CardLine) and line.entry == entry]
    if not places:
        return
    ends = (_TOP + places[0], _TOP + places[-1])
    title = label(f"chart.{entry}", lang)
    chart = book.column_chart(sheet, ends, (start, start + 3), title, "#,##0", colours=_CALM)
    sheet.chart(3, start, chart, _CHART)
