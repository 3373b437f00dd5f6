"""complaints.csv: complaints that are kept elsewhere (`kam complaints import`, docs/clocks.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from kam_connector.inputs.columns import Column
from kam_connector.inputs.csvs import read_csv

TYPES: Final = ("product", "contract", "transport", "service")
SEVERITIES: Final = ("low", "medium", "high", "critical")
CHANNELS: Final = ("phone", "email", "visit", "chat", "letter", "web", "other")
_COLUMNS: Final = (
    Column("number", required=True, filled=True),
    Column("customer", required=True, filled=True),
    Column("received_at", required=True, filled=True),
    Column("title", required=True, filled=True),
    Column("text"),
    Column("category"),
    Column("company"),
    Column("order"),
    Column("invoice"),
    Column("type", "choice", choices=TYPES),
    Column("subtype"),
    Column("severity", "choice", choices=SEVERITIES),
    Column("channel", "choice", choices=CHANNELS),
    Column("contact"),
    Column("claimed", "amount"),
    Column("disputed", "amount"),
    Column("currency"),
)


def read_complaints(path: Path) -> pd.DataFrame:
    """The rows as texts, claimed and disputed as Decimal (None), and record (how a finding names the row).

    received_at is parsed with the company's zone.

    Raises InputError as `read_csv`.
    """
    given = read_csv(path, _COLUMNS)
    return given.assign(record=[f"{path.name}:{number}" for number in range(2, len(given) + 2)])
