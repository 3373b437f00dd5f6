"""What receivables are measured against: what was sold on credit, month by month, and what was paid in cash."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.items import receivable_items, with_entries

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def credit_sales(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a company, customer and month with posted invoices or credit notes of these days, both included.

    Columns: company_id, customer_id (0: no partner), month (its first day), sales_minor (tax included, company
    currency, credit notes negative). The day is the accounting date, by which the receivable counts too.
    """
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.booked_on >= date_from, invoice.booked_on <= date_to)
    invoice = invoice.mutate(month=invoice.booked_on.truncate("M").cast("date"))
    return invoice.group_by("company_id", "customer_id", "month").agg(
        sales_minor=invoice.gross_company_minor.sum().cast("int64")
    )


def cash_received(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a company and customer who paid, or was paid back, on one of these days, both included.

    Columns: company_id, customer_id (0: no partner), cash_minor (booked payments and bank lines on receivable accounts,
    company currency; what was paid back is taken off). Matched or not: a prepayment is cash on its own day.
    """
    item = receivable_items(con, date_to)
    item = with_entries(con, item.filter(item.date >= date_from))
    paid = item.filter(item.kind == "payment")
    partner = customer_keys(con)
    paid = paid.left_join(partner, paid.partner_id == partner.partner_key)
    paid = paid.mutate(customer_id=paid.customer_key.fill_null(0))
    return paid.group_by("company_id", "customer_id").agg(cash_minor=(-paid.balance_minor).sum().cast("int64"))
