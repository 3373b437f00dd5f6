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
from kam_connector.rules.decisions import Whole, days_of, ids_of, require_columns

CLOCKS = {"due": "due_date", "recognition": "date"}


def net_debts(items: pd.DataFrame, clock: Literal["due", "recognition"] = "due") -> pd.DataFrame:
    """The debts among `items`, each with net_minor: what credits of the same company and customer leave of it.

    `items`: item_id, company_id, customer_id, kind, residual_minor, and due_date or date, by which the oldest is found
    (then by id; one without a day counts as the oldest). Payments that are not booked are no credits.
    """
    require_columns(items, ("item_id", "company_id", "customer_id", "kind", "residual_minor"), "items")
    booked = items[items["kind"].to_numpy() != PENDING]
    owed = booked["residual_minor"].to_numpy(dtype=np.int64)
    debts = booked[owed > 0]
    order = np.lexsort((
        ids_of(debts["item_id"]), days_of(debts[CLOCKS[clock]]).astype(np.int64),
        ids_of(debts["customer_id"]), ids_of(debts["company_id"]),
    ))  # fmt: skip
    debts = debts.iloc[order].reset_index(drop=True)
    credit = _credits_of(debts, booked[owed < 0])
    amount = debts["residual_minor"].to_numpy(dtype=np.int64)
    before = debts.groupby(["company_id", "customer_id"])["residual_minor"].cumsum().to_numpy(dtype=np.int64) - amount
    rows: pd.DataFrame = debts.assign(net_minor=amount - np.clip(credit - before, 0, amount))
    return rows


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
