"""What a customer and we have done with each other: orders and quotations, and what was invoiced month by month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, day_end, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

QUOTATIONS = ("draft", "sent")
CONFIRMED = ("sale", "done")


def customer_orders(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an order or quotation dated up to the end of `as_of` in its company's zone; cancelled ones are left out.

    Columns: order_id, company_id, customer_id (0: no partner), document, is_confirmed (today's: the ERP keeps no
    history of it), ordered_at (UTC), in_12m (dated within twelve months), currency_id, net_minor and total_minor
    (currency_id), user_id.
    """
    order = live(con, "sale_order")
    order = order.filter(order.state.isin([*QUOTATIONS, *CONFIRMED]))
    order = order.filter(order.date_order < day_end(con, order.company_id, as_of, zones))
    partner = customers(con).select("customer_id", partner_key="partner_id")
    joined = order.left_join(partner, order.partner_id == partner.partner_key)
    return joined.select(
        order_id=joined.id,
        company_id=joined.company_id,
        customer_id=ibis.coalesce(joined.customer_id, joined.partner_id, 0),
        document=joined.name,
        is_confirmed=joined.state.isin(CONFIRMED),
        ordered_at=joined.date_order,
        in_12m=joined.date_order >= day_end(con, joined.company_id, year_before(as_of), zones),
        currency_id=joined.currency_id,
        net_minor=joined.amount_untaxed_minor,
        total_minor=joined.amount_total_minor,
        user_id=joined.user_id,
    )


def monthly_revenue(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a company, customer and month with posted invoices or credit notes of these days, both included.

    Columns: company_id, customer_id (0: no partner), month (its first day), revenue_minor (net, company currency,
    credit notes negative).
    """
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.date >= date_from, invoice.date <= date_to)
    invoice = invoice.mutate(month=invoice.date.truncate("M").cast("date"))
    return invoice.group_by("company_id", "customer_id", "month").agg(
        revenue_minor=invoice.net_company_minor.sum().cast("int64")
    )
