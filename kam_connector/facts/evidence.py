"""What speaks for and against the good faith of complaints, as far as papers and people tell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.complaints import SETTLED, complaints
from kam_connector.facts.customers import customer_keys, partners
from kam_connector.facts.days import Zones, day_end, local_day, year_before
from kam_connector.facts.live import live
from kam_connector.facts.named_papers import named_parts, with_papers

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_REJECTED = "rejected"
_OVER = ("closed", "reviewed")
SHOWN = ("evidence_band", "evidence", "evidence_code", "evidence_args")


def judged_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint of `facts.complaints`, with what became of it and what its record shows as evidence.

    Columns: complaint_id, company_id, customer_id, state (today's), received_at (UTC), received_on (the company's day),
    claimed_minor (company currency: its own, or its lines' together where that is more), was_rejected (also when it was
    closed after it), was_upheld (settled and not rejected, by the end of `as_of`), is_malicious (two reviewers agree,
    today), evidence_points, SHOWN ("" where empty).
    """
    case = complaints(con, as_of, zones)
    kept = live(con, "kam_complaint").select("is_malicious", "evidence_points", *SHOWN, kept_id="id")
    line = live(con, "kam_complaint_line")
    claims = line.group_by(line_case="complaint_id").agg(line_claims=line.claimed_amount_minor.sum())
    log = live(con, "kam_complaint_event")
    turned_down = log.filter(log.new_state == _REJECTED).select(turned_id="complaint_id").distinct()
    joined = case.inner_join(kept, case.complaint_id == kept.kept_id)
    joined = joined.left_join(claims, joined.complaint_id == claims.line_case)
    joined = joined.left_join(turned_down, joined.complaint_id == turned_down.turned_id)
    unsolved = joined.state.isin(_OVER) & joined.resolved_at.isnull() & ~joined.ends_later
    return joined.select(
        "complaint_id",
        "company_id",
        "customer_id",
        "state",
        "received_at",
        received_on=local_day(con, joined.company_id, joined.received_at, (year_before(as_of), as_of), zones),
        claimed_minor=_greater(joined.claimed_minor, joined.line_claims),
        was_rejected=(joined.state == _REJECTED) | (unsolved & joined.turned_id.notnull()),
        was_upheld=joined.state.isin(SETTLED) & joined.resolved_at.notnull(),
        is_malicious=joined.is_malicious.fill_null(False),
        evidence_points=joined.evidence_points.fill_null(0),
        **{name: joined[name].fill_null("") for name in SHOWN},
    )


def _greater(first: ir.Value, second: ir.Value) -> ir.Value:
    first, second = (value.fill_null(0).cast("int64") for value in (first, second))
    return ibis.ifelse(first >= second, first, second)


def noted_evidence(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a complaint and kind of evidence that people have noted by the end of `as_of` and not withdrawn.

    Columns: complaint_id, kind, notes (how many).
    """
    note = live(con, "kam_complaint_evidence")
    end = day_end(con, note.company_id, as_of, zones)
    stands = note.withdrawn_on.isnull() | (note.withdrawn_on >= end)
    note = note.filter(note.noted_on < end, stands)
    return note.group_by("complaint_id", "kind").agg(notes=note.count())


def papers_of_complaints(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a paper that a complaint names: the order line, else the invoice, else the order (and invoice beside it).

    Columns: complaint_id, company_id, paper, total_minor, currency_id, currency_rate, whole, whole_minor,
    whole_currency_id, whole_rate (as in `facts.losses.losses`),
    paper_on (day of the invoice, else of the order), due_on (of the invoice; null without one), is_foreign (it is
    another customer's, and not of the same group).
    """
    part = named_parts(con)
    named = part.order_line_id.notnull() | part.named_move.notnull() | part.named_order.notnull()
    row = with_papers(con, part.filter(named))
    row = row.filter(row.paper != "").drop("loss_minor").distinct()
    own = partners(con).select(own_id="partner_id", own_group="group_id")
    other = partners(con).select(other_id="partner_id", other_group="group_id")
    row = row.left_join(own, row.case_partner == own.own_id)
    row = row.left_join(other, row.paper_partner == other.other_id)
    ordered_on = local_day(con, row.company_id, row.ordered_at, (year_before(as_of), as_of), zones)
    return row.select(
        "complaint_id",
        "company_id",
        "paper",
        "total_minor",
        "currency_id",
        "currency_rate",
        *("whole", "whole_minor", "whole_currency_id", "whole_rate"),
        "due_on",
        paper_on=ibis.coalesce(row.invoiced_on, ordered_on),
        is_foreign=(row.own_group != row.other_group).fill_null(False),
    )


def dunning_days(con: BaseBackend, as_of: date, zones: Zones | None = None) -> ir.Table:
    """One row a company, customer and day up to `as_of` on which the ERP got a collection task for an overdue debt.

    Columns: company_id, customer_id, asked_on (the company's day). Who is asked before a debt is due is not dunned.
    """
    task = live(con, "kam_collection_task")
    end = day_end(con, task.company_id, as_of, zones)
    task = task.filter(task.level > 0, task.create_date < end)
    asked = task.select(
        "company_id",
        "partner_id",
        asked_on=local_day(con, task.company_id, task.create_date, (year_before(as_of), as_of), zones),
    )
    partner = customer_keys(con)
    joined = asked.left_join(partner, asked.partner_id == partner.partner_key)
    joined = joined.select(
        "company_id", "asked_on", customer_id=ibis.coalesce(joined.customer_key, joined.partner_id, 0)
    )
    return joined.select("company_id", "customer_id", "asked_on").distinct()
