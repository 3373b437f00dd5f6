"""What people have seen or read that speaks for or against a complaint. It stays as it was noted, or is withdrawn.

The connector adds points up for it, beside what it finds in papers; the note itself it does not read.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

KINDS = [
    ("foreign_lot", "Lot or Document Not Ours"),
    ("unsupported_order", "Order Does Not Support It"),
    ("refuses_inspection", "Refuses an Inspection"),
    ("several_channels", "Same Defect on Several Channels"),
    ("publicity_threat", "Threat of Publicity for Extra Money"),
    ("independent_test", "Independent Test Confirms the Defect"),
]
#: The connector alone writes these on a complaint.
WEIGHED = frozenset({"evidence_points", "evidence_band", "evidence", "evidence_code", "evidence_args"})
#: Who may see what speaks for and against a complaint: whoever works on complaints, and the connector.
STAFF = "kam_connector.group_user,kam_connector.group_connector"


class KamComplaintEvidence(models.Model):
    _name = "kam.complaint.evidence"
    _description = "Evidence about a Complaint"
    _inherit = "kam.derived"
    _order = "complaint_id, id"
    _rec_name = "kind"

    complaint_id = fields.Many2one(comodel_name="kam.complaint", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="complaint_id.partner_id", store=True, index=True)
    kind = fields.Selection(selection=KINDS, required=True)
    note = fields.Text(required=True, help="What was seen or read, where and when, so that somebody else can check it.")
    # no attachment: whoever may withdraw a note could change or delete that behind it
    document = fields.Binary(attachment=False)
    document_name = fields.Char()
    noted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    noted_on = fields.Datetime(readonly=True)
    withdrawal = fields.Text(string="Withdrawn Because", help="Why it does not count any more.")
    withdrawn_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    withdrawn_on = fields.Datetime(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if any(not (vals.get("note") or "").strip() for vals in vals_list):
            raise UserError(self.env._("Evidence needs a note: what was seen or read, where and when."))
        # no default of a context says who noted what when
        signed = {"noted_by_id": self.env.uid, "noted_on": fields.Datetime.now()}
        open_ended = {"withdrawal": False, "withdrawn_by_id": False, "withdrawn_on": False}
        notes = super().create([{**vals, **signed, **open_ended} for vals in vals_list])
        notes._check_noter()
        return notes

    def write(self, vals):
        if not vals:
            return super().write(vals)
        if vals.keys() != {"withdrawal"} or not (vals["withdrawal"] or "").strip() or any(self.mapped("withdrawn_on")):
            raise UserError(self.env._("Evidence stays as it was noted. It can be withdrawn once, with a reason."))
        self._check_withdrawer()
        return super().write({**vals, "withdrawn_by_id": self.env.uid, "withdrawn_on": fields.Datetime.now()})

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Evidence stays as it was noted. It can be withdrawn once, with a reason."))

    def _check_noter(self):
        """Raise UserError where the own review stands: it would rest on what its reviewer has seen himself."""
        # sudo: whoever notes evidence need not see reviews
        reviews = self.sudo().complaint_id.review_ids.filtered(lambda review: not review.withdrawn_on)
        if self.env.user in reviews.user_id:
            raise UserError(self.env._("You have reviewed this complaint already."))

    def _check_withdrawer(self):
        """Raise AccessError unless the user noted it or is a manager."""
        is_own = all(each.noted_by_id == self.env.user for each in self)
        if not is_own and not self.env.user.has_group("kam_connector.group_manager"):
            raise AccessError(self.env._("Whoever noted evidence withdraws it, or a key-account manager."))
