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
    visit_days = fields.Integer(
        string="Visit Every Days",
        readonly=True,
        help="A customer of this tier is visited at least every so many days; zero: no visits are planned.",
    )
    executive_visits = fields.Integer(string="Executive Visits a Year", readonly=True)
    sla_class = fields.Char(string="SLA Class", readonly=True, help="How fast complaints are answered and settled.")
    discount_limit = fields.Float(
        digits=(6, 4), readonly=True, help="The largest discount that a salesperson grants without approval."
    )
    credit_factor = fields.Float(
        string="Credit in Months of Sales",
        digits=(6, 2),
        readonly=True,
        help="Credit is agreed up to so many mean months of the customer's sales. The limit in force stands on the "
        "customer.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._translate_standard_names(TIER_NAMES)
        return tiers
