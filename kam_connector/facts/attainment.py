"""What each salesperson reached in some days: sold, left above cost, collected, won; and what there was to collect.

All of it goes by the document's own salesperson, as pay does. Two collection rates stand on it (case W33): 700 that
came in of a target of 800 are 87.5 %, of the 400 that were open before and the 900 invoiced since they are 53.8 %.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.cash import matches
from kam_connector.facts.costs import ordered_lines
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live
from kam_connector.facts.newcomers import first_invoices
from kam_connector.facts.orders import confirmed_orders
from kam_connector.facts.receivables import open_amounts

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def sold(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a company and salesperson with documents of these days, both included.

    Columns: company_id, user_id (null: documents without one), revenue_minor (net, company currency, credit notes
    negative, by invoice date), invoiced_minor (tax included, by accounting date). Requirement S4-7.
    """
    invoice = posted_invoices(con)
    dated = (invoice.date >= date_from) & (invoice.date <= date_to)
    booked = (invoice.booked_on >= date_from) & (invoice.booked_on <= date_to)
    invoice = invoice.filter(dated | booked)
    return invoice.group_by("company_id", "user_id").agg(
        revenue_minor=ibis.ifelse(dated, invoice.net_company_minor, 0).sum().cast("int64"),
        invoiced_minor=ibis.ifelse(booked, invoice.gross_company_minor, 0).sum().cast("int64"),
    )


def collected(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a company and salesperson of whose invoices something was paid on these days, both included.

    Columns: company_id, user_id, collected_minor (cash matched with the invoices, company currency; no credit notes,
    write-offs or exchange differences). Case W33.
    """
    match = matches(con, date_to)
    match = match.filter(match.kind == "cash", match.closed_kind == "invoice", match.date >= date_from)
    match = match.select("amount_minor", move_key="move_id")
    joined = match.inner_join(_sellers(con), "move_key")
    return joined.group_by("company_id", "user_id").agg(collected_minor=joined.amount_minor.sum().cast("int64"))


def open_before(con: BaseBackend, date_from: date) -> ir.Table:
    """company_id, user_id, opening_minor: what was open of each salesperson's documents when `date_from` began."""
    item = open_amounts(con, date_from - timedelta(days=1)).select("item_id", "residual_minor")
    line = live(con, "account_move_line").select(item_key="id", move_key="move_id")
    joined = item.inner_join(line, item.item_id == line.item_key).inner_join(_sellers(con), "move_key")
    return joined.group_by("company_id", "user_id").agg(opening_minor=joined.residual_minor.sum().cast("int64"))


def costed_orders(con: BaseBackend, date_from: date, date_to: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, salesperson, currency and rate of the orders confirmed on these days whose lines have a cost.

    Columns: company_id, user_id, currency_id, currency_rate (as `orders.customer_orders`), net_minor (before tax,
    currency_id), cost (of the same lines, units of currency_id). A cost of 0 is one that nobody has entered.
    """
    order = confirmed_orders(con, date_to, zones)
    order = order.filter(order.placed_at >= day_end(con, order.company_id, date_from - timedelta(days=1), zones))
    order = order.select("company_id", "user_id", "currency_id", "currency_rate", order_key="order_id")
    line = ordered_lines(con)
    line = line.filter(line.cost.notnull()).select("order_id", "cost", net="net_minor")
    joined = line.inner_join(order, line.order_id == order.order_key)
    return joined.group_by("company_id", "user_id", "currency_id", "currency_rate").agg(
        net_minor=joined.net.sum().cast("int64"), cost=joined.cost.sum()
    )


def won(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """company_id, user_id, new_customers: groups first invoiced on these days, by the salesperson of that invoice.

    A group is won once: a second company of an old customer is none (case W9). Of several first invoices of a day the
    one that was made first counts, of those with a salesperson.
    """
    first = first_invoices(con, date_to)
    first = first.filter(first.date >= date_from)
    return first.group_by("company_id", "user_id").agg(new_customers=first.count())


def _sellers(con: BaseBackend) -> ir.Table:
    """move_key, company_id, user_id of posted invoices and credit notes."""
    return posted_invoices(con).select("company_id", "user_id", move_key="move_id")
