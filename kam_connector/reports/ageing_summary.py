"""The first sheet of the ageing workbook: origin, agreement with the ledger, buckets, notes, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd

from kam_connector.messages import label, render
from kam_connector.reports import styles
from kam_connector.reports.ageing_frames import INFORMATION
from kam_connector.reports.heads import ReportHead
from kam_connector.reports.origin import LAST, write_heading, write_origin
from kam_connector.reports.tables import Column, write_rows, write_titles, write_totals
from kam_connector.reports.workbook import Book, Sheet

_TIE_OUT: Final = (
    Column("account"),
    Column("ageing_minor", "amount"),
    Column("ledger_minor", "amount"),
    Column("difference_minor", "amount"),
)
_BUCKETS: Final = (
    Column("title", word="bucket"),
    Column("amount_minor", "amount"),
    Column("share", "share"),
    Column("items", "count"),
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """When the day was frozen, as which copy, how many lines moved since; who signed it in the ERP and when."""

    moment: str
    sequence: int
    lines: int
    signed_by: str = ""
    signed_on: str = ""


@dataclass(frozen=True, slots=True)
class AgeingTotals:
    """What the first sheet shows: `total` of all customers, `ledger` None when no ledger balance is known."""

    basis: str
    doubtful: str
    total: int
    ledger: int | None
    buckets: pd.DataFrame
    accounts: pd.DataFrame
    information: dict[str, int]
    non_trade: int
    frozen: Frozen | None = None


def write_summary(book: Book, head: ReportHead, totals: AgeingTotals, lang: str) -> None:
    """The first sheet, from top to bottom."""
    sheet = book.sheet(label("report.sheet_summary", lang))
    own = {"basis": label(f"basis.{totals.basis}", lang), "doubtful_from": totals.doubtful}
    own |= _frozen_lines(totals.frozen, lang)
    row = write_origin(sheet, label("report.ageing_title", lang), head, lang, own)
    row = _write_tie_out(sheet, row + 1, head, totals, lang)
    row = _write_buckets(book, sheet, row + 1, head, totals, lang)
    row = _write_notes(sheet, row + 1, totals.basis, lang)
    _write_signatures(sheet, row + 1, head, lang)
    sheet.paper(landscape=False, footer=head.footer())


def _frozen_lines(frozen: Frozen | None, lang: str) -> dict[str, str]:
    """What the sheet says of a frozen day; nothing for one that is not."""
    if frozen is None:
        return {}
    code = "report.frozen_moved" if frozen.lines else "report.frozen_unchanged"
    about = {"moment": frozen.moment, "sequence": frozen.sequence, "lines": frozen.lines}
    signed = {"name": frozen.signed_by, "moment": frozen.signed_on}
    return {
        "frozen": render(code, about, lang),
        "signed_in_erp": render("report.signed_by", signed, lang) if frozen.signed_by else "",
    }


def _write_tie_out(sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    write_heading(sheet, row, label("report.tie_out", lang))
    if totals.ledger is None:
        sheet.paragraph(row + 1, (0, LAST), label("report.no_ledger", lang), styles.DIFFERS)
        return row + 2
    write_titles(sheet, row + 1, _TIE_OUT, lang)
    end = write_rows(sheet, row + 2, _TIE_OUT, totals.accounts, head.digits, lang)
    difference = totals.total - totals.ledger
    sums = {"ageing_minor": totals.total, "ledger_minor": totals.ledger, "difference_minor": difference}
    write_totals(sheet, end, _TIE_OUT, sums, label("report.all_accounts", lang), head.digits)
    sheet.paragraph(end + 1, (0, LAST), _verdict(head, difference, lang),
                    styles.DIFFERS if difference else styles.AGREES)  # fmt: skip
    sheet.height(end + 1, 22)
    sheet.height(end + 2, 26)
    sheet.paragraph(end + 2, (0, LAST), label("report.tie_out_note", lang))
    return end + 3


def _verdict(head: ReportHead, difference: int, lang: str) -> str:
    if not difference:
        return label("report.agrees", lang)
    figure = str(Decimal(difference).scaleb(-head.digits))
    return render("report.differs", {"difference": figure, "currency": head.currency}, lang)


def _write_buckets(book: Book, sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    write_heading(sheet, row, label("report.by_bucket", lang))
    write_titles(sheet, row + 1, _BUCKETS, lang)
    end = write_rows(sheet, row + 2, _BUCKETS, totals.buckets, head.digits, lang)
    sums = {"amount_minor": totals.total, "items": int(totals.buckets["items"].sum())}
    write_totals(sheet, end, _BUCKETS, sums, label("total", lang), head.digits)
    below = _write_information(sheet, end + 2, head, totals, lang)
    _write_chart(book, sheet, (row + 2, end - 1), below + 1, head, lang)
    return below + 16


def _write_information(sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    sheet.text(row, 0, label("report.information", lang), styles.NAME)
    sheet.text(row, 1, "", styles.NAME)
    figures = [(label(name, lang), totals.information[name]) for name in INFORMATION]
    for title, amount in [*figures, (label("report.non_trade", lang), totals.non_trade)]:
        row += 1
        sheet.text(row, 0, title, styles.LABEL)
        sheet.amount(row, 1, amount, head.digits)
    return row + 1


def _write_chart(book: Book, sheet: Sheet, rows: tuple[int, int], at: int, head: ReportHead, lang: str) -> None:
    title = render("report.chart_title", {"currency": head.currency}, lang)
    chart = book.column_chart(sheet, rows, (0, 1), title, styles.amount_format(0))
    sheet.chart(at, 0, chart, (890, 270))


def _write_notes(sheet: Sheet, row: int, basis: str, lang: str) -> int:
    write_heading(sheet, row, label("report.notes", lang))
    for name in (f"note_{basis}", "note_credits", "note_overdue", "note_disputed", "note_currency"):
        row += 1
        sheet.height(row, 26)
        sheet.paragraph(row, (0, LAST), label(f"report.{name}", lang))
    return row + 1


def _write_signatures(sheet: Sheet, row: int, head: ReportHead, lang: str) -> None:
    write_heading(sheet, row, label("report.sign", lang))
    for column, name in ((1, "name"), (3, "signature"), (5, "signed_on")):
        sheet.text(row + 1, column, label(f"report.{name}", lang), styles.NOTE)
    for step, name in enumerate(("prepared_by", "reviewed_by", "approved_by", "remarks")):
        line = row + 2 + step
        sheet.height(line, 26)
        sheet.text(line, 0, label(f"report.{name}", lang), styles.SIGN)
        author = f"{head.program}, {head.run}" if name == "prepared_by" else ""
        sheet.paragraph(line, (1, LAST) if name == "remarks" else (1, 2), author, styles.SIGN)
        for column in () if name == "remarks" else range(3, LAST + 1):
            sheet.text(line, column, "", styles.SIGN)
