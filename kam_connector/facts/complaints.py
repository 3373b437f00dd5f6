"""Complaints as they stood at the end of a day."""

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

_EVENTS = ("responded_at", "resolved_at", "closed_at")
SETTLED = ("confirmed", "closed", "reviewed")
"""States (today's) of a complaint that ended with a solution; \"rejected\" is a state of its own."""


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
    complaint = complaints(con, as_of, zones)
    begin = day_end(con, complaint.company_id, year_before(as_of), zones)
    complaint = complaint.filter(complaint.received_at >= begin, complaint.resolved_at.notnull())
    return complaint.filter(complaint.state.isin(SETTLED))


def settled_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer and severity with complaints that were `lately_settled`.

    Columns: company_id, customer_id (0: no partner), severity, settled (how many).
    """
    complaint = lately_settled(con, as_of, zones)
    return complaint.group_by("company_id", "customer_id", "severity").agg(settled=complaint.count())
