"""What a complaint is about, line by line: the invoice, the order line, what is claimed for it and what is disputed."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class KamComplaintLine(models.Model):
    _name = "kam.complaint.line"
    _description = "Disputed Part of an Invoice"
    _inherit = "kam.derived"
    _order = "complaint_id, id"
    _rec_name = "move_id"
    _check_company_auto = True

    complaint_id = fields.Many2one(comodel_name="kam.complaint", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id")
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        ondelete="restrict",
        index="btree_not_null",
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        check_company=True,
        domain="[('order_id.partner_id', 'child_of', partner_id), ('display_type', '=', False)]",
        ondelete="set null",
        index="btree_not_null",
    )
    claimed_amount = fields.Monetary(string="Claimed")
    disputed_amount = fields.Monetary(
        string="Disputed", help="What the customer holds back of this invoice; the rest of it stays due."
    )
    loss_amount = fields.Monetary(string="Documented Loss", help="What papers prove that the customer has lost of it.")
    note = fields.Char()

    @api.constrains("claimed_amount", "disputed_amount", "loss_amount")
    def _check_amounts(self):
        for line in self:
            if min(line.claimed_amount, line.disputed_amount, line.loss_amount) < 0:
                raise UserError(self.env._("Claimed, disputed and lost amounts cannot be negative."))

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints.exists().filtered(lambda complaint: not complaint.line_ids).write(
            {"disputed_amount": 0, "loss_amount": 0}
        )
        return result
