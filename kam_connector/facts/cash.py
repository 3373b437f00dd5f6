"""What closed the receivables: matches by kind, and how late each customer pays.

A customer who paid three invoices 3, 9 and 12 days late is 8 days late on average (collections.md 3.4).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.items import counted_matches, item_kinds, receivable_items, settled_amounts
from kam_connector.periods import months_until

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

RECENT_DAYS = 90
"""Payments of so many days up to the day are recent."""


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


def payment_behaviour(con: BaseBackend, as_of: date, months: int = 12) -> ir.Table:
    """One row a company and customer who paid cash for invoice items in the `months` up to `as_of`.

    Columns: company_id, customer_id, paid_items (invoice items wholly closed, with cash among what closed them),
    days_late_mean (last cash after due date, early ones negative), days_late_spread (standard deviation of the whole
    population), share_late (of the items, 0 to 1), days_late_recent (mean of those paid in the last 90 days),
    days_late_before (mean of the rest), part_paid_items (closed by more than one match with cash, or open with some
    cash), part_open_items (of these the open ones), last_paid_on. Who paid nothing whole has paid_items 0 and no mean.
    """
    item = paid_items(con, as_of, months)
    item = item.mutate(late=ibis.ifelse(item.is_closed, item.paid_on.delta(item.due_date, unit="day"), None))
    recent = item.paid_on > as_of - timedelta(days=RECENT_DAYS)
    in_parts = ~item.is_closed | (item.cash_count > 1)
    # In whole numbers until the root is drawn: the order in which an engine adds them changes nothing.
    days, squares = item.late.sum().cast("int64"), (item.late * item.late).sum().cast("int64")
    scatter = item.late.count() * squares - days * days
    return item.group_by("company_id", "customer_id").agg(
        paid_items=item.late.count(),
        days_late_mean=item.late.mean(),
        days_late_spread=scatter.cast("float64").sqrt() / item.late.count(),
        share_late=(item.late > 0).cast("int64").mean(),
        days_late_recent=ibis.ifelse(recent, item.late, None).mean(),
        days_late_before=ibis.ifelse(recent, None, item.late).mean(),
        part_paid_items=in_parts.cast("int64").sum().cast("int64"),
        part_open_items=(~item.is_closed).cast("int64").sum().cast("int64"),
        last_paid_on=item.paid_on.max(),
    )


def paid_items(con: BaseBackend, as_of: date, months: int = 12) -> ir.Table:
    """One row an invoice item with cash on `as_of`, the last of it within the `months` up to that day.

    Columns: company_id, customer_id, item_id, move_id, due_date, paid_on (day of the last cash), cash_count (matches
    with cash), is_closed (nothing is left).
    """
    item = receivable_items(con, as_of)
    settled = settled_amounts(con, as_of)
    settled = settled.select("settled_minor", settled_key="item_id")
    closed = item.inner_join(settled, item.item_id == settled.settled_key)
    closed = closed.filter(closed.balance_minor == closed.settled_minor).select(closed_id="item_id")
    cash = matches(con, as_of)
    cash = cash.filter(cash.kind == "cash", cash.closed_kind == "invoice")
    paid = cash.group_by("company_id", "customer_id", "item_id", "move_id", "due_date").agg(
        paid_on=cash.date.max(), cash_count=cash.count()
    )
    first, last = months_until(as_of, months)
    paid = paid.filter(paid.paid_on >= first, paid.paid_on <= last)
    joined = paid.left_join(closed, paid.item_id == closed.closed_id)
    return joined.mutate(is_closed=joined.closed_id.notnull()).drop("closed_id")
