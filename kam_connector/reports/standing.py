"""The sheets of the ageing workbook about what follows from it: payers, credit, provision, promises.

The provision stands on the ageing: the debts that are provided for, less the credits that are not deducted from them,
are the ageing's total. A workbook where they are not is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd

from kam_connector.errors import Contradiction
from kam_connector.messages import label
from kam_connector.reports import styles
from kam_connector.reports.heads import Names, ReportHead
from kam_connector.reports.standing_frames import band_rows, credit_rows, payer_rows, promise_rows, provision_rows
from kam_connector.reports.tables import (
    TITLE_HEIGHT,
    Column,
    TableSpec,
    write_rows,
    write_table_sheets,
    write_titles,
    write_totals,
)
from kam_connector.reports.workbook import Book, Sheet

_PAYERS: Final = (
    Column("customer"),
    Column("class_name", word="payer_class"),
    Column("paid_items", "days"),
    Column("days_late_mean", "tenths", word="days_late"),
    Column("days_late_spread", "tenths", word="days_spread"),
    Column("share_late", "share"),
    Column("trend_name", word="trend"),
    Column("last_paid_on", "day"),
    Column("broken", "count"),
    Column("expected_on", "day"),
    Column("expected_minor", "amount", summed=True),
    Column("reason", "reason"),
)
_CREDIT: Final = (
    Column("customer"),
    Column("receivable_minor", "amount", summed=True),
    Column("drafts_minor", "amount", summed=True),
    Column("orders_minor", "amount", summed=True),
    Column("exposure_minor", "amount", summed=True),
    Column("limit_minor", "amount"),
    Column("headroom_minor", "amount"),
    Column("advice_name", word="advice"),
    Column("reason", "reason"),
)
_BANDS: Final = (
    Column("title", word="band"),
    Column("item_count", "count", summed=True, word="items"),
    Column("amount_minor", "amount", summed=True),
    Column("rate", "rate"),
    Column("provision_minor", "amount", summed=True),
)
_PROVISION: Final = (
    Column("customer"),
    Column("title", word="band"),
    Column("oldest", "day", word="oldest"),
    *_BANDS[1:],
)
_PROMISES: Final = (
    Column("customer"),
    Column("state_name", word="state"),
    Column("promised_for", "day"),
    Column("currency"),
    Column("amount_minor", "amount", digits_key="digits"),
    Column("received_minor", "amount", digits_key="digits"),
    Column("made_on", "day"),
    Column("state_on", "day", word="since"),
    Column("document"),
    Column("reason", "reason"),
)
_CREDITS_LEFT: Final = {"net": "provision_credits_net", "gross": "provision_credits_gross"}
_NOTES: Final = {"net": "provision_net", "gross": "provision_gross"}
_LAST: Final = len(_BANDS) - 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from the open items; rows of other companies are ignored.

    `payers`: rules.payers.decide_payers. `expected`: rules.expected.next_payments. `credit`:
    rules.exposure.advise_credit. `provision`: rules.provision.compute_provision, made of the `bands` (name, rate) of a
    matrix of this `basis` and `view`. `promises`: rules.promises.decide_promises.
    """

    payers: pd.DataFrame
    expected: pd.DataFrame
    credit: pd.DataFrame
    provision: pd.DataFrame
    bands: Sequence[tuple[str, str]]
    basis: str
    view: str
    promises: pd.DataFrame


def write_standing(book: Book, head: ReportHead, given: Standing, items: pd.DataFrame, names: Names, lang: str) -> None:
    """The sheets stand in the book; `items` are the company's booked open items, as the ageing has them.

    Raises Contradiction when the provision does not stand on the ageing's total.
    """
    payers = payer_rows(_own(given.payers, head), given.expected, names, lang)
    _write(book, head, "sheet_payers", _PAYERS, payers, lang)
    _write(book, head, "sheet_credit", _CREDIT, credit_rows(_own(given.credit, head), names, lang), lang)
    provision = _own(given.provision, head)
    _write_matrix(book, head, given, provision, items, lang)
    _write(book, head, "sheet_provision_customers", _PROVISION, provision_rows(provision, names, lang), lang)
    promises = _own(given.promises, head)
    if len(promises):
        _write(book, head, "sheet_promises", _PROMISES, promise_rows(promises, names, lang), lang)


def _own(frame: pd.DataFrame, head: ReportHead) -> pd.DataFrame:
    return frame[frame["company_id"] == head.company_id]


def _write(book: Book, head: ReportHead, name: str, columns: Sequence[Column], rows: pd.DataFrame, lang: str) -> None:
    write_table_sheets(book, TableSpec(label(f"report.{name}", lang), columns), rows, head, lang)


def _write_matrix(
    book: Book, head: ReportHead, given: Standing, provision: pd.DataFrame, items: pd.DataFrame, lang: str
) -> None:
    total, credits = int(items["residual_minor"].sum()), _credits(items, given.view)
    bands = band_rows(provision, given.bands, lang)
    sums = {column.key: int(bands[column.key].sum()) for column in _BANDS if column.summed}
    _check(head, sums["amount_minor"], credits, total)
    title = label("report.sheet_provision", lang)
    sheet = book.sheet(title)
    sheet.widths([34, 12, 20, 12, 20])
    sheet.height(0, TITLE_HEIGHT)
    sheet.text(0, 0, title, styles.TITLE)
    sheet.text(1, 0, f"{head.company} · {head.as_of.isoformat()} · {head.currency}", styles.SUBTITLE)
    write_titles(sheet, 3, _BANDS, lang)
    end = write_rows(sheet, 4, _BANDS, bands, head.digits, lang)
    write_totals(sheet, end, _BANDS, sums, label("total", lang), head.digits)
    below = _write_tie_out(sheet, end + 2, given.view, (sums["amount_minor"], -credits, total), head.digits, lang)
    for row, name in enumerate((_NOTES[given.view], f"note_{given.basis}", "provision_rounding"), below + 1):
        sheet.height(row, 40)
        sheet.paragraph(row, (0, _LAST), label(f"report.{name}", lang))
    sheet.freeze(4, 1)
    sheet.paper(landscape=False, footer=head.footer())


def _write_tie_out(sheet: Sheet, top: int, view: str, figures: tuple[int, int, int], digits: int, lang: str) -> int:
    """Debts, credits and the ageing's total in three lines; the first row below them."""
    names = ("provision_debts", _CREDITS_LEFT[view], "provision_ageing_total")
    for row, (name, minor) in enumerate(zip(names, figures, strict=True), top):
        last = name == names[-1]
        sheet.text(row, 0, label(f"report.{name}", lang), styles.TOTAL_LABEL if last else styles.LABEL)
        sheet.text(row, 1, "", styles.TOTAL if last else styles.BODY)
        sheet.amount(row, 2, minor, digits, styles.TOTAL if last else styles.BODY)
    return top + len(figures)


def _credits(items: pd.DataFrame, view: str) -> int:
    """The credits that lower no debt: what exceeds a customer's debts, or in the gross view all of them."""
    residual = items.groupby("customer_id")["residual_minor"].sum() if view == "net" else items["residual_minor"]
    return int(-residual.clip(upper=0).sum())


def _check(head: ReportHead, debts: int, credits: int, total: int) -> None:
    if debts - credits == total:
        return
    figures = [str(Decimal(figure).scaleb(-head.digits)) for figure in (debts, credits, total)]
    raise Contradiction(
        "The provision of {company} does not stand on the ageing: debts {debts} less credits {credits} are not its "
        "total of {total} {currency}. No report was written.",
        next_step="Run `kam sync rebuild`, then `kam ageing report` again.",
        company=head.company,
        debts=figures[0],
        credits=figures[1],
        total=figures[2],
        currency=head.currency,
    )
