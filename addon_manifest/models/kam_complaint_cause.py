"""Why things go wrong: the root causes that complaints are counted by. Every company may add its own."""

from odoo import fields, models


class KamComplaintCause(models.Model):
    _name = "kam.complaint.cause"
    _description = "Root Cause of Complaints"
    _order = "sequence, id"

    code = fields.Char(required=True, help="Short and lasting: reports and files know the cause by it.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "There is a cause with this code already.")
