"""Fields of the KAM addon, and which of them people own: the same as in `addon_manifest/models`."""

from __future__ import annotations

_RECORD = """
    company_id:many2one(res.company)! kam_key:char!= kam_run:char= kam_version:integer= reason_code:char=
    reason_args:text="""
_BUCKETS = """
    currency_id:many2one(res.currency)= not_due:monetary d1_30:monetary d31_60:monetary d61_90:monetary
    d91_180:monetary d181_plus:monetary unapplied:monetary pending:monetary disputed:monetary doubtful:monetary"""
_POINTS = "score_contribution:float score_loyalty:float score_growth:float score_risk:float"
_STATUS = "status:selection[rated|provisional|unrated|waiting|frozen|overridden]"
_STANDING = """
    payer_class:selection[prompt|honest_short|slow|unreliable|bad|new]= paid_items:integer= days_late_mean:float=
    days_late_spread:float= share_late:float= payer_trend:selection[better|steady|worse]= payer_reason_code:char=
    payer_reason_args:text= expected_on:date= expected_amount:monetary= exposure:monetary= credit_limit:monetary=
    headroom:monetary= provision:monetary= credit_advice:selection[none|watch|hold]= credit_reason_code:char=
    credit_reason_args:text="""
_SCALE = "selection[1|2|3|4|5]"
_RATING = f"""
    influence:{_SCALE} strategic_fit:{_SCALE} service_demand:{_SCALE} recommendation:{_SCALE} brand_lift:{_SCALE}
    sales_diversity:{_SCALE} price_sensitivity:{_SCALE} quality_demand:{_SCALE} relationship_focus:{_SCALE}
    wallet_estimate:monetary rating_note:text rated_by_id:many2one(res.users)= rated_on:date=
    rating_days:integer="""
_REMEDIES, _LIMITS = "replace|repair|return|credit|goodwill", "loss|value|budget|paper|merits"
_NOTED = "foreign_lot|unsupported_order|refuses_inspection|several_channels|publicity_threat|independent_test"
_STATES = (
    "received|accepted|rejected|classified|assigned|investigating|proposed|approved|executing|confirmed|closed|reviewed"
)
_EVENTS = (
    "received|responded|waiting_customer|customer_message|waiting_supplier|resumed|resolved|reopened|closed|moved"
    "|changed|handed_over"
)
_MEASURES = (
    "order_gap|volume_fall|margin_fall|categories_lost|offers_lost|overdue_rise|complaints|contacts_gone|credit_used"
)

_KINDS = (
    "size|revenue|profit|market_share|company_type|industry_trend|competition|policy|industry_risk|market_risk"
    "|preference"
)
_NOTED_BY = "noted_by_id:many2one(res.users)= noted_on:date="

KAM = {
    "kam.tier": f"""{_RECORD} code:char!= name:char! sequence:integer color:integer active:boolean
        visit_days:integer= sla_class:char= discount_limit:float= credit_factor:float= executive_visits:integer=""",
    "kam.segment": f"{_RECORD} code:char!= name:char! sequence:integer active:boolean",
    "kam.customer": f"""{_RECORD} {_BUCKETS} partner_id:many2one(res.partner)!= user_id:many2one(res.users)=
        team_id:many2one(crm.team)= as_of:date= tier_id:many2one(kam.tier)= current_tier_id:many2one(kam.tier)=
        score:float= coverage:float= {_STATUS}= {_POINTS} tier_override_id:many2one(kam.tier) override_reason:text
        override_until:date revenue_12m:monetary= revenue_prev_12m:monetary= receivable_total:monetary=
        overdue:monetary= oldest_due:date= segment_id:many2one(kam.segment)= segment_reason_code:char=
        segment_reason_args:text= {_STANDING} {_RATING}""",
    "kam.score": f"""{_RECORD} partner_id:many2one(res.partner)! valid_from:date! score:float coverage:float
        {_STATUS} tier_id:many2one(kam.tier) previous_tier_id:many2one(kam.tier)
        segment_id:many2one(kam.segment) {_POINTS}""",
    "kam.ageing": f"""{_RECORD} {_BUCKETS} name:char!= as_of:date!= basis:selection[due|recognition]!=
        is_snapshot:boolean= sequence:integer= total:monetary= overdue:monetary= ledger_balance:monetary=
        difference:monetary= reviewed_by:many2one(res.users)= reviewed_on:datetime= review_note:text
        reviewed_as_of:date= reviewed_total:monetary= reviewed_difference:monetary=""",
    "kam.ageing.line": f"""{_RECORD} {_BUCKETS} ageing_id:many2one(kam.ageing)! as_of:date=
        basis:selection[due|recognition]= is_snapshot:boolean= partner_id:many2one(res.partner)!
        user_id:many2one(res.users) team_id:many2one(crm.team) tier_id:many2one(kam.tier) total:monetary
        overdue:monetary= oldest_due:date active:boolean""",
    "kam.collection.task": f"""{_RECORD} partner_id:many2one(res.partner)! user_id:many2one(res.users)
        currency_id:many2one(res.currency)= step:char level:integer amount:monetary overdue_days:integer
        oldest_item:integer move_id:many2one(account.move) priority:float priority_args:text date_deadline:date
        call_at:datetime manager_id:many2one(res.users) channel:selection[call|email|letter|visit|manager]
        tone:selection[friendly|neutral|firm|straight] advice_code:char advice_args:text
        state:selection[open|done|cancelled]! cause_code:selection note:text""",
    "kam.complaint": f"""{_RECORD} name:char! partner_id:many2one(res.partner)! contact_id:many2one(res.partner)
        user_id:many2one(res.users) type:selection[product|contract|transport|service]! subtype:char
        severity:selection[low|medium|high|critical]! state:selection[{_STATES}]!
        channel:selection[phone|email|visit|chat|letter|web|other] received_at:datetime! responded_at:datetime
        resolved_at:datetime closed_at:datetime order_id:many2one(sale.order) move_id:many2one(account.move)
        currency_id:many2one(res.currency)= claimed_amount:monetary disputed_amount:monetary description:html
        tier_id:many2one(kam.tier)= response_due:datetime= resolution_due:datetime= response_breached:boolean=
        resolution_breached:boolean= response_state:selection[running|paused|met|breached]=
        resolution_state:selection[running|paused|met|breached]= response_used:float= resolution_used:float=
        escalations:text= escalation_state:selection[open|over]= escalation_level:integer= escalated_at:datetime=
        escalation_role:selection[owner|lead|director|general_manager]= escalated_to_id:many2one(res.users)=
        delivery_ref:char subject:char triage_code:char=
        triage_args:text= waiting_for:selection[customer|supplier]
        previous_id:many2one(kam.complaint) loss_amount:monetary
        proposed_remedy:selection[{_REMEDIES}]= proposed_amount:monetary= proposed_limit:selection[{_LIMITS}]=
        approver:selection[salesperson|manager|director]= proposal_code:char= proposal_args:text=
        remedy:selection[{_REMEDIES}] agreed_amount:monetary agreed_at:datetime= agreed_by_id:many2one(res.users)=
        credit_move_id:many2one(account.move)= cause_id:many2one(kam.complaint.cause)
        first_contact:selection[yes|no] improvement:text improvement_user_id:many2one(res.users)
        evidence_points:integer= evidence_band:selection[good_faith|review|suspected]= evidence:text=
        evidence_code:char= evidence_args:text= is_malicious:boolean=""",
    "kam.promise": f"""{_RECORD} partner_id:many2one(res.partner)! user_id:many2one(res.users)
        currency_id:many2one(res.currency)! amount:monetary! promised_for:date! made_on:date!
        kind:selection[promise|extension]! move_id:many2one(account.move) task_id:many2one(kam.collection.task)
        approval:selection[none|requested|approved|refused]! approved_on:datetime
        state:selection[open|kept|partly|broken|cancelled]! received:monetary= state_on:date=""",
    "kam.suggestion": f"""{_RECORD} partner_id:many2one(res.partner)! name:char! suggested_on:date!
        topic:selection[product|service|delivery|price|cooperation|other]! written_by_id:many2one(res.users)=
        state:selection[open|accepted|done|declined]! note:text answer:text""",
    "kam.stakeholder": f"""{_RECORD} {_NOTED_BY} partner_id:many2one(res.partner)! contact_id:many2one(res.partner)!
        role:selection[decides|influences|buys|uses|advises|gatekeeper]!
        attitude:selection[supports|neutral|against|unknown]! influence:{_SCALE} background:text preferences:text
        decision_search:text decision_compare:text decision_basis:text since:date until:date""",
    "kam.account.member": f"""{_RECORD} {_NOTED_BY} partner_id:many2one(res.partner)! user_id:many2one(res.users)!
        role:selection[deputy|technical|service|logistics|finance|sponsor]! date_from:date! date_to:date""",
    "kam.customer.note": f"""{_RECORD} {_NOTED_BY} partner_id:many2one(res.partner)!
        kind:selection[{_KINDS}]! people_count:integer currency_id:many2one(res.currency)! amount:monetary
        share:float note:text as_of:date! source:char! valid_until:date""",
    "kam.plan": f"""{_RECORD} {_NOTED_BY} partner_id:many2one(res.partner)! user_id:many2one(res.users)! name:char!
        aim:text! state:selection[draft|agreed|running|done|replaced|dropped]! date_from:date! date_to:date!
        currency_id:many2one(res.currency)= target_revenue:monetary target_share:float plan_version:integer=
        previous_id:many2one(kam.plan)= agreed_by_id:many2one(res.users)= agreed_on:date=""",
    "kam.collection.case": f"""{_RECORD} partner_id:many2one(res.partner)! user_id:many2one(res.users)
        currency_id:many2one(res.currency)= amount:monetary oldest_item:integer move_id:many2one(account.move)
        due_date:date overdue_days:integer payer_class:selection[prompt|honest_short|slow|unreliable|bad|new]
        advice:selection[provision|instalments|legal|write_off]
        proposal:selection[provision|instalments|legal|write_off] approver_id:many2one(res.users)
        state:selection[open|proposed|approved|refused|closed]! cause_code:selection note:text
        proposed_by:many2one(res.users) proposed_on:datetime decided_by:many2one(res.users) decided_on:datetime
        evidence:selection evidence_ref:char evidence_date:date expected_recovery:monetary""",
    "kam.warning": f"""{_RECORD} partner_id:many2one(res.partner)!= user_id:many2one(res.users) rule:char=
        rule_names:text= measure:selection[{_MEASURES}]= severity:selection[low|medium|high]=
        state:selection[open|cleared]!= raised_on:date= cleared_on:date= figure:float= raise_at:float= clear_at:float=
        clear_code:char= clear_args:text= playbook:text= note:text""",
    "kam.payout": f"""{_RECORD} payee_id:many2one(res.users)!= plan:char!= period:char!= date_from:date=
        date_to:date= sequence:integer= currency_id:many2one(res.currency)!= earned:monetary= released:monetary=
        adjustments:monetary= amount:monetary= state:selection[draft|approved|paid]!
        approved_by:many2one(res.users)= approved_on:datetime= revision:integer=
        period_state:selection[open|computed|approved|locked|paid]=""",
    "kam.payout.line": f"""{_RECORD} payout_id:many2one(kam.payout)! payee_id:many2one(res.users)= plan:char=
        period:char= currency_id:many2one(res.currency)= component:char move_id:many2one(account.move)
        partner_id:many2one(res.partner)= base:monetary rate:float amount_exact:char amount:monetary""",
    "kam.payout.objection": f"""{_RECORD} payout_id:many2one(kam.payout)! line_id:many2one(kam.payout.line)
        payee_id:many2one(res.users)= plan:char= period:char= text:text! raised_by:many2one(res.users)=
        raised_on:datetime= state:selection[open|accepted|rejected|withdrawn]!= answer:text
        answered_by:many2one(res.users)= answered_on:datetime=""",
    "kam.target": f"""{_RECORD} user_id:many2one(res.users) team_id:many2one(crm.team) period:char! date_from:date!
        date_to:date! kind:selection[revenue|collection|margin|new_customers]!
        currency_id:many2one(res.currency)= amount:monetary actual:monetary= is_measured:boolean= as_of:date=
        attainment:float=""",
    "kam.run": f"""{_RECORD} name:char! kind:char started_at:datetime ended_at:datetime
        state:selection[running|ok|findings|failed] as_of:date policy_version:char summary:text
        findings_count:integer written_count:integer""",
}
"""Models of the addon that the endpoint takes; `kam.gateway` has methods but no rows."""

CASE_PARTS = {
    "kam.complaint.line": """complaint_id:many2one(kam.complaint)! company_id:many2one(res.company)=
        currency_id:many2one(res.currency)= move_id:many2one(account.move) order_line_id:many2one(sale.order.line)
        claimed_amount:monetary disputed_amount:monetary loss_amount:monetary note:char""",
    "kam.complaint.evidence": f"""complaint_id:many2one(kam.complaint)! company_id:many2one(res.company)=
        kind:selection[{_NOTED}]! note:text! noted_by_id:many2one(res.users)= noted_on:datetime= withdrawal:text
        withdrawn_by_id:many2one(res.users)= withdrawn_on:datetime=""",
    "kam.complaint.event": f"""complaint_id:many2one(kam.complaint)!= company_id:many2one(res.company)= at:datetime!=
        event:selection[{_EVENTS}]!= old_state:selection[{_STATES}]= new_state:selection[{_STATES}]!=
        type:selection[product|contract|transport|service]= severity:selection[low|medium|high|critical]=
        user_id:many2one(res.users)!=""",
    "kam.plan.measure": """plan_id:many2one(kam.plan)! company_id:many2one(res.company)=
        partner_id:many2one(res.partner)= name:char! kind:selection[product|price|service|sales_force|marketing|other]!
        phase:integer! date_from:date! due:date! user_id:many2one(res.users)! done_on:date expected_effect:text
        actual_effect:text""",
    "kam.complaint.cause": "code:char! name:char! sequence:integer active:boolean",
    "kam.appraisal.mark": """company_id:many2one(res.company)! person_id:many2one(res.users)! period:char! item:char!
        mark:float.2 state:selection[draft|released]! note:text""",
}
"""Parts of complaints (invoices, evidence, log) and of plans, root causes and marks of appraisals: people and the
server keep them, the endpoint does not take them."""

CAUSES = {
    "material": "Material",
    "process": "Production Process",
    "design": "Design",
    "packing": "Packing and Transport",
    "order": "Order or Papers",
    "people": "Training or Conduct",
    "use": "Use by the Customer",
}
"""Code to name of the root causes that the addon brings, in their order: the same as in `addon_manifest/data`."""

WRITER = {"kam.writer": "slot:integer! generation:integer! instance:char! run:char! registered_at:datetime!"}
"""Which connector writes: one row, kept by the endpoint."""

PEOPLE_OWN: dict[str, frozenset[str]] = {
    "kam.customer": frozenset(
        {
            "brand_lift",
            "influence",
            "override_reason",
            "override_until",
            "price_sensitivity",
            "quality_demand",
            "rated_by_id",
            "rated_on",
            "rating_note",
            "recommendation",
            "relationship_focus",
            "sales_diversity",
            "service_demand",
            "strategic_fit",
            "tier_override_id",
            "wallet_estimate",
        }
    ),
    "kam.ageing": frozenset(
        {"reviewed_by", "reviewed_on", "review_note", "reviewed_as_of", "reviewed_total", "reviewed_difference"}
    ),
    "kam.collection.task": frozenset({"user_id", "manager_id", "date_deadline", "state", "cause_code", "note"}),
    "kam.complaint": frozenset(
        {"state", "responded_at", "resolved_at", "closed_at", "user_id", "description", "waiting_for", "previous_id"}
        | {"delivery_ref", "loss_amount", "remedy", "agreed_amount", "agreed_at", "agreed_by_id", "credit_move_id"}
        | {"cause_id", "first_contact", "improvement", "improvement_user_id"}
    ),
    "kam.promise": frozenset(
        {
            "amount",
            "approval",
            "approved_on",
            "currency_id",
            "kind",
            "made_on",
            "move_id",
            "partner_id",
            "promised_for",
            "task_id",
            "user_id",
        }
    ),
    "kam.suggestion": frozenset({"partner_id", "name", "topic", "suggested_on", "note", "state", "answer"}),
    "kam.stakeholder": frozenset(
        {"partner_id", "contact_id", "role", "attitude", "influence", "preferences", "background", "since", "until"}
        | {"decision_search", "decision_compare", "decision_basis"}
    ),
    "kam.account.member": frozenset({"partner_id", "user_id", "role", "date_from", "date_to"}),
    "kam.customer.note": frozenset(
        {"partner_id", "kind", "people_count", "amount", "currency_id", "share", "note", "as_of", "source"}
        | {"valid_until"}
    ),
    "kam.plan": frozenset(
        {"partner_id", "name", "aim", "user_id", "date_from", "date_to", "target_revenue", "target_share", "state"}
        | {"measure_ids"}
    ),
    "kam.collection.case": frozenset(
        {
            "approver_id",
            "cause_code",
            "decided_by",
            "decided_on",
            "evidence",
            "evidence_date",
            "evidence_ref",
            "expected_recovery",
            "note",
            "proposal",
            "proposed_by",
            "proposed_on",
            "state",
            "user_id",
        }
    ),
    "kam.warning": frozenset({"user_id", "note"}),
    "kam.payout": frozenset({"state", "approved_by", "approved_on"}),
    "kam.payout.objection": frozenset(
        {"payout_id", "line_id", "text", "state", "answer", "raised_by", "raised_on", "answered_by", "answered_on"}
    ),
}
"""Taken from the connector when the record is made, ignored afterwards."""

CLOSINGS: dict[str, tuple[str, str, str]] = {
    "kam.collection.task": ("state", "open", "done"),
    "kam.collection.case": ("state", "open", "closed"),
}
"""Field of people, from, to: what the connector may close by a row with a version while nobody else wrote it."""

SHARED: dict[str, frozenset[str]] = {
    "kam.tier": frozenset({"name", "color", "sequence"}),
    "kam.segment": frozenset({"name", "sequence"}),
    "kam.promise": frozenset({"state"}),
    "kam.collection.task": frozenset({"call_at"}),
    "kam.target": frozenset({"user_id", "team_id", "period", "date_from", "date_to", "amount", "kind"}),
    "kam.complaint": frozenset(
        {
            "channel",
            "claimed_amount",
            "contact_id",
            "disputed_amount",
            "move_id",
            "name",
            "order_id",
            "partner_id",
            "received_at",
            "severity",
            "subject",
            "subtype",
            "type",
        }
    ),
}
"""People and connector may both write these; a person's edit counts `kam_version` up."""
