"""Stored fields that follow from another record, or from other fields: nobody writes one, over RPC neither."""

from odoo import api, models
from odoo.exceptions import AccessError


class KamDerived(models.AbstractModel):
    _name = "kam.derived"
    _description = "Record with Fields That Follow from Others"

    @api.model
    def default_get(self, fields):
        """A field that follows from others has no default, whatever the context says."""
        return super().default_get([name for name in fields if name not in self._find_derived()])

    @api.model_create_multi
    def create(self, vals_list):
        derived = self._find_derived()
        if not self.env.su:
            self._refuse(derived & {name for vals in vals_list for name, value in vals.items() if value})
        return super().create(
            [{name: value for name, value in vals.items() if name not in derived} for vals in vals_list]
        )

    def write(self, vals):
        if not self.env.su:
            self._refuse(self._find_derived() & vals.keys())
        return super().write(vals)

    def _find_derived(self):
        """Return the stored fields that are computed and readonly: a currency, its company's; a sum."""
        fields = self._fields.items()
        return {name for name, field in fields if field.store and field.compute and field.readonly}

    def _refuse(self, names):
        """Raise AccessError for fields that are not the user's, if there are any."""
        if names:
            raise AccessError(
                self.env._(
                    "You cannot write %(fields)s of %(model)s: somebody else keeps them.",
                    fields=", ".join(sorted(names)),
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )
