"""What sold lines have cost: those of orders as the ERP keeps it, those of invoices by the orders they come from.

Odoo keeps the cost on order lines (`purchase_price`, module sale_margin), in the order's currency: ten at 70.00 that
were sold for 1,000.00 have cost 700.00. An invoice line has what a unit of its product has cost in the order that the
invoice names as its origin. A cost of 0 is one that nobody has entered: it is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live
from kam_connector.facts.origins import origins

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def order_costs(con: BaseBackend) -> ir.Table:
    """One row an order line that is no heading, no down payment, and has a quantity.

    Columns: line_id, order_id, product_id (empty: none), net_minor, quantity, cost_minor (of the whole line; empty: not
    known); amounts in the order's currency.
    """
    line = live(con, "sale_order_line")
    line = line.filter(line.display_type.isnull(), line.product_uom_qty != 0, ~line.is_downpayment.fill_null(False))
    money = live(con, "res_currency").select("decimal_places", money_key="id")
    order = live(con, "sale_order").select(order_key="id", money_id="currency_id")
    joined = line.inner_join(order, line.order_id == order.order_key)
    joined = joined.left_join(money, joined.money_id == money.money_key)
    units = ibis.literal(10.0) ** joined.decimal_places
    cost = joined.purchase_price.cast("float64") * joined.product_uom_qty.cast("float64") * units
    return joined.select(
        "order_id", "product_id", line_id=joined.id, net_minor=joined.price_subtotal_minor,
        quantity=joined.product_uom_qty,
        cost_minor=ibis.ifelse(joined.purchase_price > 0, cost, None).round().cast("int64"),
    )  # fmt: skip


def invoice_costs(con: BaseBackend) -> ir.Table:
    """line_id, cost_minor of the invoice lines whose cost is known: in the invoice's currency, above zero.

    An invoice comes from the order of its company and currency whose number is its origin; a credit note without an
    origin has that of the invoice that it reverses. An order with a line of the product without cost tells none.
    """
    ordered = _ordered(con)
    move = origins(con)
    line = live(con, "account_move_line")
    line = line.filter(line.product_id.notnull(), line.quantity != 0)
    line = line.select("product_id", "quantity", line_id="id", line_move="move_id")
    joined = line.inner_join(move, line.line_move == move.move_key)
    joined = joined.inner_join(ordered, [
        ("company_id", "order_company"), ("currency_id", "order_currency"), ("origin", "order_name"),
        ("product_id", "ordered_product"),
    ])  # fmt: skip
    part = joined.ordered_minor.cast("float64") * joined.quantity.cast("float64") / joined.ordered.cast("float64")
    return joined.select("line_id", cost_minor=part.abs().round().cast("int64"))


def _ordered(con: BaseBackend) -> ir.Table:
    """order_company, order_currency, order_name, ordered_product, ordered (quantity), ordered_minor (its cost)."""
    line = order_costs(con)
    order = live(con, "sale_order").select("company_id", "currency_id", "name", order_key="id")
    joined = line.inner_join(order, line.order_id == order.order_key)
    sums = joined.group_by(
        order_company="company_id", order_currency="currency_id", order_name="name", ordered_product="product_id"
    ).agg(
        ordered=joined.quantity.sum(),
        ordered_minor=joined.cost_minor.sum().cast("int64"),
        lacking=joined.cost_minor.isnull().any(),
    )
    return sums.filter(~sums.lacking, sums.ordered != 0).drop("lacking")
