"""One customer and salesperson in an ageing."""

from odoo import api, fields, models


class KamAgeingLine(models.Model):
    _name = "kam.ageing.line"
    _description = "Receivable of a Customer by Age"
    _inherit = "kam.buckets"
    _order = "total desc, id"
    _rec_name = "partner_id"

    ageing_id = fields.Many2one(
        comodel_name="kam.ageing",
        string="Ageing Report",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    as_of = fields.Date(related="ageing_id.as_of", string="As Of", store=True)
    basis = fields.Selection(related="ageing_id.basis", store=True)
    is_snapshot = fields.Boolean(related="ageing_id.is_snapshot", store=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", index=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team")
    tier_id = fields.Many2one(comodel_name="kam.tier", check_company=True)
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour")
    total = fields.Monetary()
    overdue = fields.Monetary(compute="_compute_overdue", store=True)
    oldest_due = fields.Date(string="Oldest Due Date")
    active = fields.Boolean(default=True, help="Off when the customer has nothing open any more.")

    @api.depends("d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
    def _compute_overdue(self):
        for line in self:
            line.overdue = line.d1_30 + line.d31_60 + line.d61_90 + line.d91_180 + line.d181_plus

    def _filter_locked(self):
        return self.filtered(lambda line: line.ageing_id._filter_locked())
