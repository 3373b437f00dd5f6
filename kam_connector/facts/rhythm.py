"""How regularly a customer orders, and what this season brought beside the same season of last year.

A customer who ordered on 1 January (twice), 1 March and 30 May 2024 has three order days, 60 and 90 days apart: 75 days
between them on average. On 30 June the last one is 31 days old: nothing out of the ordinary yet (worked case W10).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import customer_keys
from kam_connector.facts.days import Zones, day_end, local_day, twelve_months
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live
from kam_connector.periods import add_months, months_until

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

RHYTHM_MONTHS = 24
"""Order days of so many months up to the day make the rhythm."""
SEASON_MONTHS = 3


def rhythm(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company and customer with a confirmed order up to `as_of`, by its day in the company's zone.

    Columns: company_id, customer_id (0: no partner), last_order (day), days_since_last, order_days_12m (days with an
    order; two orders of one day are one), gaps_24m (pairs of neighbouring order days, both in the last 24 months),
    gap_days_mean and gap_days_spread (of these gaps; standard deviation of the whole population; null without a gap).
    """
    order = ordered_days(con, as_of, zones).select("company_id", "customer_id", "day")
    first, last = months_until(as_of, RHYTHM_MONTHS)
    one_customer = ibis.window(group_by=["company_id", "customer_id"], order_by="day")
    order = order.mutate(previous=order.day.lag().over(one_customer))
    again = order.day > order.previous  # several orders of one day are one order day, and no gap
    gap = ibis.ifelse(again & (order.previous >= first), order.day.delta(order.previous, unit="day"), None)
    order = order.mutate(gap=gap, is_day=order.previous.isnull() | again)
    # In whole numbers until the root is drawn: the order in which an engine adds them changes nothing.
    days, squares = order.gap.sum().cast("int64"), (order.gap * order.gap).sum().cast("int64")
    scatter = order.gap.count() * squares - days * days
    recent = order.is_day & (order.day >= twelve_months(last)[0])
    return order.group_by("company_id", "customer_id").agg(
        last_order=order.day.max(),
        days_since_last=ibis.literal(as_of).delta(order.day.max(), unit="day").cast("int64"),
        order_days_12m=recent.cast("int64").sum().cast("int64"),
        gaps_24m=order.gap.count(),
        gap_days_mean=order.gap.mean(),
        gap_days_spread=scatter.cast("float64").sqrt() / order.gap.count().nullif(0),
    )


def season(con: BaseBackend, as_of: date) -> ir.Table:
    """One row a company and customer with a posted invoice or credit note in one of the two seasons.

    A season is the last three months that are over on `as_of`, the other one the same months a year before. Columns:
    company_id, customer_id (0: no partner), revenue_3m_minor, revenue_3m_before_minor (net, company currency, credit
    notes negative).
    """
    first, last = _whole_months(as_of)
    first_before, last_before = add_months(first, -12), add_months(last + timedelta(days=1), -12) - timedelta(days=1)
    invoice = posted_invoices(con)
    now = (invoice.date >= first) & (invoice.date <= last)
    before = (invoice.date >= first_before) & (invoice.date <= last_before)
    invoice = invoice.filter(now | before)
    return invoice.group_by("company_id", "customer_id").agg(
        revenue_3m_minor=ibis.ifelse(now, invoice.net_company_minor, 0).sum().cast("int64"),
        revenue_3m_before_minor=ibis.ifelse(before, invoice.net_company_minor, 0).sum().cast("int64"),
    )


def _whole_months(as_of: date) -> tuple[date, date]:
    """First and last day of the season that is over on `as_of`: 15 July and 30 June both end with June."""
    next_day = as_of + timedelta(days=1)
    return months_until(next_day.replace(day=1) - timedelta(days=1), SEASON_MONTHS)


def ordered_days(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a confirmed order up to `as_of`: company_id, customer_id (0: no partner), order_id, day (in its zone)."""
    order = live(con, "sale_order")
    partner = customer_keys(con)
    order = order.filter(order.state.isin(["sale", "done"]))
    order = order.left_join(partner, order.partner_id == partner.partner_key)
    order = order.filter(order.date_order < day_end(con, order.company_id, as_of, zones))
    window = months_until(as_of, RHYTHM_MONTHS)
    return order.select(
        "company_id",
        customer_id=ibis.coalesce(order.customer_key, order.partner_id, 0),
        order_id=order.id,
        day=local_day(con, order.company_id, order.date_order, window, zones),
    )
