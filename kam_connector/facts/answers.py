"""What customers answer when they are asked: ratings of documents and surveys with scores, as cases in the making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.customers import partners
from kam_connector.facts.live import live

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_NONE = ibis.literal(0, "int64")
_LATE = 30
"""More days than this after it was asked for, a change is no answer but somebody who touched an old one."""
_RATING, _SURVEY = "rating.rating", "survey.user_input"


def answers(con: BaseBackend) -> ir.Table:
    """One row a rating that was given, or a finished answer to a survey with scores.

    Columns: source (rating.rating, survey.user_input), source_id, number, company_id, contact_id (null: nobody knows
    who), user_id (0: whoever was rated does not work on it), title (what was rated, or the survey), text (what the
    customer wrote; the words of a survey are not read), category (model of what was rated, or the survey), stage,
    stage_closed (an answer has none), opened_at (UTC), order_id, move_id (0: something else was rated), score (rating
    from 1 to 5, survey in percent), document (`helpdesk.ticket,12`: what it is about).

    Neither record has a company: it is that of the order, invoice or ticket, else the customer's, else that of the
    customer's salesperson, else the only one; 0 where all of these say nothing. Odoo 14 does not note when an answer
    was given: its last change stands for it, or where that is more than 30 days after the customer was asked (a bulk
    change, a migration) the day of the question. An answer without a score is none.
    """
    given = _ratings(con)
    given = given.union(_surveys(con).select(*given.columns).cast(given.schema()))
    order = live(con, "sale_order").select(order_key="id", order_company="company_id")
    move = live(con, "account_move").select(move_key="id", move_company="company_id")
    ticket = live(con, "helpdesk_ticket")
    ticket = ticket.select(
        ticket_key=ibis.literal("helpdesk.ticket,") + ticket.id.cast("string"), ticket_company="company_id"
    )
    partner = partners(con).select(partner_key="partner_id", partner_company="company_id", seller_id="user_id")
    user = live(con, "res_users").select(user_key="id", user_company="company_id")
    company = live(con, "res_company")
    only = company.agg(only_company=ibis.ifelse(company.count() == 1, company.id.max(), _NONE))
    given = given.filter(given.score.notnull())
    joined = given.left_join(order, given.order_id == order.order_key)
    joined = joined.left_join(move, joined.move_id == move.move_key)
    joined = joined.left_join(ticket, joined.document == ticket.ticket_key)
    joined = joined.left_join(partner, joined.contact_id == partner.partner_key)
    joined = joined.left_join(user, joined.seller_id == user.user_key).cross_join(only)
    ways = ("order_company", "move_company", "ticket_company", "partner_company", "user_company", "only_company")
    return joined.select(
        "user_id", "category", "stage", "source_id", "contact_id", "title", "text", "stage_closed", "source", "number",
        "opened_at", "order_id", "move_id", "score", "document",
        company_id=ibis.coalesce(*(joined[name] for name in ways)),
    )  # fmt: skip


def _ratings(con: BaseBackend) -> ir.Table:
    rating = live(con, "rating_rating")
    about = {"order_id": "sale.order", "move_id": "account.move"}
    return _answer(
        rating,
        _RATING,
        title=rating.res_name,
        text=ibis.coalesce(rating.feedback, ""),
        category=rating.res_model,
        opened_at=_given_at(rating, rating.rated_on),
        score=rating.rating,
        document=rating.res_model + "," + rating.res_id.cast("string"),
        **{name: ibis.ifelse(rating.res_model == model, rating.res_id, _NONE) for name, model in about.items()},
    )


def _surveys(con: BaseBackend) -> ir.Table:
    survey = live(con, "survey_survey").select("title", survey_key="id")
    done = live(con, "survey_user_input")
    joined = done.join(survey, done.survey_id == survey.survey_key)
    return _answer(
        joined,
        _SURVEY,
        title=joined.title,
        text=ibis.literal(""),
        category=joined.title,
        opened_at=_given_at(joined, joined.end_datetime),
        score=joined.scoring_percentage,
        document=ibis.literal("survey.survey,") + joined.survey_id.cast("string"),
        order_id=_NONE,
        move_id=_NONE,
    )


def _given_at(row: ir.Table, noted: ir.Value) -> ir.Value:
    days = row._write_date.date().delta(row.create_date.date(), unit="day")
    return ibis.coalesce(noted, ibis.ifelse((days > _LATE).fill_null(False), row.create_date, row._write_date))


def _answer(given: ir.Table, source: str, **own: ir.Value) -> ir.Table:
    return given.select(
        source=ibis.literal(source),
        source_id="id",
        number=given.id.cast("string"),
        contact_id="partner_id",
        user_id=_NONE,
        stage=ibis.literal(""),
        stage_closed=ibis.literal(False),
        **own,
    )
