"""tasks.csv: what a customer was asked before, so that a level is not asked twice (CONTRACTS)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.inputs.codes import Codes
from kam_connector.inputs.columns import Column, parse_column
from kam_connector.inputs.csvs import read_csv

STATES: Final = ("open", "done", "cancelled")
TASKS: Final = (
    Column("customer", required=True, filled=True),
    Column("step", required=True, filled=True),
    Column("level", "count", required=True, filled=True),
    Column("opened", "day"),
    Column("acted_on", "day"),
    Column("state", "choice", choices=STATES),
)


def read_tasks(path: Path | None, customers: Codes) -> pd.DataFrame:
    """customer_id, step, level, opened, acted_on, state (without one: done when acted on, else open).

    Without a file there are none. Tasks of customers that the file of items does not name are left out. Raises
    InputError.
    """
    given = read_csv(path, TASKS) if path else _no_tasks()
    state = given["state"].where(given["state"] != "", given["acted_on"].notna().map({True: "done", False: "open"}))
    frame = given.assign(customer_id=customers.of(given["customer"]), level=given["level"].astype("int64"), state=state)
    return frame[frame["customer_id"] > 0].drop(columns="customer").reset_index(drop=True)


def _no_tasks() -> pd.DataFrame:
    nothing = pd.Series([], dtype="str")
    return pd.DataFrame({column.name: parse_column(nothing, column) for column in TASKS})
