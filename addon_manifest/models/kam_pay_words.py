"""Why a line of a payout is what it is, in sentences."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

PAY_SENTENCES = {
    "commission.whole": _lt(
        "%(base)s at %(rate)s, the rate of everything from %(slice_from)s to %(slice_to)s. Plan %(plan)s, in "
        "force since %(valid_from)s."
    ),
    "commission.made_up": _lt(
        "%(base)s of an earlier period at %(rate)s more or less, because the part from %(slice_from)s to "
        "%(slice_to)s is reached now. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "commission.crossing": _lt(
        "%(base)s at %(rate)s: the deal reaches the part from %(slice_from)s to %(slice_to)s and takes its "
        "rate entirely. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "commission.reached": _lt(
        "%(base)s of the way from %(slice_from)s to %(slice_to)s, paid in proportion. Plan %(plan)s, in force"
        " since %(valid_from)s."
    ),
    "commission.level": _lt(
        "With %(base)s the level from %(slice_from)s to %(slice_to)s is reached; what the level before paid "
        "is taken off. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "commission.returned": _lt(
        "%(base)s came back and takes back what it had earned, at %(rate)s. Plan %(plan)s, in force since "
        "%(valid_from)s."
    ),
    "commission.released": _lt(
        "Released by payments received for what was earned at %(rate)s before. Plan %(plan)s, in force since "
        "%(valid_from)s."
    ),
    "commission.forfeited": _lt(
        "Forfeited: the part of what was earned at %(rate)s that was written off as bad debt. Plan %(plan)s, "
        "in force since %(valid_from)s."
    ),
    "commission.days_to_pay": _lt(
        "%(base)s was paid %(from_days)s days or more after it began to run (up to %(to_days)s): %(rate)s on "
        "top. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "bonus.event": _lt("%(amount)s for the event %(event)s. Plan %(plan)s, in force since %(valid_from)s."),
    "bonus.team": _lt(
        "%(amount)s of the %(pool)s that team %(team)s has earned, divided among %(count)s. Plan %(plan)s, in"
        " force since %(valid_from)s."
    ),
    "bonus.prize": _lt(
        "%(amount)s for place %(place)s of %(count)s in the contest. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "award.given": _lt("%(amount)s awarded: %(citation)s. Plan %(plan)s, in force since %(valid_from)s."),
    "salary.month": _lt(
        "Salary of %(amount)s for %(date_from)s to %(date_to)s: %(days)s of %(of_days)s days at %(monthly)s a month. "
        "Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.target": _lt(
        "Measured against %(amount)s: the target of %(goal)s for %(period)s is %(target)s. Plan %(plan)s, in force "
        "since %(valid_from)s."
    ),
    "pay.team_target": _lt(
        "Measured against %(amount)s: the target of %(goal)s of team %(team)s for %(period)s is %(target)s. Plan "
        "%(plan)s, in force since %(valid_from)s."
    ),
    "pay.no_target": _lt(
        "Held until there is a target of %(goal)s for %(period)s to measure by. Plan %(plan)s, in force since "
        "%(valid_from)s."
    ),
    "pay.no_team_target": _lt(
        "Held until there is a target of %(goal)s of team %(team)s for %(period)s to measure by. Plan %(plan)s, in "
        "force since %(valid_from)s."
    ),
    "pay.reduced": _lt(
        "Reduced to %(factor)s: %(gate)s is %(measured)s, the bound is %(bound)s. Plan %(plan)s, in force "
        "since %(valid_from)s."
    ),
    "pay.held": _lt(
        "Held: %(gate)s is %(measured)s, the bound is %(bound)s. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.let_go": _lt("%(amount)s that had been held is paid now. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.capped": _lt("The period pays %(limit)s at most. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.cut_before": _lt(
        "%(amount)s of what is taken back had been cut and was never paid. Plan %(plan)s, in force since "
        "%(valid_from)s."
    ),
    "pay.floor": _lt("The period pays %(limit)s at least. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.held_back": _lt("%(rate)s is held back. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.holdback_paid": _lt(
        "%(amount)s that had been held back is paid now. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.advanced": _lt("%(amount)s in advance, up to %(limit)s. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.recovered": _lt(
        "%(amount)s of what was advanced is paid back; %(rest)s is left. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.settled": _lt("%(settled)s was settled before. Plan %(plan)s, in force since %(valid_from)s."),
    "pay.approved": _lt("%(approved)s was approved before the period was closed. Plan %(plan)s."),
    "pay.came_later": _lt(
        "Of %(origin)s, which is closed, %(now)s became known since. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.gone_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is gone since. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.changed_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is %(now)s since. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.bounced_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is %(now)s since: a payment of the document bounced or was taken off "
        "it. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.paid_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is %(now)s since: more of the document is paid. Plan %(plan)s, in "
        "force since %(valid_from)s."
    ),
    "pay.margin_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is %(now)s since: the margin of the document has changed, by its cost "
        "or its price. Plan %(plan)s, in force since %(valid_from)s."
    ),
    "pay.target_since": _lt(
        "Of %(origin)s, which is closed, %(was)s is %(now)s since: the target has changed that it is measured against. "
        "Plan %(plan)s, in force since %(valid_from)s."
    ),
    "payout.released": _lt(
        "Earned in %(period)s by plan %(plan)s: %(earned)s; released: %(released)s; adjustments (limits, "
        "gates, advances, what was settled before): %(adjustments)s; due now: %(payout)s. Plan in force since"
        " %(valid_from)s."
    ),
}
GATES = {
    "collection_rate": _lt("the collection rate"),
    "overdue_share": _lt("the share that is overdue"),
    "upheld_complaints": _lt("the number of upheld complaints"),
    "margin_share": _lt("the margin's share of sales"),
}
GOALS = {
    "revenue": _lt("Revenue"),
    "margin": _lt("Gross Margin"),
    "collection": _lt("Collection"),
    "new_customers": _lt("New Customers"),
}
PAY_MONEY = frozenset({"adjustments", "pool", "released", "rest", "approved", "now", "was", "monthly"})
PAY_DATES = frozenset({"date_from", "date_to"})
