"""Which fields the connector owns on which record of the ERP: data, no behaviour.

A field's rule says what happens on a record that is already there:

- `owned`      the connector writes it whenever it differs
- `initial`    a person's field: filled when the record is made, never touched again (R-59)
- `alongside`  sent with a change, never the cause of one: `as_of` moves every day, an unchanged customer must not

`emptied` is what becomes of a record whose subject is gone from the decisions (an ageing line without a
balance). `writable_while` names the states in which the connector may still write; a record in any other
state belongs to people. The order of `WITH_ADDON` is the order of sending: a record comes after those that
it points at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["money", "number", "integer", "text", "date", "moment", "flag", "ref", "link"]
Rule = Literal["owned", "initial", "alongside"]
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `ref` holds an id of the ERP, `link` the `kam_key` of a record of the model `to`.

    `digits` are the decimals that count of a number; money counts in the currency of the row's
    `currency_id` field where the model has one, else of its company.
    """

    name: str
    kind: Kind
    rule: Rule = "owned"
    digits: int = 2
    to: str = ""

    @property
    def column(self) -> str:
        """The name in frames and in the mirror: money says its unit."""
        return f"{self.name}_minor" if self.kind == "money" else self.name


@dataclass(frozen=True, slots=True)
class Destination:
    """One model of the ERP that the connector writes to."""

    model: str
    fields: tuple[Field, ...]
    emptied: Mapping[str, Any] = field(default_factory=dict)
    writable_while: tuple[str, frozenset[str]] | None = None
    parent: str = ""  # the link field whose record's state decides for this one too
    remade: bool = True  # a record that a person deleted is made again
    made: bool = True  # False: only people make such records
    made_with: str = ""  # only rows with this field are made; the others are about records that people make
    untouched_only: bool = False  # `emptied` only while no person has changed the record
    history: tuple[str, ...] = ()  # a row a day of change: the fields that name the subject
    unsealed: frozenset[str] = frozenset()  # where the record stands: written whatever its state, whoever changed it
    people_win: bool = False  # a record that people have changed since is left as it is
    sealed: bool = False  # once people have approved it, other content under the same key is a contradiction

    @property
    def table(self) -> str:
        return self.model.replace(".", "_")

    def find_field(self, name: str) -> Field:
        return next(item for item in self.fields if item.name == name)


def _fields(kind: Kind, names: str, rule: Rule = "owned", digits: int = 2) -> tuple[Field, ...]:
    return tuple(Field(name, kind, rule, digits) for name in names.split())


def _link(name: str, to: str) -> tuple[Field, ...]:
    return (Field(name, "link", to=to),)


_REASON = _fields("text", "reason_code reason_args")
_POINTS = _fields("number", "score score_contribution score_loyalty score_growth score_risk")
_COVERAGE = _fields("number", "coverage", digits=4)
_BUCKET_FIELDS = _fields("money", " ".join(BUCKETS))
_SHARES = _fields("money", "unapplied pending disputed doubtful")
_NO_BALANCE = dict.fromkeys((*BUCKETS, "unapplied", "pending", "disputed", "doubtful"), 0)

TIER = Destination(
    "kam.tier",
    (
        *_fields("text", "code"),
        *_fields("text", "name", "initial"),
        *_fields("integer", "sequence"),
        *_fields("integer", "color", "initial"),
        *_fields("flag", "active"),
        *_fields("integer", "visit_days executive_visits"),
        *_fields("text", "sla_class"),
        *_fields("number", "discount_limit", digits=4),
        *_fields("number", "credit_factor"),
    ),
    emptied={"active": False},
)
SEGMENT = Destination(
    "kam.segment",
    (
        *_fields("text", "code"),
        *_fields("text", "name", "initial"),
        *_fields("integer", "sequence"),
        *_fields("flag", "active"),
    ),
    emptied={"active": False},
)
_PAYER = (
    *_fields("text", "payer_class"),
    *_fields("integer", "paid_items", "alongside"),
    *_fields("number", "days_late_mean days_late_spread", "alongside", digits=1),
    *_fields("number", "share_late", "alongside", digits=4),
    *_fields("text", "payer_trend payer_reason_code payer_reason_args", "alongside"),
    *_fields("date", "expected_on", "alongside"),
    *_fields("money", "expected_amount", "alongside"),
)
"""The class is a decision. What it is measured by moves with the calendar alone (a month leaves the year that is looked
at, an overdue debt is expected today, whichever day that is): it is sent when the customer has changed otherwise, and
every payment, invoice and promise is such a change."""
_SEGMENT = (
    *_link("segment_id", "kam.segment"),
    *_fields("text", "segment_reason_code segment_reason_args", "alongside"),
)
_CREDIT = (
    *_fields("text", "credit_advice"),
    *_fields("money", "exposure credit_limit headroom provision"),
    *_fields("text", "credit_reason_code credit_reason_args", "alongside"),
)
"""Advice and amounts move with papers and limits, or when a debt crosses a limit of the policy, as in the buckets."""
CUSTOMER = Destination(
    "kam.customer",
    (
        *_fields("ref", "partner_id user_id team_id"),
        *_link("tier_id", "kam.tier"),
        *_POINTS,
        *_COVERAGE,
        *_fields("text", "status"),
        *_fields("integer", "rating_days"),
        *_fields("money", "revenue_12m revenue_prev_12m receivable_total overdue"),
        *_BUCKET_FIELDS,
        *_SHARES,
        *_fields("date", "oldest_due"),
        *_fields("date", "as_of", "alongside"),
        *_REASON,
        *_SEGMENT,
        *_PAYER,
        *_CREDIT,
    ),
    emptied={
        **_NO_BALANCE,
        **dict.fromkeys(("receivable_total", "overdue"), 0),
        "oldest_due": None,
        **{item.name: None for item in (*_PAYER, *_CREDIT)},
    },
)
SCORE = Destination(
    "kam.score",
    (
        *_fields("ref", "partner_id"),
        *_fields("date", "valid_from"),
        *_POINTS,
        *_COVERAGE,
        *_fields("text", "status"),
        *_link("tier_id", "kam.tier"),
        Field("previous_tier_id", "link", "alongside", to="kam.tier"),
        *_link("segment_id", "kam.segment"),
        *_fields("text", "reason_code reason_args", "alongside"),
    ),
    history=("partner_id",),
)
AGEING = Destination(
    "kam.ageing",
    (
        *_fields("text", "name", "initial"),
        *_fields("date", "as_of", "alongside"),
        *_fields("text", "basis"),
        *_fields("flag", "is_snapshot"),
        *_fields("integer", "sequence"),
        *_fields("money", "total ledger_balance difference"),
        *_BUCKET_FIELDS,
        *_SHARES,
    ),
)
AGEING_LINE = Destination(
    "kam.ageing.line",
    (
        *_link("ageing_id", "kam.ageing"),
        *_fields("ref", "partner_id user_id team_id"),
        *_link("tier_id", "kam.tier"),
        *_fields("money", "total"),
        *_BUCKET_FIELDS,
        *_SHARES,
        *_fields("date", "oldest_due"),
        *_fields("flag", "active"),
        *_REASON,
    ),
    emptied={**_NO_BALANCE, "total": 0, "oldest_due": None, "active": False},
)
TASK = Destination(
    "kam.collection.task",
    (
        *_fields("ref", "partner_id move_id"),
        *_fields("ref", "user_id manager_id", "initial"),
        *_fields("text", "step"),
        *_fields("integer", "level oldest_item"),
        *_fields("integer", "overdue_days", "alongside"),
        *_fields("number", "priority", "alongside"),
        *_fields("text", "priority_args channel tone advice_code advice_args", "alongside"),
        *_fields("moment", "call_at"),
        *_fields("money", "amount"),
        *_fields("date", "date_deadline", "initial"),
        *_fields("text", "state", "initial"),
        *_fields("text", "reason_code reason_args", "alongside"),
    ),
    emptied={"state": "done"},
    writable_while=("state", frozenset({"open"})),
    remade=False,
    untouched_only=True,
)
COMPLAINT = Destination(
    "kam.complaint",
    (
        *_fields("moment", "response_due resolution_due"),
        *_fields("flag", "response_breached resolution_breached"),
        *_fields("text", "response_state resolution_state"),
        *_fields("number", "response_used resolution_used"),
        *_fields("text", "escalations escalation_state escalation_role"),
        *_fields("integer", "escalation_level"),
        *_fields("moment", "escalated_at"),
        *_fields("ref", "escalated_to_id"),
        *_REASON,
        *_fields("text", "proposed_remedy proposed_limit approver"),
        *_fields("money", "proposed_amount"),
        *_fields("text", "proposal_code proposal_args"),
        *_fields("integer", "evidence_points"),
        *_fields("text", "evidence_band evidence evidence_code evidence_args"),
        *_fields("ref", "partner_id contact_id user_id order_id move_id", "initial"),
        *_fields("text", "subject type subtype severity channel triage_code triage_args", "initial"),
        *_fields("money", "claimed_amount disputed_amount", "initial"),
        *_fields("moment", "received_at", "initial"),
    ),
    remade=False,
    made_with="partner_id",
)
"""A case that came in as a ticket or claim is made once; then it is people's, but for deadlines and proposal.

The figures of a proposal are sent with every change, of other complaints too, until people have agreed: what is read
beside an amount is what it came of."""
PROMISE = Destination(
    "kam.promise",
    (
        *_fields("text", "state"),
        *_fields("money", "received"),
        *_fields("date", "state_on"),
        *_REASON,
    ),
    writable_while=("state", frozenset({"open", "kept", "partly", "broken"})),
    made=False,
)
CASE = Destination(
    "kam.collection.case",
    (
        *_fields("ref", "partner_id move_id"),
        *_fields("ref", "user_id", "initial"),
        *_fields("integer", "oldest_item"),
        *_fields("integer", "overdue_days", "alongside"),
        *_fields("money", "amount"),
        *_fields("date", "due_date"),
        *_fields("text", "payer_class advice"),
        *_fields("text", "proposal state", "initial"),
        *_REASON,
    ),
    emptied={"state": "closed"},
    writable_while=("state", frozenset({"open", "proposed"})),
    remade=False,
)
WARNING = Destination(
    "kam.warning",
    (
        *_fields("ref", "partner_id"),
        *_fields("ref", "user_id", "initial"),
        *_fields("text", "rule state"),
        *_fields("date", "raised_on cleared_on"),
        *_fields("text", "clear_code clear_args"),
        *_fields("text", "rule_names measure severity playbook", "initial"),
        *_fields("number", "figure raise_at clear_at", "initial", digits=4),
        *_fields("text", "reason_code reason_args", "initial"),
    ),
    emptied={"state": "cleared"},
    remade=False,
)
"""What raised a warning stays as it was: the figure of an open one moves every day, and its tasks come once."""
PAYOUT = Destination(
    "kam.payout",
    (
        *_fields("ref", "payee_id currency_id"),
        *_fields("text", "plan period"),
        *_fields("date", "date_from date_to"),
        *_fields("integer", "sequence"),
        *_fields("money", "earned released adjustments amount"),
        *_fields("text", "state", "initial"),
        *_fields("text", "period_state"),
        *_fields("integer", "revision"),
        *_REASON,
    ),
    emptied={"earned": 0, "released": 0, "adjustments": 0, "amount": 0},
    writable_while=("state", frozenset({"draft"})),
    made_with="payee_id",
    unsealed=frozenset({"period_state", "revision"}),
    sealed=True,
)
"""What is approved is never written again, but for the state of its period and the revision of its statement."""
PAYOUT_LINE = Destination(
    "kam.payout.line",
    (
        *_link("payout_id", "kam.payout"),
        *_fields("text", "component"),
        *_fields("ref", "move_id"),
        *_fields("money", "base"),
        *_fields("number", "rate", digits=6),
        *_fields("text", "amount_exact"),
        *_fields("money", "amount"),
        *_REASON,
    ),
    emptied={"base": 0, "amount": 0, "amount_exact": "0"},
    parent="payout_id",
    sealed=True,
)
TARGET = Destination(
    "kam.target",
    (
        *_fields("ref", "user_id team_id"),
        *_fields("text", "period kind"),
        *_fields("date", "date_from date_to"),
        *_fields("money", "amount actual"),
        *_fields("flag", "is_measured"),
        *_fields("date", "as_of", "alongside"),
    ),
    unsealed=frozenset({"actual", "is_measured", "as_of"}),
    people_win=True,
)
"""The target itself comes from a file that a person imports (`kam targets import`); a night writes only what was
reached, of whichever target, people's own too."""
RUN = Destination(
    "kam.run",
    (
        *_fields("text", "name kind state policy_version summary"),
        *_fields("moment", "started_at ended_at"),
        *_fields("date", "as_of"),
        *_fields("integer", "findings_count written_count"),
    ),
)

# Without the addon: fields of the customer itself, and activities on it.
PARTNER = Destination(
    "res.partner",
    (
        *_fields("text", "x_kam_tier x_kam_currency x_kam_reason"),
        *_fields("number", "x_kam_score"),
        *_fields("number", "x_kam_receivable x_kam_overdue", digits=3),
        *_fields("date", "x_kam_oldest_due"),
        *_fields("date", "x_kam_as_of", "alongside"),
    ),
    made=False,
)
ACTIVITY = Destination(
    "mail.activity",
    (
        *_fields("ref", "res_id user_id", "initial"),
        *_fields("text", "summary", "initial"),
        *_fields("date", "date_deadline", "initial"),
    ),
    remade=False,
    untouched_only=True,
)

WITH_ADDON: tuple[Destination, ...] = (
    TIER,
    SEGMENT,
    CUSTOMER,
    SCORE,
    AGEING,
    AGEING_LINE,
    TASK,
    COMPLAINT,
    PROMISE,
    CASE,
    WARNING,
    PAYOUT,
    PAYOUT_LINE,
    TARGET,
    RUN,
)
BY_MODEL: dict[str, Destination] = {item.model: item for item in WITH_ADDON}
