"""How a customer's score and tier changed: one row a change, never changed afterwards by people."""

from odoo import fields, models

from .kam_customer import STATUSES


class KamScore(models.Model):
    _name = "kam.score"
    _description = "Score History"
    _inherit = "kam.record"
    _order = "valid_from desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson", related_sudo=False)
    valid_from = fields.Date(required=True, index=True)
    score = fields.Float(digits=(5, 2), aggregator="avg")
    coverage = fields.Float(digits=(6, 4), aggregator="avg")
    status = fields.Selection(selection=STATUSES)
    tier_id = fields.Many2one(comodel_name="kam.tier", check_company=True)
    tier_color = fields.Integer(related="tier_id.color", string="Tier Colour")
    previous_tier_id = fields.Many2one(comodel_name="kam.tier", check_company=True)
    segment_id = fields.Many2one(comodel_name="kam.segment", check_company=True)
    score_contribution = fields.Float(string="Contribution", digits=(6, 2), aggregator="avg")
    score_loyalty = fields.Float(string="Loyalty", digits=(6, 2), aggregator="avg")
    score_growth = fields.Float(string="Growth", digits=(6, 2), aggregator="avg")
    score_risk = fields.Float(string="Risk", digits=(6, 2), aggregator="avg")
