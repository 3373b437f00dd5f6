"""What each customer buys of: categories and products of twelve months, beside those of the twelve before.

Somebody who bought pumps and valves the year before and buys pumps and hoses now has two categories, one new (hoses)
and one lost (valves). Of 50 for pumps, 30 for hoses and 20 for valves the diversity is 0.62. Bought is what was
invoiced and not credited again: an amount above zero, net, in the period.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.days import twelve_months, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live, remembered

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_PAIR = ("company_id", "customer_id")
TOP_PRODUCTS = 3
"""The share of so many products says how concentrated somebody buys."""


def assortment(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with invoices of products in the twelve months up to `as_of` or the twelve before.

    Columns: company_id, customer_id, categories_12m, categories_new (bought now, not the year before), categories_lost
    (the other way round), category_diversity (1 less the sum of the squared shares of what was bought of each category
    in the twelve months; 0: all of one, empty: nothing was bought), products_prev_12m (bought the year before),
    products_again (of these bought again). Invoice lines without a product count nowhere. Requirement S4-82.
    """
    product, category = _products(con, as_of), _categories(con, as_of)
    categories = category.group_by(*_PAIR).agg(
        categories_12m=_count(category.is_now),
        categories_new=_count(category.is_now & ~category.is_before),
        categories_lost=_count(category.is_before & ~category.is_now),
        category_diversity=_diversity(ibis.ifelse(category.is_now, category.net_minor, 0)),
    )
    products = product.group_by(*_PAIR).agg(
        products_prev_12m=_count(product.is_before), products_again=_count(product.is_before & product.is_now)
    )
    categories = categories.rename(company_key="company_id", customer_key="customer_id")
    joined = products.left_join(
        categories, [products.company_id == categories.company_key, products.customer_id == categories.customer_key]
    )
    counts = ("categories_12m", "categories_new", "categories_lost")
    return joined.select(
        *_PAIR, **{name: joined[name].fill_null(0) for name in counts}, category_diversity=joined.category_diversity,
        products_prev_12m=joined.products_prev_12m, products_again=joined.products_again,
    )  # fmt: skip


def concentration(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer who bought products in the twelve months up to `as_of`.

    Columns: company_id, customer_id, products_12m (how many were bought), top3_share (what was bought of the three
    largest of them over all of them, net; 1 for whoever bought three or fewer): of 50, 30, 15 and 5 it is 0.95.
    Requirement S0-2.
    """
    product = _products(con, as_of)
    product = product.filter(product.is_now)
    largest = ibis.window(group_by=_PAIR, order_by=[product.net_minor.desc(), product.product_id])
    product = product.mutate(place=ibis.row_number().over(largest))
    top = ibis.ifelse(product.place < TOP_PRODUCTS, product.net_minor, 0).sum().cast("float64")
    return product.group_by(*_PAIR).agg(
        products_12m=product.count().cast("int64"), top3_share=top / product.net_minor.sum().cast("float64")
    )


def lost_categories(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company, customer and category that was bought in the year before and not in the last twelve months.

    Columns: company_id, customer_id, category_id, category (its name), net_prev_minor (what was bought of it the year
    before, company currency), last_bought (day of its last invoice up to `as_of`).
    """
    category = _categories(con, as_of)
    lost = category.filter(category.is_before, ~category.is_now)
    named = live(con, "product_category").select(category_key="id", category="name")
    joined = lost.left_join(named, lost.category_id == named.category_key)
    return joined.select(*_PAIR, "category_id", "category", "net_prev_minor", "last_bought")


def product_lines(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a line with a product of the posted invoices and credit notes of both years.

    Columns: company_id, customer_id, move_id, date, product_id, category_id (empty: none), net_minor (company
    currency, credit notes negative), is_recent (in the twelve months up to `as_of`, not in the twelve before).
    """
    invoice = posted_invoices(con).select("move_id", *_PAIR, "date")
    first, last = twelve_months(as_of)
    first_before, _ = twelve_months(year_before(as_of))
    invoice = invoice.filter(invoice.date >= first_before, invoice.date <= last)
    line = live(con, "account_move_line")
    line = line.filter(line.product_id.notnull()).select("product_id", "balance_minor", line_move_id="move_id")
    joined = line.inner_join(invoice, line.line_move_id == invoice.move_id)
    product = _product_categories(con)
    joined = joined.left_join(product, joined.product_id == product.product_key)
    return joined.select(
        *_PAIR,
        "move_id",
        "date",
        "product_id",
        "category_id",
        net_minor=-joined.balance_minor,
        is_recent=joined.date >= first,
    )


def _categories(con: BaseBackend, as_of: date) -> ir.Table:
    """The rows of `_products` by category, with its columns but product_id; products without one are left out."""
    product = _products(con, as_of)
    product = product.filter(product.category_id.notnull())
    return _judged(
        product.group_by(*_PAIR, "category_id").agg(
            net_minor=product.net_minor.sum().cast("int64"),
            net_prev_minor=product.net_prev_minor.sum().cast("int64"),
            last_bought=product.last_bought.max(),
        )
    )


@remembered
def _products(con: BaseBackend, as_of: date) -> ir.Table:
    """A row a company, customer and product of either year.

    Columns: category_id (the product's), net_minor and net_prev_minor (this year's, last year's), last_bought, is_now
    and is_before (whether more was bought than credited).
    """
    line = product_lines(con, as_of)
    return _judged(
        line.group_by(*_PAIR, "product_id", "category_id").agg(
            net_minor=ibis.ifelse(line.is_recent, line.net_minor, 0).sum().cast("int64"),
            net_prev_minor=ibis.ifelse(line.is_recent, 0, line.net_minor).sum().cast("int64"),
            last_bought=ibis.ifelse(line.net_minor > 0, line.date, ibis.null("date")).max(),
        )
    )


def _judged(sums: ir.Table) -> ir.Table:
    return sums.mutate(is_now=sums.net_minor > 0, is_before=sums.net_prev_minor > 0)


def _product_categories(con: BaseBackend) -> ir.Table:
    """product_key, category_id (empty: none) of every product."""
    product = live(con, "product_product").select("product_tmpl_id", product_key="id")
    template = live(con, "product_template").select(template_id="id", category_id="categ_id")
    joined = product.left_join(template, product.product_tmpl_id == template.template_id)
    return joined.select("product_key", "category_id")


def _diversity(bought: ir.IntegerColumn) -> ir.FloatingScalar:
    """1 less the sum of the squared shares: of 50, 30 and 20 it is 1 - (0.25 + 0.09 + 0.04) = 0.62."""
    whole, part = bought.sum().cast("float64"), bought.cast("float64")
    spread = (whole * whole - (part * part).sum()) / (whole * whole)
    return ibis.ifelse(bought.sum() > 0, spread, ibis.null("float64"))


def _count(holds: ir.BooleanColumn) -> ir.IntegerScalar:
    return holds.cast("int64").sum().cast("int64")
