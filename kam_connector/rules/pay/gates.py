"""The facts that hold or reduce a payee's pay: how much came in, how much is overdue, complaints upheld, margin.

A payee who sold for 10,000 that was due and of which 7,000 came in has a collection rate of 70 %: a gate below 80 %
closes. A fact that cannot be measured (nothing was due yet) closes no gate (S0-16, S4-60).

What was credited is owed no more: an invoice of 10,000 with a credit note of 10,000 is neither due nor overdue, whether
the credit note names it or was matched with it; a reversal and another credit note add up. Of an order its invoices are
owed, each when it is due. What was written off is still owed and did not come in. Amounts are in the currency of pay,
each at the rate of its own document; where a payee is paid in several, each has its own figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.policy.payterms import Gate
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import boxed, days_of, ids_of
from kam_connector.rules.pay.cash import document_totals, paying_kinds
from kam_connector.rules.pay.exact import ratio, whole
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.notes import credited, reversals
from kam_connector.rules.pay.spans import period_at

Facts = Mapping[tuple[int, int, int, int], Fraction]
"""A figure by company, payee, currency of pay (ANY: a number of events, whatever they are paid in) and period."""
ANY = 0
WHO = ["company_id", "payee_id", "pay_currency"]
UPHELD = "complaint_upheld"
"""The category of events that count as a complaint that was found justified."""


def measure_gate(gate: Gate, rows: pd.DataFrame, stages: range, plan: Plan, given: Given) -> Facts:
    """The gate's fact by who and period; of those that have no figure nothing."""
    found: dict[tuple[int, int, int, int], Fraction] = {}
    for stage in stages:
        for who, value in _measure(gate, rows, stage, plan, given).items():
            found[*who, stage] = value
    return found


def fact_of(facts: Facts, who: tuple[int, int, int], stage: int) -> Fraction | None:
    """The figure of a payee's period, None where there is none."""
    return facts.get((*who, stage), facts.get((*who[:2], ANY, stage)))


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


def _measure(
    gate: Gate, rows: pd.DataFrame, stage: int, plan: Plan, given: Given
) -> dict[tuple[int, int, int], Fraction]:
    if gate.fact == "upheld_complaints":
        events = rows[(rows["stage"] == stage) & (rows["kind"] == "event")]
        upheld = (events["category"] == UPHELD).astype("int64")
        return _ratios(events.assign(upheld=upheld, one=1, pay_currency=ANY), "upheld", "one", divide=False)
    if gate.fact == "margin_share":
        sold = rows[(rows["stage"] == stage) & (rows["kind"] != "event") & rows["margin_minor"].notna()]
        sold = sold.assign(margin_minor=sold["margin_minor"].astype("int64"))
        return _ratios(_in_pay_currency(sold, given, "margin_minor", "net_minor"), "margin_minor", "net_minor")
    end = np.datetime64(min(period_at(stage, plan.plan.period).end, given.as_of), "D")
    documents = _documents(rows, plan, given, end)
    if gate.fact == "collection_rate":
        return _ratios(documents[documents["is_due"]], "paid_minor", "total_minor")
    overdue = documents["open_minor"].where(documents["is_due"], 0)
    return _ratios(documents.assign(overdue_minor=overdue), "overdue_minor", "open_minor")


def _documents(rows: pd.DataFrame, plan: Plan, given: Given, end: np.datetime64) -> pd.DataFrame:
    """One row a payee's document up to `end`: what is owed after credit notes, paid and open, whether it is due."""
    upto = rows[days_of(rows["date"]) <= end]
    if given.bills is None:
        key, reversing, table = "document_id", reversals(document_totals(upto)), _credited(upto)
    else:
        bills = given.bills[days_of(given.bills["date"]) <= end]
        key, reversing, table = "bill_id", _reversing(bills), _billed(upto, bills)
    written = table["total_minor"].where(table["total_minor"] > 0, table["net_minor"])
    moved = given.cash[days_of(given.cash["date"]) <= end]
    total = np.maximum(written - credited(table[key], moved, reversing), 0).astype("int64")
    paid = np.minimum(_settled(moved, paying_kinds(plan), table, key), total)
    table = table.assign(total_minor=total, paid_minor=paid, is_due=days_of(table["due"]) <= end)
    table = _in_pay_currency(table, given, "total_minor", "paid_minor")
    return table.assign(open_minor=table["total_minor"] - table["paid_minor"])


def _credited(upto: pd.DataFrame) -> pd.DataFrame:
    """The documents that are credits themselves: invoices, or orders that are owed from their own day on."""
    mine = upto[upto["kind"].isin(["invoice", "order"])]
    due = np.where(np.isnat(days_of(mine["due_date"])), days_of(mine["date"]), days_of(mine["due_date"]))
    return mine.assign(due=due).groupby([*WHO, "document_id"], sort=True).agg(
        total_minor=("document_total_minor", "max"), net_minor=("weight", "sum"), due=("due", "max"),
        currency_id=("currency_id", "first"), units=("units", "first"),
    ).reset_index()  # fmt: skip


def _billed(upto: pd.DataFrame, bills: pd.DataFrame) -> pd.DataFrame:
    """The invoices of the orders that are credits, each in its order's currency."""
    orders = upto[upto["kind"] == "order"].drop_duplicates([*WHO, "document_id"])
    orders = orders[[*WHO, "document_id", "currency_id", "units"]]
    own = bills[bills["family"] == bills["bill_id"]]
    due = np.where(np.isnat(days_of(own["due_date"])), days_of(own["date"]), days_of(own["due_date"]))
    own = own.assign(due=due)[["bill_id", "document_id", "total_minor", "due"]]
    return orders.merge(own, on="document_id").assign(net_minor=lambda table: table["total_minor"])


def _reversing(bills: pd.DataFrame) -> pd.DataFrame:
    """The bills that reverse others, in the form of `notes.reversals`."""
    notes = bills[bills["family"] != bills["bill_id"]]
    return notes[["family"]].assign(note_id=notes["bill_id"], total_minor=-notes["total_minor"])


def _settled(moved: pd.DataFrame, kinds: list[str], table: pd.DataFrame, key: str) -> pd.Series:
    """What matches of these kinds settled of each document of `table`, by the column that tells documents apart."""
    chosen = moved[moved["kind"].isin(kinds)]
    if chosen.empty:
        return pd.Series(0, index=table.index, dtype="int64")
    sums = chosen.groupby(ids_of(chosen[key]))["amount_minor"].sum()
    return table[key].map(sums).fillna(0).astype("int64")


def _in_pay_currency(table: pd.DataFrame, given: Given, *columns: str) -> pd.DataFrame:
    """The table with these amounts in the currency of pay, by each row's own `units`; nothing where there are none."""
    foreign = np.flatnonzero(ids_of(table["currency_id"]) != ids_of(table["pay_currency"]))
    if not len(foreign):
        return table
    digits = {number: currency.digits for number, currency in given.currencies.items()}
    own, pay = (table[name].iloc[foreign].map(digits).to_numpy() for name in ("currency_id", "pay_currency"))
    units = [each or Fraction(0) for each in table["units"].iloc[foreign]]
    factors = [each * Fraction(10) ** int(shift) for each, shift in zip(units, pay - own, strict=True)]
    top, under = (boxed(getattr(each, part) for each in factors) for part in ("numerator", "denominator"))
    changed = {}
    for name in columns:
        values = table[name].to_numpy(dtype=np.int64).copy()
        values[foreign] = ratio(whole(values[foreign]), top, under).astype(np.int64)
        changed[name] = values
    return table.assign(**changed)


def _ratios(table: pd.DataFrame, top: str, bottom: str, *, divide: bool = True) -> dict[tuple[int, int, int], Fraction]:
    """By WHO the one sum by the other (or undivided), where the other is above zero."""
    sums = table.groupby(WHO)[[top, bottom]].sum().reset_index()
    columns = (sums[name].tolist() for name in (*WHO, top, bottom))
    return {
        (company, payee, money): Fraction(over, under if divide else 1)
        for company, payee, money, over, under in zip(*columns, strict=True)
        if under > 0
    }
