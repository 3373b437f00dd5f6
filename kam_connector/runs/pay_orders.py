"""What was paid of orders: the matches of their invoices, each order's part of them.

An order of 1,000.00 that was invoiced in halves, the first of which is paid, was paid 500.00; gates look at the halves,
each with its own due date. Of an invoice of two orders each has the part of its lines. Down payments are invoices like
others here: what came in for them came in for the order.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.facts import credits
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.origins import order_parts
from kam_connector.findings import Finding
from kam_connector.policy import Plan
from kam_connector.rules.decisions import Whole, ids_of
from kam_connector.rules.pay.exact import ratio, whole
from kam_connector.rules.pay.given import BILL_COLUMNS, CASH_COLUMNS
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources
from kam_connector.texts import Text

OTHER_CURRENCY = Text(
    "Invoices of orders that are in another currency than their order ({count}): plan {plan} leaves out what is owed "
    "and paid of them."
)


def read_bills(
    sources: Sources, plan: Plan, sold: pd.DataFrame, as_of: date
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Finding, ...]]:
    """Cash (CASH_COLUMNS, note_id, bill_id) and bills (BILL_COLUMNS) of the orders of `sold`, and what is left out."""
    every = _with_shares(_billed(sources, as_of)).merge(_orders(sold), on="document_id")
    same = every["currency_id"] == every["order_currency"]
    pairs = every[same].sort_values(["document_id", "move_id"], kind="stable", ignore_index=True)
    pairs = pairs.assign(bill_id=np.arange(1, len(pairs) + 1))
    matched = to_frame(credits.document_cash(sources.con, as_of))
    cash = matched.merge(pairs[["move_id", "document_id", "bill_id", "before", "after", "whole"]], on="move_id")
    cash = cash.assign(amount_minor=_part_of(cash, "amount_minor"), note_id=_note_bills(cash, pairs))
    cash = cash[[*CASH_COLUMNS, "note_id", "bill_id"]]
    return cash, _bills(pairs), _left_out(plan, every[~same])


def _billed(sources: Sources, as_of: date) -> pd.DataFrame:
    """The columns of `order_parts`, the order as document_id, and those of its invoices and credit notes."""
    invoice, part = posted_invoices(sources.con), order_parts(sources.con)
    invoice = invoice.filter(invoice.date <= as_of).drop("company_id")
    return to_frame(part.inner_join(invoice, "move_id")).rename(columns={"order_id": "document_id"})


def _orders(sold: pd.DataFrame) -> pd.DataFrame:
    """document_id and order_currency of each order."""
    orders = sold.loc[sold["kind"] == "order", ["document_id", "currency_id"]].drop_duplicates("document_id")
    return orders.rename(columns={"currency_id": "order_currency"})


def _with_shares(parts: pd.DataFrame) -> pd.DataFrame:
    """With before and after: where the order's part of the document begins and ends, so that the parts sum to it."""
    parts = parts.sort_values(["move_id", "document_id"], kind="stable", ignore_index=True)
    after = parts.groupby("move_id")["part"].cumsum()
    return parts.assign(before=after - parts["part"], after=after)


def _part_of(rows: pd.DataFrame, name: str) -> Whole:
    """Each row's part of an amount, in smallest units."""
    amount, before, after, total = (whole(ids_of(rows[each])) for each in (name, "before", "after", "whole"))
    return np.asarray(ratio(amount, after, total) - ratio(amount, before, total), dtype=np.int64)


def _note_bills(cash: pd.DataFrame, pairs: pd.DataFrame) -> Whole:
    """The bill of each match's credit note for the same order; one that is no bill of it has its id below zero."""
    bills = pairs.set_index(["document_id", "move_id"])["bill_id"]
    wanted = pd.MultiIndex.from_frame(cash[["document_id", "note_id"]])
    found = bills.reindex(wanted).to_numpy(dtype=np.float64)
    return np.where(np.isnan(found), -ids_of(cash["note_id"]), np.nan_to_num(found)).astype(np.int64)


def _bills(pairs: pd.DataFrame) -> pd.DataFrame:
    """The order's part of each document; a credit note has the invoice that it reverses as family."""
    known = pairs[["document_id", "move_id", "bill_id"]]
    known = known.rename(columns={"move_id": "reversed_id", "bill_id": "first_id"})
    joined = pairs.assign(reversed_id=ids_of(pairs["reversed_id"])).merge(
        known, on=["document_id", "reversed_id"], how="left"
    )
    is_note = joined["kind"] == "credit_note"  # what reverses a credit note is an invoice that is owed like others
    family = joined["first_id"].where(is_note).fillna(joined["bill_id"]).astype("int64")
    bills = joined.assign(family=family, total_minor=_part_of(joined, "gross_minor"))
    return bills[(bills["kind"] == "invoice") | (family != bills["bill_id"])][[*BILL_COLUMNS]].reset_index(drop=True)


def _left_out(plan: Plan, others: pd.DataFrame) -> tuple[Finding, ...]:
    if others.empty:
        return ()
    values = {"count": others["move_id"].nunique(), "plan": plan.code}
    return (Finding("warning", "runs.pay_orders", plan.code, Text(OTHER_CURRENCY.template, values)),)
