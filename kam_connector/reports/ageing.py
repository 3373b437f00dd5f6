"""The ageing workbook that an accountant signs off: one file a company and currency.

Sheets: summary (origin, agreement with the ledger, buckets, chart, notes, signatures), by customer, by customer and
the other clock (days since the receivable arose, 账龄, or since the due date), by salesperson, open items. Every sheet
has the same total; a workbook that does not add up is not written. What follows from it (payers, credit, provision,
promises) is in `standing.py`.
Worked figure: invoices of 1,000.00 not due and 500.00 due 31 days ago, a payment of 200.00 on account today:
not due 1,000.00 - 200.00 = 800.00, 31-60 days 500.00, total 1,300.00, unapplied 200.00 for information.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.errors import Contradiction
from kam_connector.messages import find_language, label
from kam_connector.reports.ageing_frames import (
    INFORMATION,
    PENDING,
    account_rows,
    booked,
    bucket_totals,
    customer_rows,
    item_rows,
    salesperson_rows,
)
from kam_connector.reports.ageing_summary import AgeingTotals, Frozen, write_summary
from kam_connector.reports.buckets import bucket_names, bucket_title
from kam_connector.reports.heads import Names, ReportHead
from kam_connector.reports.standing import Standing, write_standing
from kam_connector.reports.tables import Column, TableSpec, write_table_sheets
from kam_connector.reports.workbook import Book, BookHead, open_book

_ITEMS: Final = (
    Column("customer"),
    Column("document"),
    Column("kind_name", word="kind"),
    Column("date", "day"),
    Column("due_date", "day"),
    Column("days_past_due", "days"),
    Column("age_days", "days"),
    Column("bucket_name", word="bucket"),
    Column("residual_minor", "amount", summed=True),
    Column("document_currency", word="currency"),
    Column("residual_currency_minor", "amount", digits_key="document_digits", word="document_amount"),
    Column("disputed_minor", "amount", summed=True),
    Column("pending", "flag"),
    Column("salesperson"),
    Column("account"),
)


@dataclass(frozen=True, slots=True)
class AgeingInput:
    """What the workbook is made of; rows of other companies are ignored.

    `lines`: rules.ageing.by_customer. `items`: rules.ageing.bucket_items. `ledger`: company_id, account_id,
    ledger_minor (facts.receivables.ledger_balance), None when no control totals were pulled. `doubtful`: the
    policy's limit. `other_lines`: the same items by the clock that is not `basis` (None: no sheet). `frozen`: set
    where the day is frozen in the book. `standing`: what follows for payers, credit and provision (None: no sheets).
    """

    lines: pd.DataFrame
    items: pd.DataFrame
    ledger: pd.DataFrame | None
    basis: str = "due"
    doubtful: str = ""
    other_lines: pd.DataFrame | None = None
    frozen: Frozen | None = None
    standing: Standing | None = None


def ageing_file(folder: Path, head: ReportHead) -> Path:
    """Where the ageing workbook of this company and day is put."""
    return folder / f"{head.stem('ageing')}.xlsx"


def write_ageing(target: Path, head: ReportHead, given: AgeingInput, names: Names, lang: str = "en") -> Path:
    """The ageing workbook stands at `target`.

    Raises Contradiction when lines and items do not add up to one total, and what `open_book` raises.
    """
    language = find_language(lang)
    lines = given.lines[given.lines["company_id"] == head.company_id]
    items = given.items[given.items["company_id"] == head.company_id]
    totals = _totals(head, given, lines, booked(items), names, language)
    about = BookHead(label("report.ageing_title", language), head.run, head.as_of, language)
    with open_book(target, about, rows=len(items)) as book:
        write_summary(book, head, totals, language)
        _write_customers(book, head, customer_rows(lines, names, language), "sheet_customers", language)
        if given.other_lines is not None:
            others = given.other_lines[given.other_lines["company_id"] == head.company_id]
            _check_sums(head, totals.total, int(others["total_minor"].sum()), totals.total)
            name = "sheet_by_recognition" if given.basis == "due" else "sheet_by_due_date"
            _write_customers(book, head, customer_rows(others, names, language), name, language)
        _write_salespeople(book, head, salesperson_rows(lines, names, language), language)
        _write_items(book, head, item_rows(booked(items), names, head.digits, language), "sheet_items", language)
        on_their_way = items[items["kind"] == PENDING]
        if len(on_their_way):
            rows = item_rows(on_their_way, names, head.digits, language)
            _write_items(book, head, rows, "sheet_pending", language)
        if given.standing is not None:
            write_standing(book, head, given.standing, booked(items), names, language)
    return target


def _totals(
    head: ReportHead, given: AgeingInput, lines: pd.DataFrame, items: pd.DataFrame, names: Names, lang: str
) -> AgeingTotals:
    ledger = given.ledger
    if ledger is not None:
        ledger = ledger[ledger["company_id"] == head.company_id]
    total = int(lines["total_minor"].sum())
    buckets = bucket_totals(lines, items, lang)
    _check_sums(head, total, int(buckets["amount_minor"].sum()), int(items["residual_minor"].sum()))
    return AgeingTotals(
        basis=given.basis,
        doubtful=given.doubtful,
        total=total,
        ledger=None if ledger is None else int(ledger["ledger_minor"].sum()),
        buckets=buckets,
        accounts=account_rows(items, ledger, names),
        information={name: int(lines[f"{name}_minor"].sum()) for name in INFORMATION},
        non_trade=int(items.loc[items["non_trade"].fillna(False).astype(bool), "residual_minor"].sum()),
        frozen=given.frozen,
    )


def _check_sums(head: ReportHead, customers: int, buckets: int, items: int) -> None:
    if customers == buckets == items:
        return
    figures = [str(Decimal(figure).scaleb(-head.digits)) for figure in (customers, buckets, items)]
    raise Contradiction(
        "The ageing of {company} does not add up: customers {customers}, buckets {buckets}, open items {items} "
        "{currency}. No report was written.",
        next_step="Run `kam sync rebuild`, then `kam ageing report` again.",
        company=head.company,
        customers=figures[0],
        buckets=figures[1],
        items=figures[2],
        currency=head.currency,
    )


def _amounts(lines: pd.DataFrame, lang: str) -> list[Column]:
    names = bucket_names(lines.columns)
    return [
        Column("total_minor", "amount", summed=True),
        *[Column(f"{name}_minor", "amount", summed=True, text=bucket_title(name, lang)) for name in names],
        Column("overdue_minor", "amount", summed=True),
        Column("overdue_share", "share"),
        *[Column(f"{name}_minor", "amount", summed=True) for name in INFORMATION],
    ]


def _write_customers(book: Book, head: ReportHead, rows: pd.DataFrame, name: str, lang: str) -> None:
    columns = [Column("customer"), Column("salesperson"), *_amounts(rows, lang), Column("oldest_due", "day")]
    title = label(f"report.{name}", lang)
    write_table_sheets(book, TableSpec(title, columns), rows, head, lang)


def _write_salespeople(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    columns = [Column("salesperson"), Column("team"), Column("customers", "count"), *_amounts(rows, lang)]
    title = label("report.sheet_salespeople", lang)
    write_table_sheets(book, TableSpec(title, columns), rows, head, lang)


def _write_items(book: Book, head: ReportHead, rows: pd.DataFrame, name: str, lang: str) -> None:
    title = label(f"report.{name}", lang)
    write_table_sheets(book, TableSpec(title, _ITEMS, 2), rows, head, lang)
