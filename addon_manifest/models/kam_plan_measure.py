"""One thing that we do for a customer by its plan: what, in which phase, who, by when, and what came of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("product", "Product Customisation"),
    ("price", "Price Preference"),
    ("service", "Service Upgrade"),
    ("sales_force", "Help for the Customer's Sellers"),
    ("marketing", "Joint Marketing"),
    ("other", "Other"),
]
#: What is still to be said of a measure once its plan was agreed; whose measure it is says it, too.
OUTCOME = frozenset({"done_on", "actual_effect"})


class KamPlanMeasure(models.Model):
    _name = "kam.plan.measure"
    _description = "Measure of an Account Plan"
    _inherit = "kam.derived"
    _order = "plan_id, phase, due, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        comodel_name="kam.plan", string="Account Plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="plan_id.partner_id", string="Customer", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    name = fields.Char(string="Measure", required=True)
    kind = fields.Selection(selection=KINDS, required=True, default="service", index=True)
    phase = fields.Integer(required=True, default=1, aggregator=None)
    date_from = fields.Date(string="Begins", required=True, default=fields.Date.context_today)
    due = fields.Date(required=True, index=True, help="The last day on which it is done in time.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Done By",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    done_on = fields.Date(copy=False)
    expected_effect = fields.Text()
    actual_effect = fields.Text(copy=False, help="What came of it, with figures where there are some.")
    is_late = fields.Boolean(compute="_compute_is_late")

    @api.depends("done_on", "due")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for measure in self:
            measure.is_late = bool(not measure.done_on and measure.due and measure.due < today)

    @api.constrains("plan_id", "phase", "date_from", "due")
    def _check_days(self):
        for measure in self:
            # sudo: whose measure it is need not see the plan
            plan = measure.sudo().plan_id
            days = [plan.date_from, measure.date_from, measure.due, plan.date_to]
            if all(days) and days != sorted(days):  # the database refuses a day that is missing
                raise ValidationError(self.env._("A measure begins and is due within the days of its plan."))
            if measure.phase < 1:
                raise ValidationError(self.env._("The first phase is 1."))

    @api.model_create_multi
    def create(self, vals_list):
        measures = super().create(vals_list)
        measures._check_draft()
        return measures

    def write(self, vals):
        if vals.keys() - OUTCOME - {"user_id"}:
            self._check_draft()
        elif "user_id" in vals:
            self.plan_id.check_access("write")
        result = super().write(vals)
        if "plan_id" in vals:
            self._check_draft()
        return result

    def unlink(self):
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        """Raise unless the user keeps the plans and none was agreed: its measures are part of what was."""
        self.plan_id.check_access("write")
        # sudo: the lines of a plan that is refused are not read above
        if any(plan.state != "draft" for plan in self.sudo().plan_id):
            raise UserError(self.env._("The plan was agreed. Say what came of its measures, or make its next version."))
