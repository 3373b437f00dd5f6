"""How a customer buys: how long it takes to decide, at which discount, through which channel.

Three orders whose quotations were made 5, 12 and 40 days before took 12 days: the median, so that one tender does not
make a customer slow. Of 1,000.00 at list prices at 10 percent off and 500.00 at none the discount is 100.00 of
1,500.00, a share of 0.0667. Of four orders three came by e-mail: that channel has 0.75.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.costs import ordered_lines
from kam_connector.facts.days import Zones, local_day
from kam_connector.facts.live import live
from kam_connector.facts.orders import confirmed_orders
from kam_connector.facts.rhythm import RHYTHM_MONTHS
from kam_connector.periods import months_until

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

CHANNELS = {"team": "crm_team", "medium": "utm_medium", "source": "utm_source"}
"""The kinds of channels and the tables of the mirror with their names; an order points at them with `<kind>_id`."""
_PAIR = ("company_id", "customer_id")


def decision_days(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company and customer with orders confirmed in the twelve months up to `as_of` whose beginning is known.

    Columns: company_id, customer_id, decided_orders (how many), decision_days (median of the days from quotation to
    order, in the company's zone). An order that was entered after the day that it bears, as an import is, tells
    nothing. Requirement S0-2.
    """
    order = _orders_of_a_year(con, as_of, zones)
    order = order.filter(order.created_at <= order.placed_at)
    window = months_until(as_of, RHYTHM_MONTHS)
    made, won = (
        local_day(con, order.company_id, moment, window, zones) for moment in (order.created_at, order.placed_at)
    )
    order = order.mutate(days=won.delta(made, unit="day").cast("int64"))
    return order.group_by(*_PAIR).agg(
        decided_orders=order.count().cast("int64"), decision_days=order.days.median().cast("float64")
    )


def discounts(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer, currency and rate of orders confirmed in the twelve months up to `as_of`.

    Columns: company_id, customer_id, currency_id, currency_rate (as `orders.customer_orders`), list_value (quantities
    at the prices of the lines, before their discount), discount_value (what the lines' discounts take off it), both in
    units of currency_id. A price list that lowers the price itself shows in neither: a company without a single
    discount on a line in that time grants none this way, and has no rows. Requirement S2-13.
    """
    order = _orders_of_a_year(con, as_of, zones)
    order = order.select(*_PAIR, "currency_id", "currency_rate", order_key="order_id")
    line = ordered_lines(con)
    line = line.inner_join(order, line.order_id == order.order_key)
    line = line.mutate(list_value=line.price_unit * line.quantity, percent=line.discount.fill_null(0))
    granting = line.filter(line.percent > 0).select(granting_id="company_id").distinct()
    line = line.semi_join(granting, line.company_id == granting.granting_id)
    return line.group_by(*_PAIR, "currency_id", "currency_rate").agg(
        list_value=line.list_value.sum(),
        discount_value=(line.list_value * line.percent).sum() / 100,
    )


def main_channels(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer and kind of channel that its orders of the twelve months up to `as_of` name.

    Columns: company_id, customer_id, kind (team, medium, source), channel_id and channel (name; empty: may not be
    read) of the one with most orders (of two the older record), orders (so many came through it), orders_12m (all
    confirmed orders of the time). Requirement S2-13.
    """
    order = _orders_of_a_year(con, as_of, zones).select(*_PAIR, order_key="order_id")
    named = live(con, "sale_order").select(*(f"{kind}_id" for kind in CHANNELS), number="id")
    order = order.inner_join(named, order.order_key == named.number)
    return ibis.union(*(_main(con, order, kind) for kind in CHANNELS))


def _main(con: BaseBackend, order: ir.Table, kind: str) -> ir.Table:
    """The rows of `main_channels` of one kind."""
    count = order.group_by(*_PAIR, channel_id=f"{kind}_id").agg(orders=order.count().cast("int64"))
    pair = ibis.window(group_by=_PAIR)
    count = count.mutate(orders_12m=count.orders.sum().over(pair).cast("int64"))
    count = count.filter(count.channel_id.notnull())
    largest = ibis.window(group_by=_PAIR, order_by=[count.orders.desc(), count.channel_id])
    count = count.mutate(place=ibis.row_number().over(largest))
    names = live(con, CHANNELS[kind]).select(channel_key="id", channel="name")
    first = count.filter(count.place == 0)
    joined = first.left_join(names, first.channel_id == names.channel_key)
    return joined.select(*_PAIR, "channel_id", "channel", "orders", "orders_12m", kind=ibis.literal(kind)).relocate(
        "kind", after="customer_id"
    )


def _orders_of_a_year(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    order = confirmed_orders(con, as_of, zones)
    return order.filter(order.in_12m)
