"""Sale orders as of a day, with the customer that each belongs to and the rate that it was made at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.customers import customers
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

CONFIRMED = ("sale", "done")
QUOTED = ("draft", "sent")
States = Sequence[str]


def placed_orders(con: BaseBackend, as_of: date, zones: Zones | None = None, states: States = CONFIRMED) -> ir.Table:
    """One row an order of these states (today's) placed up to the end of `as_of` in its company's zone.

    Columns: order_id, company_id, customer_id (0: no partner), currency_id, currency_rate (units of it for one of the
    company's; empty: 1), placed_at (UTC), net_minor (before tax, currency_id).
    """
    order = live(con, "sale_order")
    order = order.filter(order.state.isin(states))
    order = order.filter(order.date_order < day_end(con, order.company_id, as_of, zones))
    partner = customers(con).select(customer_key="customer_id", partner_key="partner_id")
    joined = order.left_join(partner, order.partner_id == partner.partner_key)
    return joined.select(
        "company_id",
        "currency_id",
        "currency_rate",
        order_id=joined.id,
        customer_id=joined.customer_key.fill_null(0),
        placed_at=joined.date_order,
        net_minor=joined.amount_untaxed_minor,
    )


def open_quotations(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a quotation that is neither confirmed nor cancelled (today's), made up to the end of `as_of`.

    Columns as `placed_orders`. What is still open of them is not kept by date in the ERP: for a past day those that
    were won or lost since are not among them.
    """
    return placed_orders(con, as_of, zones, states=QUOTED)
