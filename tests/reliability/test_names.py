"""R-76: names that are formulas, links or commands to a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from kam_connector.reports.cells import csv_text
from kam_connector.reports.workbook import BookHead, open_book

Tried = Callable[[int], None]
HEAD = BookHead("Title", "run-1", date(2026, 6, 30))
HOSTILE = (
    "=cmd|' /C calc'!A0", "{=1+1}", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "=HYPERLINK(\"x\")",
    "http://evil.example/", "mailto:a@b", "internal:Sheet!A1", "external:c:\\x.xlsx", "file:///etc/passwd", "=", "{=}",
    "=1\x00", "'=1", "@", "+49 170 1", "=" + "A" * 40_000,
)  # fmt: skip
PAIRS = [(first, second) for first in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "{=", "＝", " =") for second in HOSTILE]
NAMES = (*HOSTILE, *(first + second for first, second in PAIRS))


def no_formula(path: Path) -> None:
    """The scenario's oracle: no formula, no link, every cell a text."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                xml = archive.read(name).decode()
                assert not re.search("<f[> ]", xml), f"a formula in {name}"
                assert "hyperlink" not in xml, f"a link in {name}"
            assert "externalLink" not in name


@pytest.mark.parametrize("rows", [0, 10**6], ids=["in memory", "streamed"])
def test_r76_hostile_names_are_text_in_every_cell(tmp_path: Path, tried: Tried, rows: int) -> None:
    with open_book(tmp_path / "a.xlsx", HEAD, rows=rows) as book:
        sheet = book.sheet("S")
        for row, name in enumerate(NAMES):
            sheet.text(row, 0, name)
    no_formula(tmp_path / "a.xlsx")
    tried(len(NAMES))


def test_r76_hostile_names_in_csv_begin_with_an_apostrophe(tried: Tried) -> None:
    risky = re.compile(r"^\s*[=+\-@＝＋－＠\t\r]")
    number = re.compile(r"[+-]?\d+(\.\d+)?")
    for name in NAMES:
        stream = io.StringIO()
        csv.writer(stream).writerow([csv_text(name)])
        cell = next(csv.reader(io.StringIO(stream.getvalue(), newline="")))[0]
        assert cell.startswith(("'", "{", "h", "m", "i", "e", "f", " ")) or number.fullmatch(cell), repr(cell[:20])
        assert not risky.match(cell) or number.fullmatch(cell) or cell[0] == " ", repr(cell[:20])
        tried(1)


def test_r76_broken_variant_plain_write_is_caught(tmp_path: Path, tried: Tried) -> None:
    """The workbook's own `write()` guesses: the same oracle finds formulas and links."""
    book = xlsxwriter.Workbook(tmp_path / "plain.xlsx")
    sheet = book.add_worksheet("S")
    for row, name in enumerate(HOSTILE[:15]):
        sheet.write(row, 0, name)
    book.close()
    with pytest.raises(AssertionError, match="formula"):
        no_formula(tmp_path / "plain.xlsx")
    tried(1)
