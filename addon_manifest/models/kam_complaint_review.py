"""Two people judge, not points: what each reviewer of a suspected complaint finds, and why.

A review stays as it was written; whoever wrote it may take it back. The customer never reads any of it.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: In these bands of the evidence somebody may review.
REVIEWED_BANDS = ("review", "suspected")


class KamComplaintReview(models.Model):
    _name = "kam.complaint.review"
    _description = "Review of a Suspected Complaint"
    _inherit = "kam.derived"
    _order = "complaint_id, id"
    _rec_name = "finding"

    complaint_id = fields.Many2one(comodel_name="kam.complaint", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id", store=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Reviewer", readonly=True, ondelete="restrict")
    finding = fields.Selection(selection=[("malicious", "Malicious"), ("good_faith", "In Good Faith")], required=True)
    reason = fields.Text(string="Grounds", required=True, help="What the finding rests on.")
    found_on = fields.Datetime(readonly=True)
    withdrawal = fields.Text(string="Taken Back Because", help="Why the finding does not hold any more.")
    withdrawn_on = fields.Datetime(string="Taken Back On", readonly=True)

    _one_review_each = models.UniqueIndex(
        "(complaint_id, user_id) WHERE withdrawn_on IS NULL", "You have reviewed this complaint already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(not (vals.get("reason") or "").strip() for vals in vals_list):
            raise UserError(self.env._("A review needs its grounds."))
        # no default of a context says who found what when
        signed = {"user_id": self.env.uid, "found_on": fields.Datetime.now()}
        reviews = super().create([{**vals, **signed, "withdrawal": False, "withdrawn_on": False} for vals in vals_list])
        for review in reviews:
            review._check_reviewer()
        reviews.complaint_id._settle_reviews()
        return reviews

    def write(self, vals):
        if not vals:
            return super().write(vals)
        if vals.keys() != {"withdrawal"} or not (vals["withdrawal"] or "").strip() or any(self.mapped("withdrawn_on")):
            raise UserError(self.env._("A review stays as it was written. It can be taken back once, with a reason."))
        if any(review.user_id != self.env.user for review in self):
            raise AccessError(self.env._("Only the reviewer takes a review back."))
        result = super().write({**vals, "withdrawn_on": fields.Datetime.now()})
        self.complaint_id._settle_reviews()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A review stays as it was written. It can be taken back once, with a reason."))

    def _check_reviewer(self):
        """Raise unless a manager who never worked on the case reviews it, once, and the evidence suffices."""
        case = self.complaint_id
        case.check_access("write")
        if not self.env.user.has_group("kam_connector.group_manager"):
            raise AccessError(self.env._("Only a key-account manager reviews a complaint."))
        if self.env.user in case._find_involved():
            raise AccessError(self.env._("You work or have worked on this complaint. Somebody else has to review it."))
        others = case.review_ids.filtered(lambda other: other.user_id == self.user_id and not other.withdrawn_on)
        if others - self:
            raise UserError(self.env._("You have reviewed this complaint already."))
        if case.evidence_band not in REVIEWED_BANDS:
            raise UserError(self.env._("The evidence gives no occasion for a review."))
        if self.finding == "malicious" and case.evidence_band != "suspected":
            raise UserError(
                self.env._("The evidence does not suffice for this finding: the complaint is not suspected.")
            )
