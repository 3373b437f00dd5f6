"""What people are rated by: the items of the scale, by the codes of the policy. Every company may add its own."""

from odoo import fields, models
from odoo.exceptions import UserError


class KamAppraisalItem(models.Model):
    _name = "kam.appraisal.item"
    _description = "Item of an Appraisal"
    _order = "sequence, id"

    code = fields.Char(required=True, help="The code of the item in appraisal.toml: marks count by it.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "There is an item with this code already.")

    def write(self, vals):
        if "code" in vals:
            self._check_code(vals["code"])
        return super().write(vals)

    def _check_code(self, code):
        """Raise where somebody has a mark for an item whose code changes: it would become a mark for something else."""
        changed = self.filtered(lambda item: item.code != code)
        # sudo: marks that the user may not see count by the code as well
        if self.env["kam.appraisal.mark"].sudo().search_count([("item_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._("Marks count by the code %(code)s: it stays. Add another item.", code=changed[:1].code)
            )
