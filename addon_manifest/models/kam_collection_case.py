"""A customer's debts that are past the limit: what becomes of them is proposed by one person and decided by another.

The connector opens the case, keeps its figures up to date while nobody has decided, and closes it when the debts are
paid. Nothing is posted from here: an approved write-off or provision is booked by an accountant.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from .kam_collection_task import CAUSES
from .kam_customer import PAYER_CLASSES
from .kam_record import KEY_FIELDS

ACTIVITY_TYPE = "kam_connector.mail_activity_type_case"
PROPOSALS = [
    ("provision", "Provision"),
    ("instalments", "Instalments"),
    ("legal", "Legal Action"),
    ("write_off", "Write-off"),
]
#: What proves a loss to auditors and the tax office.
EVIDENCE = [
    ("judgment", "Judgment or Award"),
    ("enforcement", "Enforcement Ended"),
    ("bankruptcy", "Bankruptcy or Liquidation"),
    ("deregistered", "Licence Revoked or Deregistered"),
    ("settlement", "Restructuring Agreement"),
    ("overdue", "Years Overdue, Special Report"),
    ("death", "Death or Disappearance"),
    ("other", "Other"),
]
#: The allowed (from, to) pairs of the state, and whether it takes a manager or an accountant.
STEPS = {
    ("open", "proposed"): False,
    ("proposed", "open"): False,
    ("proposed", "approved"): True,
    ("proposed", "refused"): True,
    ("open", "closed"): True,
    ("approved", "closed"): True,
    ("refused", "open"): True,
    ("closed", "open"): True,
}
#: What is signed with each state; "open" takes the signatures back.
SIGNATURES = frozenset({"proposed_by", "proposed_on", "decided_by", "decided_on"})
#: What was proposed stays as it is once it is decided.
PROPOSED = frozenset({"proposal", "cause_code", "expected_recovery"})
SEALED = ("approved", "closed")


class KamCollectionCase(models.Model):
    _name = "kam.collection.case"
    _description = "Bad-Debt Case"
    _inherit = ["kam.record", "kam.internal", "mail.activity.mixin"]
    _order = "amount desc, id"

    _kam_people_fields = (
        SIGNATURES | PROPOSED | {"user_id", "approver_id", "state", "note", "evidence", "evidence_ref", "evidence_date"}
    )
    _kam_undefaulted = KEY_FIELDS | SIGNATURES | {"state"}

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Responsible", index=True, tracking=True, domain="[('share', '=', False)]"
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    amount = fields.Monetary(
        tracking=True,
        help="What may be claimed of the debts over the limit: net of open credits, neither disputed nor on its way.",
    )
    oldest_item = fields.Integer(string="Oldest Journal Item", aggregator=None, help="The case was opened for it.")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Oldest Invoice",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    due_date = fields.Date(string="Oldest Due Date")
    overdue_days = fields.Integer(string="Days Overdue", aggregator="max")
    payer_class = fields.Selection(selection=PAYER_CLASSES, string="Payer")
    advice = fields.Selection(
        selection=PROPOSALS, string="Advised", help="By the policy: days past due, class of payer, cause."
    )

    proposal = fields.Selection(selection=PROPOSALS, tracking=True)
    cause_code = fields.Selection(
        selection=CAUSES, string="Cause", tracking=True, help="Why the customer does not pay."
    )
    expected_recovery = fields.Monetary(help="What is still expected to come in; the rest is the loss.")
    evidence = fields.Selection(
        selection=EVIDENCE, tracking=True, help="What proves the loss to auditors and the tax office."
    )
    evidence_ref = fields.Char(string="Document Number", help="Number of the judgment, notice or report.")
    evidence_date = fields.Date(string="Document Date")
    note = fields.Text()

    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="To Decide",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Filled with the team's leader, else an accountant, when the case is proposed.",
    )
    proposed_by = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    proposed_on = fields.Datetime(readonly=True, copy=False)
    decided_by = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)

    @api.depends("partner_id", "currency_id", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for case in self:
            name = case.partner_id.display_name
            case.display_name = f"{name} · {case._tell_amount()}" if name else self.env._("Bad-Debt Case")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse({name for vals in vals_list for name, value in vals.items() if value} & SIGNATURES)
            if any(vals.get("state", "open") != "open" for vals in vals_list):
                raise UserError(self.env._("A case begins open."))
        cases = super().create(vals_list)
        cases._plan_activity()
        return cases

    def write(self, vals):
        if not self.env.su:
            self._refuse(SIGNATURES & vals.keys())
        self._check_sealed(vals)
        moved = self.filtered(lambda case: case.state != vals.get("state", case.state))
        if moved and not self._find_closings(vals):
            moved._check_step(vals)
        result = super().write(vals)
        if moved:
            moved._sign(vals["state"])
        if moved or {"user_id", "approver_id"} & vals.keys():
            self._plan_activity()
        return result

    def action_propose(self):
        """The proposal goes to a manager or an accountant, who decides."""
        return self.write({"state": "proposed"})

    def action_approve(self):
        """Somebody who did not propose it approves; the figures do not change any more."""
        return self.write({"state": "approved"})

    def action_refuse(self):
        return self.write({"state": "refused"})

    def action_take_back(self):
        """The proposal is taken back, or a decided case begins anew."""
        return self.write({"state": "open"})

    def action_close(self):
        """It is done: booked, paid, or given up."""
        return self.write({"state": "closed"})

    def action_open_invoices(self):
        """Open the customer's unpaid invoices, the oldest first."""
        self.ensure_one()
        return self.env["kam.collection.task"]._open_invoices(self.partner_id, self.company_id)

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def _filter_locked(self):
        return self.filtered(lambda case: case.state in SEALED)

    def _find_closings(self, vals):
        """The connector closes an open case whose debts are paid, whoever has noted something on it."""
        is_over = vals.get("state") == "closed" and all(case.state == "open" for case in self)
        return frozenset({"state"}) if is_over and self._is_connector() else frozenset()

    def _check_sealed(self, vals):
        """Raise UserError when somebody rewrites a proposal that was decided."""
        if PROPOSED & vals.keys() and any(case.state not in ("open", "proposed") for case in self):
            raise UserError(self.env._("The case is decided: what was proposed stays as it is."))

    def _check_step(self, vals):
        """Raise unless this person may bring every case to the state, and the case has what it takes."""
        state = vals["state"]
        for case in self:
            if (case.state, state) not in STEPS:
                raise UserError(self.env._("%(case)s: this step is not possible.", case=case.display_name))
            if STEPS[case.state, state]:
                case._check_decider()
            case._check_complete(state, vals)

    def _check_decider(self):
        """Raise AccessError unless a manager or an accountant acts who did not propose."""
        if not self._may_decide(self.env.user):
            raise AccessError(self.env._("Only a key-account manager or accountant decides about a bad debt."))
        if self.state == "proposed" and self.env.user == self.proposed_by:
            raise AccessError(self.env._("You proposed this. Somebody else has to decide about it."))

    def _check_complete(self, state, vals):
        """Raise UserError while the case lacks what the state needs: proposal and cause, for a write-off a proof."""
        given = {name: vals.get(name, self[name]) for name in ("proposal", "cause_code", "evidence", "evidence_ref")}
        if state in ("proposed", "closed") and not given["cause_code"]:
            raise UserError(self.env._("%(case)s: say why the customer does not pay (cause).", case=self.display_name))
        if state == "proposed" and not given["proposal"]:
            raise UserError(self.env._("%(case)s: say what you propose.", case=self.display_name))
        proven = given["evidence"] and (given["evidence_ref"] or "").strip()
        if state == "approved" and given["proposal"] == "write_off" and not proven:
            raise UserError(
                self.env._(
                    "%(case)s: a write-off needs its evidence, with the number of the document.",
                    case=self.display_name,
                )
            )

    def _sign(self, state):
        """The signatures that go with the state are on the cases."""
        me, now = self.env.uid, fields.Datetime.now()
        signed = {
            "open": dict.fromkeys(SIGNATURES, False),
            "proposed": {"proposed_by": me, "proposed_on": now},
            "approved": {"decided_by": me, "decided_on": now},
            "refused": {"decided_by": me, "decided_on": now},
        }.get(state)
        if signed:
            self.sudo().write(signed)  # sudo: nobody may write a signature but through here
        if state == "proposed":
            for case in self.filtered(lambda case: not case._may_decide(case.approver_id)):
                case.approver_id = case._find_approver()

    def _may_decide(self, user):
        """Whether the user may decide about the case, had somebody else proposed it."""
        user = user.sudo()  # sudo: one need not read the rights of others
        groups = ("kam_connector.group_manager", "kam_connector.group_accountant")
        return user.active and self.company_id <= user.company_ids and any(user.has_group(name) for name in groups)

    def _find_approver(self):
        """Return who decides: the leader of the responsible person's team, else an accountant; never the proposer."""
        # sudo: one need not read teams and groups
        case = self.sudo()
        leaders = case.user_id.crm_team_member_ids.crm_team_id.user_id
        accountants = case.env.ref("kam_connector.group_accountant").all_user_ids.sorted("id")
        root = case.env.ref("base.user_root")
        for user in (leaders | accountants) - case.proposed_by - root:
            if self._may_decide(user):
                return user.with_env(self.env)
        return self.env["res.users"]

    def _tell_amount(self):
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def _plan_activity(self):
        """An open case waits for the responsible person's proposal, a proposed one for the decision; others wait for
        nobody."""
        activity_type = self.env.ref(ACTIVITY_TYPE)
        for case in self:
            # sudo: the activity may be another person's, and the case decides about it
            activities = case.sudo().activity_ids.filtered(lambda act: act.activity_type_id == activity_type)
            person = case._find_next_person()
            if not person:
                activities.action_feedback()
            elif activities.user_id != person:
                activities.unlink()
                in_their_language = case.with_context(lang=person.sudo().lang)  # sudo: others' settings
                in_their_language.activity_schedule(
                    ACTIVITY_TYPE, date_deadline=fields.Date.context_today(case), user_id=person.id
                )

    def _find_next_person(self):
        """Return whose turn it is, if that person may see the case."""
        if self.state == "open" and self._is_readable_by(self.user_id):
            return self.user_id
        if self.state == "proposed" and self._may_decide(self.approver_id):
            return self.approver_id
        return self.env["res.users"]
