"""What confirmed orders leave above their cost: the last twelve months and the twelve before.

The cost of a line is the one that the ERP keeps on it (`purchase_price`, Odoo's module sale_margin), in the order's
currency. It stands on order lines only, so the margin is that of what was ordered, as Odoo's own sales analysis has
it. Without the module no cost is known, and no margin: it is missing, never zero. A cost of 0 is one that nobody has
entered: its line is left out, for it would make the whole price a profit.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.costs import ordered_lines
from kam_connector.facts.days import Zones, day_end, year_before
from kam_connector.facts.orders import confirmed_orders

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


def ordered_margins(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer, currency and rate of confirmed orders whose lines have a cost.

    Columns: company_id, customer_id, currency_id, currency_rate (as `orders.customer_orders`), net_12m_minor (before
    tax, currency_id; twelve months up to and including `as_of`), cost_12m (the cost of the same lines, in units of
    currency_id), net_prev_12m_minor and cost_prev_12m (the twelve before). Nothing of a year: both are empty.
    """
    line = costed_lines(con, as_of, zones)
    now, before = line.is_recent, ~line.is_recent
    return line.group_by("company_id", "customer_id", "currency_id", "currency_rate").agg(
        net_12m_minor=_sum_where(now, line.net).cast("int64"),
        cost_12m=_sum_where(now, line.cost),
        net_prev_12m_minor=_sum_where(before, line.net).cast("int64"),
        cost_prev_12m=_sum_where(before, line.cost),
    )


def costed_lines(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a line with a cost of the confirmed orders of both years.

    Columns: company_id, customer_id, currency_id, currency_rate, order_id, is_recent (ordered in the twelve months up
    to `as_of`, not in the twelve before), net (smallest units of currency_id), cost (units of currency_id).
    """
    order = confirmed_orders(con, as_of, zones)
    last = year_before(as_of)
    begin, begin_before = (day_end(con, order.company_id, day, zones) for day in (last, year_before(last)))
    order = order.filter(order.placed_at >= begin_before).mutate(is_recent=order.placed_at >= begin)
    order = order.select("company_id", "customer_id", "currency_id", "currency_rate", "is_recent", order_key="order_id")
    line = ordered_lines(con)
    line = line.filter(line.cost.notnull()).select("order_id", "cost", net="net_minor")
    joined = line.inner_join(order, line.order_id == order.order_key)
    return joined.select(
        "company_id", "customer_id", "currency_id", "currency_rate", "order_id", "is_recent", "net", "cost"
    )


def _sum_where(holds: ir.BooleanValue, values: ir.NumericColumn) -> ir.NumericScalar:
    return ibis.ifelse(holds, values, None).sum()
