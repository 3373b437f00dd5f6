"""The segments that a customer can be in, as the policy names them: how to deal with him, beside the tier."""

from odoo import api, fields, models

from .kam_segment_words import SEGMENT_NAMES


class KamSegment(models.Model):
    _name = "kam.segment"
    _description = "Customer Segment"
    _inherit = "kam.record"
    _order = "company_id, sequence, id"

    _kam_shared_fields = frozenset({"name", "sequence"})

    code = fields.Char(required=True, readonly=True, help="The segment's name in the policy file.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="As in the policy: the first segment that fits decides.")
    active = fields.Boolean(default=True)

    @api.model_create_multi
    def create(self, vals_list):
        segments = super().create(vals_list)
        segments._translate_standard_names(SEGMENT_NAMES)
        return segments
