"""A customer's complaint, from receipt to review. People work on it; the connector sets and watches its deadlines."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

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
#: In these states the customer has been answered, whether or not anybody noted when.
ANSWERED_STATES = ("rejected", "executing", *RESOLVED_STATES)


class KamComplaint(models.Model):
    _name = "kam.complaint"
    _description = "Complaint"
    _inherit = ["kam.record", "mail.thread", "mail.activity.mixin"]
    _order = "received_at desc, id desc"

    _kam_people_fields = frozenset({"state", "responded_at", "resolved_at", "closed_at", "user_id", "description"})
    _kam_shared_fields = frozenset(
        {"name", "partner_id", "contact_id", "type", "subtype", "severity", "channel", "received_at", "order_id"}
        | {"move_id", "claimed_amount", "disputed_amount"}
    )

    name = fields.Char(string="Number", required=True, copy=False, default="/", index="trigram")
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
    state = fields.Selection(selection=STATES, required=True, default="received", index=True, copy=False, tracking=True)
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
    received_at = fields.Datetime(required=True, default=fields.Datetime.now, tracking=True)
    responded_at = fields.Datetime(string="First Response", copy=False, tracking=True)
    resolved_at = fields.Datetime(string="Resolved", copy=False, tracking=True)
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
    claimed_amount = fields.Monetary(string="Claimed", tracking=True, help="What the customer asks for.")
    disputed_amount = fields.Monetary(
        string="Disputed",
        tracking=True,
        help="The part of the invoice that the customer will not pay until the case is settled: it is not dunned.",
    )
    description = fields.Html()

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
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")

    @api.depends("partner_id")
    def _compute_user_id(self):
        for complaint in self:
            if not complaint._origin or not complaint.user_id:
                complaint.user_id = complaint.partner_id.commercial_partner_id.user_id or self.env.user

    @api.depends("state")
    def _compute_is_open(self):
        for complaint in self:
            complaint.is_open = complaint.state not in CLOSED_STATES

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "not in" if True in value else "in", CLOSED_STATES)]

    @api.constrains("claimed_amount", "disputed_amount")
    def _check_amounts(self):
        for complaint in self:
            if min(complaint.claimed_amount, complaint.disputed_amount) < 0:
                raise UserError(self.env._("Claimed and disputed amounts cannot be negative."))

    @api.model_create_multi
    def create(self, vals_list):
        numbered = []
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            values = {**vals, "tier_id": vals.get("tier_id") or self._find_tier(vals.get("partner_id"), company).id}
            if values.get("name", "/") in (False, "/"):
                values["name"] = self.env["ir.sequence"].with_company(company).next_by_code(self._name) or "/"
            numbered.append(values)
        return super().create(numbered)

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        for complaint in self:
            complaint._check_transition(vals["state"])
            super(KamComplaint, complaint).write({**complaint._date_transition(vals["state"]), **vals})
        return True

    def action_respond(self):
        """The customer has been answered for the first time, now."""
        unanswered = self.filtered(lambda complaint: not complaint.responded_at)
        return unanswered.write({"responded_at": fields.Datetime.now()})

    def action_advance(self):
        """Each complaint goes one step further on the straight way."""
        for complaint in self:
            complaint.state = NEXT_STATES[complaint.state][0]
        return True

    def action_reject(self):
        return self.write({"state": "rejected"})

    def action_reopen(self):
        """Back to the investigation: the solution did not hold."""
        return self.write({"state": "investigating"})

    def _check_transition(self, state):
        if state == self.state:
            return
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
        if state == "approved" and not (self.env.su or self.env.user.has_group("kam_connector.group_manager")):
            raise AccessError(self.env._("Only a key-account manager approves a proposed solution."))

    def _date_transition(self, state):
        """Return the dates that the step sets, or clears when the case is opened again."""
        now = fields.Datetime.now()
        if state == "investigating" and self.state in ("executing", *RESOLVED_STATES):
            return {"resolved_at": False, "closed_at": False}
        dates = {"responded_at": now} if state in ANSWERED_STATES and not self.responded_at else {}
        if state in RESOLVED_STATES and not self.resolved_at:
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
