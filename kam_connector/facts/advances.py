"""Which lines of invoices are down payments, and of which order.

A down payment of 1,500.00 of an order of 2,000.00 is a line of an invoice of its own, and one of -1,500.00 of the final
invoice. Odoo marks such lines of orders, and newer versions (19; 14 does not) those of invoices, too. Without that mark
an invoice line is one when its product is that of a down payment of the order that the invoice names as its origin, and
of no other line of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kam_connector.facts.live import live
from kam_connector.facts.origins import numbered_orders, origins

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def advance_lines(con: BaseBackend) -> ir.Table:
    """One row a line of a posted invoice or credit note that is a down payment, or deducts one.

    Columns: line_id, move_id, order_id (empty: not known), amount_minor (document currency, without tax, as the
    document shows it), balance_minor (company currency, a debit above zero).
    """
    line = live(con, "account_move_line")
    line = line.filter(line.parent_state == "posted", line.display_type.isnull() | (line.display_type == "product"))
    line = line.select(
        "move_id", "product_id", "is_downpayment", "balance_minor", line_id="id", amount_minor="price_subtotal_minor"
    )
    origin = origins(con)
    joined = line.inner_join(origin, [("move_id", "move_key")])
    joined = joined.left_join(numbered_orders(con), [("company_id", "order_company"), ("origin", "order_name")])
    product = _products(con)
    joined = joined.left_join(product, [("order_id", "advance_order"), ("product_id", "advance_product")])
    is_one = joined.is_downpayment.fill_null(False) | joined.advance_order.notnull()
    return joined.filter(is_one).select("line_id", "move_id", "order_id", "amount_minor", "balance_minor")


def _products(con: BaseBackend) -> ir.Table:
    """advance_order, advance_product: products that only down payments of the order have."""
    line = live(con, "sale_order_line")
    line = line.filter(line.product_id.notnull())
    sums = line.group_by(advance_order="order_id", advance_product="product_id").agg(
        every=line.is_downpayment.fill_null(False).all()
    )
    return sums.filter(sums.every).drop("every")
