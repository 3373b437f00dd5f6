"""A payee's objection to a payout or to one of its lines: raised by the payee alone, answered by an accountant.

While one is open the payout is neither approved nor paid. A payout that is approved stays as it is, whatever the answer
is: when what was wrong is put right (the invoice, the share, the target), the connector states the difference in the
payout of the first open period.
"""

from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .kam_record import KEY_FIELDS

ACTIVITY_TYPE = "kam_connector.mail_activity_type_objection"
ACCOUNTANT = "kam_connector.group_accountant"
STATES = [("open", "Open"), ("accepted", "Upheld"), ("rejected", "Dismissed"), ("withdrawn", "Withdrawn")]
ANSWERS = frozenset({"accepted", "rejected"})
#: What was objected to. It stays as it was said: who wants to say something else withdraws it and raises another.
SAID = frozenset({"payout_id", "line_id", "text"})
#: Who did what and when: the server says it.
SIGNED = frozenset({"raised_by", "raised_on", "answered_by", "answered_on"})
SHORT = 50


class KamPayoutObjection(models.Model):
    _name = "kam.payout.objection"
    _description = "Objection to a Payout"
    _inherit = ["kam.record", "mail.thread", "mail.activity.mixin"]
    _order = "raised_on desc, id desc"

    _kam_people_fields = SAID | SIGNED | {"state", "answer"}
    _kam_undefaulted = KEY_FIELDS | SIGNED | {"state", "answer"}

    payout_id = fields.Many2one(
        comodel_name="kam.payout", required=True, index=True, ondelete="restrict", check_company=True
    )
    line_id = fields.Many2one(
        comodel_name="kam.payout.line",
        string="Payout Line",
        domain="[('payout_id', '=', payout_id)]",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The document that it is about; empty means the whole payout.",
    )
    payee_id = fields.Many2one(related="payout_id.payee_id", store=True, index=True)
    plan = fields.Char(related="payout_id.plan", store=True)
    period = fields.Char(related="payout_id.period", store=True, index=True)
    payout_state = fields.Selection(related="payout_id.state", string="State of the Payout")
    text = fields.Text(string="Objection", required=True, help="What is wrong, and what would be right.")
    raised_by = fields.Many2one(comodel_name="res.users", string="Objected By", readonly=True, copy=False)
    raised_on = fields.Datetime(string="Objected On", readonly=True, copy=False, index=True)
    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="open", index=True, copy=False, tracking=True
    )
    answer = fields.Text(copy=False, tracking=True, help="Why it is upheld or dismissed; the payee reads it.")
    answered_by = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    answered_on = fields.Datetime(readonly=True, copy=False)
    may_answer = fields.Boolean(compute="_compute_mine")
    is_mine = fields.Boolean(compute="_compute_mine")

    @api.depends("payout_id", "text")
    def _compute_display_name(self):
        for objection in self:
            parts = (objection.payout_id.display_name, shorten(objection.text or "", SHORT, placeholder="…"))
            objection.display_name = " · ".join(part for part in parts if part)

    @api.depends("raised_by", "payee_id", "company_id")
    @api.depends_context("uid")
    def _compute_mine(self):
        for objection in self:
            objection.is_mine = objection.raised_by == self.env.user
            objection.may_answer = objection._may_answer(self.env.user)

    @api.constrains("text")
    def _check_text(self):
        if any(not objection.text.strip() for objection in self):
            raise UserError(self.env._("Say what is wrong with the payout, and what would be right."))

    @api.constrains("payout_id", "line_id")
    def _check_line(self):
        if any(objection.line_id and objection.line_id.payout_id != objection.payout_id for objection in self):
            raise UserError(self.env._("The line belongs to another payout."))

    @api.model_create_multi
    def create(self, vals_list):
        objections = super().create([self._as_raised(vals) for vals in vals_list])
        for objection in objections:
            objection._tell_payout(self.env._("An objection was raised: %(link)s", link=objection._link()))
        objections._plan_activities()
        return objections

    def write(self, vals):
        if not self.env.su:
            self._refuse((SAID | SIGNED | {"company_id"}) & vals.keys())
        if "answer" in vals:
            self._check_answerer()
        moved = self.filtered(lambda objection: objection.state != vals.get("state", objection.state))
        for objection in moved:
            objection._check_step(vals)
        signed = {"answered_by": self.env.uid, "answered_on": fields.Datetime.now()}
        result = super().write({**vals, **(signed if moved and vals["state"] in ANSWERS else {})})
        moved._tell_answer()
        moved._plan_activities()
        return result

    def action_accept(self):
        """The payee is right. An approved payout stays as it is; the difference is in the first open period."""
        return self.write({"state": "accepted"})

    def action_reject(self):
        return self.write({"state": "rejected"})

    def action_withdraw(self):
        """The payee does not object any more."""
        return self.write({"state": "withdrawn"})

    @api.model
    def _open_dialog(self, payout, line=None):
        """Return the action that opens the dialog for an objection to the payout or to its line."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Raise Objection"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(self.env.ref("kam_connector.kam_payout_objection_view_form_dialog").id, "form")],
            "target": "new",
            "context": {
                "default_payout_id": payout.id,
                "default_line_id": line.id if line else False,
                "default_company_id": payout.company_id.id,
            },
        }

    def _as_raised(self, vals):
        """Return the values of a new objection; raise unless the payee of the payout raises it."""
        payout = self.env["kam.payout"].browse(vals.get("payout_id"))
        if not self.env.su:
            self._refuse({name for name, value in vals.items() if value} & (SIGNED | {"answer"}))
            if vals.get("state", "open") != "open":
                raise UserError(self.env._("An objection begins open."))
            if payout.payee_id != self.env.user:
                raise AccessError(self.env._("Only who receives a payout objects to it."))
        raised = {"raised_by": self.env.uid, "raised_on": fields.Datetime.now(), "state": "open"}
        return {**vals, **raised, "company_id": payout.company_id.id}

    def _check_step(self, vals):
        """Raise unless this person may bring the objection to the state, and an answer stands in it."""
        if self.state != "open":
            raise UserError(
                self.env._("%(objection)s: it is over. The payee may raise another one.", objection=self.display_name)
            )
        if vals["state"] == "withdrawn":
            if not self.env.su and self.raised_by != self.env.user:
                raise AccessError(self.env._("Only who raised an objection withdraws it."))
            return
        self._check_answerer()
        if not (vals.get("answer", self.answer) or "").strip():
            raise UserError(
                self.env._("%(objection)s: write the answer first, the payee reads it.", objection=self.display_name)
            )

    def _check_answerer(self):
        """Raise unless the objections are open, and an accountant acts who does not receive the payout."""
        for objection in self:
            if objection.state != "open":
                raise UserError(self.env._("An answer stays as it was given."))
            if self.env.su:
                continue
            if not self.env.user.has_group(ACCOUNTANT):
                raise AccessError(
                    self.env._("Only an accountant of the key-account programme answers an objection to a payout.")
                )
            if not objection._may_answer(self.env.user):
                raise AccessError(self.env._("The objection is about your own payout. Somebody else has to answer it."))

    def _may_answer(self, user):
        """Whether the user is an accountant of the company who neither receives the payout nor raised the objection."""
        user = user.sudo()  # sudo: one need not read the rights of others
        is_own = user in self.sudo().payee_id | self.raised_by
        return user.active and not is_own and self.company_id <= user.company_ids and user.has_group(ACCOUNTANT)

    def _find_answerers(self):
        """Return who approved the payout, else every accountant who may answer."""
        objection = self.sudo()  # sudo: the payee need not read the members of a group
        accountants = objection.env.ref(ACCOUNTANT).all_user_ids - objection.env.ref("base.user_root")
        found = (objection.payout_id.approved_by or accountants).filtered(objection._may_answer)
        return (found or accountants.filtered(objection._may_answer)).with_env(self.env)

    def _plan_activities(self):
        """An open objection waits for an answer; one that is over waits for nobody."""
        activity_type = self.env.ref(ACTIVITY_TYPE)
        today = fields.Date.context_today(self)
        for objection in self:
            # sudo: the activities are other people's, and the objection decides about them
            activities = objection.sudo().activity_ids.filtered(lambda act: act.activity_type_id == activity_type)
            if objection.state == "withdrawn":
                activities.unlink()
            elif objection.state != "open":
                activities.action_feedback()
            else:
                for person in objection._find_answerers():
                    # sudo: one need not read other people's settings
                    theirs = objection.with_context(lang=person.sudo().lang)
                    theirs.activity_schedule(ACTIVITY_TYPE, date_deadline=today, user_id=person.id)

    def _tell_answer(self):
        """The payee is told the answer, and the payout has a line of what became of the objection."""
        states = dict(self._fields["state"]._description_selection(self.env))
        for objection in self:
            told = {"state": states[objection.state], "link": objection._link()}
            if objection.state == "accepted" and objection.payout_state != "draft":
                note = self.env._(
                    "Objection, %(state)s: %(link)s. The payout stays as it is; what changes is in the payout of the "
                    "first open period.",
                    **told,
                )
            else:
                note = self.env._("Objection, %(state)s: %(link)s", **told)
            objection._tell_payout(note)
            if objection.state in ANSWERS:
                objection.message_post(body=objection.answer, subtype_xmlid="mail.mt_comment")

    def _tell_payout(self, body):
        # sudo: who may raise the objection need not be able to change the payout
        self.payout_id.sudo().message_post(author_id=self.env.user.partner_id.id, body=body)

    def _link(self):
        return self._get_html_link(shorten(self.text, SHORT, placeholder="…"))
