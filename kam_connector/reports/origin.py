"""The top of a workbook's first sheet: title, company, day, and where the figures come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kam_connector.messages import label, render
from kam_connector.reports import styles
from kam_connector.reports.heads import ReportHead
from kam_connector.reports.tables import TITLE_HEIGHT
from kam_connector.reports.workbook import Sheet

LAST: Final = 6
"""The last column of a first sheet."""


def write_origin(sheet: Sheet, title: str, head: ReportHead, lang: str, own: Mapping[str, str] | None = None) -> int:
    """Title and origin from the top of the sheet on; returns the first free row.

    `own`: further lines, by their key under `report.` in the catalog. Empty values are left out.
    """
    sheet.widths([32, 19, 19, 19, 13, 13, 15])
    sheet.height(0, TITLE_HEIGHT)
    sheet.text(0, 0, title, styles.TITLE)
    sheet.text(1, 0, head.company, styles.SUBTITLE)
    subtitle = {"as_of": head.as_of, "currency": head.currency}
    sheet.text(2, 0, render("report.subtitle", subtitle, lang), styles.SUBTITLE)
    write_heading(sheet, 4, label("report.origin", lang))
    row = 5
    for name, value in (_facts(head) | dict(own or {})).items():
        if value:
            sheet.text(row, 0, label(f"report.{name}", lang), styles.NAME)
            sheet.paragraph(row, (1, LAST), value, styles.BODY)
            row += 1
    return row


def write_heading(sheet: Sheet, row: int, text: str) -> None:
    """A heading with a line under it over the whole width."""
    for column in range(LAST + 1):
        sheet.text(row, column, text if column == 0 else "", styles.HEADING)


def _facts(head: ReportHead) -> dict[str, str]:
    return {
        "company": head.company,
        "as_of": head.as_of.isoformat(),
        "currency": head.currency,
        "zone": head.zone,
        "source": head.source,
        "run": head.run,
        "policy_version": head.policy_version,
        "policy_hash": head.policy_hash,
        "input_hash": head.input_hash,
        "ledger_head": head.ledger_head,
        "program": head.program,
    }
