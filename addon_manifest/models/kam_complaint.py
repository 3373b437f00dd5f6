"""A customer's complaint, from receipt to review. People work on it; the connector sets and watches its deadlines."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .kam_compensation import PROPOSED, SEALED
from .kam_complaint_event import LOGGED
from .kam_complaint_evidence import WEIGHED
from .kam_record import KEY_FIELDS

STATES = [
    ("received", "Received"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("classified", "Classified"),
    ("assigned", "Assigned"),
    ("investigating", "Investigating"),
    ("proposed", "Solution Proposed"),
    ("approved", "Approved"),
    ("executing", "Executing"),
    ("confirmed", "Confirmed by Customer"),
    ("closed", "Closed"),
    ("reviewed", "Reviewed"),
]
#: The states that may follow each state. Small cases may skip the steps that only order the work.
NEXT_STATES = {
    "received": ("accepted", "rejected"),
    "accepted": ("classified", "assigned", "investigating", "rejected"),
    "rejected": ("accepted", "closed"),
    "classified": ("assigned", "investigating", "rejected"),
    "assigned": ("investigating", "rejected"),
    "investigating": ("proposed", "rejected"),
    "proposed": ("approved", "investigating"),
    "approved": ("executing", "investigating"),
    "executing": ("confirmed", "investigating"),
    "confirmed": ("closed", "investigating"),
    "closed": ("reviewed", "investigating"),
    "reviewed": ("investigating",),
}
RESOLVED_STATES = ("confirmed", "closed", "reviewed")
CLOSED_STATES = ("closed", "reviewed")
#: For each moment of an end the states in which a case may have it.
END_STATES = {"resolved_at": RESOLVED_STATES, "closed_at": ("rejected", *RESOLVED_STATES)}
CLOCK_STATES = [
    ("running", "Running"),
    ("paused", "Waiting for the Customer"),
    ("met", "In Time"),
    ("breached", "Late"),
]
#: In these states the customer has been answered, whether or not anybody noted when.
ANSWERED_STATES = ("rejected", "executing", *RESOLVED_STATES)
#: A new case of somebody who may not approve begins before these.
APPROVED_STATES = ("approved", "executing", *RESOLVED_STATES)
#: What the deadlines follow from, and why: the server and the connector say it.
TERMS = {"tier_id", "triage_code", "triage_args"} | {
    *("escalations", "escalation_level", "escalation_role", "escalation_state", "escalated_at", "escalated_to_id")
}
#: How the customer was told that his complaint has come: the server alone writes these.
TOLD = frozenset({"told_at", "told_by", "told_message_id"})
#: In these states somebody works on the case, or waits for somebody.
WAITING_STATES = tuple(state for state, _ in STATES if state not in ("rejected", *RESOLVED_STATES))


class KamComplaint(models.Model):
    _name = "kam.complaint"
    _description = "Complaint"
    _inherit = ["kam.record", "kam.compensation", "mail.thread", "mail.activity.mixin"]
    _order = "received_at desc, id desc"

    _kam_people_fields = frozenset(
        {"state", "responded_at", "resolved_at", "closed_at", "user_id", "description", "waiting_for", "previous_id"}
        | {"line_ids", "delivery_ref", "loss_amount", "remedy", "agreed_amount", "agreed_at", "agreed_by_id"}
        | {"credit_move_id", "evidence_ids", "review_ids"}
        | {"cause_id", "first_contact", "improvement", "improvement_user_id"}
        | TOLD
    )
    _kam_shared_fields = frozenset(
        {"name", "partner_id", "contact_id", "type", "subtype", "severity", "channel", "received_at", "order_id"}
        | {"move_id", "claimed_amount", "disputed_amount", "subject"}
    )
    _kam_undefaulted = KEY_FIELDS | PROPOSED | SEALED | TERMS | TOLD | WEIGHED
    _kam_undefaulted |= {"state", "is_malicious", "reviewed_on"}

    name = fields.Char(string="Number", required=True, copy=False, default="/", index="trigram")
    subject = fields.Char()
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        check_company=True,
        domain="[('id', 'child_of', partner_id)]",
        help="The person who complains.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    type = fields.Selection(
        selection=[
            ("product", "Product or Quality"),
            ("contract", "Contract"),
            ("transport", "Transport"),
            ("service", "Service"),
        ],
        required=True,
        default="product",
        tracking=True,
    )
    subtype = fields.Char(help="Finer kind, in your own words.")
    severity = fields.Selection(
        selection=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("critical", "Critical")],
        required=True,
        default="medium",
        tracking=True,
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="received",
        index=True,
        copy=False,
        tracking=True,
        group_expand="_order_states",
    )
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("visit", "Visit"),
            ("chat", "Chat"),
            ("letter", "Letter"),
            ("web", "Web Site"),
            ("other", "Other"),
        ],
    )
    received_at = fields.Datetime(required=True, default=fields.Datetime.now, copy=False, tracking=True)
    responded_at = fields.Datetime(string="First Response At", copy=False, tracking=True)
    resolved_at = fields.Datetime(copy=False, tracking=True)
    closed_at = fields.Datetime(copy=False, tracking=True)
    order_id = fields.Many2one(
        comodel_name="sale.order",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id)]",
        ondelete="set null",
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('move_type', 'in', ('out_invoice', 'out_refund'))]",
        ondelete="set null",
        index="btree_not_null",
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    delivery_ref = fields.Char(string="Delivery", help="Number of the delivery note, or of the carrier's consignment.")
    claimed_amount = fields.Monetary(string="Claimed", tracking=True, help="What the customer asks for.")
    disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_disputed_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The part of the invoice that the customer will not pay until the case is settled: it is not dunned. With "
        "lines it is their sum.",
    )
    line_ids = fields.One2many(
        comodel_name="kam.complaint.line", inverse_name="complaint_id", string="Disputed Invoices", copy=False
    )
    description = fields.Html()

    triage_code = fields.Char(copy=False, readonly=True)
    triage_args = fields.Text(string="Triage Figures", copy=False, readonly=True)
    triage = fields.Text(compute="_compute_triage", help="Where the case came from, and why it has this type.")
    tier_id = fields.Many2one(
        comodel_name="kam.tier",
        string="Tier at Intake",
        readonly=True,
        copy=False,
        check_company=True,
        help="It sets the deadlines, and a later change of tier does not.",
    )
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour")
    response_due = fields.Datetime(string="Respond By", readonly=True, copy=False)
    resolution_due = fields.Datetime(string="Resolve By", readonly=True, copy=False)
    response_breached = fields.Boolean(string="Responded Late", readonly=True, copy=False)
    resolution_breached = fields.Boolean(string="Resolved Late", readonly=True, copy=False)
    response_state = fields.Selection(selection=CLOCK_STATES, string="Response Clock", readonly=True, copy=False)
    resolution_state = fields.Selection(selection=CLOCK_STATES, string="Resolution Clock", readonly=True, copy=False)
    response_used = fields.Float(
        string="Hours to Respond",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours until the first response; empty while the clock runs.",
    )
    resolution_used = fields.Float(
        string="Hours to Resolve",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours until the solution, without waiting for the customer; empty while the clock runs.",
    )
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for complaint in self:
            # sudo: whoever sees a case knows whose it is
            names = (complaint.sudo().partner_id.name, complaint.name)
            complaint.display_name = " · ".join(filter(None, names))

    @api.depends("partner_id")
    def _compute_user_id(self):
        for complaint in self:
            if not complaint._origin or not complaint.user_id:
                complaint.user_id = complaint.partner_id.commercial_partner_id.user_id or self.env.user

    @api.depends("triage_code", "triage_args")
    @api.depends_context("lang")
    def _compute_triage(self):
        for complaint in self:
            complaint.triage = self.env["kam.reason"]._render(complaint.triage_code, complaint.triage_args)

    @api.depends("line_ids.disputed_amount")
    def _compute_disputed_amount(self):
        for complaint in self:
            lines = complaint.line_ids
            stated = complaint._origin.disputed_amount
            complaint.disputed_amount = sum(lines.mapped("disputed_amount")) if lines else stated

    @api.depends("state")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.state not in CLOSED_STATES

    @api.model
    def _order_states(self, states, domain):
        """Return the states that there are in the order of their course, not of their letters."""
        return [state for state, _ in STATES if state in states]

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "not in" if True in value else "in", CLOSED_STATES)]

    @api.constrains("claimed_amount", "disputed_amount")
    def _check_amounts(self):
        for complaint in self:
            if min(complaint.claimed_amount, complaint.disputed_amount) < 0:
                raise UserError(self.env._("Claimed and disputed amounts cannot be negative."))

    @api.constrains("state", "resolved_at", "closed_at")
    def _check_ends(self):
        latest = fields.Datetime.now() + timedelta(days=1)  # whoever writes it may live in another time zone
        for complaint in self:
            ends = {name: complaint[name] for name in END_STATES if complaint[name]}
            if any(complaint.state not in END_STATES[name] for name in ends):
                raise UserError(self.env._("Only a case that is settled has a moment of solution or closing."))
            if any(moment > latest for moment in ends.values()):
                raise UserError(self.env._("A solution or closing cannot lie in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        numbered = []
        for vals in map(self._as_recorded, vals_list):
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            values = {**vals, "tier_id": vals.get("tier_id") or self._find_tier(vals.get("partner_id"), company).id}
            if values.get("name", "/") in (False, "/"):
                values["name"] = self.env["ir.sequence"].with_company(company).next_by_code(self._name) or "/"
            numbered.append(values)
        complaints = super().create(numbered)
        complaints.filtered(lambda made: made.state in APPROVED_STATES)._seal_new()
        return complaints

    def _as_recorded(self, vals):
        """Return what a new case may begin with: who may not approve neither skips the approval nor sets its terms."""
        self._check_compensation_owner({name for name, value in vals.items() if value})
        if self.env.su or self._is_connector() or self.env.user.has_group("kam_connector.group_manager"):
            return vals
        if vals.get("state", "received") in APPROVED_STATES:
            raise AccessError(self.env._("Only a key-account manager approves a proposed solution."))
        return {name: value for name, value in vals.items() if name not in TERMS}

    def write(self, vals):
        self._check_compensation(vals)
        if not (self.env.su or self._is_connector() or self.env.user.has_group("kam_connector.group_manager")):
            self._refuse(TERMS & vals.keys())
        if not vals.keys() & set(LOGGED):
            return super().write(vals)
        for complaint in self:
            before = {name: complaint[name] for name in LOGGED}
            super(KamComplaint, complaint).write(complaint._make_move(vals) if "state" in vals else vals)
            self.env["kam.complaint.event"]._log(complaint, before)
        return True

    def action_advance(self):
        """Each complaint goes one step further on the straight way."""
        for complaint in self:
            complaint.state = NEXT_STATES[complaint.state][0]
        return True

    def action_reject(self):
        return self.write({"state": "rejected"})

    def action_close(self):
        """The customer has been told why his complaint was rejected; the case is over."""
        return self.write({"state": "closed"})

    def _make_move(self, vals):
        """Return the values with those that the move sets; raise where it is not allowed."""
        state = vals["state"]
        if state == self.state:
            return vals
        self._check_transition(state)
        return {**self._date_transition(state), **vals, **self._find_seal(vals)}

    def _check_transition(self, state):
        if state not in NEXT_STATES[self.state]:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Complaint %(name)s cannot go from %(old)s to %(new)s.",
                    name=self.name,
                    old=labels[self.state],
                    new=labels.get(state, state),
                )
            )
        if state == "approved" and not self._may_approve():
            raise AccessError(self.env._("Only a key-account manager approves a proposed solution."))

    def _date_transition(self, state):
        """Return the dates that the step sets, or clears when the case is opened again."""
        now = fields.Datetime.now()
        if state in ("accepted", "investigating") and self.state in ANSWERED_STATES:
            return {"resolved_at": False, "closed_at": False}
        dates = {"responded_at": now} if state in ANSWERED_STATES and not self.responded_at else {}
        if state not in WAITING_STATES:
            dates["waiting_for"] = False
        if state == "confirmed" and not self.resolved_at:
            dates["resolved_at"] = now
        if state == "closed":
            dates["closed_at"] = now
        return dates

    def _find_tier(self, partner_id, company):
        """Return the customer's tier at this moment."""
        # sudo: the deadlines do not depend on whose customer it is
        customers = self.env["kam.customer"].sudo()
        partner = self.env["res.partner"].browse(partner_id).commercial_partner_id
        return customers.search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id)], limit=1
        ).current_tier_id
