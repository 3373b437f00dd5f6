"""The CSV of what payees are paid, for the payroll of another program: plain columns, one row a statement.

A name from the ERP is never read as a formula; the file begins with the mark by which spreadsheets know its letters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kam_connector.reports.cells import csv_text
from kam_connector.reports.placing import place_file

COLUMNS: Final = (
    "company", "payee", "name", "plan", "period", "currency", "amount", "statement", "number", "revision",
    "approved_by", "approved_on", "state",
)  # fmt: skip
"""The file's head; `amount` is a decimal with the currency's digits, negative where it is taken back."""


def write_payroll(target: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The rows (COLUMNS) stand at `target`, whole or not at all. Raises as `place_file`."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([csv_text(row[name]) for name in COLUMNS] for row in rows)
    return place_file(target, stream.getvalue().encode("utf-8-sig"))
