"""The payout statement: what each payee earned, what is due now, and every line behind it.

A file for those who may see pay; with `payee_id` it is one person's own statement. Sums are a currency each, never
over two. Amounts due are integers of the smallest unit; the lines show the exact amount before rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.messages import find_language, label
from kam_connector.reports.heads import Names, ReportHead, name_of
from kam_connector.reports.night_frames import with_reasons
from kam_connector.reports.origin import write_heading, write_origin
from kam_connector.reports.tables import Column, TableSpec, write_rows, write_table_sheets, write_titles
from kam_connector.reports.workbook import Book, BookHead, Sheet, open_book

_SUMS: Final = (
    Column("currency"),
    Column("payees", "count", word="report.count_payees"),
    Column("payout_minor", "amount", digits_key="digits"),
)
_PAYOUTS: Final = (
    Column("payee"),
    Column("plan"),
    Column("period"),
    Column("currency"),
    Column("earned_exact", "exact", word="earned"),
    Column("settled_minor", "amount", digits_key="digits"),
    Column("payout_minor", "amount", digits_key="digits"),
    Column("reason", "reason"),
)
_LINES: Final = (
    Column("payee"),
    Column("plan"),
    Column("component"),
    Column("period"),
    Column("document"),
    Column("currency"),
    Column("base_minor", "amount", digits_key="digits"),
    Column("rate", "rate"),
    Column("amount_exact", "exact"),
    Column("reason", "reason"),
)


@dataclass(frozen=True, slots=True)
class PayoutInput:
    """`payouts` and `lines` of rules.payouts.state_payouts; rows of other companies are ignored."""

    payouts: pd.DataFrame
    lines: pd.DataFrame


def payout_file(folder: Path, head: ReportHead) -> Path:
    """Where the payout statement of this company and day is put."""
    return folder / f"{head.stem('payouts')}.xlsx"


def write_payouts(
    target: Path, head: ReportHead, given: PayoutInput, names: Names, lang: str = "en", *, payee_id: int | None = None
) -> Path:
    """The statement of all payees of the company, or of one, stands at `target`. Raises as `open_book`."""
    language = find_language(lang)
    payouts = _rows(given.payouts, head, names, language, payee_id)
    lines = _rows(given.lines, head, names, language, payee_id)
    about = BookHead(label("report.payout_title", language), head.run, head.as_of, language)
    with open_book(target, about, rows=len(lines)) as book:
        sheet = book.sheet(label("report.sheet_summary", language))
        row = write_origin(sheet, label("report.payout_title", language), head, language)
        _write_sums(sheet, row + 1, payouts, head, language)
        sheet.paper(landscape=False, footer=head.footer())
        _write_payouts(book, head, payouts, language)
        _write_lines(book, head, lines, names, language)
    return target


def _rows(frame: pd.DataFrame, head: ReportHead, names: Names, lang: str, payee_id: int | None) -> pd.DataFrame:
    rows = with_reasons(frame[frame["company_id"] == head.company_id], names, lang)
    if payee_id is not None:
        rows = rows[rows["payee_id"] == payee_id]
    known = [names.currencies.get(int(number)) for number in rows["currency_id"]]
    return rows.assign(
        payee=[name_of(names.people, number) for number in rows["payee_id"]],
        currency=[currency.code if currency else head.currency for currency in known],
        digits=[currency.digits if currency else head.digits for currency in known],
    )


def _write_sums(sheet: Sheet, row: int, payouts: pd.DataFrame, head: ReportHead, lang: str) -> None:
    write_heading(sheet, row, label("report.sums", lang))
    groups = payouts.groupby(["currency", "digits"])
    sums = groups.agg(payees=("payee_id", "nunique"), payout_minor=("payout_minor", "sum")).reset_index()
    write_titles(sheet, row + 1, _SUMS, lang)
    write_rows(sheet, row + 2, _SUMS, sums, head.digits, lang)


def _write_payouts(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    ordered = rows.sort_values(["payee", "payee_id", "plan", "period", "currency"], kind="stable")
    write_table_sheets(book, TableSpec(label("report.sheet_payouts", lang), _PAYOUTS), ordered, head, lang)


def _write_lines(book: Book, head: ReportHead, rows: pd.DataFrame, names: Names, lang: str) -> None:
    named = rows.assign(document=[name_of(names.documents, number or None) for number in rows["move_id"]])
    ordered = named.sort_values(["payee", "payee_id", "plan", "component", "period", "move_id"], kind="stable")
    write_table_sheets(book, TableSpec(label("report.sheet_payout_lines", lang), _LINES), ordered, head, lang)
