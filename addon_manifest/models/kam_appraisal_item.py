"""What people are rated by: the items of the scale, by the codes of the policy. Every company may add its own."""

from odoo import fields, models


class KamAppraisalItem(models.Model):
    _name = "kam.appraisal.item"
    _description = "Item of an Appraisal"
    _order = "sequence, id"

    code = fields.Char(required=True, help="The code of the item in appraisal.toml: marks count by it.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "There is an item with this code already.")
