"""Which part of the receivables is disputed: the disputed amounts of open complaints.

A dispute takes only its own part out of dunning and stays in the ageing (collections.md 2.11).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kam_connector.facts.complaints import complaints
from kam_connector.facts.days import Zones

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_NEVER = ("rejected",)
_OVER = ("closed", "reviewed")


def disputed(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row an invoice (or, with a null move_id, a customer) with an open dispute at the end of `as_of`.

    Columns: move_id, customer_id, company_id, disputed_minor (company currency). A complaint disputes from its
    receipt until it is resolved or closed; a rejected one never does.
    """
    complaint = complaints(con, as_of, zones)
    ended = complaint.resolved_at.notnull() | complaint.closed_at.notnull()
    undated = complaint.state.isin(_OVER) & complaint.resolved_at.isnull() & complaint.closed_at.isnull()
    open_ones = complaint.filter(~complaint.state.isin(_NEVER), ~ended, ~undated, complaint.disputed_minor > 0)
    return open_ones.group_by("move_id", "customer_id", "company_id").agg(
        disputed_minor=open_ones.disputed_minor.sum().cast("int64")
    )
