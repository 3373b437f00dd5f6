"""Whether a complaint is made in good faith: what the connector weighed, and what two reviewers have found.

Nothing follows from points alone. The finding stands while the complaint is suspected and two reviewers agree; the
connector may end it (new evidence) and never begins it. No message, mail or page that a customer may see has any of it.
"""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .kam_complaint_evidence import STAFF, WEIGHED
from .kam_complaint_review import REVIEWED_BANDS

ACTIVITY_TYPE = "kam_connector.mail_activity_type_evidence"
#: Who may see the reviews: the connector knows what they come to, and need not know who said what.
PEOPLE = "kam_connector.group_user"
#: The server alone writes these.
FOUND = frozenset({"is_malicious", "reviewed_on"})
REVIEWERS = 2
#: What a piece of evidence in the JSON list has, and of which type.
PIECE = {"kind": str, "points": int, "code": str, "args": str}


class KamComplaint(models.Model):
    # a file answers one question: how a case goes on is another one
    _inherit = "kam.complaint"  # pylint: disable=consider-merging-classes-inherited

    evidence_points = fields.Integer(
        string="Points of Evidence",
        copy=False,
        readonly=True,
        aggregator=None,
        groups=STAFF,
        help="What is documented against the complaint less what speaks for the customer, from 0 to 100.",
    )
    evidence_band = fields.Selection(
        selection=[("good_faith", "In Good Faith"), ("review", "To Look at Again"), ("suspected", "Suspected")],
        string="Evidence",
        copy=False,
        readonly=True,
        groups=STAFF,
        help="Suspected takes enough points from independent kinds of evidence. What it is, two reviewers decide.",
    )
    evidence = fields.Text(string="Evidence Found", copy=False, readonly=True, groups=STAFF)
    evidence_code = fields.Char(copy=False, readonly=True, groups=STAFF)
    evidence_args = fields.Text(string="Evidence Figures", copy=False, readonly=True, groups=STAFF)
    evidence_story = fields.Text(compute="_compute_evidence_story", string="What It Rests On", groups=STAFF)
    evidence_ids = fields.One2many(
        comodel_name="kam.complaint.evidence", inverse_name="complaint_id", string="Noted Evidence", groups=STAFF
    )
    review_ids = fields.One2many(
        comodel_name="kam.complaint.review", inverse_name="complaint_id", string="Reviews", groups=PEOPLE
    )
    is_malicious = fields.Boolean(
        string="Malicious",
        copy=False,
        readonly=True,
        groups=STAFF,
        help="The complaint is suspected, and two reviewers agree. Internal: never say it to the customer.",
    )
    reviewed_on = fields.Datetime(string="Last Review", copy=False, readonly=True, groups=STAFF)
    may_review = fields.Boolean(compute="_compute_may_review", groups=PEOPLE)

    @api.depends("evidence", "evidence_code", "evidence_args")
    @api.depends_context("lang")
    def _compute_evidence_story(self):
        for complaint in self:
            found = [(piece["code"], piece["args"]) for piece in _load(complaint.evidence)]
            parts = [*found, (complaint.evidence_code, complaint.evidence_args)]
            told = [self.env["kam.reason"]._render(code, args) for code, args in parts if code]
            complaint.evidence_story = "\n".join(told) or False

    @api.depends("evidence_band", "user_id", "event_ids", "evidence_ids", "review_ids.withdrawn_on")
    @api.depends_context("uid")
    def _compute_may_review(self):
        is_manager = self.env.user.has_group("kam_connector.group_manager")
        for complaint in self:
            standing = complaint.review_ids.filtered(lambda review: not review.withdrawn_on)
            is_free = self.env.user not in standing.user_id | complaint._find_involved()
            complaint.may_review = is_manager and is_free and complaint.evidence_band in REVIEWED_BANDS

    @api.constrains("evidence")
    def _check_evidence(self):
        for complaint in self:
            pieces = _load(complaint.evidence)
            if not isinstance(pieces, list) or not all(map(_is_piece, pieces)):
                raise UserError(self.env._("The evidence must be a JSON list."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_faith_owner({name for vals in vals_list for name, value in vals.items() if value})
        return super().create(vals_list)

    def write(self, vals):
        self._check_faith_owner(vals.keys())
        result = super().write(vals)
        if "evidence_band" in vals:
            # sudo: whoever wrote it may not see reviews
            self.sudo().filtered(lambda complaint: complaint.is_malicious)._settle_reviews()
        return result

    def _settle_reviews(self):
        """The finding stands or not; where a reviewer has made it stand, whoever is responsible is asked to talk."""
        # sudo: nobody writes the finding but through here
        for complaint in self.sudo():
            stood, stands = complaint.is_malicious, complaint._is_agreed_malicious()
            complaint.write({"is_malicious": stands, "reviewed_on": complaint._last_reviewed_on()})
            if stands and not stood:
                complaint.with_env(self.env)._ask_to_talk()
            if stood and not stands:
                complaint._drop_talk()

    def _find_involved(self):
        """Return who was ever responsible for the case or took a step in it, as its log says, or noted evidence."""
        # sudo: whom the reader may not see is no less involved
        case = self.sudo()
        logged = case.event_ids.user_id | case.event_ids.owner_id | case.event_ids.old_owner_id
        return case.user_id | case.create_uid | logged | case.evidence_ids.noted_by_id | case._find_tracked()

    def _find_tracked(self):
        """Return who handed the case over, from and to whom, by its chatter: older logs have none of it."""
        tracked = self.message_ids.tracking_value_ids.filtered(lambda value: value.field_id.name == "user_id")
        owners = {*tracked.mapped("old_value_integer"), *tracked.mapped("new_value_integer")} - {0}
        return tracked.create_uid | self.env["res.users"].browse(owners).exists()

    def _last_reviewed_on(self):
        """When a reviewer last wrote a review or took one back."""
        moments = [*self.review_ids.mapped("found_on"), *self.review_ids.mapped("withdrawn_on")]
        return max(filter(None, moments), default=False)

    def _is_agreed_malicious(self):
        standing = self.review_ids.filtered(lambda review: not review.withdrawn_on)
        agreed = all(review.finding == "malicious" for review in standing)
        return self.evidence_band == "suspected" and agreed and len(standing.user_id) >= REVIEWERS

    def _ask_to_talk(self):
        """The responsible person has an activity, today; the reviewer where nobody else may see the case."""
        person = self.user_id if self._is_readable_by(self.user_id) else self.env.user
        # sudo: one need not read other people's settings
        theirs = self.with_context(lang=person.sudo().lang, tz=person.sudo().tz)
        theirs.activity_schedule(ACTIVITY_TYPE, date_deadline=fields.Date.context_today(theirs), user_id=person.id)

    def _drop_talk(self):
        """The open activity goes, unless a person has changed it."""
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)  # an administrator may have deleted the kind
        activities = self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        activities.filtered(lambda activity: activity.write_uid == activity.create_uid).unlink()

    def _is_worked_on(self):
        return bool(self.evidence_ids or self.review_ids) or super()._is_worked_on()

    def _check_faith_owner(self, names):
        """Raise AccessError when a person writes what the connector weighs, or anybody what reviewers find."""
        if not self.env.su:
            self._refuse((FOUND if self._is_connector() else FOUND | WEIGHED) & set(names))


def _is_piece(piece):
    return isinstance(piece, dict) and all(type(piece.get(name)) is kind for name, kind in PIECE.items())


def _load(text):
    """Return the list in the JSON text; none for no text, and None for one that is no JSON."""
    try:
        return json.loads(text) if text else []
    except ValueError:
        return None
