"""What customers bought of the products in the focus: net amounts of twelve months and of the twelve before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.assortment import product_lines
from kam_connector.facts.products import named_products

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def focus_revenue(con: BaseBackend, as_of: date, category_ids: Sequence[int], product_ids: Sequence[int]) -> ir.Table:
    """One row a company and customer that was invoiced or credited such a product in either year.

    Columns: company_id, customer_id, focus_12m_minor (net, company currency, credit notes negative; twelve months up
    to and including as_of), focus_prev_12m_minor (the twelve before). A product in one of the categories and among the
    products counts once. Requirement S2-3.
    """
    line = product_lines(con, as_of)
    chosen = line.category_id.isin(list(category_ids)) | line.product_id.isin(list(product_ids))
    line = line.filter(chosen.fill_null(False))
    return line.group_by("company_id", "customer_id").agg(
        focus_12m_minor=ibis.ifelse(line.is_recent, line.net_minor, 0).sum().cast("int64"),
        focus_prev_12m_minor=ibis.ifelse(line.is_recent, 0, line.net_minor).sum().cast("int64"),
    )


def products_called(con: BaseBackend, names: Sequence[str]) -> ir.Table:
    """One row a product whose code or name is one of the names, archived ones included.

    Columns: product_id, product (its name), code (empty: none).
    """
    product = named_products(con)
    known = product.code.isin(list(names)) | product.product.isin(list(names))
    return product.filter(known.fill_null(False)).select("product", "code", product_id="product_key")
