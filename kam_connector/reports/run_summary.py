"""The workbook of a night for sales operations: customers by tier, the collection worklist, complaints.

Each row carries the rule's reason as a sentence in the reader's language. Pay is not in it: the payout statement
is a file of its own (`payouts.py`), for another audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kam_connector.messages import find_language, label
from kam_connector.reports.heads import Names, ReportHead
from kam_connector.reports.night_frames import complaint_rows, task_rows, tier_rows
from kam_connector.reports.origin import write_heading, write_origin
from kam_connector.reports.tables import Column, TableSpec, write_rows, write_table_sheets, write_titles
from kam_connector.reports.workbook import Book, BookHead, Sheet, open_book


@dataclass(frozen=True, slots=True)
class NightInput:
    """What the workbook is made of; rows of other companies are ignored.

    `tiers`: rules.tiers.decide_tiers. `tasks`: rules.dunning.decide_tasks. `complaints`: facts.complaints.
    `deadlines`: rules.deadlines.complaint_deadlines.
    """

    tiers: pd.DataFrame
    tasks: pd.DataFrame
    complaints: pd.DataFrame
    deadlines: pd.DataFrame


def night_file(folder: Path, head: ReportHead) -> Path:
    """Where the workbook of this company and day is put."""
    return folder / f"{head.stem('customers')}.xlsx"


def write_night(target: Path, head: ReportHead, given: NightInput, names: Names, lang: str = "en") -> Path:
    """The workbook stands at `target`. Raises what `open_book` raises."""
    language = find_language(lang)
    tiers = tier_rows(_own(given.tiers, head), names, language)
    tasks = task_rows(_own(given.tasks, head), names, language)
    complaints = complaint_rows(_own(given.complaints, head), given.deadlines, names, head, language)
    about = BookHead(label("report.night_title", language), head.run, head.as_of, language)
    with open_book(target, about, rows=len(tiers) + len(tasks) + len(complaints)) as book:
        sheet = book.sheet(label("report.sheet_summary", language))
        row = write_origin(sheet, label("report.night_title", language), head, language)
        row = _write_tier_counts(sheet, row + 1, tiers, head, language)
        _write_counts(sheet, row + 1, tasks, complaints, head, language)
        sheet.paper(landscape=False, footer=head.footer())
        _write_tiers(book, head, tiers, language)
        _write_tasks(book, head, tasks, language)
        _write_complaints(book, head, complaints, language)
    return target


def _own(frame: pd.DataFrame, head: ReportHead) -> pd.DataFrame:
    return frame[frame["company_id"] == head.company_id]


def _write_tier_counts(sheet: Sheet, row: int, tiers: pd.DataFrame, head: ReportHead, lang: str) -> int:
    write_heading(sheet, row, label("report.sheet_tiers", lang))
    none = label("tier.none", lang)
    counts = tiers.replace({"tier": {"": none}}).groupby("tier", sort=False).size().reset_index(name="customers")
    columns = [Column("tier", label("tier", lang)), Column("customers", label("customers", lang), "count")]
    write_titles(sheet, row + 1, columns)
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
    columns = [Column("name", ""), Column("count", "", "days")]
    end = write_rows(sheet, row + 1, columns, frame, head.digits, lang)
    frame = pd.DataFrame({"name": [label("report.count_amount", lang)], "amount": [int(tasks["amount_minor"].sum())]})
    write_rows(sheet, end, [Column("name", ""), Column("amount", "", "amount")], frame, head.digits, lang)


def _write_tiers(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    figures = ("contribution", "loyalty", "growth", "risk")
    columns = [
        Column("customer", label("customer", lang)),
        Column("tier", label("tier", lang)),
        Column("previous_tier", label("previous_tier", lang)),
        Column("status", label("status", lang)),
        Column("score", label("score", lang), "number"),
        Column("coverage", label("coverage", lang), "share"),
        *[Column(name, label(name, lang), "number") for name in figures],
        Column("reason", label("reason", lang), "reason"),
    ]
    write_table_sheets(book, TableSpec(label("report.sheet_tiers", lang), columns), rows, head, lang)


def _write_tasks(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    columns = [
        Column("customer", label("customer", lang)),
        Column("salesperson", label("salesperson", lang)),
        Column("step", label("step", lang)),
        Column("level", label("level", lang), "days"),
        Column("amount_minor", label("amount", lang), "amount", summed=True),
        Column("days_overdue", label("days_overdue", lang), "days"),
        Column("deadline", label("deadline", lang), "day"),
        Column("priority", label("priority", lang), "number"),
        Column("reason", label("reason", lang), "reason"),
    ]
    write_table_sheets(book, TableSpec(label("report.sheet_worklist", lang), columns), rows, head, lang)


def _write_complaints(book: Book, head: ReportHead, rows: pd.DataFrame, lang: str) -> None:
    columns = [
        Column("number", label("complaint", lang)),
        Column("customer", label("customer", lang)),
        Column("type_name", label("type", lang)),
        Column("severity_name", label("severity", lang)),
        Column("state_name", label("state", lang)),
        Column("received_at", label("received_at", lang), "moment"),
        Column("response_due", label("response_due", lang), "moment"),
        Column("response_breached", label("response_breached", lang), "flag"),
        Column("resolution_due", label("resolution_due", lang), "moment"),
        Column("resolution_breached", label("resolution_breached", lang), "flag"),
        Column("claimed_minor", label("claimed", lang), "amount", summed=True),
        Column("disputed_minor", label("disputed", lang), "amount", summed=True),
        Column("reason", label("reason", lang), "reason"),
    ]
    write_table_sheets(book, TableSpec(label("report.sheet_complaints", lang), columns, 2), rows, head, lang)
