"""The tables of complaints that are kept elsewhere in the ERP: Odoo's or the OCA's helpdesk, the OCA's claims; and of
what customers answer when they are asked: ratings, and the score (no answer) of surveys.

`helpdesk.ticket` is one model name for two products; which of the columns are filled tells them apart.
"""

from __future__ import annotations

from kam_connector.mirror.columns import Table, flags, ints, moments, numbers, ref, table, texts

_CASE = (
    *texts("name", "description"),
    ref("partner_id", "res.partner"),
    ref("user_id", "res.users"),
    ref("company_id", "res.company"),
)

CASE_TABLES: tuple[Table, ...] = (
    table("helpdesk.ticket.stage", texts("name"), flags("closed")),
    table("helpdesk.ticket.category", texts("name")),
    table("helpdesk.stage", texts("name"), flags("fold")),
    table(
        "helpdesk.ticket",
        _CASE,
        texts("number", "ticket_ref"),
        ref("stage_id", "helpdesk.ticket.stage"),
        ref("category_id", "helpdesk.ticket.category"),
        ref("sale_order_id", "sale.order"),
        moments("create_date"),
        flags("active", default=True),
    ),
    table("crm.claim.stage", texts("name")),
    table("crm.claim.category", texts("name")),
    table(
        "crm.claim",
        _CASE,
        texts("model_ref_id"),
        ref("stage_id", "crm.claim.stage"),
        ref("categ_id", "crm.claim.category"),
        moments("date", "create_date"),
        flags("active", default=True),
    ),
    table(
        "rating.rating",
        texts("res_model", "res_name", "feedback"),
        ints("res_id"),
        numbers("rating"),
        ref("partner_id", "res.partner"),
        moments("rated_on", "create_date"),
    ),
    table("survey.survey", texts("title")),
    table(
        "survey.user_input",
        ref("survey_id", "survey.survey"),
        ref("partner_id", "res.partner"),
        numbers("scoring_percentage"),
        moments("end_datetime", "create_date"),
    ),
)
