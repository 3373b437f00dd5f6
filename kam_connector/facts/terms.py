"""Which customers, confirmed orders and invoices have payment terms. Requirement S4-55."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_COLUMNS = ("company_id", "customer_id", "kind", "document_id", "document", "user_id", "has_terms")


def agreed_terms(con: BaseBackend) -> ir.Table:
    """One row a company and customer with payment terms of his own in the ERP, as they are today.

    Columns: company_id, customer_id, term_id, term (its name).
    """
    own = live(con, "res_partner_company")
    own = own.filter(own.property_payment_term_id.notnull())
    own = own.select("company_id", customer_id="id", term_id="property_payment_term_id")
    named = live(con, "account_payment_term").select(term_key="id", term="name")
    return own.left_join(named, own.term_id == named.term_key).drop("term_key")


def credit_papers(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a confirmed order that is not wholly invoiced, and one a posted invoice without payment terms.

    Columns: company_id, customer_id, kind (order, invoice), document_id, document (number), user_id, has_terms. Orders
    confirmed and invoices dated up to `as_of`; an invoice that is due after its own date has an agreed day and is left
    out.
    """
    return _orders(con, as_of, zones).union(_invoices(con, as_of))


def _orders(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    order = live(con, "sale_order")
    order = order.filter(
        order.state.isin(["sale", "done"]),
        order.invoice_status.fill_null("no") != "invoiced",
        order.date_order < day_end(con, order.company_id, as_of, zones),
    )
    order = order.rename(document_id="id", document="name")
    order = order.mutate(kind=ibis.literal("order"), has_terms=order.payment_term_id.notnull())
    return _with_customer(con, order)


def _invoices(con: BaseBackend, as_of: date) -> ir.Table:
    move = live(con, "account_move")
    day = move.invoice_date.fill_null(move.date)
    move = move.filter(
        move.state == "posted",
        move.move_type == "out_invoice",
        move.invoice_payment_term_id.isnull(),
        day <= as_of,
        move.invoice_date_due.fill_null(day) <= day,
    )
    move = move.rename(document_id="id", document="name", user_id="invoice_user_id")
    move = move.mutate(kind=ibis.literal("invoice"), has_terms=ibis.literal(False))
    return _with_customer(con, move)


def _with_customer(con: BaseBackend, paper: ir.Table) -> ir.Table:
    partner = customers(con).select("customer_id", partner_key="partner_id")
    return paper.inner_join(partner, paper.partner_id == partner.partner_key).select(*_COLUMNS)
