"""What is learned from a case: its root cause, whether the first contact settled it, the idea that came of it.

People say so; the connector only reads it, for the monthly report of complaints.
"""

from odoo import fields, models


class KamComplaint(models.Model):
    # a file answers one question: what is learned from a case is another one
    _inherit = "kam.complaint"  # pylint: disable=consider-merging-classes-inherited

    cause_id = fields.Many2one(
        comodel_name="kam.complaint.cause",
        string="Root Cause",
        copy=False,
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Why it happened, not what the customer saw.",
    )
    first_contact = fields.Selection(
        selection=[("yes", "Yes"), ("no", "No")],
        string="Settled at First Contact",
        copy=False,
        tracking=True,
        help="Whether whoever the customer spoke to first could settle it. Empty: nobody has said.",
    )
    improvement = fields.Text(
        copy=False, tracking=True, help="What we mean to do better, so that it does not happen again."
    )
    improvement_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Improvement By",
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who sees to it.",
    )
