"""The workbook of a customer card, from lines written out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from kam_connector.reports import CardInput, CardLine, write_card
from tests.reports.conftest import AS_OF, HOSTILE

LINES = (
    CardLine("file", "number", detail=HOSTILE),
    CardLine("evaluation", "dimension", "Risk", figure="87.50"),
    CardLine("evaluation", "dimension", "Growth"),
    CardLine("suggestions", "expected", day=date(2026, 7, 3), currency="JPY", amount="1234"),
    CardLine("dealings", "month", "2026-05", currency="CNY", amount="-1234.50"),
    CardLine("dealings", "month", "2026-06", currency="CNY", amount="0.00"),
    CardLine("dealings", "product", "Pump", "125% of the year before", 7, None, "CNY", "100.00", "80.00", "1.25"),
)
CARD = CardInput(1, "Lotus 莲花", "CNY", "Acme", AS_OF, LINES)


def cells(path: Path, sheet: int = 0) -> dict[str, tuple[object, ...]]:
    """The row of each heading: what it says, day and figure."""
    found = {}
    for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True):
        for start in (0, 5):
            if row[start] is not None:
                found[str(row[start])] = tuple(row[start + 1 : start + 4])
    return found


def test_each_line_has_its_words_day_and_figure(tmp_path: Path) -> None:
    found = cells(write_card(tmp_path / "card.xlsx", [CARD], "en"))
    assert found["Customer no."] == (HOSTILE, None, None)
    assert found["Risk"] == (None, None, 87.5)
    assert found["Growth"] == (None, None, None)
    words, day, amount = found["Expected payment"]
    assert (words, str(day)[:10], amount) == ("JPY", "2026-07-03", 1234)
    assert found["2026-05"] == (None, None, -1234.5)
    assert found["2026-06"] == (None, None, 0)
    assert found["Pump"] == ("125% of the year before · before: CNY 80.00", None, 100)


def test_a_sheet_a_company_and_the_same_bytes_twice(tmp_path: Path) -> None:
    cards = [CARD, replace(CARD, company_id=2, company="Tulip [B]", lines=LINES[:1])]
    first, again = (write_card(tmp_path / name, cards, "zh_CN").read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == again
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == 2
    assert [len(sheet._charts) for sheet in book.worksheets] == [2, 0]
    assert "客户编号" in cells(tmp_path / "a.xlsx", 1)


@pytest.mark.parametrize("lang", ["en", "zh_CN", "zh_TW"])
def test_every_panel_has_its_heading_in_each_language(tmp_path: Path, lang: str) -> None:
    found = cells(write_card(tmp_path / "card.xlsx", [CARD], lang))
    heading = {"en": "Dealings", "zh_CN": "往来记录", "zh_TW": "往來紀錄"}[lang]
    assert heading in found
