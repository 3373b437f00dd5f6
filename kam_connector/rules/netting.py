"""What is left of a customer's debts when his open credits clear the oldest of them first.

A credit that nobody has matched yet is money all the same: a bank that lends on receivables, and an auditor who asks
for a provision, take it off, in Chinese practice off the oldest debt (collections.md 2.4, 2.14). The gross view of the
ageing shows a credit where it arose; a customer with 500 due since March and an unmatched credit note of 120 looks as
if both were open. Net, 380 of the 500 are left (case C2). Credits beyond all debts stay, the youngest of them: they are
owed to the customer, and lower nobody else's debt.

Worked figures: debts of 300 (March), 200 (April) and 100 (May) with 350 of open credits leave 0, 150 and 100. Debts of
300 (January) and 200 (March) with credits of 100 (February) and 350 (April) leave 50 of March. Requirement S4-39.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import is_booked
from kam_connector.rules.decisions import Whole, days_of, ids_of, require_columns

Clock = Literal["due", "recognition"]
CLOCKS = {"due": "due_date", "recognition": "date"}
PAIR = ["company_id", "customer_id"]
_NEEDED = ("item_id", *PAIR, "residual_minor")


def net_oldest_first(items: pd.DataFrame, ageing: Ageing) -> pd.DataFrame:
    """The items (as `ageing.bucket_items` gives them) with residual_minor after netting; those that net to 0 are gone.

    Oldest by the policy's clock: the due date, or the day on which the item arose, then by id. Payments that are not
    booked yet clear nothing and stay as they are.
    """
    booked = is_booked(items)
    residual = items["residual_minor"].to_numpy(dtype=np.int64, copy=True)
    residual[booked] = _net(items[booked], ageing.basis)
    left: pd.DataFrame = items.assign(residual_minor=residual)[(residual != 0) | ~booked].reset_index(drop=True)
    return left


def net_debts(items: pd.DataFrame, clock: Clock = "due") -> pd.DataFrame:
    """The debts among `items`, each with net_minor: what credits of the same company and customer leave of it (or 0).

    `items`: item_id, company_id, customer_id, residual_minor, due_date or date, and kind where known. Payments that are
    not booked are no credits. Order: as given.
    """
    booked = items[is_booked(items)]
    net, owed = _net(booked, clock), booked["residual_minor"].to_numpy(dtype=np.int64) > 0
    debts: pd.DataFrame = booked[owed].reset_index(drop=True)
    return debts.assign(net_minor=net[owed])


def credit_balances(items: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, credit_balance_minor: what customers with more credits than debts are owed."""
    total = items[is_booked(items)].groupby(PAIR)["residual_minor"].sum()
    balance = (-total).clip(lower=0).astype(np.int64)
    rows: pd.DataFrame = balance[balance > 0].rename("credit_balance_minor").reset_index()
    return rows


def _net(items: pd.DataFrame, clock: Clock) -> Whole:
    """The residual of each item after debts and credits of its company and customer have cleared each other."""
    require_columns(items, (*_NEEDED, CLOCKS[clock]), "items")
    residual = items["residual_minor"].to_numpy(dtype=np.int64)
    debts: Whole = np.maximum(residual, 0)
    credits: Whole = np.maximum(-residual, 0)
    customer = ids_of(items.groupby(PAIR, sort=False).ngroup())
    cleared: Whole = np.minimum(_sums(customer, debts), _sums(customer, credits))
    net, some = residual.copy(), np.flatnonzero(cleared)  # most customers have debts alone: nothing to clear
    days, keys = days_of(items[CLOCKS[clock]].iloc[some]).astype(np.int64), ids_of(items["item_id"].iloc[some])
    cleared, customer = cleared[some], customer[some]
    order: Whole = np.lexsort((keys, days, customer))
    net[some] += _taken(credits[some], cleared, customer, order) - _taken(debts[some], cleared, customer, order)
    return net


def _sums(customer: Whole, amounts: Whole) -> Whole:
    """For each item the sum of its customer."""
    return pd.Series(amounts).groupby(customer).transform("sum").to_numpy(dtype=np.int64)


def _taken(amounts: Whole, cleared: Whole, customer: Whole, order: Whole) -> Whole:
    """What clearing takes off each amount, the oldest of a customer first."""
    ordered = pd.Series(amounts[order])
    before = np.empty(len(amounts), dtype=np.int64)
    before[order] = (ordered.groupby(customer[order]).cumsum() - ordered).to_numpy()
    taken: Whole = np.clip(cleared - before, 0, amounts)
    return taken
