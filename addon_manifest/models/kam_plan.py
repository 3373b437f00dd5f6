"""What we mean to do for one customer: an aim, its days, measures by phases. The connector only reads it.

A plan that was agreed is not rewritten: its next version refers to it and takes its place when it starts."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .kam_record import KEY_FIELDS

STATES = [
    ("draft", "Draft"),
    ("agreed", "Agreed"),
    ("running", "Running"),
    ("done", "Done"),
    ("replaced", "Replaced by the Next Version"),
    ("dropped", "Dropped"),
]
#: From where to where a plan goes; a plan that is over stays so.
STEPS = frozenset(
    {("draft", "agreed"), ("draft", "dropped"), ("agreed", "running"), ("agreed", "dropped"), ("running", "done")}
    | {("running", "dropped"), ("agreed", "replaced"), ("running", "replaced")}
)
IN_FORCE = ("agreed", "running")
#: What was agreed: it stays as it is from then on.
AGREED = frozenset(
    {"partner_id", "company_id", "name", "aim", "date_from", "date_to", "target_revenue", "target_share"}
    | {"previous_id", "plan_version"}
)
#: Odoo notes them when the plan is agreed, nobody types them.
SIGNED = frozenset({"agreed_by_id", "agreed_on"})


class KamPlan(models.Model):
    _name = "kam.plan"
    _description = "Account Plan"
    _inherit = ["kam.noted"]
    _order = "partner_id, date_from desc, plan_version desc, id desc"

    _kam_people_fields = frozenset(
        {"partner_id", "name", "aim", "user_id", "date_from", "date_to", "target_revenue", "target_share", "state"}
        | {"measure_ids"}
    )
    _kam_undefaulted = KEY_FIELDS | SIGNED | {"state", "plan_version", "previous_id"}

    name = fields.Char(required=True, tracking=True)
    aim = fields.Text(required=True, tracking=True, help="Where we want to stand with the customer at the end.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="To", required=True, index=True, tracking=True, help="The last day of the plan.")
    state = fields.Selection(selection=STATES, required=True, default="draft", copy=False, index=True, tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    target_revenue = fields.Monetary(
        string="Revenue Aimed At", tracking=True, help="Net invoices of the plan's days; empty: none is aimed at."
    )
    target_share = fields.Float(
        string="Share Aimed At",
        digits=(6, 4),
        tracking=True,
        aggregator=None,
        help="Our share of what the customer buys of such goods from everyone; empty: none is aimed at.",
    )
    plan_version = fields.Integer(readonly=True, default=1, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        comodel_name="kam.plan", string="Version Before", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", check_company=True,
    )  # fmt: skip
    next_ids = fields.One2many(comodel_name="kam.plan", inverse_name="previous_id", string="Next Versions")
    agreed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False, ondelete="restrict")
    agreed_on = fields.Date(readonly=True, copy=False)
    measure_ids = fields.One2many(comodel_name="kam.plan.measure", inverse_name="plan_id", string="Measures")
    open_measures = fields.Integer(compute="_compute_measures")
    late_measures = fields.Integer(string="Late", compute="_compute_measures")
    pricelist = fields.Char(
        string="Price List Now",
        compute="_compute_pricelist",
        compute_sudo=True,
        help="The price list that the customer has in Odoo today; a plan does not change it.",
    )

    @api.depends("measure_ids.done_on", "measure_ids.due")
    def _compute_measures(self):
        for plan in self:
            plan.open_measures = len(plan.measure_ids.filtered(lambda measure: not measure.done_on))
            plan.late_measures = len(plan.measure_ids.filtered("is_late"))

    # sudo: whoever may read the plan need not be allowed to read price lists
    @api.depends("partner_id", "company_id")
    def _compute_pricelist(self):
        for plan in self:
            customer = plan.partner_id.with_company(plan.company_id)
            plan.pricelist = customer.property_product_pricelist.name

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for plan in self:
            if plan.date_from and plan.date_to and plan.date_to < plan.date_from:
                raise ValidationError(self.env._("The last day lies before the first."))
        self.measure_ids._check_days()

    @api.constrains("target_revenue", "target_share")
    def _check_target(self):
        for plan in self:
            if plan.target_revenue < 0 or not 0 <= plan.target_share <= 1:
                raise ValidationError(self.env._("A revenue is not below zero, a share lies between 0% and 100%."))

    @api.constrains("previous_id", "partner_id", "company_id")
    def _check_previous(self):
        for plan in self.filtered("previous_id"):
            # sudo: the version before may be one that the user must not read
            before = plan.sudo().previous_id
            if (before.partner_id, before.company_id) != (plan.partner_id, plan.company_id) or before == plan:
                raise ValidationError(self.env._("The version before is a plan of the same customer and company."))

    @api.constrains("state", "partner_id", "company_id")
    def _check_running(self):
        """A customer has one running plan in a company."""
        for plan in self.filtered(lambda plan: plan.state == "running"):
            same = [("partner_id", "=", plan.partner_id.id), ("company_id", "=", plan.company_id.id)]
            # sudo: the plan that runs may be one that the user must not read
            if self.sudo().search_count([*same, ("state", "=", "running")], limit=2) > 1:
                raise ValidationError(
                    self.env._("The customer has a running plan already: finish it, or start its next version.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse(SIGNED & {name for name, value in vals.items() if value})
            if vals.get("state", "draft") != "draft":
                raise UserError(self.env._("A plan begins as a draft."))
        return super().create(vals_list)

    def write(self, vals):
        self._refuse(SIGNED & vals.keys())
        if AGREED & vals.keys() and any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("A plan that was agreed stays as it is: make its next version."))
        moved = self.filtered(lambda plan: plan.state != vals.get("state", plan.state))
        moved._check_step(vals.get("state"))
        if vals.get("state") == "running":
            moved._replace_previous()
        result = super().write(vals)
        if vals.get("state") == "agreed":
            super(KamPlan, moved).write({"agreed_by_id": self.env.uid, "agreed_on": fields.Date.context_today(self)})
        return result

    def action_agree(self):
        return self.write({"state": "agreed"})

    def action_start(self):
        return self.write({"state": "running"})

    def action_finish(self):
        return self.write({"state": "done"})

    def action_drop(self):
        return self.write({"state": "dropped"})

    def action_next_version(self):
        """Open the draft of the next version: the same aim and days, the measures that are not done yet."""
        self.ensure_one()
        self.check_access("write")
        following = self.next_ids.filtered(lambda plan: plan.state == "draft")[:1] or self._make_next()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following.id,
            "view_mode": "form",
        }

    def _is_over(self):
        return self.state in ("done", "replaced", "dropped")

    def _make_next(self):
        has_next = self.next_ids.filtered(lambda after: after.state in IN_FORCE)
        if has_next or self.state in ("draft", "dropped", "replaced"):
            raise UserError(self.env._("The next version is made of a plan that was agreed and has none yet."))
        following = self.copy({"previous_id": self.id, "plan_version": self.plan_version + 1})
        for measure in self.measure_ids.filtered(lambda measure: not measure.done_on):
            measure.copy({"plan_id": following.id})
        return following

    def _replace_previous(self):
        self.previous_id.filtered(lambda plan: plan.state in IN_FORCE).write({"state": "replaced"})

    def _check_step(self, state):
        """Raise UserError unless each plan may go there from where it stands; only a next version replaces one."""
        for plan in self:
            is_early = state == "replaced" and not plan.next_ids.filtered(lambda after: after.state in IN_FORCE)
            if is_early or (plan.state, state) not in STEPS:
                raise UserError(self.env._("The plan cannot go there from where it stands."))
