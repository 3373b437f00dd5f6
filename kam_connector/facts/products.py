"""Which products a customer buys: net amounts of the last twelve months and of the twelve before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.days import twelve_months, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def product_revenue(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company, customer and product invoiced or credited in the twenty-four months up to `as_of`.

    Columns: company_id, customer_id (0: no partner), product_id (0: lines without a product), product, code (empty:
    none), revenue_12m_minor (net, company currency, credit notes negative; twelve months up to and including as_of),
    revenue_prev_12m_minor (the twelve before).
    """
    line = _invoice_lines(con, as_of)
    first, last = twelve_months(as_of)
    now = (line.date >= first) & (line.date <= last)
    sums = line.group_by("company_id", "customer_id", "product_id").agg(
        revenue_12m_minor=_sum(ibis.ifelse(now, line.net_minor, 0)),
        revenue_prev_12m_minor=_sum(ibis.ifelse(now, 0, line.net_minor)),
    )
    product = named_products(con)
    joined = sums.left_join(product, sums.product_id == product.product_key)
    return joined.drop("product_key").relocate("product", "code", after="product_id")


def named_products(con: BaseBackend) -> ir.Table:
    """One row a product: product_key (its id), product (name), code (empty: none)."""
    variant = live(con, "product_product").select("product_tmpl_id", "default_code", product_key="id")
    template = live(con, "product_template").select(template_key="id", product="name")
    joined = variant.left_join(template, variant.product_tmpl_id == template.template_key)
    return joined.select("product_key", "product", code="default_code")


def _invoice_lines(con: BaseBackend, as_of: date) -> ir.Table:
    """company_id, customer_id, date, product_id, net_minor of the lines of the posted invoices of two years.

    What is booked on a receivable account is what the customer owes, and no line of what he bought.
    """
    first, _ = twelve_months(year_before(as_of))
    invoice = posted_invoices(con)
    invoice = invoice.filter(invoice.date >= first, invoice.date <= as_of)
    invoice = invoice.select("customer_id", "date", move_key="move_id")
    account = live(con, "account_account")
    owed = account.filter(account.account_type == "asset_receivable").select(owed_key="id")
    line = live(con, "account_move_line")
    line = line.anti_join(owed, line.account_id == owed.owed_key)
    joined = line.inner_join(invoice, line.move_id == invoice.move_key)
    return joined.select(
        "company_id",
        "customer_id",
        product_id=joined.product_id.fill_null(0),
        date=joined.date_right,
        net_minor=-joined.balance_minor,
    )


def _sum(values: ir.NumericColumn) -> ir.NumericScalar:
    return values.sum().cast("int64")
