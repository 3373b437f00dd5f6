"""What sold lines have cost: those of orders as the ERP keeps it, those of invoices by the orders they come from.

Odoo keeps the cost on order lines (`purchase_price`, module sale_margin), in the order's currency: ten at 70.00 that
were sold for 1,000.00 have cost 700.00. An invoice line has what a unit of its product has cost in the orders that the
invoice names as its origin. A cost of 0 is one that nobody has entered: it is not known. Costs are exact, in units of
the currency; `order_costs` and `invoice_costs` round them, once, half up and in decimals, to the smallest unit: of
three that cost 0.105 in all one has cost 0.035, which is 0.04, and not the 0.03 of binary fractions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live
from kam_connector.facts.origins import named_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def ordered_lines(con: BaseBackend) -> ir.Table:
    """One row an order line that is no heading, no down payment, and has a quantity.

    Columns: line_id, order_id, product_id (empty: none), net_minor (the order's currency), quantity, price_unit (of
    one, before the discount), discount (percent), cost (of the whole line, units of the order's currency, exact; empty:
    not known).
    """
    line = live(con, "sale_order_line")
    line = line.filter(line.display_type.isnull(), line.product_uom_qty != 0, ~line.is_downpayment.fill_null(False))
    return line.select(
        "order_id", "product_id", line_id=line.id, net_minor=line.price_subtotal_minor, quantity=line.product_uom_qty,
        price_unit=line.price_unit, discount=line.discount,
        cost=ibis.ifelse(line.purchase_price > 0, line.purchase_price * line.product_uom_qty, None),
    )  # fmt: skip


def order_costs(con: BaseBackend) -> ir.Table:
    """The lines of `ordered_lines` with cost_minor in place of cost: in smallest units of the order's currency."""
    line = ordered_lines(con)
    money = live(con, "res_currency").select("decimal_places", money_key="id")
    order = live(con, "sale_order").select(order_key="id", money_id="currency_id")
    joined = line.inner_join(order, line.order_id == order.order_key)
    joined = joined.left_join(money, joined.money_id == money.money_key)
    return joined.select(
        "order_id", "product_id", "line_id", "net_minor", "quantity",
        cost_minor=_in_minor(joined.cost, joined.decimal_places),
    )  # fmt: skip


def invoice_costs(con: BaseBackend) -> ir.Table:
    """line_id, cost_minor of the invoice lines whose cost is known: in the invoice's currency, above zero.

    An invoice comes from the orders of its company and currency whose numbers are its origin; a credit note without an
    origin has that of the invoice that it reverses. Where a line of the product has no cost in one of these orders, or
    one of them is in another currency, none is known.
    """
    unit = _unit_costs(con)
    line = live(con, "account_move_line")
    line = line.filter(line.product_id.notnull(), line.quantity != 0)
    line = line.select("product_id", "quantity", "currency_id", line_id="id", line_move="move_id")
    joined = line.inner_join(unit, [("line_move", "move_key"), ("product_id", "ordered_product")])
    money = live(con, "res_currency").select("decimal_places", money_key="id")
    joined = joined.left_join(money, joined.currency_id == money.money_key)
    cost_minor = _part_in_minor(joined.cost.abs(), joined.quantity.abs(), joined.ordered.abs(), joined.decimal_places)
    return joined.mutate(cost_minor=cost_minor).filter(lambda t: t.cost_minor.notnull()).select("line_id", "cost_minor")


def _unit_costs(con: BaseBackend) -> ir.Table:
    """move_key, ordered_product, ordered (quantity), cost (of it): by document, of all orders that it names."""
    named, line = named_orders(con), ordered_lines(con)
    order = live(con, "sale_order").select(order_key="id", order_currency="currency_id")
    line = line.inner_join(order, line.order_id == order.order_key).drop("order_key")
    joined = named.inner_join(line, named.order_id == line.order_id)
    sums = joined.group_by("move_key", ordered_product="product_id").agg(
        ordered=joined.quantity.sum(), cost=joined.cost.sum(),
        lacking=(joined.cost.isnull() | (joined.order_currency != joined.currency_id)).any(),
    )  # fmt: skip
    return sums.filter(~sums.lacking, sums.ordered != 0).drop("lacking")


def _in_minor(cost: ir.NumericColumn, digits: ir.IntegerColumn) -> ir.IntegerColumn:
    return (cost * _power(digits).cast("decimal(12, 0)")).round().cast("int64")


def _part_in_minor(
    cost: ir.NumericColumn, quantity: ir.NumericColumn, ordered: ir.NumericColumn, digits: ir.IntegerColumn
) -> ir.IntegerColumn:
    """cost * quantity / ordered in smallest units, half up; none where it is too large to be told exactly.

    Engines divide in binary fractions: what that gives, which may be off by one, is corrected by exact products.
    """
    product = cost.cast("float64") * quantity.cast("float64")
    near = product / ordered.cast("float64") * _power(digits)
    fits = (product < _LARGEST_PRODUCT) & (near < _LARGEST_MINOR)
    guess = ibis.ifelse(fits, near, None).round().cast("int64")
    twice = ibis.ifelse(fits, cost, None) * quantity * 2
    unit = ordered * _power(-digits).cast("decimal(12, 6)")
    over = twice >= (2 * guess + 1).cast("decimal(18, 0)") * unit
    under = twice < (2 * guess - 1).cast("decimal(18, 0)") * unit
    return guess + over.cast("int64") - under.cast("int64")


def _power(digits: ir.IntegerColumn) -> ir.FloatingColumn:
    """Ten to that power: as many smallest units as a currency of so many digits has."""
    return ibis.literal(10.0) ** digits


_LARGEST_PRODUCT = 1e18
"""Twice a cost times a quantity has 18 decimals: what is less than this has room in the engine's 38 digits."""
_LARGEST_MINOR = 1e15
"""Up to here binary fractions are off by one at most."""
