"""Small business papers as frames: open items, companies, facts, credits, tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from kam_connector.policy.tiering import TierPolicy

COMPANIES = pd.DataFrame({
    "company_id": [1, 2, 3], "currency_id": [10, 20, 30], "currency": ["CNY", "EUR", "JPY"], "digits": [2, 2, 0],
})  # fmt: skip


def item(item_id: int, amount: int, due: str | None, **more: Any) -> dict[str, Any]:
    """An open item of customer 7 in company 1; a negative amount is a credit; the document is 30 days older."""
    day = None if due is None else date.fromisoformat(due)
    row = {
        "item_id": item_id, "company_id": 1, "customer_id": 7, "user_id": 5, "team_id": 3, "company_currency_id": 10,
        "kind": "invoice" if amount > 0 else "credit_note", "date": day, "due_date": day, "move_id": item_id + 1000,
        "residual_minor": amount, "balance_minor": amount, "pending": False,
    }  # fmt: skip
    return row | {key: _day(value) for key, value in more.items()}


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def _day(value: Any) -> Any:
    is_day = isinstance(value, str) and len(value) == 10 and value[4] == "-"
    return date.fromisoformat(value) if is_day else value


def tier_policy(**changes: Any) -> TierPolicy:
    """Four dimensions with one item each, whose points are the figure itself (0 to 100); gold, silver, bronze."""
    facts = {"contribution": "orders_12m", "loyalty": "invoices_12m", "growth": "paid_items", "risk": "share_late"}
    weights = {"contribution": 40, "loyalty": 25, "growth": 20, "risk": 15}
    points = [[str(value), str(value)] for value in range(101)]
    content: dict[str, Any] = {
        "tiering": {"valid_from": date(2026, 1, 1), "coverage_min": "0.60"},
        "dimension": [
            {"name": name, "weight": weights[name], "item": [{"fact": facts[name], "points": points}]} for name in facts
        ],
        "tier": [
            {"name": "gold", "enter": 80, "leave": 75},
            {"name": "silver", "enter": 60, "leave": 55},
            {"name": "bronze", "enter": 0, "leave": 0},
        ],
    }  # fmt: skip
    return TierPolicy.model_validate(content | changes)


def points_of(rows: Sequence[Sequence[float | None]], **more: Any) -> pd.DataFrame:
    """Facts of customers 1, 2, ... whose points in the four dimensions are these."""
    names = ["orders_12m", "invoices_12m", "paid_items", "share_late"]
    frame = pd.DataFrame(rows, columns=names, dtype="float64")
    frame.insert(0, "company_id", 1)
    frame.insert(1, "customer_id", range(1, len(frame) + 1))
    return frame.assign(first_invoice=date(2020, 1, 1), digits=2, **more)


def scored(*scores: float) -> pd.DataFrame:
    """Facts of customers whose score is this in every dimension."""
    return points_of([[score] * 4 for score in scores])


NO_TIERS = pd.DataFrame(columns=["company_id", "customer_id", "tier", "runs_below"])
NO_TASKS = pd.DataFrame(columns=["company_id", "customer_id", "step", "level", "oldest_item_id", "state"])
