"""The sentences of early warnings."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

WARNING_SENTENCES = {
    "warning.order_gap": _lt(
        "No order since %(last_order)s, although one came every %(gap_days)s days on average: at least "
        "%(limit_times)s times as long as usual. Policy in force since %(valid_from)s."
    ),
    "warning.volume_fall": _lt(
        "Three whole months brought %(revenue)s, the same months a year before %(revenue_before)s: %(fall)s less, "
        "with a limit of %(limit_share)s. Policy in force since %(valid_from)s."
    ),
    "warning.margin_fall": _lt(
        "Twelve months left a margin of %(margin)s, the twelve before %(margin_before)s: %(fall)s less, with a "
        "limit of %(limit_share)s. Policy in force since %(valid_from)s."
    ),
    "warning.categories_lost": _lt(
        "%(count)s product categories of the year before were not bought in twelve months; the warning is raised from "
        "%(limit_count)s on. Policy in force since %(valid_from)s."
    ),
    "warning.offers_lost": _lt(
        "Of %(offers)s offers of the last %(offer_days)s days that were won or lost, %(lost)s were cancelled or "
        "expired without an order; the warning is raised from %(limit_share)s on. Policy in force since %(valid_from)s."
    ),
    "warning.overdue_rise": _lt(
        "%(share_now)s of the debts are past due, %(compared_days)s days before it was %(share_before)s: the limit"
        " of the rise is %(limit_share)s. Policy in force since %(valid_from)s."
    ),
    "warning.complaints": _lt(
        "%(count)s complaints within %(complaint_days)s days; the warning is raised from %(limit_count)s on. "
        "Policy in force since %(valid_from)s."
    ),
    "warning.contacts_gone": _lt(
        "Contacts who stood on papers of the last %(months)s months are archived: %(contacts)s. Policy in force "
        "since %(valid_from)s."
    ),
    "warning.credit_used": _lt(
        "Exposure %(exposure)s has reached %(limit_share)s of the credit limit of %(limit)s. Policy in force since"
        " %(valid_from)s."
    ),
    "warning.cleared": _lt(
        "Cleared: the figure is %(figure)s and below %(clear_at)s; the warning was raised on %(since)s. Policy in "
        "force since %(valid_from)s."
    ),
    "warning.passed": _lt(
        "Not raised: the figure is %(figure)s and below %(raise_at)s again; it was first seen on %(since)s. Policy"
        " in force since %(valid_from)s."
    ),
    "warning.withdrawn": _lt(
        "Withdrawn: the rule does not watch this customer any more; first seen on %(since)s. Policy in force since"
        " %(valid_from)s."
    ),
}
WARNING_MONEY = frozenset({"margin", "margin_before", "revenue", "revenue_before"})
WARNING_DATES = frozenset({"last_order", "since"})
WARNING_SHARES = frozenset({"fall", "limit_share", "share_before", "share_now"})
