"""What pay was computed from, as one hash: the same credits, cash, rates and settlements in any order give the same."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pandas as pd

from kam_connector.ledger.encoding import canonical
from kam_connector.rules.decisions import days_of
from kam_connector.rules.pay.given import (
    BILL_COLUMNS,
    CASH_COLUMNS,
    CREDIT_COLUMNS,
    CREDIT_DEFAULTS,
    PAID_COLUMNS,
    TARGET_COLUMNS,
    Given,
)

BOOKED = ("net_company_minor", "company_currency_id")


def inputs_of(given: Given) -> str:
    """SHA-256 over every figure, id and code that the engine was given, and the day; not over the names of people."""
    credits = tuple(name for name in (*CREDIT_COLUMNS, *CREDIT_DEFAULTS, *BOOKED) if name != "login")
    dated = {f"{company}:{currency}": [(day.isoformat(), str(rate)) for day, rate in rates]
             for (company, currency), rates in given.rates.dated.items()}  # fmt: skip
    parts: dict[str, object] = {
        "as_of": given.as_of,
        "credits": _rows(given.credits, credits),
        "cash": _rows(given.cash, (*CASH_COLUMNS, "note_id")),
        "paid": _rows(given.paid, PAID_COLUMNS),
        "rates": dated,
    }
    if len(given.targets):
        parts["targets"] = _rows(given.targets, TARGET_COLUMNS)
    if given.bills is not None:
        parts["bills"] = _rows(given.bills, BILL_COLUMNS)
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def _rows(table: pd.DataFrame, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rows as texts, sorted."""
    columns = [_texts(table[name]) for name in names if name in table]
    return sorted(zip(*columns, strict=True))


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype) or str(column.name).endswith("date"):
        return [str(day) for day in days_of(column)]
    return ["" if pd.isna(value) else _text(value) for value in column.tolist()]


def _text(value: object) -> str:
    """An id that stood in a column with gaps has no decimals."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
