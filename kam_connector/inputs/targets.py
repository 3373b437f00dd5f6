"""targets.csv or targets.xlsx: what people and teams are to reach, a row each (CONTRACTS)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.errors import InputError
from kam_connector.inputs.columns import Column
from kam_connector.inputs.sheets import read_table
from kam_connector.periods import parse_period
from kam_connector.texts import Text

MEASURES: Final = ("revenue", "margin", "collection", "new_customers")
"""What may be a target: net invoiced sales, gross margin, cash collected, customers won."""
TARGETS: Final = (
    Column("company"),
    Column("user"),
    Column("team"),
    Column("period", required=True, filled=True),
    Column("measure", "choice", required=True, filled=True, choices=MEASURES),
    Column("amount", "amount", required=True),
    Column("currency"),
    Column("weight", "amount"),
)
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01( 00:00:00)?")


def read_targets(path: Path) -> pd.DataFrame:
    """The rows of the file with `row`, as a spreadsheet counts it; `period` by its code.

    Columns: row, company, user, team, period, measure, amount (Decimal, None), currency, weight (Decimal, None). A
    spreadsheet makes a day of 2026-07: the first day of a month stands for it. Raises InputError with file, row and
    column for a period, amount or weight that cannot be one.
    """
    rows = read_table(path, TARGETS)
    rows = rows.assign(row=rows.index + 2, period=rows["period"].str.replace(_FIRST_OF_MONTH, r"\1", regex=True))
    refuse(path, _flaws(rows))
    codes = {text: parse_period(text).code for text in rows["period"].unique()}
    return rows.assign(period=rows["period"].map(codes)).reset_index(drop=True)


def refuse(path: Path, flaws: list[tuple[int, str, Text]]) -> None:
    """Nothing without flaws; else InputError with the first of them (row, column, what is wrong) and their number."""
    if not flaws:
        return
    row, column, why = min(flaws, key=lambda flaw: flaw[0])
    more = Text(" There are {count} such cells.", {"count": len(flaws)}) if len(flaws) > 1 else ""
    raise InputError(
        "{path}, row {row}, column {column}: {why}{more}",
        next_step="Nothing was written. Correct it, then import the file again.",
        path=path,
        row=row,
        column=column,
        why=why,
        more=more,
    )


def _flaws(rows: pd.DataFrame) -> list[tuple[int, str, Text]]:
    return [*_wrong_periods(rows), *_wrong_amounts(rows)]


def _wrong_periods(rows: pd.DataFrame) -> Iterator[tuple[int, str, Text]]:
    for row, text in zip(rows["row"], rows["period"], strict=True):
        try:
            parse_period(text)
        except InputError as error:
            yield row, "period", Text("{error}", {"error": error})


def _wrong_amounts(rows: pd.DataFrame) -> Iterator[tuple[int, str, Text]]:
    columns = (rows[name].tolist() for name in ("row", "measure", "amount", "weight"))
    for row, measure, amount, weight in zip(*columns, strict=True):
        if amount is not None and amount < 0:
            yield row, "amount", Text("a target is zero or more, not {amount}.", {"amount": amount})
        if measure == "new_customers" and amount is not None and amount != int(amount):
            yield row, "amount", Text("{amount} is no number of customers.", {"amount": amount})
        if amount is None and weight is None:
            yield row, "amount", Text("the row has neither an amount nor a weight.")
        if weight is not None and weight < 0:
            yield row, "weight", Text("a weight is zero or more, not {weight}.", {"weight": weight})
