"""What people know of a customer and write down: Odoo notes who did last and when; the connector only reads it."""

from odoo import api, fields, models

#: Who noted it and when: set by Odoo, not typed.
NOTED = frozenset({"noted_by_id", "noted_on"})


class KamNoted(models.AbstractModel):
    _name = "kam.noted"
    _description = "What People Know of a Customer"
    _inherit = ["kam.record", "kam.internal"]

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    noted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    noted_on = fields.Date(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._of_customer(vals) for vals in vals_list]
        if not self.env.su:
            vals_list = [{**vals, **self._note()} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        vals = self._of_customer(vals)
        if not self.env.su:
            self._refuse(NOTED & vals.keys())
            if self._kam_people_fields & vals.keys():
                vals = {**vals, **self._note()}
        return super().write(vals)

    def _note(self):
        return {"noted_by_id": self.env.uid, "noted_on": fields.Date.context_today(self)}
