"""The tiers that a customer can have, as the policy names them."""

from odoo import fields, models


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
