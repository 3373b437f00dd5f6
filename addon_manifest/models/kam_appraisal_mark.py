"""The mark that a manager gives somebody of the own team for an item of the appraisal; nobody marks himself.

A draft counts nowhere and the one who is rated does not see it. Once released it counts, its person reads it, and it
stays as it is until it is taken back. The connector only reads it: which marks and items there are, the policy says.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

STATES = [("draft", "Draft"), ("released", "Released to Person")]
#: What is said of somebody: fixed once it is released.
SAID = frozenset({"person_id", "company_id", "period", "item_id", "mark", "note"})
#: Who rated and when, and since when it is released: the server says it.
SIGNED = frozenset({"rated_by_id", "rated_on", "released_on"})


class KamAppraisalMark(models.Model):
    _name = "kam.appraisal.mark"
    _description = "Mark of an Appraisal"
    _inherit = ["kam.derived", "kam.period", "mail.thread"]
    _order = "period desc, person_id, item_id, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    # not user_id: mail makes whoever stands there a follower, who would be told of a draft
    person_id = fields.Many2one(
        comodel_name="res.users", required=True, index=True, ondelete="restrict", tracking=True, help="Who is rated."
    )
    period = fields.Char(
        index=True, tracking=True, default=lambda self: fields.Date.context_today(self).strftime("%Y-%m")
    )
    item_id = fields.Many2one(
        comodel_name="kam.appraisal.item", required=True, index=True, ondelete="restrict", tracking=True
    )
    item = fields.Char(related="item_id.code", string="Code of the Item", store=True)
    # not tracked: the chatter would show the person the mark of an earlier draft
    mark = fields.Float(
        digits=(16, 2),
        required=True,
        aggregator="avg",
        help="From 0 to the best mark of the scale, which the policy names (5 unless it says otherwise).",
    )
    note = fields.Text(string="Grounds", help="What the mark rests on; who is rated reads it once it is released.")
    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="draft", index=True, copy=False, tracking=True
    )
    rated_by_id = fields.Many2one(comodel_name="res.users", string="Rater", readonly=True, copy=False)
    rated_on = fields.Datetime(readonly=True, copy=False)
    released_on = fields.Datetime(readonly=True, copy=False)

    _one_mark_each = models.Constraint(
        "UNIQUE(company_id, person_id, period, item_id)", "This person has a mark for this item and period already."
    )
    _mark_positive = models.Constraint("CHECK(mark >= 0)", "A mark is not below zero.")

    @api.depends("person_id", "item_id", "period")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for mark in self:
            parts = (mark.person_id.display_name, mark.item_id.display_name, mark.period)
            mark.display_name = " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            given = {name for vals in vals_list for name, value in vals.items() if value and value != "draft"}
            self._refuse_signed(given)
        signed = {**self._signed(), "state": "draft", "released_on": False}
        marks = super().create([{**vals, **signed} for vals in vals_list])
        marks._check_rater()
        return marks

    def write(self, vals):
        if not self.env.su:
            self._refuse_signed(vals.keys())
            self._check_rater()
        said = SAID & vals.keys()
        if said and any(mark.state == "released" for mark in self):
            raise UserError(self.env._("A released mark stays as it is. Take it back first."))
        result = super().write({**vals, **(self._signed() if said else {})})
        self._check_rater()
        return result

    def action_release(self):
        """The marks count, and each person reads the own ones."""
        self._check_rater()
        # sudo: nobody types since when a mark is released
        drafts = self.filtered(lambda mark: mark.state == "draft").sudo()
        return drafts.write({"state": "released", "released_on": fields.Datetime.now()})

    def action_take_back(self):
        """The marks are drafts again: they count no more, and who is rated does not see them."""
        self._check_rater()
        # sudo: as above
        return self.sudo().write({"state": "draft", "released_on": False})

    def _signed(self):
        return {"rated_by_id": self.env.uid, "rated_on": fields.Datetime.now()}

    def _refuse_signed(self, names):
        """Raise AccessError for what the server alone says."""
        refused = sorted((SIGNED | {"state"}) & set(names))
        if refused:
            raise AccessError(
                self.env._("You cannot write %(fields)s of a mark: Odoo does.", fields=", ".join(refused))
            )

    def _check_rater(self):
        """Raise AccessError unless a manager acts who is not the one that is rated."""
        if self.env.su:
            return
        self.check_access("write")
        if not self.env.user.has_group("kam_connector.group_manager"):
            raise AccessError(self.env._("Only a key-account manager rates people."))
        if self.env.user in self.person_id:
            raise AccessError(self.env._("Nobody rates himself. Somebody else has to do it."))
