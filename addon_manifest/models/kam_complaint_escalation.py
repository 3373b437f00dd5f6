"""How far a case has escalated: the connector says which levels were reached and who is told, here they are told.

Each level tells its person once, as an activity. Of several that come at once only the highest of each clock does. When
the answer is given, or the case is settled, the open activities of that clock go, unless a person has changed them.
"""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_datetime

from .kam_complaint import ANSWERED_STATES, RESOLVED_STATES

ACTIVITY_TYPES = {
    "response": "kam_connector.mail_activity_type_escalation_response",
    "resolution": "kam_connector.mail_activity_type_escalation_resolution",
}
#: What a level of the JSON list has, and of which type: a flag is no number, a number no text.
LEVEL = {"clock": str, "level": int, "state": str, "user_id": int, "at": str, "reason_code": str, "reason_args": str}
LEVEL_STATES = ("told", "passed", "over")
#: A write of one of these may end a clock.
ENDS = {"state", "responded_at", "resolved_at", "closed_at"}
ROLES = [
    ("owner", "Responsible Person"),
    ("lead", "Team Leader"),
    ("director", "Key-Account Director"),
    ("general_manager", "General Manager"),
]


class KamComplaint(models.Model):
    # a file answers one question: how a case goes on is another one
    _inherit = "kam.complaint"  # pylint: disable=consider-merging-classes-inherited

    escalations = fields.Text(
        copy=False, readonly=True, help="Every level that was reached: when, and who was told, as the connector says."
    )
    escalation_level = fields.Integer(
        copy=False, readonly=True, aggregator=None, help="The highest level that somebody was told of."
    )
    escalation_role = fields.Selection(selection=ROLES, string="Escalated To (Role)", copy=False, readonly=True)
    escalated_to_id = fields.Many2one(comodel_name="res.users", copy=False, readonly=True)
    escalated_at = fields.Datetime(string="Escalated", copy=False, readonly=True)
    escalation_state = fields.Selection(
        selection=[("open", "Open"), ("over", "Over")],
        string="Escalation",
        copy=False,
        readonly=True,
        index=True,
        help="Over: the answer was given, or the case settled, since.",
    )
    escalation_story = fields.Text(compute="_compute_escalation_story", string="Levels Reached")

    @api.depends("escalations")
    @api.depends_context("lang", "tz")
    def _compute_escalation_story(self):
        for complaint in self:
            complaint.escalation_story = "\n".join(map(complaint._tell_level, _load(complaint.escalations))) or False

    @api.constrains("escalations")
    def _check_escalations(self):
        for complaint in self:
            levels = _load(complaint.escalations)
            if not isinstance(levels, list) or not all(map(_is_level, levels)):
                raise UserError(self.env._("The levels of the escalation must be a JSON list."))

    def write(self, vals):
        before = {complaint: _load(complaint.escalations) for complaint in self} if "escalations" in vals else {}
        result = super().write(vals)
        if vals.keys() & ENDS:
            self._end_escalations()
        for complaint, levels in before.items():
            complaint._follow_levels(levels)
        return result

    def _follow_levels(self, before):
        """Whoever a new level names is told; what is over goes."""
        self.ensure_one()
        known = {(level["clock"], level["level"]) for level in before}
        levels = _load(self.escalations)
        running = {level["clock"] for level in levels if level["state"] == "told"}
        self._drop_activities({level["clock"] for level in levels if level["state"] == "over"} - running)
        fresh = [lvl for lvl in levels if lvl["state"] == "told" and (lvl["clock"], lvl["level"]) not in known]
        highest = {level["clock"]: level for level in sorted(fresh, key=lambda level: level["level"])}
        for level in highest.values():
            self._schedule_level(level)

    def _schedule_level(self, level):
        """The person has an activity, today; the responsible one where that person may not see the case."""
        named = self.env["res.users"].browse(level["user_id"] or []).exists()
        person = next((user for user in named | self.user_id if self._is_readable_by(user)), None)
        if person is None:
            return
        # sudo: one need not read other people's settings
        theirs = self.with_context(lang=person.sudo().lang, tz=person.sudo().tz)
        theirs.activity_schedule(
            ACTIVITY_TYPES[level["clock"]],
            date_deadline=fields.Date.context_today(theirs),
            note=plaintext2html(theirs._render_level(level)),
            user_id=person.id,
        )

    def _end_escalations(self):
        """What was asked for is done: nobody needs to be reminded of it."""
        for complaint in self:
            is_settled = complaint.state == "rejected" or complaint.state in RESOLVED_STATES
            is_answered = is_settled or complaint.responded_at or complaint.state in ANSWERED_STATES
            ended = {"response"} if is_answered else set()
            complaint._drop_activities(ended | ({"resolution"} if is_settled else set()))

    def _drop_activities(self, clocks):
        """The open activities of the clocks go, but for those that a person has changed."""
        self.ensure_one()
        # an administrator may have deleted the kind
        kinds = [self.env.ref(ACTIVITY_TYPES[clock], raise_if_not_found=False) for clock in clocks]
        # sudo: the activity may be another person's, and the case decides about it
        activities = self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id in kinds)
        activities.filtered(lambda activity: activity.write_uid == activity.create_uid).unlink()

    def _tell_level(self, level):
        """Return a line for people: when, what, and who was told."""
        moment = format_datetime(self.env, fields.Datetime.to_datetime(level["at"]), dt_format="short")
        # sudo: one need not read all users to be told a name
        person = self.env["res.users"].sudo().browse(level["user_id"] or []).exists().name
        return " · ".join(part for part in (moment, self._render_level(level), person) if part)

    def _render_level(self, level):
        return self.env["kam.reason"]._render(level["reason_code"], level["reason_args"])


def _is_level(level):
    if not isinstance(level, dict) or any(type(level.get(name)) is not kind for name, kind in LEVEL.items()):
        return False
    return level["clock"] in ACTIVITY_TYPES and level["state"] in LEVEL_STATES and _is_moment(level["at"])


def _is_moment(text):
    try:
        return bool(fields.Datetime.to_datetime(text))
    except ValueError:
        return False


def _load(text):
    """Return the levels in the JSON text; none for no text or for one that is no JSON."""
    try:
        return json.loads(text) if text else []
    except ValueError:
        return None
