"""Posted customer invoices and credit notes, with the day they count for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.companies import company_currencies
from kam_connector.facts.live import live, viewed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

INVOICE_TYPES = ("out_invoice", "out_refund", "out_receipt")


@viewed
def posted_invoices(con: BaseBackend) -> ir.Table:
    """One row a posted invoice, receipt or credit note.

    Columns: move_id, company_id, company_currency_id, currency_id, customer_id (0: no partner), user_id, team_id,
    kind (invoice, credit_note), document, date (invoice date, else accounting date), booked_on (accounting date),
    due_date, reversed_id, net_minor and gross_minor (document currency), net_company_minor and gross_company_minor
    (company currency); credit notes negative.
    """
    move = live(con, "account_move")
    move = move.filter(move.state == "posted", move.move_type.isin(INVOICE_TYPES))
    company = company_currencies(con).rename(company_key="company_id")
    joined = move.left_join(company, move.company_id == company.company_key)
    is_credit = joined.move_type == "out_refund"
    sign = ibis.ifelse(is_credit, -1, 1)
    return joined.select(
        "company_id",
        "company_currency_id",
        "currency_id",
        "team_id",
        move_id=joined.id,
        customer_id=ibis.coalesce(joined.commercial_partner_id, joined.partner_id, 0),
        user_id=joined.invoice_user_id,
        kind=ibis.ifelse(is_credit, "credit_note", "invoice"),
        document=joined.name,
        date=joined.invoice_date.fill_null(joined.date),
        booked_on=joined.date,
        due_date=joined.invoice_date_due,
        reversed_id=joined.reversed_entry_id,
        net_minor=(joined.amount_untaxed_minor * sign).cast("int64"),
        gross_minor=(joined.amount_total_minor * sign).cast("int64"),
        net_company_minor=joined.amount_untaxed_signed_minor,
        gross_company_minor=joined.amount_total_signed_minor,
    )
