"""Which reasons a decision can carry, and with which figures.

A decision row has `reason_code` and `reason_args`. The args are one JSON object with sorted keys and exactly the
parameters listed here; the sentences, English and Chinese, are in `kam_connector.messages` and in the addon. No
name of a person or customer ever stands in the args. How to read a parameter is fixed by its name (`PARAMETERS`):

    money   decimal string with the currency's digits, to be shown with the parameter `currency` beside it
    score   decimal string, two places, 0.00 to 100.00        share   decimal string, 0.80 means 80 %
    rate    decimal string, 0.03 means 3 %                    date    ISO day
    tier    code of a tier in tiers.toml ("" = none)          step    code of a step in collections.toml
    goal    a measure of targets.csv
    segment code of a segment in tiers.toml
    plan    code of a plan                                    period  2026-03, 2026-Q1 or 2026
    currency ISO code      count, days, hours   integers (hours: decimal string)      id   the ERP's integer
    ids      some of them, as text: 17, 18
    signal  a kind of `policy.cash_signals`              text    as it stands: a document's number, CNY 100.00
    zone    IANA name      bucket basis severity clock role   one of a fixed list, see the policy models
    payer_class channel tone remedy approver                  the same
    number  decimal string, one place, 8.0 (days)             points  decimal string, 13.90 or -10

Args never hold a figure that moves with the calendar alone (days overdue, for one): an unchanged customer has the
same args tomorrow, so nothing is written to the ERP. Days since due follow from `due_date` and the day of reading.

    >>> reason_args("payout.settled", currency="CNY", period="2026-03", plan="flat", settled="12.50")
    '{"currency":"CNY","period":"2026-03","plan":"flat","settled":"12.50"}'
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import repeat

REASONS: dict[str, tuple[str, ...]] = {
    # One row of the ageing: how many open items, the earliest due date among the debts ("" when there is none).
    "ageing.open_items": ("basis", "count", "due_date"),
    # A line of a frozen ageing that moved since; `match_` where the other item of a match is the cause.
    "snapshot.late_match": ("matches", "moves"),
    "snapshot.unmatched": ("matches", "moves"),
    "snapshot.back_dated": ("date", "move"),
    "snapshot.draft": ("move",),
    "snapshot.match_draft": ("matches", "moves"),
    "snapshot.deleted": ("item", "move"),
    "snapshot.redated": ("date", "move"),
    "snapshot.match_redated": ("matches", "moves"),
    "snapshot.amount_changed": ("move",),
    "snapshot.due_date_changed": ("due_date", "previous_due"),
    "snapshot.customer_changed": ("customer", "previous_customer"),
    # Tier decisions. `valid_from` is the day since when the policy in use is in force.
    "tier.entered": ("score", "coverage", "tier", "enter", "valid_from"),
    "tier.promoted": ("score", "coverage", "tier", "previous_tier", "enter", "valid_from"),
    "tier.kept": ("score", "coverage", "tier", "leave", "valid_from"),
    "tier.demotion_waits": ("score", "coverage", "tier", "leave", "runs_below", "runs_needed", "valid_from"),
    "tier.demoted": ("score", "coverage", "tier", "previous_tier", "leave", "runs_below", "valid_from"),
    "tier.unrated": ("coverage", "coverage_min", "tier", "valid_from"),
    "tier.provisional": ("score", "coverage", "tier", "first_invoice", "until", "valid_from"),
    "tier.waiting": ("score", "coverage", "tier", "wanted_tier", "capacity", "valid_from"),
    "tier.frozen_dispute": ("score", "coverage", "tier", "valid_from"),
    "tier.frozen_merge": ("score", "coverage", "tier", "valid_from"),
    "tier.frozen_data_gap": ("score", "coverage", "tier", "valid_from"),
    "tier.frozen_complaint": ("score", "coverage", "tier", "valid_from"),
    # Taken over from a customer that was merged into this one and stood higher.
    "tier.merged": ("tier", "customer", "valid_from"),
    "tier.overridden": ("score", "coverage", "tier", "scored_tier", "until", "valid_from"),
    # The segment of a customer: which way in fitted, for everybody else, or it stays while the tier stands still.
    "segment.fits": ("segment", "conditions", "tier", "valid_from"),
    "segment.rest": ("segment", "tier", "valid_from"),
    "segment.stays": ("segment", "tier", "valid_from"),
    "segment.none": ("tier", "valid_from"),
    # A collection task. `amount` is what may be asked for: overdue less unapplied, pending and disputed.
    "task.opened": ("amount", "currency", "due_date", "step", "level", "after_days", "valid_from"),
    "task.raised": ("amount", "currency", "due_date", "step", "level", "previous_step", "after_days", "valid_from"),
    "task.open": ("amount", "currency", "due_date", "step", "level", "valid_from"),
    "task.repeated": ("amount", "currency", "due_date", "step", "level", "interval_days", "valid_from"),
    # A promise to pay has failed since the last task: the next step comes at once. `count`: broken in twelve months.
    "task.promise_broken": ("amount", "currency", "promised_for", "step", "level", "previous_step", "valid_from"),
    "task.short_payment": ("amount", "currency", "promised_for", "step", "level", "previous_step", "valid_from"),
    "task.evasion": ("amount", "currency", "count", "step", "level", "previous_step", "valid_from"),
    # Asked before the debt is overdue, so at no level: before its day, on its day, a task of either that stays open.
    "task.before_due": ("amount", "currency", "due_date", "step", "payer_class", "ahead_days", "valid_from"),
    "task.contract_day": ("amount", "currency", "due_date", "step", "payer_class", "valid_from"),
    "task.open_early": ("amount", "currency", "due_date", "step", "valid_from"),
    # How to ask. `replaced` is the channel that customers of that tier are spared.
    "manner.usual": ("channel", "tone", "payer_class", "valid_from"),
    "manner.no_letter": ("channel", "tone", "payer_class", "replaced", "tier", "valid_from"),
    "manner.extension": ("channel", "tone", "payer_class", "max_days", "valid_from"),
    "manner.extension_no_letter": (
        "channel",
        "tone",
        "payer_class",
        "replaced",
        "tier",
        "max_days",
        "valid_from",
    ),
    # Why a task stands where it stands in the worklist: the sum and its parts.
    "priority.points": (
        "points",
        "level",
        "level_points",
        "amount_points",
        "tier",
        "tier_points",
        "payer_class",
        "class_points",
        "broken",
        "broken_points",
        "day_points",
        "valid_from",
    ),
    # The customer has money: asked at once. `seen`: the amount of the signal, in words with its own currency.
    "task.cash_signal": (
        "amount",
        "currency",
        "signal",
        "document",
        "seen",
        "signal_on",
        "step",
        "level",
        "valid_from",
    ),
    # Overdue, and yet no task (the `rest` of `decide_tasks`; shown by `kam collections worklist`).
    "task.none_tolerance": ("amount", "currency", "tolerance", "valid_from"),
    "task.none_covered": ("overdue", "unapplied", "pending", "currency"),
    "task.none_disputed": ("overdue", "disputed", "currency"),
    "task.none_interval": ("amount", "currency", "step", "not_before", "interval_days", "valid_from"),
    "task.none_acted": ("amount", "currency", "step", "level", "valid_from"),
    "task.none_promise": ("amount", "currency", "promised_for", "valid_from"),
    "task.settled": ("step", "item"),
    # A bad-debt case. `amount` is what may be claimed of the debts over the limit, `owed` all that is open of them.
    "case.over_days": ("amount", "currency", "due_date", "after_days", "valid_from"),
    "case.over_months": ("amount", "currency", "due_date", "months", "valid_from"),
    "case.insolvency": ("amount", "currency", "due_date", "task", "valid_from"),
    "case.bad_faith": ("amount", "currency", "due_date", "task", "valid_from"),
    "case.covered": ("owed", "currency", "due_date", "valid_from"),
    "case.paid": ("item",),
    # Over the limit, and yet no case (the `rest` of `decide_cases`).
    "case.none_covered": ("owed", "currency", "due_date", "valid_from"),
    "case.none_small": ("amount", "currency", "min_amount", "valid_from"),
    "case.none_decided": ("amount", "currency", "item"),
    # Which kind of payer a customer is; days and shares as measured over the last `months`.
    "payer.bad_overdue": ("due_date", "bad_overdue_days", "valid_from"),
    "payer.bad_promises": ("broken", "kept", "valid_from"),
    "payer.bad_late": ("days_late", "share_late", "paid_items", "months", "valid_from"),
    "payer.new": ("paid_items", "min_items", "months", "valid_from"),
    "payer.unreliable_promises": ("broken", "kept", "valid_from"),
    "payer.prompt": ("days_late", "share_late", "paid_items", "months", "valid_from"),
    "payer.honest_short": ("part_paid_items", "part_share", "partly_kept", "days_late", "months", "valid_from"),
    "payer.unreliable_spread": ("days_late", "days_spread", "paid_items", "months", "valid_from"),
    "payer.slow": ("days_late", "share_late", "paid_items", "months", "valid_from"),
    # What is probably lost of a customer's debts of one age.
    "provision.not_due": ("rate", "valid_from"),
    "provision.band": ("from_days", "to_days", "basis", "rate", "oldest", "valid_from"),
    "provision.open_band": ("from_days", "basis", "rate", "oldest", "valid_from"),
    # What a customer owes and will owe against his limit, and what is advised.
    "credit.unlimited": ("exposure", "currency"),
    "credit.within": ("exposure", "limit", "headroom", "currency"),
    "credit.watch": ("exposure", "limit", "headroom", "watch_share", "currency", "valid_from"),
    "credit.hold_limit": ("exposure", "limit", "headroom", "over_share", "currency", "valid_from"),
    "credit.hold_overdue": ("long_overdue", "overdue_days", "overdue_amount", "currency", "valid_from"),
    "credit.exempt": ("exposure", "limit", "long_overdue", "tier", "currency", "valid_from"),
    # A promise to pay, in its own currency. `until` is the last day on which the cash may come.
    "promise.open": ("promised", "currency", "received", "promised_for", "until", "valid_from"),
    "promise.waiting": ("promised", "currency", "received", "promised_for", "max_days", "valid_from"),
    "promise.short": ("promised", "currency", "received", "promised_for", "until", "valid_from"),
    "promise.kept": ("promised", "currency", "received", "promised_for", "paid_on", "valid_from"),
    "promise.partly": ("promised", "currency", "received", "promised_for", "until", "valid_from"),
    "promise.broken": ("promised", "currency", "promised_for", "until", "valid_from"),
    # An early warning: what was measured, and the limit. An open one keeps the reason that raised it.
    "warning.order_gap": ("last_order", "gap_days", "limit_times", "valid_from"),
    "warning.volume_fall": ("revenue", "revenue_before", "currency", "fall", "limit_share", "valid_from"),
    "warning.margin_fall": ("margin", "margin_before", "currency", "fall", "limit_share", "valid_from"),
    "warning.categories_lost": ("count", "limit_count", "valid_from"),
    "warning.offers_lost": ("lost", "offers", "offer_days", "limit_share", "valid_from"),
    "warning.overdue_rise": ("share_now", "share_before", "compared_days", "limit_share", "valid_from"),
    "warning.complaints": ("count", "complaint_days", "limit_count", "valid_from"),
    "warning.contacts_gone": ("contacts", "months", "valid_from"),
    "warning.credit_used": ("exposure", "limit", "currency", "limit_share", "valid_from"),
    # It is over: the figure is below the lower limit; before it was raised; or nobody watches the customer any more.
    "warning.cleared": ("since", "figure", "clear_at", "valid_from"),
    "warning.passed": ("since", "figure", "raise_at", "valid_from"),
    "warning.withdrawn": ("since", "valid_from"),
    # One line of a payout: one credit (invoice, credit note) in one bracket; `slice_to` "" = open end.
    "commission.flat": ("base", "currency", "rate", "plan", "valid_from"),
    "commission.slice": ("base", "currency", "rate", "slice_from", "slice_to", "plan", "valid_from"),
    # Pay by the other modes, by cash, by events; the steps of a statement.
    "commission.whole": ("base", "currency", "rate", "slice_from", "slice_to", "plan", "valid_from"),
    "commission.made_up": ("base", "currency", "rate", "slice_from", "slice_to", "plan", "valid_from"),
    "commission.crossing": ("base", "currency", "rate", "slice_from", "slice_to", "plan", "valid_from"),
    "commission.reached": ("base", "currency", "slice_from", "slice_to", "plan", "valid_from"),
    "commission.level": ("base", "currency", "slice_from", "slice_to", "plan", "valid_from"),
    "commission.returned": ("base", "currency", "rate", "plan", "valid_from"),
    "commission.released": ("rate", "plan", "valid_from"),
    "commission.forfeited": ("rate", "plan", "valid_from"),
    "commission.days_to_pay": ("base", "currency", "from_days", "to_days", "rate", "plan", "valid_from"),
    "bonus.event": ("amount", "currency", "event", "plan", "valid_from"),
    "bonus.team": ("amount", "currency", "pool", "team", "count", "plan", "valid_from"),
    "bonus.prize": ("amount", "currency", "place", "count", "plan", "valid_from"),
    "award.given": ("amount", "currency", "citation", "plan", "valid_from"),
    # A month, or the days of one from date_from to date_to, of a salary of `monthly`.
    "salary.month": (
        "amount",
        "currency",
        "monthly",
        "days",
        "of_days",
        "date_from",
        "date_to",
        "plan",
        "valid_from",
    ),
    # What attainment was measured against: `amount` counts of the target of the period, `target` is all of it.
    "pay.target": ("amount", "currency", "goal", "period", "target", "plan", "valid_from"),
    "pay.team_target": ("amount", "currency", "goal", "period", "target", "team", "plan", "valid_from"),
    "pay.no_target": ("goal", "period", "plan", "valid_from"),
    "pay.no_team_target": ("goal", "period", "team", "plan", "valid_from"),
    "pay.reduced": ("factor", "gate", "measured", "bound", "plan", "valid_from"),
    "pay.held": ("gate", "measured", "bound", "plan", "valid_from"),
    "pay.let_go": ("amount", "currency", "plan", "valid_from"),
    "pay.capped": ("limit", "currency", "plan", "valid_from"),
    "pay.cut_before": ("amount", "currency", "plan", "valid_from"),
    "pay.floor": ("limit", "currency", "plan", "valid_from"),
    "pay.held_back": ("rate", "plan", "valid_from"),
    "pay.holdback_paid": ("amount", "currency", "plan", "valid_from"),
    "pay.advanced": ("amount", "currency", "limit", "plan", "valid_from"),
    "pay.recovered": ("amount", "currency", "rest", "plan", "valid_from"),
    "pay.settled": ("settled", "currency", "plan", "valid_from"),
    "pay.approved": ("approved", "currency", "plan"),
    # What became known of a closed period since: a row of the open one.
    "pay.came_later": ("origin", "now", "currency", "plan", "valid_from"),
    "pay.gone_since": ("origin", "was", "currency", "plan", "valid_from"),
    "pay.changed_since": ("origin", "was", "now", "currency", "plan", "valid_from"),
    "pay.bounced_since": ("origin", "was", "now", "currency", "plan", "valid_from"),
    "pay.paid_since": ("origin", "was", "now", "currency", "plan", "valid_from"),
    "pay.margin_since": ("origin", "was", "now", "currency", "plan", "valid_from"),
    "pay.target_since": ("origin", "was", "now", "currency", "plan", "valid_from"),
    # A payout: what is earned in the period, what earlier statements settled of it, what is due now.
    "payout.earned": ("earned", "currency", "settled", "payout", "plan", "period", "valid_from"),
    "payout.released": ("earned", "currency", "released", "adjustments", "payout", "plan", "period", "valid_from"),
    "payout.settled": ("settled", "currency", "plan", "period"),
    # Type and severity of a complaint that came in as a ticket, a claim or a low answer.
    "triage.word": ("record", "category", "word", "valid_from"),
    "triage.line": ("record", "category", "valid_from"),
    "triage.stated": ("record", "category", "valid_from"),
    "triage.goods": ("record", "category", "goods", "valid_from"),
    "triage.answer_goods": ("record", "category", "score", "at_most", "goods", "valid_from"),
    "triage.answer_word": ("record", "category", "score", "at_most", "word", "valid_from"),
    "triage.answer": ("record", "category", "score", "at_most", "valid_from"),
    # What a complaint is made good with: the limit that bound, what was left of the budget of the year, who approves.
    "compensation.loss": (
        "amount",
        "currency",
        "loss",
        "remedy",
        "left",
        "year",
        "approver",
        "within",
        "cumulative_days",
        "valid_from",
    ),
    "compensation.value": (
        "amount",
        "currency",
        "loss",
        "remedy",
        "cap",
        "worth",
        "left",
        "year",
        "approver",
        "within",
        "cumulative_days",
        "valid_from",
    ),
    "compensation.budget": (
        "amount",
        "currency",
        "loss",
        "remedy",
        "budget",
        "year",
        "approver",
        "within",
        "cumulative_days",
        "valid_from",
    ),
    "compensation.used_up": ("currency", "loss", "budget", "year", "approver", "valid_from"),
    "compensation.paper": ("currency", "loss", "valid_from"),
    "compensation.merits": ("approver", "currency", "loss", "valid_from"),
    # What speaks for and against a complaint's good faith: each kind with its points, then what they come to.
    "evidence.foreign_lot": ("weight", "notes"),
    "evidence.unsupported_order": ("weight", "notes"),
    "evidence.other_customer": ("weight", "record"),
    "evidence.rejected_before": ("weight", "count", "months"),
    "evidence.excess_claim": ("weight", "amount", "worth", "currency", "limit_times"),
    "evidence.refuses_inspection": ("weight", "notes"),
    "evidence.several_channels": ("weight", "notes"),
    "evidence.publicity_threat": ("weight", "notes"),
    "evidence.after_dunning": ("weight", "date", "due_date"),
    "evidence.independent_test": ("weight", "notes"),
    "evidence.upheld_before": ("weight", "count", "decided", "months"),
    "evidence.in_window": ("weight", "claim_days", "date"),
    "evidence.good_faith": ("total_points", "review_from", "valid_from"),
    "evidence.review": ("total_points", "review_from", "suspected_from", "valid_from"),
    "evidence.one_kind": ("total_points", "suspected_from", "kinds", "kinds_needed", "valid_from"),
    "evidence.suspected": ("total_points", "suspected_from", "kinds", "valid_from"),
    # Deadlines of a complaint, in business hours of the company's calendar.
    "complaint.running": ("tier", "severity", "response_hours", "resolution_hours", "zone", "valid_from"),
    "complaint.paused": ("tier", "severity", "response_hours", "resolution_hours", "zone", "valid_from"),
    "complaint.met": ("tier", "severity", "response_hours", "resolution_hours", "zone", "valid_from"),
    "complaint.response_late": ("tier", "severity", "response_hours", "zone", "valid_from"),
    "complaint.resolution_late": ("tier", "severity", "resolution_hours", "zone", "valid_from"),
    "complaint.both_late": ("tier", "severity", "response_hours", "resolution_hours", "zone", "valid_from"),
    # A level of the escalation ladder: `told_role` where somebody else than the rung's role was told.
    "escalation.told": ("clock", "level", "percent", "role", "target_hours", "valid_from"),
    "escalation.instead": ("clock", "level", "percent", "role", "target_hours", "told_role", "valid_from"),
    "escalation.nobody": ("clock", "level", "percent", "role", "target_hours", "valid_from"),
    "escalation.long_ago": ("clock", "level", "percent", "role", "target_hours", "tell_within_days", "valid_from"),
    "escalation.passed": ("clock", "level", "percent", "role", "target_hours", "valid_from"),
}

PARAMETERS: dict[str, str] = {
    "after_days": "days", "ahead_days": "days", "amount": "money", "amount_points": "points",
    "bad_overdue_days": "days", "base": "money", "basis": "basis", "broken": "count", "broken_points": "points",
    "capacity": "count", "channel": "channel", "class_points": "points", "count": "count", "coverage": "share",
    "coverage_min": "share", "currency": "currency", "customer": "id", "date": "date", "day_points": "points",
    "days_late": "number", "days_spread": "number", "disputed": "money", "document": "text", "due_date": "date",
    "earned": "money", "enter": "score", "exposure": "money", "first_invoice": "date", "from_days": "days",
    "headroom": "money", "interval_days": "days", "item": "id", "kept": "count", "leave": "score", "level": "count",
    "level_points": "points", "limit": "money", "long_overdue": "money", "margin": "money", "margin_before": "money",
    "matches": "ids", "max_days": "days",
    "min_amount": "money", "min_items": "count", "months": "count", "move": "id", "moves": "ids", "not_before": "date",
    "oldest": "date", "over_share": "share", "overdue": "money", "overdue_amount": "money", "overdue_days": "days",
    "owed": "money", "paid_items": "count", "paid_on": "date", "part_paid_items": "count", "part_share": "share",
    "partly_kept": "count", "payer_class": "payer_class", "payout": "money", "pending": "money", "period": "period",
    "plan": "plan", "points": "points", "previous_customer": "id", "previous_due": "date", "previous_step": "step",
    "previous_tier": "tier", "promised": "money", "promised_for": "date", "rate": "rate", "received": "money",
    "replaced": "channel", "resolution_hours": "hours", "response_hours": "hours", "runs_below": "count",
    "runs_needed": "count", "score": "score", "scored_tier": "tier", "seen": "text", "settled": "money",
    "severity": "severity", "share_late": "share", "signal": "signal", "signal_on": "date", "slice_from": "money",
    "slice_to": "money", "step": "step", "task": "id", "tier": "tier", "tier_points": "points", "to_days": "days",
    "tolerance": "money", "tone": "tone", "unapplied": "money",
    "until": "date", "valid_from": "date", "wanted_tier": "tier", "watch_share": "share", "zone": "zone",
    "clear_at": "text", "compared_days": "days", "complaint_days": "days", "contacts": "ids", "fall": "share",
    "figure": "text", "gap_days": "number", "last_order": "date", "limit_count": "count", "limit_share": "share",
    "limit_times": "number", "raise_at": "text", "revenue": "money", "revenue_before": "money", "share_before": "share",
    "share_now": "share", "since": "date", "conditions": "conditions", "segment": "segment", "lost": "count",
    "offers": "count", "offer_days": "days", "record": "text", "category": "text", "word": "text",
    "bound": "text", "citation": "text", "adjustments": "money", "released": "money", "event": "text",
    "factor": "rate", "gate": "gate", "goal": "goal", "target": "text", "measured": "text",
    "approver": "approver", "budget": "money", "cap": "share", "cumulative_days": "days", "left": "money",
    "loss": "money", "remedy": "remedy", "within": "money", "worth": "money", "year": "text",
    "place": "count", "pool": "money", "rest": "money", "team": "text", "clock": "clock", "percent": "count",
    "role": "role", "told_role": "role", "target_hours": "hours", "tell_within_days": "days",
    "approved": "money", "now": "money", "origin": "text", "was": "money", "weight": "points", "notes": "count",
    "decided": "count", "claim_days": "days", "total_points": "points", "review_from": "points",
    "suspected_from": "points", "kinds": "count", "kinds_needed": "count", "at_most": "score",
    "goods": "text", "monthly": "money", "days": "days", "of_days": "days", "date_from": "date", "date_to": "date",
}  # fmt: skip


_PARAMETER_SETS = {code: frozenset(parameters) for code, parameters in REASONS.items()}


def reason_args(code: str, **values: str | int) -> str:
    """The canonical JSON of a reason's figures; a missing or foreign parameter is a defect of the rule."""
    if values.keys() != _PARAMETER_SETS[code]:
        raise ValueError(f"Reason {code} takes {sorted(REASONS[code])}, not {sorted(values)}.")
    return _encode(values)


def reason_args_of_rows(
    code: str, shared: Mapping[str, str | int], columns: Mapping[str, Sequence[str | int]]
) -> list[str]:
    """`reason_args` of many rows: `shared` is the same in all of them, `columns` (one at least) has a value a row."""
    if shared.keys() | columns.keys() != _PARAMETER_SETS[code]:
        raise ValueError(f"Reason {code} takes {sorted(REASONS[code])}, not {sorted({*shared, *columns})}.")
    parts = [
        _members(name, columns[name]) if name in columns else repeat(f"{_encode(name)}:{_encode(shared[name])}")
        for name in sorted(REASONS[code])
    ]
    return [f"{{{','.join(members)}}}" for members in zip(*parts, strict=False)]


def _members(name: str, values: Sequence[str | int]) -> list[str]:
    """The values as members of a JSON object; equal ones are written once."""
    written = {value: f"{_encode(name)}:{_encode(value)}" for value in set(values)}
    return [written[value] for value in values]


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
