"""Which orders invoices and credit notes come from, and which part of a document each of several orders has.

Odoo keeps the numbers of the orders as text: "S1", or "S1, S2" on an invoice of both. Such an invoice is divided by
what its products were ordered for: 900 of a good of which S1 ordered 200 and S2 400, is 300 of S1 and 600 of S2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_BETWEEN = ","


def origins(con: BaseBackend) -> ir.Table:
    """move_key, company_id, currency_id, origin: the numbers of the orders that each document comes from.

    A credit note without any has those of the invoice that it reverses.
    """
    move = live(con, "account_move")
    first = move.select(first_key="id", first_origin="invoice_origin")
    joined = move.left_join(first, move.reversed_entry_id == first.first_key)
    return joined.select(
        "company_id", "currency_id", move_key=joined.id,
        origin=ibis.coalesce(joined.invoice_origin, joined.first_origin),
    )  # fmt: skip


def numbered_orders(con: BaseBackend) -> ir.Table:
    """order_company, order_name, order_id; numbers may be written by hand: of two orders with one number the first."""
    order = live(con, "sale_order")
    return order.group_by(order_company="company_id", order_name="name").agg(order_id=order.id.min())


def named_orders(con: BaseBackend) -> ir.Table:
    """move_key, order_id, currency_id (the document's): a row a document and order of its company that it names."""
    origin = origins(con)
    origin = origin.filter(origin.origin.notnull())
    named = origin.select("move_key", "company_id", "currency_id", name=origin.origin.split(_BETWEEN).unnest())
    named = named.mutate(name=named.name.strip())
    joined = named.inner_join(numbered_orders(con), [("company_id", "order_company"), ("name", "order_name")])
    return joined.select("move_key", "order_id", "currency_id").distinct()


def order_parts(con: BaseBackend) -> ir.Table:
    """One row a document and order that it comes from: move_id, order_id, part, whole.

    The order has `part` of `whole` of the document, by what its products were ordered for; where the orders share no
    product with it, all have the same part.
    """
    named = named_orders(con)
    joined = named.left_join(_weights(con, named), ["move_key", "order_id"])
    one_move = ibis.window(group_by="move_key")
    weight = joined.weight.fill_null(0)
    known = weight.sum().over(one_move) > 0
    joined = joined.select("move_key", "order_id", part=ibis.ifelse(known, weight, 1).cast("int64"))
    return joined.select(
        "order_id", "part", move_id="move_key", whole=joined.part.sum().over(one_move).cast("int64")
    ).relocate("move_id")


def _weights(con: BaseBackend, named: ir.Table) -> ir.Table:
    """move_key, order_id, weight: how much of the products of the document, in smallest units, is of the order."""
    sold = live(con, "account_move_line").filter(lambda t: t.product_id.notnull())
    sold = sold.group_by(sold_move="move_id", sold_product="product_id").agg(sold=sold.price_subtotal_minor.sum().abs())
    line = live(con, "sale_order_line").filter(lambda t: t.product_id.notnull())
    line = line.group_by(line_order="order_id", line_product="product_id").agg(
        ordered=line.price_subtotal_minor.sum().abs()
    )
    joined = named.inner_join(sold, named.move_key == sold.sold_move)
    joined = joined.inner_join(line, [("order_id", "line_order"), ("sold_product", "line_product")])
    of_all = joined.ordered.sum().over(ibis.window(group_by=["move_key", "sold_product"]))
    joined = joined.mutate(of_all=of_all).filter(lambda t: t.of_all > 0)
    mine = joined.sold.cast("float64") * joined.ordered.cast("float64") / joined.of_all.cast("float64")
    return joined.mutate(mine=mine.round().cast("int64")).group_by("move_key", "order_id").agg(
        weight=lambda t: t.mine.sum().cast("int64")
    )  # fmt: skip
