"""Why the connector decided so, as a sentence in the reader's language.

A record stores a code and its figures; the sentence is made here, at reading. The kinds of the figures
follow their names. A code that this version of the addon does not know shows as it is: the figures are never lost.
"""

import json
from datetime import date

from odoo import models
from odoo.tools import LazyTranslate
from odoo.tools.misc import format_date, formatLang

from .kam_compensation_words import COMPENSATION_MONEY, COMPENSATION_SENTENCES, COMPENSATION_WORDS
from .kam_condition_words import tell_conditions
from .kam_escalation_words import ESCALATION_SENTENCES, ESCALATION_WORDS
from .kam_evidence_words import EVIDENCE_NUMBERS, EVIDENCE_SENTENCES
from .kam_pay_words import GATES, GOALS, PAY_DATES, PAY_MONEY, PAY_SENTENCES
from .kam_segment_words import SEGMENT_SENTENCES
from .kam_task_words import POINTS, TASK_SENTENCES, TASK_WORDS
from .kam_tier_words import TIER_SENTENCES
from .kam_triage_words import TRIAGE_SENTENCES
from .kam_warning_words import WARNING_DATES, WARNING_MONEY, WARNING_SENTENCES, WARNING_SHARES

_lt = LazyTranslate(__name__)

SENTENCES = {
    "ageing.open_items": _lt("Open items: %(count)s; earliest due date: %(due_date)s; aged by %(basis)s."),
    "snapshot.late_match": _lt(
        "Match %(matches)s with entry %(moves)s did not count when the day was frozen and counts now."
    ),
    "snapshot.unmatched": _lt(
        "Match %(matches)s with entry %(moves)s counted when the day was frozen and was undone since."
    ),
    "snapshot.back_dated": _lt("Entry %(move)s was posted after the day was frozen and is dated %(date)s."),
    "snapshot.draft": _lt("Entry %(move)s is not posted any more."),
    "snapshot.match_draft": _lt("Match %(matches)s does not count any more: entry %(moves)s is not posted."),
    "snapshot.deleted": _lt("Journal item %(item)s of entry %(move)s is gone."),
    "snapshot.redated": _lt("The date of entry %(move)s was moved over the frozen day; it is %(date)s now."),
    "snapshot.match_redated": _lt("Match %(matches)s: the date of entry %(moves)s was moved over the frozen day."),
    "snapshot.amount_changed": _lt("Entry %(move)s has another amount than when the day was frozen."),
    "snapshot.due_date_changed": _lt(
        "The due date was %(previous_due)s when the day was frozen and is %(due_date)s now."
    ),
    "snapshot.customer_changed": _lt(
        "The item was of customer %(previous_customer)s when the day was frozen and is of customer %(customer)s now."
    ),
    "task.opened": _lt(
        "%(amount)s may be asked for, the oldest due since %(due_date)s: step “%(step)s” (level %(level)s) is "
        "taken from %(after_days)s days after the due date. Policy in force since %(valid_from)s."
    ),
    "task.raised": _lt(
        "%(amount)s may be asked for, the oldest due since %(due_date)s: raised from “%(previous_step)s” to "
        "“%(step)s” (level %(level)s), which is taken from %(after_days)s days after the due date. Policy in "
        "force since %(valid_from)s."
    ),
    "task.open": _lt(
        "%(amount)s may still be asked for, the oldest due since %(due_date)s: step “%(step)s” (level %(level)s) "
        "stays open. Policy in force since %(valid_from)s."
    ),
    "task.repeated": _lt(
        "%(amount)s may be asked for, the oldest due since %(due_date)s: step “%(step)s” (level %(level)s) is "
        "repeated, %(interval_days)s days or more after the last time. Policy in force since %(valid_from)s."
    ),
    "task.none_tolerance": _lt(
        "No task: %(amount)s is not more than the tolerance of %(tolerance)s. Policy in force since %(valid_from)s."
    ),
    "task.none_covered": _lt(
        "No task: %(overdue)s overdue is covered by %(unapplied)s of unapplied credits and %(pending)s of "
        "payments on their way."
    ),
    "task.none_disputed": _lt("No task: of %(overdue)s overdue, %(disputed)s is disputed in an open complaint."),
    "task.none_interval": _lt(
        "No task yet: %(amount)s is overdue, but step “%(step)s” is not repeated within %(interval_days)s days, "
        "so not before %(not_before)s. Policy in force since %(valid_from)s."
    ),
    "task.none_acted": _lt(
        "No task: step “%(step)s” (level %(level)s) was acted on for this debt, which is not old enough for a "
        "further step; %(amount)s is overdue. Policy in force since %(valid_from)s."
    ),
    "task.settled": _lt("The debt behind step “%(step)s” (journal item %(item)s) is settled: the task is closed."),
    "task.promise_broken": _lt(
        "%(amount)s may be asked for: the promise for %(promised_for)s was broken, so “%(previous_step)s” is "
        "raised at once to “%(step)s” (level %(level)s). Policy in force since %(valid_from)s."
    ),
    "task.short_payment": _lt(
        "%(amount)s may be asked for: less came in than was promised for %(promised_for)s. Object today: "
        "“%(previous_step)s” is raised to “%(step)s” (level %(level)s). Policy in force since %(valid_from)s."
    ),
    "task.evasion": _lt(
        "%(amount)s may be asked for: %(count)s promises were broken within twelve months, which is putting us "
        "off. “%(previous_step)s” is raised at once to “%(step)s” (level %(level)s), and a further promise does "
        "not stop it. Policy in force since %(valid_from)s."
    ),
    "task.cash_signal": _lt(
        "%(amount)s may be asked for, and the customer has money (%(signal)s: %(document)s, %(seen)s, "
        "%(signal_on)s): “%(step)s” (level %(level)s) is repeated at once. Policy in force since %(valid_from)s."
    ),
    "task.none_promise": _lt(
        "No task: %(amount)s is overdue and promised for %(promised_for)s. Policy in force since %(valid_from)s."
    ),
    "promise.open": _lt(
        "%(promised)s is promised for %(promised_for)s; %(received)s has come in so far. The cash may come until "
        "%(until)s. Policy in force since %(valid_from)s."
    ),
    "promise.waiting": _lt(
        "%(promised)s is promised for %(promised_for)s; %(received)s has come in so far. An extension, or a "
        "promise for more than %(max_days)s days ahead, stops dunning only once a manager has approved it. Policy "
        "in force since %(valid_from)s."
    ),
    "promise.short": _lt(
        "Only %(received)s of the %(promised)s promised for %(promised_for)s has come in: object today. The rest "
        "may come until %(until)s. Policy in force since %(valid_from)s."
    ),
    "promise.kept": _lt(
        "%(promised)s was promised for %(promised_for)s, and %(received)s had come in by %(paid_on)s: kept. Policy "
        "in force since %(valid_from)s."
    ),
    "promise.partly": _lt(
        "%(promised)s was promised for %(promised_for)s, and only %(received)s had come in by %(until)s: partly "
        "kept. Policy in force since %(valid_from)s."
    ),
    "promise.broken": _lt(
        "%(promised)s was promised for %(promised_for)s, and nothing had come in by %(until)s: broken. Policy in "
        "force since %(valid_from)s."
    ),
    "case.over_days": _lt(
        "%(amount)s may be claimed of debts that are past due for more than %(after_days)s days, the oldest "
        "since %(due_date)s. Policy in force since %(valid_from)s."
    ),
    "case.over_months": _lt(
        "%(amount)s may be claimed of debts that are past due for more than %(months)s months, the oldest "
        "since %(due_date)s. Policy in force since %(valid_from)s."
    ),
    "case.insolvency": _lt(
        "Task %(task)s was closed with the cause “customer insolvent”: %(amount)s may be claimed, all debts "
        "due or not, the oldest since %(due_date)s. Policy in force since %(valid_from)s."
    ),
    "case.bad_faith": _lt(
        "Task %(task)s was closed with the cause “customer in bad faith”: %(amount)s past due may be "
        "claimed, the oldest since %(due_date)s. Policy in force since %(valid_from)s."
    ),
    "case.covered": _lt(
        "Nothing may be claimed at the moment: %(owed)s is open, the oldest since %(due_date)s, but "
        "disputed, paid and not booked, or covered by credits. Policy in force since %(valid_from)s."
    ),
    "case.paid": _lt("The debts of the case that was opened for journal item %(item)s are paid."),
    "case.none_covered": _lt(
        "No case: of %(owed)s over the limit, the oldest since %(due_date)s, everything is disputed, paid "
        "and not booked, or covered by credits. Policy in force since %(valid_from)s."
    ),
    "case.none_small": _lt("No case: %(amount)s is less than %(min_amount)s. Policy in force since %(valid_from)s."),
    "case.none_decided": _lt(
        "People have decided the case of %(amount)s that was opened for journal item %(item)s; the item is "
        "not settled yet."
    ),
    "commission.flat": _lt("%(base)s at %(rate)s by plan %(plan)s, in force since %(valid_from)s."),
    "commission.slice": _lt(
        "%(base)s at %(rate)s: the part from %(slice_from)s to %(slice_to)s of plan %(plan)s, in force since "
        "%(valid_from)s."
    ),
    "payout.earned": _lt(
        "Earned in %(period)s by plan %(plan)s: %(earned)s; settled before: %(settled)s; due now: %(payout)s. "
        "Plan in force since %(valid_from)s."
    ),
    "payout.settled": _lt("Nothing is due for %(period)s by plan %(plan)s: %(settled)s was settled before."),
    "complaint.running": _lt(
        "A %(severity)s complaint of a customer of tier %(tier)s: response within %(response_hours)s and "
        "resolution within %(resolution_hours)s working hours (%(zone)s). Policy in force since %(valid_from)s."
    ),
    "complaint.paused": _lt(
        "The customer is waited for, and the time to resolve stands still: %(response_hours)s and "
        "%(resolution_hours)s working hours (%(zone)s) are promised for a %(severity)s complaint of tier %(tier)s. "
        "Policy in force since %(valid_from)s."
    ),
    "complaint.met": _lt(
        "Answered within %(response_hours)s and resolved within %(resolution_hours)s working hours (%(zone)s), as "
        "promised for a %(severity)s complaint of tier %(tier)s. Policy in force since %(valid_from)s."
    ),
    "complaint.response_late": _lt(
        "The response is late: %(response_hours)s working hours (%(zone)s) are promised for a %(severity)s "
        "complaint of tier %(tier)s. Policy in force since %(valid_from)s."
    ),
    "complaint.resolution_late": _lt(
        "The resolution is late: %(resolution_hours)s working hours (%(zone)s) are promised for a %(severity)s "
        "complaint of tier %(tier)s. Policy in force since %(valid_from)s."
    ),
    "complaint.both_late": _lt(
        "Response and resolution are late: %(response_hours)s and %(resolution_hours)s working hours (%(zone)s) "
        "are promised for a %(severity)s complaint of tier %(tier)s. Policy in force since %(valid_from)s."
    ),
    "payer.bad_overdue": _lt(
        "Bad payer: a debt due on %(due_date)s is past due for more than %(bad_overdue_days)s days. Policy in force "
        "since %(valid_from)s."
    ),
    "payer.bad_promises": _lt(
        "Bad payer: %(broken)s promises broken, %(kept)s kept. Policy in force since %(valid_from)s."
    ),
    "payer.bad_late": _lt(
        "Bad payer: in %(months)s months %(paid_items)s items were paid %(days_late)s days late on average, "
        "%(share_late)s of them late. Policy in force since %(valid_from)s."
    ),
    "payer.new": _lt(
        "New payer: in %(months)s months %(paid_items)s items were paid, and %(min_items)s are needed to judge. "
        "Policy in force since %(valid_from)s."
    ),
    "payer.unreliable_promises": _lt(
        "Unreliable payer: %(broken)s promises broken, %(kept)s kept. Policy in force since %(valid_from)s."
    ),
    "payer.prompt": _lt(
        "Prompt payer: in %(months)s months %(paid_items)s items were paid %(days_late)s days late on average, "
        "%(share_late)s of them late. Policy in force since %(valid_from)s."
    ),
    "payer.honest_short": _lt(
        "Honest but short of cash: in %(months)s months %(part_paid_items)s items (%(part_share)s) were paid in "
        "parts and %(partly_kept)s promises kept in part, %(days_late)s days late on average. Policy in force since "
        "%(valid_from)s."
    ),
    "payer.unreliable_spread": _lt(
        "Unreliable payer: in %(months)s months %(paid_items)s items were paid %(days_late)s days late on average, "
        "scattered by %(days_spread)s days. Policy in force since %(valid_from)s."
    ),
    "payer.slow": _lt(
        "Slow payer: in %(months)s months %(paid_items)s items were paid %(days_late)s days late on average, "
        "%(share_late)s of them late. Policy in force since %(valid_from)s."
    ),
    "provision.not_due": _lt("Not due yet: %(rate)s is provided for. Policy in force since %(valid_from)s."),
    "provision.band": _lt(
        "%(from_days)s to %(to_days)s days by %(basis)s, the oldest of %(oldest)s: %(rate)s is provided for. Policy "
        "in force since %(valid_from)s."
    ),
    "provision.open_band": _lt(
        "%(from_days)s days or more by %(basis)s, the oldest of %(oldest)s: %(rate)s is provided for. Policy in "
        "force since %(valid_from)s."
    ),
    "credit.unlimited": _lt("Exposure %(exposure)s; no credit limit is set."),
    "credit.within": _lt("Exposure %(exposure)s of a credit limit of %(limit)s: %(headroom)s is left."),
    "credit.watch": _lt(
        "Watch: exposure %(exposure)s has reached %(watch_share)s of the credit limit of %(limit)s; %(headroom)s is "
        "left. Policy in force since %(valid_from)s."
    ),
    "credit.hold_limit": _lt(
        "Hold deliveries on credit: exposure %(exposure)s is above the credit limit of %(limit)s "
        "(tolerance %(over_share)s); headroom %(headroom)s. Policy in force since %(valid_from)s."
    ),
    "credit.hold_overdue": _lt(
        "Hold deliveries on credit: %(long_overdue)s is past due for more than %(overdue_days)s days, above "
        "%(overdue_amount)s. Policy in force since %(valid_from)s."
    ),
    "credit.exempt": _lt(
        "No hold, because customers of tier %(tier)s are exempt: exposure %(exposure)s, credit limit %(limit)s, long "
        "overdue %(long_overdue)s. Policy in force since %(valid_from)s."
    ),
    **ESCALATION_SENTENCES,
    **COMPENSATION_SENTENCES,
    **EVIDENCE_SENTENCES,
    **PAY_SENTENCES,
    **SEGMENT_SENTENCES,
    **TIER_SENTENCES,
    **TASK_SENTENCES,
    **TRIAGE_SENTENCES,
    **WARNING_SENTENCES,
}

MONEY = frozenset(
    {"amount", "base", "disputed", "earned", "exposure", "headroom"}
    | {"limit", "long_overdue", "min_amount", "overdue", "overdue_amount", "owed", "payout", "pending"}
    | {"promised", "received", "settled", "slice_from", "slice_to", "tolerance", "unapplied"}
    | COMPENSATION_MONEY
    | PAY_MONEY
    | WARNING_MONEY
)
DATES = frozenset(
    {"date", "due_date", "first_invoice", "not_before", "oldest"}
    | {"paid_on", "previous_due", "promised_for", "signal_on", "until", "valid_from"}
    | PAY_DATES
    | WARNING_DATES
)
SHARES = (
    frozenset(
        {"cap", "coverage", "coverage_min", "factor", "over_share", "part_share", "rate", "share_late", "watch_share"}
    )
    | WARNING_SHARES
)
TIERS = frozenset({"tier", "previous_tier", "scored_tier", "wanted_tier"})
STEPS = frozenset({"step", "previous_step"})
NUMBERS = (
    frozenset({"score", "at_most", "enter", "leave", "response_hours", "resolution_hours", "target_hours"})
    | {"days_late", "days_spread"}
    | EVIDENCE_NUMBERS
    | POINTS
)

BASES = {"due": _lt("due date"), "recognition": _lt("document date")}
SEVERITIES = {"low": _lt("low"), "medium": _lt("medium"), "high": _lt("high"), "critical": _lt("critical")}
SIGNALS = {
    "paid_elsewhere": _lt("paid another of our companies"),
    "paid_newer": _lt("paid a newer document"),
    "credit_note": _lt("was given a credit note"),
    "refund": _lt("was paid money back"),
    "order": _lt("ordered anew"),
}
STEP_NAMES = {
    "remind": _lt("Friendly reminder"),
    "call": _lt("Call and agree a date"),
    "demand": _lt("Written demand"),
    "escalate": _lt("Manager talks to the customer"),
    "bad_debt": _lt("Bad-debt procedure"),
    "before_due": _lt("Ask before the due date"),
    "contract_day": _lt("Collect on the contract day"),
}
TIER_NAMES = {
    "platinum": _lt("Platinum"),
    "gold": _lt("Gold"),
    "silver": _lt("Silver"),
    "bronze": _lt("Bronze"),
    "standard": _lt("Standard"),
}
EMPTY = {"slice_to": _lt("the top"), "until": _lt("further notice")} | dict.fromkeys(TIERS, _lt("none"))


class KamReason(models.AbstractModel):
    _name = "kam.reason"
    _description = "Reasons as Sentences"

    def _render(self, code, args):
        """Return the sentence for the code and its figures (a JSON object), in the reader's language."""
        if not code:
            return False
        try:
            figures = json.loads(args or "{}")
            sentence = self.env._(SENTENCES[code])
            return sentence % {name: self._render_figure(name, figures) for name in figures}
        except (KeyError, TypeError, ValueError):
            return f"{code} {args or ''}".strip()

    def _render_figure(self, name, figures):
        value = figures[name]
        if value in ("", None, False):
            return self.env._(EMPTY[name]) if name in EMPTY else "–"
        if name in MONEY:
            return self._render_money(value, figures.get("currency"))
        if name in DATES:
            return format_date(self.env, date.fromisoformat(value))
        if name in SHARES:
            return f"{self._render_number(float(value) * 100)} %"
        if name in NUMBERS:
            return self._render_number(float(value))
        return self._render_word(name, value)

    def _render_word(self, name, value):
        if name in TIERS:
            return self._name_by_code("kam.tier", value)
        if name in STEPS:
            return self._name_step(value)
        if name == "segment":
            return self._name_by_code("kam.segment", value)
        if name == "conditions":
            return tell_conditions(self.env, value, lambda code: self._name_by_code("kam.tier", code))
        words = {"basis": BASES, "gate": GATES, "goal": GOALS, "severity": SEVERITIES, "signal": SIGNALS, **TASK_WORDS}
        words = (words | ESCALATION_WORDS | COMPENSATION_WORDS).get(name, {})
        return self.env._(words[value]) if value in words else str(value)

    def _render_money(self, value, currency):
        # sudo: a reader of a sentence need not read the list of currencies
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        found = currencies.search([("name", "=", currency)], limit=1)
        return formatLang(self.env, float(value), currency_obj=found or None)

    def _render_number(self, value):
        digits = 0 if value == int(value) else 2
        return formatLang(self.env, value, digits=digits)

    def _name_by_code(self, model, code):
        """Return the record's name in the reader's language; its code when the companies at hand do not have it."""
        records = self.env[model].with_context(active_test=False)
        return records.search([("code", "=", code)], limit=1).name or code

    def _name_step(self, step):
        """Return the step's name in the reader's language; steps of one's own policy show as they are written."""
        return self.env._(STEP_NAMES[step]) if step in STEP_NAMES else step or ""
