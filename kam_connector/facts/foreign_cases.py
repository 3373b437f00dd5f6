"""Complaints that are kept elsewhere in the ERP, in one form: helpdesk tickets, claims, and what customers answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.answers import answers
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_ORDER, _MOVE = "sale.order,", "account.move,"
_NONE = ibis.literal(0, "int64")


def foreign_cases(con: BaseBackend) -> ir.Table:
    """One row a ticket or claim that is not archived, and one an answer as `facts.answers` has it.

    Columns: source (helpdesk.ticket, crm.claim, rating.rating, survey.user_input), source_id, number, company_id,
    customer_id, contact_id, user_id (0: none), title, text (may be HTML; empty where nobody asks what it says: it is
    over, or a complaint already), category, stage, stage_closed (the helpdesk says that its stage ends a ticket; a
    claim's stages say nothing), opened_at (UTC), order_id, order_company_id, move_id, move_company_id (what the case
    names; 0: nothing, or nothing that was pulled: a reference outlives its record), score (of an answer; null: a case
    has none), document (what an answer is about, `helpdesk.ticket,12`; empty of a case).

    When a ticket was closed is not asked: the OCA's `closed_date` stays when it is opened again, a claim's
    `date_closed` is never filled. The stage says whether it is open.
    """
    cases = _tickets(con).union(_claims(con))
    cases = cases.union(answers(con).select(*cases.columns))
    partner = live(con, "res_partner").select(partner_key="id", customer_id="commercial_partner_id")
    order = live(con, "sale_order").select(order_key="id", order_company_id="company_id")
    move = live(con, "account_move").select(move_key="id", move_company_id="company_id")
    joined = cases.left_join(partner, cases.contact_id == partner.partner_key)
    joined = joined.left_join(order, joined.order_id == order.order_key)
    joined = joined.left_join(move, joined.move_id == move.move_key)
    names = ("company_id", "customer_id", "contact_id", "user_id", "order_company_id", "move_company_id")
    filled = {name: ibis.coalesce(joined[name], _NONE) for name in names}
    filled |= {"order_id": ibis.coalesce(joined.order_key, _NONE), "move_id": ibis.coalesce(joined.move_key, _NONE)}
    texts = {name: ibis.coalesce(joined[name], "") for name in _TEXTS}
    shown = joined.mutate(**filled, **texts)
    key = shown.source + "," + shown.source_id.cast("string")
    known = case_keys(con).select(known_key="case_key")
    shown = shown.left_join(known, key == known.known_key)
    is_done = shown.known_key.notnull() | shown.stage_closed
    return shown.mutate(text=ibis.ifelse(is_done, "", shown.text)).select(*_COLUMNS)


def case_keys(con: BaseBackend) -> ir.Table:
    """One row a complaint of the addon, today's, whenever it was received.

    Columns: complaint_id, number (what people call it by), case_key (`helpdesk.ticket,12` of one that came in, else its
    own model and id), company_id, customer_id, order_id, move_id (0: none), state.
    """
    complaint = live(con, "kam_complaint")
    partner = live(con, "res_partner").select(partner_key="id", customer_key="commercial_partner_id")
    joined = complaint.left_join(partner, complaint.partner_id == partner.partner_key)
    own = ibis.literal("kam.complaint,") + joined.id.cast("string")
    return joined.select(
        "company_id",
        "state",
        complaint_id=joined.id,
        number=ibis.coalesce(joined.name, joined.id.cast("string")),
        case_key=ibis.coalesce(joined.kam_key, own),
        customer_id=ibis.coalesce(joined.customer_key, joined.partner_id, _NONE),
        order_id=ibis.coalesce(joined.order_id, _NONE),
        move_id=ibis.coalesce(joined.move_id, _NONE),
    )


_TEXTS = ("number", "title", "text", "category", "stage")
_COLUMNS = (
    "source", "source_id", "number", "company_id", "customer_id", "contact_id", "user_id", "title", "text", "category",
    "stage", "stage_closed", "opened_at", "order_id", "order_company_id", "move_id", "move_company_id", "score",
    "document",
)  # fmt: skip


def _tickets(con: BaseBackend) -> ir.Table:
    """Odoo's helpdesk has its stages in `helpdesk.stage`, the OCA's in `helpdesk.ticket.stage`: one is empty."""
    ticket = live(con, "helpdesk_ticket")
    stages = (
        live(con, "helpdesk_ticket_stage").select(stage_key="id", stage="name", stage_closed="closed"),
        live(con, "helpdesk_stage").select(stage_key="id", stage="name", stage_closed="fold"),
    )
    stage = stages[0].union(stages[1])
    category = live(con, "helpdesk_ticket_category").select(category_key="id", category="name")
    joined = ticket.filter(ticket.active).left_join(stage, ticket.stage_id == stage.stage_key)
    joined = joined.left_join(category, joined.category_id == category.category_key)
    return _case(
        joined,
        source=ibis.literal("helpdesk.ticket"),
        number=ibis.coalesce(joined.number, joined.ticket_ref),
        opened_at=joined.create_date,
        order_id=ibis.coalesce(joined.sale_order_id, _NONE),
        move_id=_NONE,
    )


def _claims(con: BaseBackend) -> ir.Table:
    claim = live(con, "crm_claim")
    stage = live(con, "crm_claim_stage").select(stage_key="id", stage="name", stage_closed=ibis.literal(False))
    category = live(con, "crm_claim_category").select(category_key="id", category="name")
    joined = claim.filter(claim.active).left_join(stage, claim.stage_id == stage.stage_key)
    joined = joined.left_join(category, joined.categ_id == category.category_key)
    return _case(
        joined,
        source=ibis.literal("crm.claim"),
        number=joined.id.cast("string"),
        opened_at=ibis.coalesce(joined["date"], joined.create_date),
        order_id=_named(joined.model_ref_id, _ORDER),
        move_id=_named(joined.model_ref_id, _MOVE),
    )


def _named(reference: ir.StringColumn, model: str) -> ir.IntegerColumn:
    """The id in a reference such as "sale.order,5"; 0 for one to another model."""
    is_mine = ibis.coalesce(reference, "").startswith(model)
    number = ibis.ifelse(is_mine, reference.substr(len(model)), "0")
    return ibis.coalesce(number.try_cast("int64"), _NONE)


def _case(joined: ir.Table, **own: ir.Value) -> ir.Table:
    return joined.select(
        "company_id",
        "user_id",
        "category",
        "stage",
        source_id="id",
        contact_id="partner_id",
        title="name",
        text="description",
        stage_closed=ibis.coalesce(joined.stage_closed, False),
        score=ibis.null("decimal(20, 6)"),
        document=ibis.literal(""),
        **own,
    )
