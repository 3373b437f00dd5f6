"""The tables of the mirror that hold the addon's own models (`kam.*`), as far as rules or write-back read them."""

from __future__ import annotations

from kam_connector.mirror.columns import (
    Column,
    Table,
    dates,
    flags,
    ints,
    moments,
    money,
    needed,
    numbers,
    ref,
    table,
    texts,
)

_RECORD = (
    *texts("kam_key", "kam_run"),
    *ints("kam_version"),
    ref("company_id", "res.company"),
    *texts("reason_code", "reason_args"),
)
_SCORES = numbers("score", "coverage", "score_contribution", "score_loyalty", "score_growth", "score_risk")
_BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
_ASIDE = ("overdue", "unapplied", "pending", "disputed", "doubtful")
_PARTNER = ref("partner_id", "res.partner")
_USER = ref("user_id", "res.users")
_TEAM = ref("team_id", "crm.team")
_TIER = ref("tier_id", "kam.tier")
_CURRENCY = ref("currency_id", "res.currency")
_STANDING = (
    *texts("payer_class", "payer_trend", "payer_reason_code", "payer_reason_args"),
    *ints("paid_items"),
    *numbers("days_late_mean", "days_late_spread", "share_late"),
    *dates("expected_on"),
    *money("company", "expected_amount", "exposure", "credit_limit", "headroom", "provision"),
    *texts("credit_advice", "credit_reason_code", "credit_reason_args"),
)

_RATING = (
    *texts("influence", "strategic_fit", "service_demand", "recommendation", "brand_lift", "sales_diversity"),
    *texts("price_sensitivity", "quality_demand", "relationship_focus"),
    *money("company", "wallet_estimate"),
    *dates("rated_on"),
    *ints("rating_days"),
    ref("rated_by_id", "res.users"),
)

_TIER_TABLES = (
    table(
        "kam.tier",
        _RECORD,
        texts("code", "name", "sla_class"),
        ints("sequence", "color", "visit_days", "executive_visits"),
        flags("active", default=True),
        numbers("discount_limit", "credit_factor"),
    ),
    table("kam.segment", _RECORD, texts("code", "name"), ints("sequence"), flags("active", default=True)),
    table(
        "kam.customer",
        _RECORD,
        _PARTNER,
        _TIER,
        _SCORES,
        texts("status", "override_reason"),
        ref("segment_id", "kam.segment"),
        texts("segment_reason_code", "segment_reason_args"),
        money("company", "revenue_12m", "revenue_prev_12m", "receivable_total", *_BUCKETS),
        money("company", *_ASIDE),
        dates("oldest_due", "as_of", "override_until"),
        *_STANDING,
        *_RATING,
        _USER,
        _TEAM,
        ref("tier_override_id", "kam.tier"),
        ref("current_tier_id", "kam.tier"),
    ),
    table(
        "kam.score",
        _RECORD,
        _PARTNER,
        dates("valid_from"),
        _SCORES,
        texts("status"),
        _TIER,
        ref("previous_tier_id", "kam.tier"),
        ref("segment_id", "kam.segment"),
    ),
)

_AGEING_TABLES = (
    table(
        "kam.ageing",
        _RECORD,
        texts("name", "basis", "review_state", "review_note"),
        dates("as_of", "reviewed_as_of"),
        moments("reviewed_on"),
        flags("is_snapshot"),
        ints("sequence"),
        money("company", "total", "ledger_balance", "difference", *_BUCKETS, *_ASIDE),
        money("company", "reviewed_total", "reviewed_difference"),
        ref("reviewed_by", "res.users"),
        ref("computed_by_id", "res.users"),
    ),
    table(
        "kam.ageing.line",
        _RECORD,
        ref("ageing_id", "kam.ageing"),
        _PARTNER,
        _USER,
        _TEAM,
        _TIER,
        money("company", "total", *_BUCKETS, *_ASIDE),
        texts("basis"),
        dates("oldest_due", "as_of"),
        flags("is_snapshot"),
        flags("active", default=True),
    ),
    table(
        "kam.collection.task",
        _RECORD,
        _PARTNER,
        _USER,
        ref("manager_id", "res.users"),
        texts("step", "state", "cause_code", "note", "channel", "tone", "priority_args", "advice_code", "advice_args"),
        moments("call_at", "create_date"),
        ints("level", "overdue_days", "oldest_item"),
        money("company", "amount"),
        ref("move_id", "account.move"),
        numbers("priority"),
        dates("date_deadline"),
    ),
)

_COMPLAINT_TABLES = (
    table(
        "kam.complaint",
        _RECORD,
        texts("name", "type", "subtype", "severity", "state", "channel"),
        _PARTNER,
        ref("contact_id", "res.partner"),
        moments("received_at", "responded_at", "resolved_at", "closed_at"),
        ref("order_id", "sale.order"),
        ref("move_id", "account.move"),
        money("company", "claimed_amount", "disputed_amount"),
        _USER,
        moments("response_due", "resolution_due"),
        flags("response_breached", "resolution_breached"),
        texts("response_state", "resolution_state"),
        numbers("response_used", "resolution_used"),
        texts("escalations", "escalation_state", "escalation_role"),
        ints("escalation_level"),
        moments("escalated_at"),
        ref("escalated_to_id", "res.users"),
        _TIER,
        texts("waiting_for", "delivery_ref", "subject", "triage_code", "triage_args"),
        ref("previous_id", "kam.complaint"),
        money("company", "loss_amount", "proposed_amount", "agreed_amount"),
        texts("proposed_remedy", "proposed_limit", "approver", "proposal_code", "proposal_args", "remedy"),
        moments("agreed_at"),
        ref("credit_move_id", "account.move"),
        ref("cause_id", "kam.complaint.cause"),
        texts("first_contact", "improvement"),
        ref("improvement_user_id", "res.users"),
        ints("evidence_points"),
        texts("evidence_band", "evidence", "evidence_code", "evidence_args"),
        flags("is_malicious"),
    ),
    table("kam.complaint.cause", texts("code", "name"), ints("sequence"), flags("active", default=True)),
    table(
        "kam.complaint.line",
        ref("complaint_id", "kam.complaint", required=True),
        ref("company_id", "res.company"),
        ref("move_id", "account.move"),
        ref("order_line_id", "sale.order.line"),
        money("company", "claimed_amount", "disputed_amount", "loss_amount"),
    ),
    table(
        "kam.complaint.evidence",
        ref("complaint_id", "kam.complaint", required=True),
        ref("company_id", "res.company"),
        texts("kind"),
        moments("noted_on", "withdrawn_on"),
    ),
    table(
        "kam.complaint.event",
        ref("complaint_id", "kam.complaint", required=True),
        ref("company_id", "res.company"),
        needed(Column("at", "moment")),
        texts("event", "old_state", "new_state", "type", "severity"),
        _USER,
    ),
)

_PROMISE_TABLES = (
    table(
        "kam.promise",
        _RECORD,
        _PARTNER,
        _USER,
        _CURRENCY,
        money("currency_id", "amount", "received"),
        dates("promised_for", "made_on", "state_on"),
        ref("move_id", "account.move"),
        ref("task_id", "kam.collection.task"),
        texts("kind", "approval", "state"),
        moments("approved_on"),
    ),
)

_SUGGESTION_TABLES = (
    table(
        "kam.suggestion",
        _RECORD,
        _PARTNER,
        texts("name", "topic", "state"),
        dates("suggested_on"),
        ref("written_by_id", "res.users"),
    ),
)

_FILE_TABLES = (
    table(
        "kam.stakeholder",
        _RECORD,
        _PARTNER,
        ref("contact_id", "res.partner"),
        texts("role", "attitude", "influence"),
        dates("since", "until", "noted_on"),
        ref("noted_by_id", "res.users"),
    ),
    table("kam.account.member", _RECORD, _PARTNER, _USER, texts("role"), dates("date_from", "date_to")),
    table(
        "kam.customer.note",
        _RECORD,
        _PARTNER,
        _CURRENCY,
        texts("kind", "note", "source"),
        ints("people_count"),
        money("currency_id", "amount"),
        numbers("share"),
        dates("as_of", "valid_until"),
    ),
    table(
        "kam.plan",
        _RECORD,
        _PARTNER,
        _USER,
        texts("name", "aim", "state"),
        dates("date_from", "date_to"),
        money("company", "target_revenue"),
        numbers("target_share"),
        ints("plan_version"),
    ),
    table(
        "kam.plan.measure",
        ref("plan_id", "kam.plan", required=True),
        ref("company_id", "res.company"),
        _USER,
        texts("name", "kind"),
        ints("phase"),
        dates("date_from", "due", "done_on"),
    ),
)

_CASE_TABLES = (
    table(
        "kam.collection.case",
        _RECORD,
        _PARTNER,
        _USER,
        money("company", "amount"),
        ints("oldest_item", "overdue_days"),
        ref("move_id", "account.move"),
        dates("due_date"),
        texts("payer_class", "advice", "proposal", "state"),
    ),
)

_WARNING_TABLES = (
    table(
        "kam.warning",
        _RECORD,
        _PARTNER,
        _USER,
        texts("rule", "severity", "state", "clear_code", "clear_args"),
        dates("raised_on", "cleared_on"),
    ),
)

_INCENTIVE_TABLES = (
    table(
        "kam.payout",
        _RECORD,
        ref("payee_id", "res.users"),
        texts("plan", "period", "state", "period_state"),
        dates("date_from", "date_to"),
        ints("sequence", "revision"),
        _CURRENCY,
        money("currency_id", "earned", "released", "adjustments", "amount"),
        ref("approved_by", "res.users"),
        moments("approved_on"),
        ref("computed_by_id", "res.users"),
    ),
    table(
        "kam.payout.line",
        _RECORD,
        ref("payout_id", "kam.payout"),
        texts("component", "amount_exact"),
        ref("move_id", "account.move"),
        _CURRENCY,
        money("currency_id", "base", "amount"),
        numbers("rate"),
    ),
    table(
        "kam.payout.objection",
        _RECORD,
        ref("payout_id", "kam.payout", required=True),
        ref("line_id", "kam.payout.line"),
        texts("state"),
        moments("raised_on"),
    ),
    table(
        "kam.target",
        _RECORD,
        _USER,
        _TEAM,
        texts("period", "kind"),
        dates("date_from", "date_to", "as_of"),
        money("company", "amount", "actual"),
        flags("is_measured"),
    ),
    table(
        "kam.appraisal.mark",
        ref("company_id", "res.company"),
        ref("person_id", "res.users", required=True),
        texts("period", "item", "state"),
        numbers("mark"),
    ),
)

_RUN_TABLES = (
    table(
        "kam.run",
        _RECORD,
        texts("name", "kind", "state", "policy_version", "summary"),
        moments("started_at", "ended_at"),
        dates("as_of"),
        ints("findings_count", "written_count"),
    ),
)

ADDON_TABLES: tuple[Table, ...] = (
    *_TIER_TABLES,
    *_AGEING_TABLES,
    *_COMPLAINT_TABLES,
    *_PROMISE_TABLES,
    *_SUGGESTION_TABLES,
    *_FILE_TABLES,
    *_CASE_TABLES,
    *_WARNING_TABLES,
    *_INCENTIVE_TABLES,
    *_RUN_TABLES,
)
