"""Policy of cash signals: what tells that a customer who does not pay has money after all, and for how long."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kam_connector.policy.values import Problem, Problems, Table
from kam_connector.texts import Text

SignalKind = Literal["paid_elsewhere", "paid_newer", "credit_note", "refund", "order"]
ALL_KINDS: tuple[SignalKind, ...] = ("paid_elsewhere", "paid_newer", "credit_note", "refund", "order")


class CashSignals(Table):
    """Signals of so many days count, and only of these kinds; no kinds: none."""

    days: int = Field(default=7, ge=1, le=90)
    kinds: tuple[SignalKind, ...] = ALL_KINDS


def find_signal_problems(signals: CashSignals) -> Problems:
    """Kinds of signals that are named twice."""
    for place, kind in enumerate(signals.kinds):
        if kind in signals.kinds[:place]:
            what = Text('The signal "{kind}"', {"kind": kind})
            yield Problem(("cash_signals", "kinds", place), what, Text("stands there a second time. Take it out."))
