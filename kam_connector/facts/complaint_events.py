"""What the addon's status log noted about complaints, moment by moment: the input of the clock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.complaints import complaints
from kam_connector.facts.days import Zones, day_end
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_UNCLOCKED = ("moved", "handed_over")
"""Events at which no clock looks."""


def complaint_events(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an event that the log noted of a complaint up to the end of `as_of` in its company's zone, in no order.

    Columns: complaint_id, company_id, at (UTC), event (received, responded, waiting_customer, customer_message,
    waiting_supplier, resumed, resolved, reopened, closed, changed), place (events of the same moment follow each other
    by it), type, severity (as they were after it; null in what was noted before the log had them). A moment that was
    corrected is a row of its own: which one counts, and what a complaint that is older than the log tells itself, says
    `rules.complaint_events`.
    """
    complaint = complaints(con, as_of, zones).select("complaint_id", "company_id")
    log = live(con, "kam_complaint_event")
    log = log.filter(log.event.notin(_UNCLOCKED)).select(
        "at", "event", "type", "severity", place="id", logged_id="complaint_id"
    )
    noted = log.join(complaint, log.logged_id == complaint.complaint_id).drop("logged_id")
    noted = noted.filter(noted["at"] < day_end(con, noted.company_id, as_of, zones))
    return noted.select("complaint_id", "company_id", "at", "event", "place", "type", "severity")
