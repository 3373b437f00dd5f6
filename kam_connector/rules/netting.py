"""The net view of the ageing: open credits clear a customer's oldest debts first.

The gross view shows a credit where it arose; a customer with 500 due since March and an unmatched credit note of 120
looks as if both were open. Net, 380 of the 500 are left (collections.md 2.4, case C2). Credits beyond all debts stay,
the youngest of them, so that the total of a customer is the same in both views.

Worked figure: debts of 300 (due January), 200 (due March), credits of 100 (February) and 350 (April): the credits
clear all of the first debt and 150 of the second, 50 are left, due since March. Requirement S4-39.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import is_booked
from kam_connector.rules.decisions import Whole, days_of, ids_of, require_columns

_NEEDED = ("item_id", "company_id", "customer_id", "date", "due_date", "residual_minor")


def net_oldest_first(items: pd.DataFrame, ageing: Ageing) -> pd.DataFrame:
    """The items (as `ageing.bucket_items` gives them) with residual_minor after netting; those that net to 0 are gone.

    Oldest by the policy's clock: the due date, or the day on which the item arose. Payments that are not booked yet
    clear nothing.
    """
    require_columns(items, _NEEDED, "items")
    booked = is_booked(items)
    residual = np.where(booked, items["residual_minor"].to_numpy(dtype=np.int64), 0)
    customer = ids_of(items.groupby(["company_id", "customer_id"], sort=False).ngroup())
    debts: Whole = np.maximum(residual, 0)
    credits: Whole = np.maximum(-residual, 0)
    cleared: Whole = np.minimum(*(_sums(customer, amounts) for amounts in (debts, credits)))
    clock = days_of(items["due_date" if ageing.basis == "due" else "date"])
    order: Whole = np.lexsort((ids_of(items["item_id"]), clock, customer))
    net = residual - _taken(debts, cleared, customer, order) + _taken(credits, cleared, customer, order)
    left = items.assign(residual_minor=np.where(booked, net, items["residual_minor"].to_numpy(dtype=np.int64)))
    kept: pd.DataFrame = left[(net != 0) | ~booked].reset_index(drop=True)
    return kept


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
