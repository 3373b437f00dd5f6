"""The figures behind each collection task, and behind each overdue customer who gets none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.cash_signals import SIGNAL
from kam_connector.rules.decisions import days_of, ids_of, texts_of, words_of
from kam_connector.rules.reasons import REASONS, reason_args

AMOUNTS = ("overdue", "unapplied", "pending", "disputed", "claim")
_WHOLE = ("company_id", "level", "before_level", "broken", "interval_days", "amount_minor")
_WORDS = ("outcome", "early_step", "payer_class", *SIGNAL)


def explain_tasks(cases: pd.DataFrame, policy: CollectionsPolicy, currencies: dict[int, Currency]) -> list[str]:
    """The reason_args of each case; its reason code is `task.` and its outcome."""
    promised = cases["held_until"].where(cases["is_held"], cases["failed_for"])
    days = {"due_date": cases["due_date"], "not_before": cases["not_before"], "promised_for": promised}
    columns: dict[str, list[Any]] = {
        **{name: words_of(cases[name]) for name in _WORDS},
        **{name: ids_of(cases[name]).tolist() for name in _WHOLE},
        **{name: ids_of(cases[f"{name}_minor"]).tolist() for name in AMOUNTS},
        **{name: texts_of(days_of(column)) for name, column in days.items()},
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return [_explain(row, policy, currencies[row["company_id"]]) for row in rows]


def _explain(row: Mapping[str, Any], policy: CollectionsPolicy, currency: Currency) -> str:
    level, before = row["level"], row["before_level"]
    rung = policy.step[max(level or before, 1) - 1]
    figures: dict[str, str | int] = {
        **{name: row[name] for name in ("due_date", "not_before", "promised_for", "interval_days", "payer_class")},
        **{name: minor_text(row[name], currency) for name in AMOUNTS},
        "amount": minor_text(row["amount_minor"], currency), "currency": currency.code, "count": row["broken"],
        "step": row["early_step"] or rung.code, "level": rung.level, "after_days": rung.after_days,
        "previous_step": policy.step[max(before, 1) - 1].code, "ahead_days": policy.before_due.days,
        "signal": row["signal"], "signal_on": row["signal_on"], "document": row["signal_document"],
        "seen": row["signal_amount"],
        "tolerance": f"{policy.dunning.tolerance:.{currency.digits}f}", "valid_from": policy.valid_from.isoformat(),
    }  # fmt: skip
    code = f"task.{row['outcome']}"
    return reason_args(code, **{name: figures[name] for name in REASONS[code]})
