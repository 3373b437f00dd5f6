"""Complaints as they stood at the end of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.companies import company_currencies
from kam_connector.facts.customers import customer_keys, customers
from kam_connector.facts.days import Zones, day_end, local_day, year_before
from kam_connector.facts.invoices import posted_invoices
from kam_connector.facts.live import live, viewed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_EVENTS = ("responded_at", "resolved_at", "closed_at")
SETTLED = ("confirmed", "closed", "reviewed")
"""States (today's) of a complaint that ended with a solution; \"rejected\" is a state of its own."""


@viewed
def complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint received up to the end of `as_of` in its company's zone.

    Columns: complaint_id, number (what people call it by), company_id, customer_id (0: no partner), move_id, type,
    severity, state (today's), received_at, responded_at, resolved_at, closed_at (UTC; null while later than `as_of`),
    tier (code, at intake), claimed_minor, disputed_minor (company currency), user_id, ends_later (whether an end is
    known that lies after `as_of`: then today's state says nothing about that day).
    """
    complaint = live(con, "kam_complaint")
    end = day_end(con, complaint.company_id, as_of, zones)
    complaint = complaint.mutate(day_end=end).filter(complaint.received_at < end)
    partner = customer_keys(con)
    joined = complaint.left_join(partner, complaint.partner_id == partner.partner_key)
    tier = live(con, "kam_tier").select(tier_key="id", tier="code")
    joined = joined.left_join(tier, joined.tier_id == tier.tier_key)
    noted = _noted_ends(con)
    joined = joined.left_join(noted, joined.id == noted.noted_id)
    known = {
        name: ibis.ifelse(joined[name] < joined.day_end, joined[name], ibis.null("timestamp('UTC')"))
        for name in _EVENTS
    }
    return joined.select(
        "company_id",
        "move_id",
        "type",
        "severity",
        "state",
        "received_at",
        "tier",
        "user_id",
        complaint_id=joined.id,
        number=ibis.coalesce(joined.name, joined.id.cast("string")),
        customer_id=ibis.coalesce(joined.customer_key, joined.partner_id, 0),
        claimed_minor=joined.claimed_amount_minor,
        disputed_minor=joined.disputed_amount_minor,
        ends_later=_ends_later(joined),
        **known,
    )


def _noted_ends(con: BaseBackend) -> ir.Table:
    """The last end that the status log noted of each complaint: noted_id, noted_end."""
    log = live(con, "kam_complaint_event")
    ends = log.filter(log.event.isin(("resolved", "closed")))
    return ends.group_by(noted_id="complaint_id").agg(noted_end=ends["at"].max())


def _ends_later(complaint: ir.Table) -> ir.BooleanValue:
    later = [
        (complaint[name] >= complaint.day_end).fill_null(False) for name in ("resolved_at", "closed_at", "noted_end")
    ]
    return later[0] | later[1] | later[2]


def lately_settled(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """The rows of `complaints` that were received within twelve months up to `as_of` and settled by then.

    Settled is resolved and not rejected: whether a complaint was justified is not recorded, and nobody solves one that
    was not.
    """
    complaint = _settled(con, as_of, zones)
    begin = day_end(con, complaint.company_id, year_before(as_of), zones)
    return complaint.filter(complaint.received_at >= begin)


def _settled(con: BaseBackend, as_of: date, zones: Zones | None) -> ir.Table:
    complaint = complaints(con, as_of, zones)
    return complaint.filter(complaint.resolved_at.notnull(), complaint.state.isin(SETTLED))


def upheld_complaints(con: BaseBackend, date_from: date, date_to: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint that was settled from `date_from` to `date_to`, both included.

    Columns: complaint_id, company_id, company_currency_id, customer_id (0: no partner), date (on which it was resolved,
    in the company's zone), payee_id (salesperson of the invoice that it names, else the customer's; empty: nobody),
    owner_id (the customer's).
    """
    complaint = _settled(con, date_to, zones)
    window = (date_from, date_to)
    day = local_day(con, complaint.company_id, complaint.resolved_at, window, zones)
    complaint = complaint.mutate(date=day).filter(lambda t: t.date >= date_from)
    company = company_currencies(con).rename(company_key="company_id")
    joined = complaint.left_join(company, complaint.company_id == company.company_key)
    owner = customers(con).select(owner_customer="partner_id", owner_id="user_id")
    joined = joined.left_join(owner, joined.customer_id == owner.owner_customer)
    invoice = posted_invoices(con).select(sold_move="move_id", seller_id="user_id")
    joined = joined.left_join(invoice, joined.move_id == invoice.sold_move)
    return joined.select(
        "complaint_id", "company_id", "company_currency_id", "customer_id", "date", "owner_id",
        payee_id=ibis.coalesce(joined.seller_id, joined.owner_id),
    )  # fmt: skip


def settled_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer and severity with complaints that were `lately_settled`.

    Columns: company_id, customer_id (0: no partner), severity, settled (how many).
    """
    complaint = lately_settled(con, as_of, zones)
    return complaint.group_by("company_id", "customer_id", "severity").agg(settled=complaint.count())
