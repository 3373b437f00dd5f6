"""What salespeople are credited with: invoiced net amounts, document by document."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.invoices import posted_invoices

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def invoice_credits(con: BaseBackend, date_from: date, date_to: date) -> ir.Table:
    """One row a posted invoice or credit note dated from `date_from` to `date_to`, both included.

    Columns: move_id, company_id, payee_id (the document's salesperson, null where it has none), customer_id, date,
    due_date, kind (invoice, credit_note), document, origin_id (the invoice that a credit note reverses), currency_id,
    net_minor and gross_minor (document currency, credit notes negative), company_currency_id, net_company_minor.
    """
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.date >= date_from, invoice.date <= date_to)
    return invoice.select(
        "move_id",
        "company_id",
        "customer_id",
        "date",
        "due_date",
        "kind",
        "document",
        "currency_id",
        "net_minor",
        "gross_minor",
        "company_currency_id",
        "net_company_minor",
        payee_id=invoice.user_id,
        origin_id=invoice.reversed_id,
    )
