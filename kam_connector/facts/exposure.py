"""What a customer may owe, and what is on its way to being owed: credit limits, draft invoices, orders not invoiced.

The ERP keeps none of it by date: limits, drafts and invoiced quantities are today's whatever the day asked for.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones
from kam_connector.facts.invoices import INVOICE_TYPES
from kam_connector.facts.live import live
from kam_connector.facts.orders import confirmed_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_LINE = ("line_id", "order_id", "company_id", "customer_id", "currency_id", "currency_rate", "total_minor", "ordered",
         "invoiced")  # fmt: skip


def credit_limits(con: BaseBackend) -> ir.Table:
    """One row a company and customer with a credit limit above zero (0 means none in the ERP) or a degree of trust.

    Columns: company_id, customer_id, limit_minor (company currency, empty: none), trust (good, normal, bad, as a person
    set it). Both depend on the company; a contact has those of its commercial partner. A company that has switched
    credit limits off (`account_use_credit_limit`, from Odoo 16 on) has none, whatever was typed in before.
    """
    own = live(con, "res_partner_company")
    customer = customers(con)
    customer = customer.filter(customer.partner_id == customer.customer_id)
    own = own.semi_join(customer, own.id == customer.customer_id)
    company = live(con, "res_company")
    company = company.select(company_key="id", limited="account_use_credit_limit")
    own = own.join(company, own.company_id == company.company_key)
    own = own.mutate(has_limit=own.limited & (own.credit_limit_minor > 0))
    own = own.filter(own.has_limit | own.trust.notnull())
    limit = ibis.ifelse(own.has_limit, own.credit_limit_minor, ibis.null("int64"))
    return own.select("company_id", customer_id=own.id, limit_minor=limit, trust=own.trust)


def draft_invoices(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with draft invoices or credit notes dated up to `as_of` (undated ones: today's).

    Columns: company_id, customer_id (0: no partner), drafts_minor (tax included, company currency, credit notes
    negative).
    """
    move = live(con, "account_move")
    draft = move.filter(move.state == "draft", move.move_type.isin(INVOICE_TYPES))
    draft = draft.filter(draft.invoice_date.fill_null(draft.date) <= as_of)
    draft = draft.mutate(customer_id=ibis.coalesce(draft.commercial_partner_id, draft.partner_id, 0))
    return draft.group_by("company_id", "customer_id").agg(
        drafts_minor=draft.amount_total_signed_minor.sum().cast("int64")
    )


def uninvoiced_lines(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a line of an order confirmed up to the end of `as_of` of which less is invoiced than was ordered.

    Columns: line_id, order_id, company_id, customer_id (0: no partner), currency_id (of the order), currency_rate
    (units of it for one of the company's; empty: 1), total_minor (of the line, tax included, currency_id), ordered,
    invoiced (quantities).
    """
    order = confirmed_orders(con, as_of, zones).select(
        "company_id", "customer_id", "currency_id", "currency_rate", order_key="order_id"
    )
    line = live(con, "sale_order_line")
    line = line.filter(line.display_type.isnull(), line.product_uom_qty > 0)
    line = line.filter(line.qty_invoiced.fill_null(0) < line.product_uom_qty, line.price_total_minor != 0)
    joined = line.select(
        "order_id",
        line_id="id",
        total_minor="price_total_minor",
        ordered="product_uom_qty",
        invoiced=line.qty_invoiced.fill_null(0),
    ).inner_join(order, line.order_id == order.order_key)
    return joined.select(*_LINE)
