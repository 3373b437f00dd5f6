"""The facts that hold or reduce a payee's pay: how much came in, how much is overdue, complaints upheld, margin.

A payee who sold for 10,000 that was due and of which 7,000 came in has a collection rate of 70 %: a gate below 80 %
closes. A fact that cannot be measured (nothing was due yet) closes no gate (S0-16, S4-60).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.policy.payterms import Gate
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import days_of, ids_of
from kam_connector.rules.pay.cash import paying_kinds
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.spans import period_at

Facts = Mapping[tuple[int, int, int], Fraction]
UPHELD = "complaint_upheld"
"""The category of events that count as a complaint that was found justified."""


def measure_gate(gate: Gate, rows: pd.DataFrame, stages: range, plan: Plan, given: Given) -> Facts:
    """The gate's fact by company, payee and period; of those that have no figure nothing."""
    found: dict[tuple[int, int, int], Fraction] = {}
    for stage in stages:
        for (company, payee), value in _measure(gate, rows, stage, plan, given).items():
            found[company, payee, stage] = value
    return found


def is_closed(gate: Gate, value: Fraction | None) -> bool:
    """Whether the gate closes at that figure."""
    if value is None:
        return False
    return (gate.below is not None and value < Fraction(gate.below)) or (
        gate.above is not None and value > Fraction(gate.above)
    )


def shown(value: Fraction) -> str:
    """The figure as reasons carry it: a share with four decimals, a number as it is."""
    return f"{Decimal(round(value * 10_000)).scaleb(-4):f}" if value.denominator > 1 else str(value)


def _measure(gate: Gate, rows: pd.DataFrame, stage: int, plan: Plan, given: Given) -> dict[tuple[int, int], Fraction]:
    if gate.fact == "upheld_complaints":
        events = rows[(rows["stage"] == stage) & (rows["kind"] == "event")]
        upheld = (events["category"] == UPHELD).astype("int64")
        return _ratios(events.assign(upheld=upheld, one=1), "upheld", "one", divide=False)
    if gate.fact == "margin_share":
        sold = rows[(rows["stage"] == stage) & (rows["kind"] != "event")]
        return _ratios(sold, "margin_minor", "net_minor")
    end = np.datetime64(min(period_at(stage, plan.plan.period).end, given.as_of), "D")
    documents = _documents(rows, plan, given, end)
    if gate.fact == "collection_rate":
        return _ratios(documents[documents["is_due"]], "paid_minor", "total_minor")
    overdue = documents["open_minor"].where(documents["is_due"], 0)
    return _ratios(documents.assign(overdue_minor=overdue), "overdue_minor", "open_minor")


def _documents(rows: pd.DataFrame, plan: Plan, given: Given, end: np.datetime64) -> pd.DataFrame:
    """One row a payee's document up to `end`: total, paid and open amount, whether it is due."""
    day = days_of(rows["date"])
    mine = rows[(day <= end) & rows["kind"].isin(["invoice", "order"]).to_numpy()]
    mine = mine.assign(
        due=np.where(np.isnat(days_of(mine["due_date"])), days_of(mine["date"]), days_of(mine["due_date"]))
    )
    table = mine.groupby(["company_id", "payee_id", "document_id"], sort=True).agg(
        total_minor=("document_total_minor", "max"), net_minor=("weight", "sum"), due=("due", "max")
    )
    table = table.reset_index()
    total = table["total_minor"].where(table["total_minor"] > 0, table["net_minor"])
    cash = given.cash[(days_of(given.cash["date"]) <= end) & given.cash["kind"].isin(paying_kinds(plan))]
    received = cash.groupby(ids_of(cash["document_id"]))["amount_minor"].sum()
    paid = np.minimum(table["document_id"].map(received).fillna(0).astype("int64"), total)
    is_due = days_of(table["due"]) <= end
    return table.assign(total_minor=total, paid_minor=paid, open_minor=total - paid, is_due=is_due)


def _ratios(table: pd.DataFrame, top: str, bottom: str, *, divide: bool = True) -> dict[tuple[int, int], Fraction]:
    """By company and payee the one sum by the other (or undivided), where the other is above zero."""
    sums = table.groupby(["company_id", "payee_id"])[[top, bottom]].sum().reset_index()
    columns = (sums[name].tolist() for name in ("company_id", "payee_id", top, bottom))
    return {
        (company, payee): Fraction(over, under if divide else 1)
        for company, payee, over, under in zip(*columns, strict=True)
        if under > 0
    }
