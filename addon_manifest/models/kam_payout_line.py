"""One credit in a payout: an invoice or credit note, its base, its rate, and the exact amount."""

from odoo import api, fields, models


class KamPayoutLine(models.Model):
    _name = "kam.payout.line"
    _description = "Payout Line"
    _inherit = "kam.record"
    _order = "payout_id, component, id"

    _kam_locked_by = "payout_id"

    payout_id = fields.Many2one(
        comodel_name="kam.payout", required=True, index=True, ondelete="restrict", check_company=True
    )
    payee_id = fields.Many2one(related="payout_id.payee_id", store=True, index=True)
    plan = fields.Char(related="payout_id.plan", store=True)
    period = fields.Char(related="payout_id.period", store=True, index=True)
    state = fields.Selection(related="payout_id.state", store=True)
    currency_id = fields.Many2one(related="payout_id.currency_id", store=True)
    component = fields.Char(help="The part of the plan that pays, for example commission.")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Document",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer", store=True)
    base = fields.Monetary(help="The amount that the rate is applied to; credit notes are negative.")
    rate = fields.Float(digits=(12, 6), aggregator=None)
    amount_exact = fields.Char(string="Exact Amount", help="Before rounding; only the payout is rounded, once.")
    amount = fields.Monetary()

    is_mine = fields.Boolean(related="payout_id.is_mine")

    @api.depends("payout_id", "component", "move_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " · ".join(
                part for part in (line.payout_id.display_name, line.component, line.move_id.name) if part
            )

    def action_open_objection_dialog(self):
        """Open the dialog in which the payee says what is wrong with this line."""
        self.ensure_one()
        return self.env["kam.payout.objection"]._open_dialog(self.payout_id, self)
