"""The tiers that a customer can have, as the policy names them."""

from odoo import api, fields, models

from .kam_reason import TIER_NAMES


class KamTier(models.Model):
    _name = "kam.tier"
    _description = "Customer Tier"
    _inherit = "kam.record"
    _order = "company_id, sequence, id"

    _kam_shared_fields = frozenset({"name", "color", "sequence"})

    code = fields.Char(required=True, readonly=True, help="The tier's name in the policy file.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The best tier first.")
    color = fields.Integer(string="Colour")
    active = fields.Boolean(default=True)

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._translate_standard_names()
        return tiers

    def _translate_standard_names(self):
        """The tiers of the shipped policy have their name in every installed language; people may change it."""
        languages = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        for tier in self.with_context(lang="en_US"):
            standard = TIER_NAMES.get(tier.code)
            if standard and tier.name == self.with_context(lang="en_US").env._(standard):
                names = {code: self.with_context(lang=code).env._(standard) for code in languages}
                tier.update_field_translations("name", names)
