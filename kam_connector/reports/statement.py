"""A customer's statement of account: one page of A4 for the customer himself, in his language.

It goes out of the house. It has the company, the customer, his open items by currency with what was paid so far, a
small ageing, credits that are not applied yet, and what he has promised to pay; no score, tier, class of payer, reason,
run or hash. Sums of two currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.messages import find_language, label, render
from kam_connector.money import Currency
from kam_connector.reports import styles
from kam_connector.reports.buckets import bucket_title
from kam_connector.reports.cells import file_stem
from kam_connector.reports.heads import Names, ReportHead, name_of
from kam_connector.reports.tables import TITLE_HEIGHT, Column, write_rows, write_titles, write_totals
from kam_connector.reports.workbook import BookHead, Sheet, open_book

_ITEMS: Final = (
    Column("document"),
    Column("kind_name", word="kind"),
    Column("date", "day"),
    Column("due_date", "day"),
    Column("days_overdue", "count"),
    Column("amount_minor", "amount"),
    Column("settled_minor", "amount", word="settled_so_far"),
    Column("open_minor", "amount", summed=True, word="residual"),
    Column("remark"),
)
_AGREED: Final = (
    Column("document"),
    Column("promised_for", "day"),
    Column("currency"),
    Column("amount_minor", "amount", digits_key="digits"),
)
_WIDTHS: Final = (22, 13, 11.5, 11.5, 11, 17, 17, 17, 26)
_LAST: Final = len(_WIDTHS) - 1
_RIGHT: Final = (5, _LAST)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom the statement is for: `lines` of his address, his number with the company and for taxes (empty: none)."""

    customer_id: int
    name: str
    lines: Sequence[str] = ()
    number: str = ""
    vat: str = ""


@dataclass(frozen=True, slots=True)
class StatementInput:
    """What the statement is made of: rows of one customer of the head's company.

    `rows`: rules.statement.state_account; `promises`: those of rules.promises.decide_promises that are open; `buckets`:
    the ageing's columns, the youngest first; `payment`: where to pay and whom to ask, in the statement's language.
    """

    rows: pd.DataFrame
    promises: pd.DataFrame
    buckets: Sequence[str]
    basis: str
    payment: str = ""


def statement_file(folder: Path, head: ReportHead, customer_id: int) -> Path:
    """Where the statement of this customer of this company and day is put; its name has no name of a customer."""
    return folder / f"{file_stem(f'statement-{head.company_id}-{customer_id}-{head.as_of.isoformat()}')}.xlsx"


def write_statement(
    target: Path, head: ReportHead, to: Addressee, given: StatementInput, names: Names, lang: str
) -> Path:
    """The statement stands at `target`. Raises what `open_book` raises."""
    language = find_language(lang)
    title = label("report.sheet_statement", language)
    with open_book(target, BookHead(title, head.company, head.as_of, language)) as book:
        sheet = book.sheet(title)
        sheet.widths(_WIDTHS)
        row = _write_head(sheet, head, to, title, language)
        for currency_id, rows in given.rows.groupby("currency_id", sort=True):
            currency = names.currencies[int(str(currency_id))]
            row = _write_currency(sheet, row + 1, currency, rows, given, language)
        row = _write_agreed(sheet, row + 1, given.promises, names, language)
        _write_foot(sheet, row + 1, given.payment, language)
        sheet.paper(landscape=False, footer=f"{head.company} · {title} · {head.as_of.isoformat()}")
    return target


def _write_head(sheet: Sheet, head: ReportHead, to: Addressee, title: str, lang: str) -> int:
    sheet.height(0, TITLE_HEIGHT)
    sheet.text(0, 0, head.company, styles.TITLE)
    sheet.text(1, 0, title, styles.SUBTITLE)
    left = [to.name, *to.lines]
    right = [
        ("as_of", head.as_of.isoformat()), ("customer_number", to.number), ("customer_vat", to.vat),
    ]  # fmt: skip
    facts = [(label(f"report.{name}", lang), value) for name, value in right if value]
    for place in range(max(len(left), len(facts))):
        if place < len(left):
            sheet.paragraph(place + 3, (0, _RIGHT[0] - 1), left[place], styles.LABEL if place else styles.ADDRESSEE)
        if place < len(facts):
            sheet.text(place + 3, _RIGHT[0], facts[place][0], styles.NAME)
            sheet.paragraph(place + 3, (_RIGHT[0] + 1, _LAST), facts[place][1], styles.LABEL)
    return 3 + max(len(left), len(facts))


def _write_currency(
    sheet: Sheet, row: int, currency: Currency, rows: pd.DataFrame, given: StatementInput, lang: str
) -> int:
    _heading(sheet, row, render("report.statement_in", {"currency": currency.code}, lang))
    write_titles(sheet, row + 1, _ITEMS, lang)
    row += 2
    for is_credit, name in ((False, "statement_debts"), (True, "statement_credits")):
        part = _worded(rows[rows["is_credit"] == is_credit], lang)
        if len(part):
            end = write_rows(sheet, row, _ITEMS, part, currency.digits, lang)
            sums = {"open_minor": int(part["open_minor"].sum())}
            write_totals(sheet, end, _ITEMS, sums, label(f"report.{name}", lang), currency.digits)
            row = end + 1
    sums = {"open_minor": int(rows["open_minor"].sum())}
    write_totals(sheet, row, _ITEMS, sums, label("report.statement_balance", lang), currency.digits)
    return _write_ageing(sheet, row + 2, currency, rows, given, lang)


def _write_ageing(
    sheet: Sheet, row: int, currency: Currency, rows: pd.DataFrame, given: StatementInput, lang: str
) -> int:
    """The balance by age, a column a bucket."""
    by_bucket = rows.groupby("bucket")["open_minor"].sum()
    sheet.height(row, 28)
    sheet.text(row, 0, f"{label('report.basis', lang)}{label('sign.colon', lang)}{label(f'basis.{given.basis}', lang)}",
               styles.HEAD_TEXT)  # fmt: skip
    sheet.text(row + 1, 0, currency.code, styles.LABEL)
    for place, bucket in enumerate(given.buckets, start=1):
        sheet.text(row, place, bucket_title(bucket, lang), styles.HEAD_FIGURE)
        sheet.amount(row + 1, place, int(by_bucket.get(bucket, 0)), currency.digits)
    return row + 3


def _write_agreed(sheet: Sheet, row: int, promises: pd.DataFrame, names: Names, lang: str) -> int:
    if promises.empty:
        return row
    known = [names.currencies[int(number)] for number in promises["currency_id"]]
    every = label("report.statement_all_items", lang)
    frame = promises.assign(
        document=[name_of(names.documents, number or None) or every for number in promises["move_id"]],
        currency=[each.code for each in known],
        digits=[each.digits for each in known],
    ).sort_values(["promised_for", "promise_id"], kind="stable")
    _heading(sheet, row, label("report.statement_agreed", lang))
    write_titles(sheet, row + 1, _AGREED, lang)
    return write_rows(sheet, row + 2, _AGREED, frame, 0, lang) + 1


def _write_foot(sheet: Sheet, row: int, payment: str, lang: str) -> None:
    for text in filter(None, (payment, label("report.statement_disagree", lang))):
        sheet.height(row, 26)
        sheet.paragraph(row, (0, _LAST), text)
        row += 1


def _worded(rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    marks = zip(rows["disputed"], rows["pending"], strict=True)
    return rows.assign(
        kind_name=[label(f"kind.{kind}", lang) for kind in rows["kind"]],
        remark=[label("sign.comma", lang).join(_remarks(*pair, lang)) for pair in marks],
    )


def _remarks(disputed: bool, pending: bool, lang: str) -> Iterator[str]:
    if disputed:
        yield label("report.statement_disputed", lang)
    if pending:
        yield label("report.statement_pending", lang)


def _heading(sheet: Sheet, row: int, text: str) -> None:
    for column in range(_LAST + 1):
        sheet.text(row, column, "" if column else text, styles.HEADING)
