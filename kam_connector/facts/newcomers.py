"""Since when a group of companies buys: who is new, and who has only come back.

New is the group, not the contact or the subsidiary (case W9): the second company of an old customer is not a new one.
A group that was invoiced in 2022 and again from May 2026 has come back: it is known, and active since May 2026.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_groups
from kam_connector.facts.invoices import posted_invoices

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

PAUSE_MONTHS = 24
"""Who had no invoice for so many months has come back with the next one."""


def group_starts(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer whose group had a posted invoice (no credit note) of the company up to `as_of`.

    Columns: company_id, customer_id, group_id, group_first_invoice (day of the group's first invoice),
    group_active_since (of the first one after its last pause of 24 months; without such a pause the same day),
    group_reactivated_on (that day after such a pause; null: there was none). Case W9.
    """
    customer = customer_groups(con)
    day = _group_days(con, as_of, customer)
    one_group = ibis.window(group_by=["company_id", "group_id"], order_by="date")
    day = day.mutate(before=day.date.lag().over(one_group))
    returns = day.before.isnull() | (day.before + ibis.interval(months=PAUSE_MONTHS) < day.date)
    start = day.group_by("company_id", group_key="group_id").agg(
        group_first_invoice=day.date.min(),
        group_active_since=ibis.ifelse(returns, day.date, ibis.null("date")).max(),
    )
    joined = start.inner_join(customer, start.group_key == customer.group_id)
    came_back = joined.group_active_since > joined.group_first_invoice
    return joined.select(
        "company_id",
        "customer_id",
        "group_id",
        "group_first_invoice",
        "group_active_since",
        group_reactivated_on=ibis.ifelse(came_back, joined.group_active_since, ibis.null("date")),
    )


def first_invoices(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and group that was invoiced (no credit note) up to `as_of`: its first invoice.

    Columns: company_id, group_id, date, customer_id, user_id. Of several invoices of that day the one that was made
    first counts, of those with a salesperson; user_id is null where none has one. Case W9.
    """
    start = group_starts(con, as_of).select("company_id", "group_id", "group_first_invoice").distinct()
    customer = customer_groups(con).select(customer_key="customer_id", group_key="group_id")
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice").select(
        "move_id", "date", "user_id", "customer_id", company_key="company_id"
    )
    bought = invoice.inner_join(customer, invoice.customer_id == customer.customer_key)
    first = bought.inner_join(
        start, [("company_key", "company_id"), ("group_key", "group_id"), ("date", "group_first_invoice")]
    )
    return first.group_by("company_id", "group_id", "date").agg(
        customer_id=first.customer_id.argmin(first.move_id), user_id=first.user_id.argmin(first.move_id)
    )


def _group_days(con: BaseBackend, as_of: date, customer: ir.Table) -> ir.Table:
    """company_id, group_id, date: one row an invoice; several of one day tell no more than one does."""
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.kind == "invoice", invoice.date <= as_of)
    invoice = invoice.select("company_id", "date", buyer_id="customer_id")
    joined = invoice.inner_join(customer, invoice.buyer_id == customer.customer_id)
    return joined.select("company_id", "group_id", "date")
