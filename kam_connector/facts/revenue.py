"""What each customer bought: invoiced net amounts and orders of the last twelve months and the twelve before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.days import Zones, day_end, twelve_months, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def revenue(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company and customer that ever had a posted invoice or a confirmed order up to `as_of`.

    Columns: company_id, customer_id, revenue_12m_minor (net, company currency, credit notes negative; twelve months
    up to and including as_of), revenue_prev_12m_minor (the twelve before), orders_12m (confirmed orders by their day
    in the company's zone), first_invoice, last_invoice (days), invoices_12m (invoices, without credit notes).
    """
    invoiced = _invoiced(con, as_of)
    ordered = _ordered(con, as_of, zones).rename(order_company_id="company_id", order_customer_id="customer_id")
    joined = invoiced.outer_join(
        ordered,
        [
            invoiced.company_id == ordered.order_company_id,
            invoiced.customer_id == ordered.order_customer_id,
        ],
    )
    return joined.select(
        "first_invoice",
        "last_invoice",
        company_id=joined.company_id.fill_null(joined.order_company_id),
        customer_id=joined.customer_id.fill_null(joined.order_customer_id),
        revenue_12m_minor=joined.revenue_12m_minor.fill_null(0),
        revenue_prev_12m_minor=joined.revenue_prev_12m_minor.fill_null(0),
        orders_12m=joined.orders_12m.fill_null(0),
        invoices_12m=joined.invoices_12m.fill_null(0),
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


def _invoiced(con: BaseBackend, as_of: date) -> ir.Table:
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.date <= as_of)
    first, last = twelve_months(as_of)
    first_before, last_before = twelve_months(year_before(as_of))
    now = (invoice.date >= first) & (invoice.date <= last)
    before = (invoice.date >= first_before) & (invoice.date <= last_before)
    is_invoice = invoice.kind == "invoice"
    return invoice.group_by("company_id", "customer_id").agg(
        revenue_12m_minor=_sum(ibis.ifelse(now, invoice.net_company_minor, 0)),
        revenue_prev_12m_minor=_sum(ibis.ifelse(before, invoice.net_company_minor, 0)),
        invoices_12m=_sum(ibis.ifelse(now & is_invoice, 1, 0)),
        first_invoice=ibis.ifelse(is_invoice, invoice.date, ibis.null("date")).min(),
        last_invoice=ibis.ifelse(is_invoice, invoice.date, ibis.null("date")).max(),
    )


def _ordered(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    order = live(con, "sale_order")
    partner = customer_keys(con)
    order = order.filter(order.state.isin(["sale", "done"]))
    order = order.left_join(partner, order.partner_id == partner.partner_key)
    order = order.filter(order.date_order < day_end(con, order.company_id, as_of, zones))
    recent = order.date_order >= day_end(con, order.company_id, year_before(as_of), zones)
    order = order.mutate(customer_id=ibis.coalesce(order.customer_key, order.partner_id, 0), recent=recent)
    return order.group_by("company_id", "customer_id").agg(orders_12m=_sum(order.recent.cast("int64")))


def _sum(values: ir.NumericColumn) -> ir.NumericScalar:
    return values.sum().cast("int64")
