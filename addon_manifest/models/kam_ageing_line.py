"""One customer and salesperson in an ageing."""

from odoo import api, fields, models

from .kam_buckets import OVERDUE


class KamAgeingLine(models.Model):
    _name = "kam.ageing.line"
    _description = "Receivable of a Customer by Age"
    _inherit = "kam.buckets"
    _order = "total desc, id"
    _rec_name = "partner_id"

    _kam_locked_by = "ageing_id"
    _kam_sums = {"overdue": OVERDUE}

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

    @api.depends(*OVERDUE)
    def _compute_overdue(self):
        for line in self:
            line.overdue = sum(line[name] for name in OVERDUE)

    def action_open_items(self):
        """Open the customer's journal items that were open on the day: not matched at all, or by what came later."""
        self.ensure_one()
        later = [("matched_debit_ids.max_date", ">", self.as_of), ("matched_credit_ids.max_date", ">", self.as_of)]
        domain = [
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("date", "<=", self.as_of),
            "|",
            ("reconciled", "=", False),
            "|",
            *later,
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Items"),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False},
        }
