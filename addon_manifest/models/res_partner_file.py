"""The file of a customer on the partner: who decides there, who serves it, what is known of it."""

from odoo import api, fields, models

from .res_partner import READERS

#: So many rows of each list are looked at.
LIMIT = 100


class ResPartner(models.Model):
    _inherit = "res.partner"

    kam_stakeholder_ids = fields.Many2many(
        comodel_name="kam.stakeholder", string="Decision Makers", compute="_compute_kam_file", groups=READERS
    )
    kam_member_ids = fields.Many2many(
        comodel_name="kam.account.member", string="Service Team", compute="_compute_kam_file", groups=READERS
    )
    kam_note_ids = fields.Many2many(
        comodel_name="kam.customer.note", string="What Is Known", compute="_compute_kam_file", groups=READERS
    )

    @api.depends_context("company", "uid")
    def _compute_kam_file(self):
        for partner in self:
            partner.kam_stakeholder_ids = partner._find_kam("kam.stakeholder")
            partner.kam_member_ids = partner._find_kam("kam.account.member").filtered(lambda member: not member.is_over)
            # oldest first, so that the newest of a kind stays
            known = {note.kind: note for note in partner._find_kam("kam.customer.note").sorted(reverse=True)}
            partner.kam_note_ids = self.env["kam.customer.note"].union(*known.values())

    def action_open_kam_stakeholders(self):
        return self._open_kam("kam_stakeholder_action", {})

    def action_open_kam_members(self):
        return self._open_kam("kam_account_member_action", {})

    def action_open_kam_notes(self):
        return self._open_kam("kam_customer_note_action", {})

    def _find_kam(self, model):
        """Return what the reader may see of the partner in the current company, in the model's order."""
        domain = [("partner_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        return self.env[model].search(domain, limit=LIMIT) if self.id else self.env[model]
