"""What is left of each debt when a customer's open credits clear the oldest ones first.

A credit that nobody has matched yet is money all the same: a bank that lends on receivables, and an auditor who asks
for a provision, take it off. Chinese practice takes it off the oldest debt (collections.md 2.14). What credits a
customer has beyond his debts is owed to him and lowers nobody else's debt.

Worked figure: debts of 300 (March), 200 (April) and 100 (May) with 350 of open credits leave 0, 150 and 100.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from kam_connector.rules.ageing import PENDING
from kam_connector.rules.decisions import Flags, Whole, days_of, ids_of, require_columns

Clock = Literal["due", "recognition"]
CLOCKS = {"due": "due_date", "recognition": "date"}


def net_debts(items: pd.DataFrame, clock: Clock = "due") -> pd.DataFrame:
    """The debts among `items`, each with net_minor: what credits of the same company and customer leave of it.

    `items`: item_id, company_id, customer_id, kind, residual_minor, and due_date or date, by which the oldest is found
    (then by id; one without a day counts as the oldest). Payments that are not booked are no credits. Order: as given.
    """
    require_columns(items, ("item_id", "company_id", "customer_id", "kind", "residual_minor"), "items")
    booked = items[items["kind"].to_numpy() != PENDING]
    owed = booked["residual_minor"].to_numpy(dtype=np.int64)
    debts: pd.DataFrame = booked[owed > 0].reset_index(drop=True)
    amount = debts["residual_minor"].to_numpy(dtype=np.int64)
    credit = _credits_of(debts, booked[owed < 0])
    return debts.assign(net_minor=amount - np.clip(credit - _older_debts(debts, credit > 0, clock), 0, amount))


def _older_debts(debts: pd.DataFrame, wanted: Flags, clock: Clock) -> Whole:
    """For each wanted debt the sum of those of the same customer that are cleared before it; 0 for the others."""
    places = np.flatnonzero(wanted)
    some = debts.iloc[places]
    day = days_of(some[CLOCKS[clock]]).astype(np.int64)
    company, customer = ids_of(some["company_id"]), ids_of(some["customer_id"])
    order = np.lexsort((ids_of(some["item_id"]), day, customer, company))
    amount = some["residual_minor"].to_numpy(dtype=np.int64)[order]
    upto = pd.Series(amount).groupby([company[order], customer[order]]).cumsum().to_numpy(dtype=np.int64)
    older = np.zeros(len(debts), dtype=np.int64)
    older[places[order]] = upto - amount
    return older


def credit_balances(items: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, credit_balance_minor: what customers with more credits than debts are owed."""
    booked = items[items["kind"].to_numpy() != PENDING]
    total = booked.groupby(["company_id", "customer_id"])["residual_minor"].sum()
    balance = (-total).clip(lower=0).astype(np.int64)
    rows: pd.DataFrame = balance[balance > 0].rename("credit_balance_minor").reset_index()
    return rows


def _credits_of(debts: pd.DataFrame, credits: pd.DataFrame) -> Whole:
    """For each debt all open credits of its company and customer, as a positive amount."""
    keys = ["company_id", "customer_id"]
    total = (-credits.groupby(keys)["residual_minor"].sum()).rename("credit").reset_index()
    found = debts[keys].merge(total, on=keys, how="left")["credit"]
    return found.fillna(0).to_numpy(dtype=np.int64)
