"""`open_book`: the only door to xlsxwriter. A cell is text, a number or a day, and never a formula or a link.

Every return code is checked, a figure that is no number is refused, names are cleaned (`cells.py`), the
file takes its place whole or not at all (`placing.py`), and the same input gives the same bytes: the
created date in the file is the report's own day. Worked case: the customer `=cmd|' /C calc'!A0` is a cell
of text with just those letters.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from kam_connector.errors import InputError, StorageError, SuspectData
from kam_connector.reports import styles
from kam_connector.reports.cells import clean_text, sheet_name
from kam_connector.reports.placing import check_target, place_file
from kam_connector.reports.styles import Style

MAX_ROWS: Final = 1_048_576
STREAM_ROWS: Final = 100_000
_EXACT_FIGURES: Final = 10**15


@dataclass(frozen=True, slots=True)
class BookHead:
    """What the file says of itself: no personal data. `day` is the created date, so that bytes repeat."""

    title: str
    subject: str
    day: date
    lang: str = "en"


class Sheet:
    """One sheet of an open book; cells are written in row order (row, column from 0)."""

    def __init__(self, book: Book, inner: Any, name: str) -> None:
        self._book = book
        self._inner = inner
        self.name = name

    def text(self, row: int, column: int, value: object, style: Style = styles.BODY) -> None:
        """The value as text, whatever it begins with; None leaves an empty cell with its style."""
        text = clean_text(value)
        code = (
            self._inner.write_string(row, column, text, self._book.format(style))
            if text
            else self._inner.write_blank(row, column, None, self._book.format(style))
        )
        self._check(code, row, column)

    def number(self, row: int, column: int, value: int | float | Decimal, style: Style = styles.BODY) -> None:
        """The value as a number. Raises SuspectData for NaN and infinity."""
        figure = float(value)
        if not math.isfinite(figure):
            raise SuspectData(
                "Sheet {name}, row {row}, column {column}: {value} is no figure.",
                name=self.name,
                row=row + 1,
                column=column + 1,
                value=value,
            )
        self._check(self._inner.write_number(row, column, figure, self._book.format(style)), row, column)

    def amount(self, row: int, column: int, minor: int, digits: int, style: Style = styles.BODY) -> None:
        """So many smallest units of a currency with `digits` digits, as a number in the main unit."""
        style = style.with_format(styles.amount_format(digits))
        if abs(minor) >= _EXACT_FIGURES:  # Excel keeps 15 figures; beyond, exact text is better than a wrong number
            self.text(row, column, f"{Decimal(minor).scaleb(-digits):,f}", style)
        else:
            self.number(row, column, Decimal(minor).scaleb(-digits), style)

    def day(self, row: int, column: int, value: date | None, style: Style = styles.BODY) -> None:
        """The day as a date cell; a moment loses its zone and keeps its clock time; None is empty."""
        if value is None:
            return self.text(row, column, None, style)
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        fmt = styles.MOMENT_FORMAT if isinstance(value, datetime) else styles.DAY_FORMAT
        cell_format = self._book.format(style.with_format(fmt))
        code = self._inner.write_datetime(row, column, moment.replace(tzinfo=None), cell_format)
        return self._check(code, row, column)

    def paragraph(self, row: int, columns: tuple[int, int], value: object, style: Style = styles.NOTE) -> None:
        """Text over several columns of one row."""
        code = self._inner.merge_range(row, columns[0], row, columns[1], "", self._book.format(style))
        self._check(code, row, columns[0])
        self.text(row, columns[0], value, style)

    def widths(self, widths: Sequence[float]) -> None:
        """Column widths, from the first column on, in characters."""
        for column, width in enumerate(widths):
            self._check(self._inner.set_column(column, column, width), 0, column)

    def height(self, row: int, points: float) -> None:
        """The height of one row."""
        self._check(self._inner.set_row(row, points), row, 0)

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns left of this cell on the screen."""
        self._inner.freeze_panes(row, column)

    def filter(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Filter buttons over this range (row, column)."""
        self._check(self._inner.autofilter(*first, *last), *first)

    def paper(self, *, landscape: bool, footer: str, repeat: tuple[int, int] | None = None, tall: int = 0) -> None:
        """Print set-up: A4, one page wide and `tall` pages high (0: as many as it takes), margins, title rows on each
        page, footer with page numbers."""
        if landscape:
            self._inner.set_landscape()
        self._inner.set_paper(9)
        self._inner.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self._inner.fit_to_pages(1, tall)
        self._inner.hide_gridlines(2)
        if repeat:
            self._inner.repeat_rows(*repeat)
        safe = clean_text(footer).replace("&", "&&")[:180]
        self._check(self._inner.set_footer(f"&L&8{safe}&R&8&P / &N"), 0, 0)

    def chart(self, row: int, column: int, chart: Any, size: tuple[int, int]) -> None:
        """Put a chart made by `Book.column_chart` with its corner on this cell; size in pixels."""
        chart.set_size({"width": size[0], "height": size[1]})
        self._check(self._inner.insert_chart(row, column, chart), row, column)

    def _check(self, code: object, row: int, column: int) -> None:
        if code not in (0, None):
            raise StorageError(
                "Sheet {name} cannot hold row {row}, column {column} (xlsxwriter code {code}).",
                next_step="Nothing was written. Report fewer rows, for example one company at a time.",
                name=self.name,
                row=row + 1,
                column=column + 1,
                code=code,
            )


class Book:
    """An open workbook: hands out sheets, keeps one format a style."""

    def __init__(self, inner: Any, lang: str) -> None:
        self._inner = inner
        self._font = styles.font_of(lang)
        self._formats: dict[Style, Any] = {}
        self._names: set[str] = set()

    def sheet(self, wanted: str) -> Sheet:
        """A new sheet with a name near to `wanted`."""
        name = sheet_name(wanted, self._names)
        self._names.add(name.casefold())
        return Sheet(self, self._inner.add_worksheet(name), name)

    def format(self, style: Style) -> Any:
        """xlsxwriter's format of a style."""
        if style not in self._formats:
            self._formats[style] = self._inner.add_format(style.properties(self._font))
        return self._formats[style]

    def column_chart(
        self,
        sheet: Sheet,
        rows: tuple[int, int],
        columns: tuple[int, int],
        title: str,
        fmt: str,
        *,
        colours: Sequence[str] = styles.BUCKET_COLOURS,
    ) -> Any:
        """A column chart of the amounts in `columns[1]` named by `columns[0]`: a colour each, the last for the rest."""
        chart = self._inner.add_chart({"type": "column"})
        count = rows[1] - rows[0] + 1
        filled = [colours[min(n, len(colours) - 1)] for n in range(count)]
        chart.add_series(
            {
                "categories": [sheet.name, rows[0], columns[0], rows[1], columns[0]],
                "values": [sheet.name, rows[0], columns[1], rows[1], columns[1]],
                "points": [{"fill": {"color": colour}} for colour in filled],
                "gap": 60,
            }
        )
        self._dress(chart, title, fmt)
        return chart

    def pareto_chart(
        self, sheet: Sheet, rows: tuple[int, int], columns: tuple[int, int, int], title: str, words: tuple[str, str]
    ) -> Any:
        """Columns of the counts in `columns[1]` named by `columns[0]`, and a line of the cumulative shares in
        `columns[2]` with an axis of its own from 0 to 100 %; `words` name the two in the legend."""
        chart, line = (self._inner.add_chart({"type": kind}) for kind in ("column", "line"))
        looks = (
            {"fill": {"color": styles.BUCKET_COLOURS[0]}, "gap": 60},
            {"line": {"color": styles.BUCKET_COLOURS[4], "width": 2}, "marker": {"type": "circle"}, "y2_axis": True},
        )
        for part, column, word, look in zip((chart, line), columns[1:], words, looks, strict=True):
            places = {
                name: [sheet.name, rows[0], place, rows[1], place]
                for name, place in (("categories", columns[0]), ("values", column))
            }
            part.add_series({"name": clean_text(word), **places, **look})
        chart.combine(line)
        self._dress(chart, title, styles.PLAIN_FORMAT)
        font = {"name": self._font, "size": 9, "color": styles.SOFT}
        chart.set_legend({"position": "bottom", "font": font})
        line.set_y2_axis({"num_font": font, "num_format": "0%", "min": 0, "max": 1})
        return chart

    def _dress(self, chart: Any, title: str, fmt: str) -> None:
        """Title, axes and border of a chart; no legend."""
        font = {"name": self._font, "size": 9, "color": styles.SOFT}
        chart.set_title({"name": clean_text(title), "name_font": {**font, "size": 11, "bold": True}, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_x_axis({"num_font": font, "label_position": "low", "line": {"color": styles.RULE}})
        chart.set_y_axis(
            {
                "num_font": font,
                "num_format": fmt,
                "major_gridlines": {"visible": True, "line": {"color": styles.HAIR}},
            }
        )
        chart.set_chartarea({"border": {"color": styles.HAIR}})


@contextmanager
def open_book(target: Path, head: BookHead, *, rows: int = 0) -> Iterator[Book]:
    """A book that is saved to `target` when the block ends well, and not at all when it does not.

    `rows` is how many are to come: beyond 100,000 they stream through a private folder beside the target
    instead of memory. Raises StorageError (disk, too many rows), InputError (a link or folder at the
    target), SuspectData.
    """
    check_target(target)
    if target.suffix.casefold() != ".xlsx":
        raise InputError("A workbook's name must end in .xlsx, not {name}.", name=target.name)
    stream = BytesIO()
    with _workroom(target, rows) as options:
        inner = xlsxwriter.Workbook(stream, options)
        inner.set_properties(_properties(head))
        inner.set_calc_mode("auto")
        yield Book(inner, head.lang)
        _close(inner, target)
    place_file(target, stream.getvalue())


@contextmanager
def _workroom(target: Path, rows: int) -> Iterator[dict[str, object]]:
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    if rows <= STREAM_ROWS:
        yield {**safe, "in_memory": True}
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kam-", dir=target.parent) as folder:
        yield {**safe, "constant_memory": True, "tmpdir": folder}


def _properties(head: BookHead) -> dict[str, object]:
    return {
        "title": clean_text(head.title),
        "subject": clean_text(head.subject),
        "author": "kam-connector",
        "created": datetime.combine(head.day, time()),
    }


def _close(inner: Any, target: Path) -> None:
    try:
        inner.close()
    except (OSError, XlsxWriterException) as error:
        raise StorageError(
            "The report {target} cannot be put together: {error}.",
            next_step="An older report there is untouched. Free space and run the command again.",
            target=target,
            error=error,
        ) from error
