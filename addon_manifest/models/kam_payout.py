"""What a salesperson is paid for a period and plan. The connector computes; approved, it is locked."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: The allowed (from, to) pairs of the state.
TRANSITIONS = frozenset({("draft", "approved"), ("approved", "draft"), ("approved", "paid")})
SIGNATURE_FIELDS = frozenset({"approved_by", "approved_on"})
#: The state of the payout's period in the connector's book.
PERIOD_STATES = [
    ("open", "Open"),
    ("computed", "Computed"),
    ("approved", "Approved"),
    ("locked", "Locked"),
    ("paid", "Paid"),
]


class KamPayout(models.Model):
    _name = "kam.payout"
    _description = "Incentive Payout"
    _inherit = ["kam.record", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, payee_id, plan, sequence, id"
    _mail_post_access = "read"

    _kam_people_fields = SIGNATURE_FIELDS | {"state"}
    _kam_unsealed = frozenset({"period_state", "revision"})

    payee_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, index=True)
    team_id = fields.Many2one(related="payee_id.sale_team_id", string="Sales Team", related_sudo=False)
    plan = fields.Char(required=True, readonly=True, help="The plan's code in the policy file.")
    period = fields.Char(required=True, readonly=True, index=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None, help="Statements of one period and plan are numbered.")
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    earned = fields.Monetary(readonly=True, help="Earned in the period, before what is held back or settled already.")
    released = fields.Monetary(readonly=True, help="Released by cash received.")
    adjustments = fields.Monetary(readonly=True, help="Corrections of earlier, closed periods.")
    amount = fields.Monetary(string="Payout", readonly=True, tracking=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("approved", "Approved"), ("paid", "Paid")],
        required=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    period_state = fields.Selection(
        selection=PERIOD_STATES,
        string="State of the Period",
        readonly=True,
        default="open",
        copy=False,
        tracking=True,
        help="Open: every night states it anew. Computed: it is closed, what comes later goes into the open period. "
        "Approved: all payouts are. Locked: nothing of it is closed anew any more. Paid: all are.",
    )
    revision = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="How often the statement was closed; 0 while it is not."
    )
    approved_by = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    computed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    line_ids = fields.One2many(comodel_name="kam.payout.line", inverse_name="payout_id", string="Lines")
    objection_ids = fields.One2many(
        comodel_name="kam.payout.objection", inverse_name="payout_id", string="Objections", readonly=True
    )
    objection_count = fields.Integer(string="Number of Objections", compute="_compute_objections")
    open_objection_count = fields.Integer(string="Open Objections", compute="_compute_objections")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends("payee_id", "plan", "period")
    def _compute_display_name(self):
        for payout in self:
            payout.display_name = " · ".join(
                part for part in (payout.payee_id.name, payout.plan, payout.period) if part
            )

    @api.depends("objection_ids.state")
    def _compute_objections(self):
        for payout in self:
            payout.objection_count = len(payout.objection_ids)
            payout.open_objection_count = len(payout._find_open_objections())

    @api.depends("payee_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for payout in self:
            payout.is_mine = payout.payee_id == self.env.user

    def write(self, vals):
        if not self.env.su:
            self._refuse(SIGNATURE_FIELDS & vals.keys())
        if "state" in vals:
            self._check_transition(vals["state"])
        return super().write(vals)

    def action_approve(self):
        """The figures are approved by the accountant who acts, and nobody changes them any more."""
        self.write({"state": "approved"})
        # sudo: nobody may write an approval but through here
        return self.sudo().write({"approved_by": self.env.uid, "approved_on": fields.Datetime.now()})

    def action_withdraw(self):
        """The approval is withdrawn, and the next run may change the figures."""
        self.write({"state": "draft"})
        # sudo: nobody may write an approval but through here
        return self.sudo().write({"approved_by": False, "approved_on": False})

    def action_paid(self):
        return self.write({"state": "paid"})

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kam_connector.kam_payout_line_action")
        return {**action, "domain": [("payout_id", "=", self.id)], "context": {}}

    def action_open_objections(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kam_connector.kam_payout_objection_action")
        return {**action, "domain": [("payout_id", "=", self.id)], "context": {}}

    def action_open_objection_dialog(self):
        """Open the dialog in which the payee says what is wrong."""
        self.ensure_one()
        return self.env["kam.payout.objection"]._open_dialog(self)

    def _filter_locked(self):
        return self.filtered(lambda payout: payout.state != "draft")

    def _find_open_objections(self):
        return self.objection_ids.filtered(lambda objection: objection.state == "open")

    def _check_transition(self, state):
        """Raise unless every payout may go to the state, by this user."""
        for payout in self.filtered(lambda payout: payout.state != state):
            if (payout.state, state) not in TRANSITIONS:
                raise UserError(self.env._("%(payout)s: this step is not possible.", payout=payout.display_name))
            # sudo: an objection stops it also where the one who acts may not read it
            if state != "draft" and payout.sudo()._find_open_objections():
                raise UserError(
                    self.env._(
                        "%(payout)s: an objection of the payee is open. Answer it first (button Objections).",
                        payout=payout.display_name,
                    )
                )
            if not self.env.su:
                payout._check_approver()

    def _check_approver(self):
        """Raise AccessError unless an accountant acts who neither computed the payout nor receives it."""
        if not self.env.user.has_group("kam_connector.group_accountant"):
            raise AccessError(self.env._("Only an accountant of the key-account programme approves payouts."))
        if self.env.user in self.computed_by_id | self.payee_id:
            raise AccessError(self.env._("You computed this payout or receive it. Somebody else has to approve it."))
