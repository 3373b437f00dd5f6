"""Which part of the receivables is disputed: the disputed amounts of open complaints.

A dispute takes only its own part out of dunning and stays in the ageing (collections.md 2.11).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.complaints import complaints
from kam_connector.facts.days import Zones, local_day, year_before
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_NEVER = ("rejected",)
_OVER = ("closed", "reviewed")


def disputed(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an invoice (or, with a null move_id, a customer) with an open dispute at the end of `as_of`.

    Columns: move_id, customer_id, company_id, disputed_minor (company currency). A complaint disputes from its
    receipt until it is resolved or closed; a rejected one never does. One with lines disputes the invoices of its
    lines, one without its own invoice.
    """
    disputing = open_disputes(con, as_of, zones)
    return disputing.group_by("move_id", "customer_id", "company_id").agg(
        disputed_minor=disputing.disputed_minor.sum().cast("int64")
    )


def open_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """The rows of `facts.complaints.complaints` that at the end of `as_of` are not resolved, closed or rejected."""
    complaint = complaints(con, as_of, zones)
    ended = complaint.resolved_at.notnull() | complaint.closed_at.notnull()
    undated = complaint.state.isin(_OVER) & ~ended & ~complaint.ends_later
    return complaint.filter(~complaint.state.isin(_NEVER), ~ended, ~undated)


def open_disputes(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an open complaint and invoice that it disputes a part of, at the end of `as_of`.

    Columns: complaint_id, number, company_id, customer_id, user_id, received_on (day in the company's zone), move_id
    (null: no invoice named), disputed_minor (company currency).
    """
    open_ones = open_complaints(con, as_of, zones)
    line = live(con, "kam_complaint_line").select(
        line_case="complaint_id", line_move="move_id", line_minor="disputed_amount_minor"
    )
    joined = open_ones.left_join(line, open_ones.complaint_id == line.line_case)
    has_lines = joined.line_case.notnull()
    disputing = joined.select(
        "complaint_id",
        "number",
        "company_id",
        "customer_id",
        "user_id",
        received_on=local_day(con, joined.company_id, joined.received_at, (year_before(as_of), as_of), zones),
        move_id=ibis.ifelse(has_lines, joined.line_move, joined.move_id),
        disputed_minor=ibis.ifelse(has_lines, joined.line_minor, joined.disputed_minor),
    )
    return disputing.filter(disputing.disputed_minor > 0)
