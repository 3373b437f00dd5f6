"""The workbook of a night for sales operations: customers by tier, early warnings, the worklist, complaints.

Each row carries the rule's reason as a sentence in the reader's language. Pay is not in it: the payout statement
is a file of its own (`payouts.py`), for another audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.messages import find_language, label
from kam_connector.reports.heads import Names, ReportHead
from kam_connector.reports.night_frames import complaint_rows, task_rows, tier_rows, warning_rows
from kam_connector.reports.origin import write_heading, write_origin
from kam_connector.reports.tables import Column, TableSpec, write_rows, write_table_sheets, write_titles
from kam_connector.reports.workbook import Book, BookHead, Sheet, open_book

_TIERS: Final = (
    Column("customer"),
    Column("tier"),
    Column("previous_tier"),
    Column("status"),
    Column("score", "number"),
    Column("coverage", "share"),
    *[Column(name, "number") for name in ("contribution", "loyalty", "growth", "risk")],
    Column("reason", "reason"),
)
_WARNINGS: Final = (
    Column("customer"),
    Column("warning"),
    Column("severity_name", word="severity"),
    Column("state_name", word="state"),
    Column("since", "day"),
    Column("figure", "number"),
    Column("reason", "reason"),
)
_TASKS: Final = (
    Column("customer"),
    Column("salesperson"),
    Column("step"),
    Column("level", "days"),
    Column("amount_minor", "amount", summed=True),
    Column("days_overdue", "days"),
    Column("deadline", "day"),
    Column("call_at", "moment"),
    Column("channel"),
    Column("tone"),
    Column("manager"),
    Column("priority", "number"),
    Column("reason", "reason"),
    Column("advice", "reason"),
    Column("urgency", "reason"),
)
_COMPLAINTS: Final = (
    Column("number", word="complaint"),
    Column("customer"),
    Column("type_name", word="type"),
    Column("severity_name", word="severity"),
    Column("state_name", word="state"),
    Column("received_at", "moment"),
    Column("response_due", "moment"),
    Column("response_breached", "flag"),
    Column("resolution_due", "moment"),
    Column("resolution_breached", "flag"),
    Column("claimed_minor", "amount", summed=True),
    Column("disputed_minor", "amount", summed=True),
    Column("reason", "reason"),
)


@dataclass(frozen=True, slots=True)
class NightInput:
    """What the workbook is made of; rows of other companies are ignored.

    `tiers`: rules.tiers.decide_tiers. `tasks`: rules.dunning.decide_tasks. `complaints`: facts.complaints.
    `deadlines`: rules.deadlines.complaint_deadlines. `warnings`: rules.warnings.decide_warnings.
    """

    tiers: pd.DataFrame
    tasks: pd.DataFrame
    complaints: pd.DataFrame
    deadlines: pd.DataFrame
    warnings: pd.DataFrame


def night_file(folder: Path, head: ReportHead) -> Path:
    """Where the workbook of this company and day is put."""
    return folder / f"{head.stem('customers')}.xlsx"


def write_night(target: Path, head: ReportHead, given: NightInput, names: Names, lang: str = "en") -> Path:
    """The workbook stands at `target`. Raises what `open_book` raises."""
    language = find_language(lang)
    tiers = tier_rows(_own(given.tiers, head), names, language)
    tasks = task_rows(_own(given.tasks, head), names, head, language)
    complaints = complaint_rows(_own(given.complaints, head), given.deadlines, names, head, language)
    warnings = warning_rows(_own(given.warnings, head), names, language)
    about = BookHead(label("report.night_title", language), head.run, head.as_of, language)
    with open_book(target, about, rows=len(tiers) + len(warnings) + len(tasks) + len(complaints)) as book:
        sheet = book.sheet(label("report.sheet_summary", language))
        row = write_origin(sheet, label("report.night_title", language), head, language)
        row = _write_tier_counts(sheet, row + 1, tiers, head, language)
        _write_counts(sheet, row + 1, tasks, complaints, head, language)
        sheet.paper(landscape=False, footer=head.footer())
        _write_tiers(book, head, tiers, language)
        _write_warnings(book, head, warnings, language)
        _write_tasks(book, head, tasks, language)
        _write_complaints(book, head, complaints, language)
    return target


def _own(frame: pd.DataFrame, head: ReportHead) -> pd.DataFrame:
    return frame[frame["company_id"] == head.company_id]


def _write_tier_counts(sheet: Sheet, row: int, tiers: pd.DataFrame, head: ReportHead, lang: str) -> int:
    write_heading(sheet, row, label("report.sheet_tiers", lang))
    none = label("tier.none", lang)
    counts = tiers.replace({"tier": {"": none}}).groupby("tier", sort=False).size().reset_index(name="customers")
    columns = (Column("tier"), Column("customers", "count"))
    write_titles(sheet, row + 1, columns, lang)
    return write_rows(sheet, row + 2, columns, counts, head.digits, lang)


def _write_counts(
    sheet: Sheet, row: int, tasks: pd.DataFrame, complaints: pd.DataFrame, head: ReportHead, lang: str
) -> None:
    still = complaints[complaints["is_open"]]
    figures = [
        ("count_tasks", len(tasks)),
        ("count_complaints", len(still)),
        ("count_response_late", int(still["response_breached"].sum())),
        ("count_resolution_late", int(still["resolution_breached"].sum())),
    ]
    write_heading(sheet, row, f"{label('report.sheet_worklist', lang)}, {label('report.sheet_complaints', lang)}")
    frame = pd.DataFrame(figures, columns=["name", "count"])
    frame["name"] = [label(f"report.{name}", lang) for name in frame["name"]]
    columns = (Column("name"), Column("count", "days"))
    end = write_rows(sheet, row + 1, columns, frame, head.digits, lang)
    frame = pd.DataFrame({"name": [label("report.count_amount", lang)], "amount": [int(tasks["amount_minor"].sum())]})
    write_rows(sheet, end, (Column("name"), Column("amount", "amount")), frame, head.digits, lang)


def _write_tiers(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    write_table_sheets(book, TableSpec(label("report.sheet_tiers", lang), _TIERS), rows, head, lang)


def _write_warnings(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    write_table_sheets(book, TableSpec(label("report.sheet_warnings", lang), _WARNINGS), rows, head, lang)


def _write_tasks(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    write_table_sheets(book, TableSpec(label("report.sheet_worklist", lang), _TASKS), rows, head, lang)


def _write_complaints(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    write_table_sheets(book, TableSpec(label("report.sheet_complaints", lang), _COMPLAINTS, 2), rows, head, lang)
