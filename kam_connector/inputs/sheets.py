"""A table that a person keeps in a spreadsheet, as a frame of typed columns: the first sheet of an .xlsx, or a CSV.

A cell is what its reader sees as a plain text: a day is 2026-07-01, a number has no thousands separators and the 15
digits that a spreadsheet keeps (0.1 + 0.2 is 0.3), a formula is the value that was saved with it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import below_header, read_csv, typed_cells

_LARGEST = 20 << 20
"""Bytes of a workbook: packed as it is, it holds many times as much."""
_DAMAGED = (BadZipFile, zlib.error, EOFError, SyntaxError, LookupError, AttributeError, ValueError)
"""What a file raises that is no workbook, is cut off or has no sheet of cells; broken XML is a SyntaxError."""


def read_table(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    """Every declared column of the file, as `csvs.read_csv` answers it; empty rows of a sheet are left out.

    The index is the place of the row below the header: row 2 of the file has 0. Raises InputError as `read_csv`, and
    for a workbook that cannot be opened.
    """
    if path.suffix.casefold() != ".xlsx":
        return read_csv(path, columns)
    cells = below_header(_read_sheet(path))
    filled = cells.loc[(cells != "").any(axis=1)].copy()
    return typed_cells(path, filled, columns)


def _read_sheet(path: Path) -> pd.DataFrame:
    """The texts of the first sheet's cells."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("{path} is larger than 20 MiB.", next_step="Save it as CSV.", path=path)
        book = load_workbook(path, read_only=True, data_only=True)
        rows = [[_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {error}.", next_step="Check the path and its rights.", path=path, error=error
        ) from error
    except (InvalidFileException, *_DAMAGED) as error:
        raise InputError("{path} is no workbook.", next_step="Save it as .xlsx or CSV.", path=path) from error
    if not rows or not any(rows[0]):
        raise InputError("{path} has no header.", next_step="Its first row names the columns.", path=path)
    width = max(place for place, name in enumerate(rows[0], start=1) if name)
    return pd.DataFrame([row[:width] + [""] * (width - len(row)) for row in rows], dtype="str")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return f"{Decimal(f'{value:.15g}'):f}" if isinstance(value, float) else str(value)
