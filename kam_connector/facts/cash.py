"""What closed the receivables: matches by kind, and how late each customer pays.

A customer who paid three invoices 3, 9 and 12 days late is 8 days late on average (collections.md 3.4).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.days import twelve_months
from kam_connector.facts.items import counted_matches, item_kinds, receivable_items, settled_amounts

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def matches(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a match that counts on `as_of`, seen from the item that it closes (the debit one).

    Columns: match_id, company_id, customer_id (0: no partner), item_id, move_id, kind (cash, credit_note, write_off,
    exchange, entry: of what closes it), closed_kind (of what is closed), date, due_date, currency_id, amount_minor
    (company currency), amount_currency_minor (currency_id).
    """
    match = counted_matches(con, as_of)
    debit = receivable_items(con, as_of).select("item_id", "move_id", "partner_id", "due_date", "currency_id")
    joined = match.inner_join(debit, match.debit_item_id == debit.item_id)
    kinds = item_kinds(con, as_of)
    closed = kinds.select(closed_key="item_id", closed_kind="kind")
    closing = kinds.select(closing_key="item_id", closing_kind="kind")
    joined = joined.inner_join(closed, joined.debit_item_id == closed.closed_key)
    joined = joined.inner_join(closing, joined.credit_item_id == closing.closing_key)
    partner = customers(con).select("customer_id", partner_key="partner_id")
    joined = joined.left_join(partner, joined.partner_id == partner.partner_key)
    exchange = (joined.closed_kind == "exchange") | (joined.closing_kind == "exchange")
    kind = ibis.cases((exchange, "exchange"), (joined.closing_kind == "payment", "cash"), else_=joined.closing_kind)
    return joined.select(
        "match_id",
        "company_id",
        "item_id",
        "move_id",
        "closed_kind",
        "date",
        "due_date",
        "currency_id",
        "amount_minor",
        customer_id=joined.customer_id.fill_null(0),
        kind=kind,
        amount_currency_minor=joined.debit_amount_minor,
    )


def payment_behaviour(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer who paid in the twelve months up to `as_of`.

    Columns: company_id, customer_id, paid_items (invoice items wholly closed, with cash among what closed them),
    days_late_mean (last cash after due date, early ones negative), share_late (of the items, 0 to 1).
    """
    first, last = twelve_months(as_of)
    paid = _paid_items(con, as_of)
    paid = paid.filter(paid.paid_on >= first, paid.paid_on <= last)
    late = paid.paid_on.delta(paid.due_date, unit="day")
    return paid.group_by("company_id", "customer_id").agg(
        paid_items=paid.count(),
        days_late_mean=late.mean(),
        share_late=(late > 0).cast("int64").mean(),
    )


def _paid_items(con: BaseBackend, as_of: date) -> ir.Table:
    """Invoice items with nothing left on `as_of` and the day of their last cash."""
    item = receivable_items(con, as_of)
    settled = settled_amounts(con, as_of)
    settled = settled.select("settled_minor", settled_key="item_id")
    closed = item.inner_join(settled, item.item_id == settled.settled_key)
    closed = closed.filter(closed.balance_minor == closed.settled_minor).select(closed_id="item_id")
    cash = matches(con, as_of)
    cash = cash.filter(cash.kind == "cash", cash.closed_kind == "invoice")
    cash = cash.semi_join(closed, cash.item_id == closed.closed_id)
    return cash.group_by("company_id", "customer_id", "item_id", "due_date").agg(paid_on=cash.date.max())
