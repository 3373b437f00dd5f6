"""Sale orders and quotations as of a day, with the customer that each belongs to and the rate that it was made at."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.days import Zones, day_end, year_before
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

CONFIRMED = ("sale", "done")
QUOTED = ("draft", "sent")
CANCELLED = "cancel"


def customer_orders(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an order or quotation dated up to the end of `as_of` in its company's zone; cancelled ones are left out.

    Columns: order_id, company_id, customer_id (0: no partner), document, is_confirmed (today's: the ERP keeps no
    history of it), placed_at (UTC), in_12m (dated within twelve months), currency_id, currency_rate (units of it for
    one of the company's; empty: 1), net_minor (before tax) and total_minor (currency_id), user_id, created_at (when
    it was entered; UTC).
    """
    order = live(con, "sale_order")
    order = order.filter(order.state.isin([*QUOTED, *CONFIRMED]))
    order = order.filter(order.date_order < day_end(con, order.company_id, as_of, zones))
    partner = customer_keys(con)
    joined = order.left_join(partner, order.partner_id == partner.partner_key)
    return joined.select(
        order_id=joined.id,
        company_id=joined.company_id,
        customer_id=ibis.coalesce(joined.customer_key, joined.partner_id, 0),
        document=joined.name,
        is_confirmed=joined.state.isin(CONFIRMED),
        placed_at=joined.date_order,
        in_12m=joined.date_order >= day_end(con, joined.company_id, year_before(as_of), zones),
        currency_id=joined.currency_id,
        currency_rate=joined.currency_rate,
        net_minor=joined.amount_untaxed_minor,
        total_minor=joined.amount_total_minor,
        user_id=joined.user_id,
        created_at=joined.create_date,
    )


def confirmed_orders(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """The confirmed ones (today's) of `customer_orders`, with its columns."""
    order = customer_orders(con, as_of, zones)
    return order.filter(order.is_confirmed)


def open_quotations(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """The quotations of `customer_orders`, with its columns: neither confirmed nor cancelled (today's).

    What is still open of them is not kept by date in the ERP: for a past day those that were won or lost since are not
    among them.
    """
    order = customer_orders(con, as_of, zones)
    return order.filter(~order.is_confirmed)
