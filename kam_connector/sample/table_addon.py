"""Rows of the addon's models that people fill: complaints and targets."""

from __future__ import annotations

from kam_connector.sample.amounts import as_float
from kam_connector.sample.firm import COMPANY, DIGITS
from kam_connector.sample.months import period
from kam_connector.sample.papers import Complaint, Target
from kam_connector.sample.table_firm import COMPANY_ID, CURRENCY_ID
from kam_connector.sample.tabular import Row, Sources, Tables, iso, moment, stamp


def build_rows(sources: Sources) -> Tables:
    """`kam.complaint` and `kam.target`."""
    documents = sources.documents
    return {
        "kam.complaint": [_complaint(sources, n, c) for n, c in enumerate(documents.complaints, start=1)],
        "kam.target": [_target(sources, n, t) for n, t in enumerate(documents.targets, start=1)],
    }


def _own(model: str, number: int, company: str) -> Row:
    """The fields that each record of the addon has, as for one that a person made."""
    return {
        "id": number, "kam_key": f"{model},{number}", "kam_run": False, "kam_version": 0,
        "company_id": COMPANY_ID[company], "currency_id": CURRENCY_ID[COMPANY[company].currency],
        "reason_code": False, "reason_args": False,
    }  # fmt: skip


def _complaint(sources: Sources, number: int, paper: Complaint) -> Row:
    ids, digits = sources.ids, DIGITS[COMPANY[paper.company].currency]
    moved = [at for at in (paper.received, paper.responded, paper.resolved, paper.closed) if at]
    move = sources.books.by_paper[paper.invoice].id
    return _own("kam.complaint", number, paper.company) | {
        "write_date": stamp(max(moved)), "name": paper.key,
        "partner_id": ids.of("res.partner", paper.customer), "contact_id": ids.maybe("res.partner", paper.contact),
        "type": paper.type, "subtype": paper.subtype, "severity": paper.severity, "state": paper.state,
        "channel": paper.channel, "received_at": stamp(paper.received), "responded_at": stamp(paper.responded),
        "resolved_at": stamp(paper.resolved), "closed_at": stamp(paper.closed),
        "order_id": int(paper.order[1:]) if paper.order else False, "move_id": move,
        "claimed_amount": as_float(paper.claimed_minor, digits),
        "disputed_amount": as_float(paper.disputed_minor, digits), "user_id": ids.of("res.users", paper.user),
        "description": f"<p>{paper.description}</p>", "response_due": False, "resolution_due": False,
        "response_breached": False, "resolution_breached": False, "tier_id": False, "response_state": False,
        "resolution_state": False, "response_used": 0.0, "resolution_used": 0.0,
    }  # fmt: skip


def _target(sources: Sources, number: int, paper: Target) -> Row:
    digits = DIGITS[COMPANY[paper.company].currency]
    return _own("kam.target", number, paper.company) | {
        "write_date": moment(min(paper.first, sources.documents.anchor)),
        "user_id": sources.ids.of("res.users", paper.user), "team_id": sources.ids.of("crm.team", paper.team),
        "period": period(paper.first), "date_from": iso(paper.first), "date_to": iso(paper.last),
        "amount": as_float(paper.amount_minor, digits), "kind": paper.kind,
    }  # fmt: skip
