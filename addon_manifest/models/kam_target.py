"""What a salesperson or a team is to reach in a period."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class KamTarget(models.Model):
    _name = "kam.target"
    _description = "Sales Target"
    _inherit = ["kam.period", "kam.record", "mail.thread"]
    _order = "date_from desc, user_id, kind, id"

    _kam_shared_fields = frozenset({"user_id", "team_id", "period", "date_from", "date_to", "amount", "kind"})

    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", index=True, tracking=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", index=True, tracking=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    kind = fields.Selection(
        selection=[
            ("revenue", "Revenue"),
            ("collection", "Collection"),
            ("margin", "Gross Margin"),
            ("new_customers", "New Customers"),
        ],
        required=True,
        default="revenue",
        tracking=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    amount = fields.Monetary(tracking=True, help="Company currency; for new customers, how many.")

    _dates_in_order = models.Constraint("CHECK(date_from <= date_to)", "A target ends on or after the day it begins.")

    @api.depends("period", "kind", "user_id", "team_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for target in self:
            who = target.user_id.display_name or target.team_id.display_name
            parts = (who, kinds.get(target.kind), target.period)
            target.display_name = " · ".join(part for part in parts if part)

    @api.constrains("user_id", "team_id")
    def _check_owner(self):
        for target in self:
            if not target.user_id and not target.team_id:
                raise ValidationError(self.env._("A target belongs to a salesperson or to a team."))
