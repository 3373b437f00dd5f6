"""What early warnings look at beside rhythm and credit: open debts, lost offers, recent complaints, gone contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.complaints import complaints
from kam_connector.facts.customers import customer_keys, partners
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.invoices import INVOICE_TYPES
from kam_connector.facts.live import live
from kam_connector.facts.orders import CANCELLED, CONFIRMED, QUOTED
from kam_connector.facts.receivables import open_amounts
from kam_connector.periods import months_until

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def debts(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with an open debt on `as_of`; open credits are not deducted.

    Columns: company_id, customer_id (0: no partner), debts_minor, debts_overdue_minor (due before `as_of`), both in
    company currency.
    """
    item = open_amounts(con, as_of)
    item = item.filter(item.residual_minor > 0, ~item.non_trade)
    late = ibis.ifelse(item.due_date < as_of, item.residual_minor, 0)
    return item.group_by("company_id", "customer_id").agg(
        debts_minor=item.residual_minor.sum().cast("int64"), debts_overdue_minor=late.sum().cast("int64")
    )


def decided_offers(con: BaseBackend, as_of: date, days: int, zones: Zones | None = None) -> ir.Table:
    """One row a company and customer with an order or quotation of the last so many `days` that is won or lost.

    Columns: company_id, customer_id (0: no partner), offers (their number), lost_offers (those that were cancelled, and
    quotations whose validity ended before `as_of`). The day is the order's own, in its company's zone; what became of
    it is today's.
    """
    order, partner = live(con, "sale_order"), customer_keys(con)
    expired = order.state.isin(QUOTED) & (order.validity_date < as_of)
    order = order.mutate(lost=(order.state == CANCELLED) | expired.fill_null(False))
    order = order.filter(
        order.lost | order.state.isin(CONFIRMED),
        order.date_order >= day_end(con, order.company_id, as_of - timedelta(days=days), zones),
        order.date_order < day_end(con, order.company_id, as_of, zones),
    )
    joined = order.left_join(partner, order.partner_id == partner.partner_key)
    joined = joined.mutate(customer_id=ibis.coalesce(joined.customer_key, joined.partner_id, 0))
    lost = joined.lost.cast("int64").sum().cast("int64")
    return joined.group_by("company_id", "customer_id").agg(offers=joined.count(), lost_offers=lost)


def recent_complaints(con: BaseBackend, as_of: date, days: int, zones: Zones | None = None) -> ir.Table:
    """One row a company and customer who complained in the last so many `days`, `as_of` included.

    Columns: company_id, customer_id (0: no partner), complaints (their number, without those that were rejected).
    """
    complaint = complaints(con, as_of, zones)
    since = day_end(con, complaint.company_id, as_of - timedelta(days=days), zones)
    complaint = complaint.filter(complaint.received_at >= since, complaint.state.fill_null("") != "rejected")
    return complaint.group_by("company_id", "customer_id").agg(complaints=complaint.count())


def gone_contacts(con: BaseBackend, as_of: date, months: int, zones: Zones | None = None) -> ir.Table:
    """One row a company and archived contact of a customer who is not archived himself, from the papers of `months`.

    Columns: company_id, customer_id, contact_id. Papers are confirmed orders and posted invoices, with the contact as
    customer or as invoice address. Whether somebody is archived is today's.
    """
    paper = ibis.union(_order_contacts(con, as_of, months, zones), _invoice_contacts(con, as_of, months), distinct=True)
    contact = partners(con)
    contact = contact.filter(contact.partner_id != contact.customer_id, ~contact.active)
    customer = partners(con)
    customer = customer.filter(customer.partner_id == customer.customer_id, customer.active)
    contact = contact.semi_join(customer, "customer_id").select("customer_id", gone_id="partner_id")
    joined = paper.inner_join(contact, paper.contact_id == contact.gone_id)
    return joined.select("company_id", "customer_id", "contact_id")


def _order_contacts(con: BaseBackend, as_of: date, months: int, zones: Zones | None) -> ir.Table:
    """company_id, contact_id of the orders that were confirmed in the months."""
    order, (first, last) = live(con, "sale_order"), months_until(as_of, months)
    order = order.filter(
        order.state.isin(CONFIRMED),
        order.date_order >= day_end(con, order.company_id, first - timedelta(days=1), zones),
        order.date_order < day_end(con, order.company_id, last, zones),
    )
    named = [order.select("company_id", contact_id=order[name]) for name in ("partner_id", "partner_invoice_id")]
    return ibis.union(*named)


def _invoice_contacts(con: BaseBackend, as_of: date, months: int) -> ir.Table:
    """company_id, contact_id of the invoices and credit notes of the months."""
    move, (first, last) = live(con, "account_move"), months_until(as_of, months)
    move = move.mutate(day=move.invoice_date.fill_null(move.date))
    move = move.filter(move.state == "posted", move.move_type.isin(INVOICE_TYPES), move.day.between(first, last))
    return move.select("company_id", contact_id=move.partner_id)
