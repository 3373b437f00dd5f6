"""Which products stand on the orders and invoices that complaints name, and in which categories they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live
from kam_connector.facts.products import named_products

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def goods_of(con: BaseBackend, order_ids: Sequence[int], move_ids: Sequence[int]) -> ir.Table:
    """One row a product on one of those orders or invoices.

    Columns: paper (order_id, move_id), paper_id, product (name), code (null: none), category_id (null: none).
    """
    sold = live(con, "sale_order_line").select("product_id", paper=ibis.literal("order_id"), paper_id="order_id")
    billed = live(con, "account_move_line").select("product_id", paper=ibis.literal("move_id"), paper_id="move_id")
    line = sold.filter(sold.paper_id.isin(list(order_ids))).union(billed.filter(billed.paper_id.isin(list(move_ids))))
    line = line.filter(line.product_id.notnull()).distinct()
    product = named_products(con)
    variant = live(con, "product_product").select("product_tmpl_id", variant_id="id")
    template = live(con, "product_template").select(template_id="id", category_id="categ_id")
    joined = line.inner_join(product, line.product_id == product.product_key)
    joined = joined.left_join(variant, joined.product_id == variant.variant_id)
    joined = joined.left_join(template, joined.product_tmpl_id == template.template_id)
    return joined.select("paper", "paper_id", "product", "code", "category_id")


def categories(con: BaseBackend) -> ir.Table:
    """One row a category of products. Columns: category_id, category (name), parent_id (null: none)."""
    table = live(con, "product_category").select("parent_id", category_id="id", category="name")
    return table.relocate("parent_id", after="category")
