"""What closed the receivables: matches by kind, and how late each customer pays.

A customer who paid three invoices 3, 9 and 12 days late is 8 days late on average (collections.md 3.4).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.items import (
    cash_entries,
    counted_matches,
    invoice_entries,
    is_revalued,
    item_kinds,
    live_matches,
    posted_items,
    receivable_items,
    receivable_lines,
)
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
    partner = customer_keys(con)
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
        customer_id=joined.customer_key.fill_null(0),
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
    first, last = months_until(as_of, months)
    paid, item, invoice = _taken(con, as_of), receivable_lines(con, as_of), invoice_entries(con)
    joined = paid.inner_join(item, paid.paid_key == item.item_id)
    joined = joined.mutate(paid_on=ibis.greatest(joined.cash_on, joined.date))
    joined = joined.filter(joined.paid_on >= first, joined.paid_on <= last)
    joined = joined.semi_join(invoice, joined.move_id == invoice.invoice_key)
    given = _given(con, as_of)
    joined = joined.left_join(given, joined.item_id == given.giving_key)
    partner = customer_keys(con)
    joined = joined.left_join(partner, joined.partner_id == partner.partner_key)
    return joined.select(
        "company_id",
        "item_id",
        "move_id",
        "due_date",
        "paid_on",
        "cash_count",
        customer_id=joined.customer_key.fill_null(0),
        is_closed=joined.balance_minor == joined.taken_minor - joined.given_minor.fill_null(0),
    ).relocate("customer_id", after="company_id")


def _taken(con: BaseBackend, as_of: date) -> ir.Table:
    """What matches take off the debit items that some cash is matched with, whether they are posted themselves or not.

    Columns: paid_key, taken_minor, cash_on (day of the last cash; the item's own may be later), cash_count.
    """
    match, cash = live_matches(con), cash_entries(con)
    item = receivable_items(con, as_of)
    credit = item.select(credit_key="item_id", entry_id="move_id", credit_date="date", is_revalued=is_revalued(item))
    joined = match.inner_join(credit, match.credit_item_id == credit.credit_key)
    joined = joined.left_join(cash, joined.entry_id == cash.cash_key)
    is_cash = joined.cash_key.notnull() & ~joined.is_revalued
    taken = joined.group_by(paid_key="debit_item_id").agg(
        taken_minor=joined.amount_minor.sum().cast("int64"),
        cash_on=ibis.ifelse(is_cash, joined.credit_date, ibis.null("date")).max(),
        cash_count=is_cash.cast("int64").sum().cast("int64"),
    )
    return taken.filter(taken.cash_on.notnull())


def _given(con: BaseBackend, as_of: date) -> ir.Table:
    """giving_key, given_minor: what matches give to the few items that stand on the debit side of others, too."""
    match, posted = live_matches(con), posted_items(con, as_of)
    taking = match.select(taking_key="debit_item_id")
    match = match.semi_join(taking, match.credit_item_id == taking.taking_key)
    match = match.semi_join(posted, match.debit_item_id == posted.item_id)
    return match.group_by(giving_key="credit_item_id").agg(given_minor=match.amount_minor.sum().cast("int64"))
