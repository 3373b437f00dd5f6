"""The first sheet of the ageing workbook: origin of the figures, agreement with the ledger, buckets, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from kam_connector.messages import label, render
from kam_connector.reports import styles
from kam_connector.reports.ageing_frames import INFORMATION
from kam_connector.reports.heads import ReportHead
from kam_connector.reports.tables import Column, write_rows, write_totals
from kam_connector.reports.workbook import Book, Sheet

_LAST = 6


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


def write_summary(book: Book, head: ReportHead, totals: AgeingTotals, lang: str) -> None:
    """The first sheet, from top to bottom."""
    sheet = book.sheet(label("report.sheet_summary", lang))
    sheet.widths([30, 19, 19, 19, 13, 13, 15])
    sheet.text(0, 0, label("report.ageing_title", lang), styles.TITLE)
    sheet.text(1, 0, head.company, styles.SUBTITLE)
    subtitle = {"as_of": head.as_of, "currency": head.currency}
    sheet.text(2, 0, render("report.ageing_subtitle", subtitle, lang), styles.SUBTITLE)
    row = _write_origin(sheet, 4, head, totals, lang)
    row = _write_tie_out(sheet, row + 1, head, totals, lang)
    row = _write_buckets(book, sheet, row + 1, head, totals, lang)
    row = _write_notes(sheet, row + 1, totals.basis, lang)
    _write_signatures(sheet, row + 1, head, lang)
    sheet.paper(landscape=False, footer=head.footer())


def _write_origin(sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    _heading(sheet, row, label("report.origin", lang))
    facts = [
        ("company", head.company),
        ("as_of", head.as_of.isoformat()),
        ("basis", label(f"basis.{totals.basis}", lang)),
        ("doubtful_from", totals.doubtful),
        ("currency", head.currency),
        ("source", head.source),
        ("run", head.run),
        ("policy_version", head.policy_version),
        ("policy_hash", head.policy_hash),
        ("input_hash", head.input_hash),
        ("ledger_head", head.ledger_head),
        ("program", head.program),
    ]
    for name, value in facts:
        if value:
            row += 1
            sheet.text(row, 0, label(f"report.{name}", lang), styles.NAME)
            sheet.paragraph(row, (1, _LAST), value, styles.BODY)
    return row + 1


def _write_tie_out(sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    _heading(sheet, row, label("report.tie_out", lang))
    if totals.ledger is None:
        sheet.paragraph(row + 1, (0, _LAST), label("report.no_ledger", lang), styles.DIFFERS)
        return row + 2
    columns = [
        Column("account", label("account", lang)),
        Column("ageing_minor", label("ageing", lang), "amount"),
        Column("ledger_minor", label("ledger", lang), "amount"),
        Column("difference_minor", label("difference", lang), "amount"),
    ]
    _titles(sheet, row + 1, columns)
    end = write_rows(sheet, row + 2, columns, totals.accounts, head.digits, lang)
    difference = totals.total - totals.ledger
    sums = {"ageing_minor": totals.total, "ledger_minor": totals.ledger, "difference_minor": difference}
    write_totals(sheet, end, columns, sums, label("report.all_accounts", lang), head.digits)
    sheet.paragraph(end + 1, (0, _LAST), _verdict(head, difference, lang),
                    styles.DIFFERS if difference else styles.AGREES)  # fmt: skip
    sheet.height(end + 2, 26)
    sheet.paragraph(end + 2, (0, _LAST), label("report.tie_out_note", lang))
    return end + 3


def _verdict(head: ReportHead, difference: int, lang: str) -> str:
    if not difference:
        return label("report.agrees", lang)
    figure = str(Decimal(difference).scaleb(-head.digits))
    return render("report.differs", {"difference": figure, "currency": head.currency}, lang)


def _write_buckets(
    book: Book, sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str
) -> int:
    _heading(sheet, row, label("report.by_bucket", lang))
    columns = [
        Column("title", label("bucket", lang)),
        Column("amount_minor", label("amount", lang), "amount"),
        Column("share", label("share", lang), "share"),
        Column("items", label("items", lang), "count"),
    ]
    _titles(sheet, row + 1, columns)
    end = write_rows(sheet, row + 2, columns, totals.buckets, head.digits, lang)
    sums = {"amount_minor": totals.total, "items": int(totals.buckets["items"].sum())}
    write_totals(sheet, end, columns, sums, label("total", lang), head.digits)
    below = _write_information(sheet, end + 2, head, totals, lang)
    _write_chart(book, sheet, (row + 2, end - 1), below + 1, head, lang)
    return below + 16


def _write_information(sheet: Sheet, row: int, head: ReportHead, totals: AgeingTotals, lang: str) -> int:
    sheet.text(row, 0, label("report.information", lang), styles.NAME)
    sheet.text(row, 1, "", styles.NAME)
    figures = [(label(name, lang), totals.information[name]) for name in INFORMATION]
    for title, amount in [*figures, (label("report.non_trade", lang), totals.non_trade)]:
        row += 1
        sheet.text(row, 0, title, styles.BODY)
        sheet.amount(row, 1, amount, head.digits)
    return row + 1


def _write_chart(
    book: Book, sheet: Sheet, rows: tuple[int, int], at: int, head: ReportHead, lang: str
) -> None:
    title = render("report.chart_title", {"currency": head.currency}, lang)
    chart = book.column_chart(sheet, rows, (0, 1), title, styles.amount_format(0))
    sheet.chart(at, 0, chart, (890, 270))


def _write_notes(sheet: Sheet, row: int, basis: str, lang: str) -> int:
    _heading(sheet, row, label("report.notes", lang))
    for name in (f"note_{basis}", "note_credits", "note_disputed", "note_currency"):
        row += 1
        sheet.height(row, 26)
        sheet.paragraph(row, (0, _LAST), label(f"report.{name}", lang))
    return row + 1


def _write_signatures(sheet: Sheet, row: int, head: ReportHead, lang: str) -> None:
    _heading(sheet, row, label("report.sign", lang))
    for column, name in ((1, "name"), (3, "signature"), (5, "signed_on")):
        sheet.text(row + 1, column, label(f"report.{name}", lang), styles.NOTE)
    for step, name in enumerate(("prepared_by", "reviewed_by", "approved_by", "remarks")):
        line = row + 2 + step
        sheet.height(line, 26)
        sheet.text(line, 0, label(f"report.{name}", lang), styles.SIGN)
        author = f"{head.program}, {head.run}" if name == "prepared_by" else ""
        sheet.paragraph(line, (1, _LAST) if name == "remarks" else (1, 2), author, styles.SIGN)
        for column in () if name == "remarks" else range(3, _LAST + 1):
            sheet.text(line, column, "", styles.SIGN)


def _heading(sheet: Sheet, row: int, text: str) -> None:
    for column in range(_LAST + 1):
        sheet.text(row, column, text if column == 0 else "", styles.HEADING)


def _titles(sheet: Sheet, row: int, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        sheet.text(row, place, column.title, styles.HEAD)
