"""A customer's word to pay so much by a day. People log it; the connector judges it by the cash that came in."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import format_date, formatLang

from .kam_record import KEY_FIELDS

ACTIVITY_TYPE = "kam_connector.mail_activity_type_promise"
FRIDAY = 4
STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("partly", "Partly Kept"),
    ("broken", "Broken"),
    ("cancelled", "Cancelled"),
]
#: What a person may do with the state: only the cash that came in keeps or breaks a promise.
PERSONS_MOVES = frozenset({("open", "cancelled"), ("cancelled", "open")})
#: What was said. Once a night has looked at it, or a manager has decided about it, it stays as it was said.
WORD = frozenset(
    {"partner_id", "currency_id", "amount", "promised_for", "made_on", "made_by", "move_id", "kind", "task_id"}
)
DECISION = frozenset({"approval", "approved_by", "approved_on"})


class KamPromise(models.Model):
    _name = "kam.promise"
    _description = "Promise to Pay"
    _inherit = ["kam.record", "mail.thread", "mail.activity.mixin"]
    _order = "promised_for desc, id desc"

    _kam_people_fields = WORD | DECISION | {"user_id", "how", "note"}
    _kam_shared_fields = frozenset({"state"})
    _kam_undefaulted = KEY_FIELDS | DECISION | {"state", "received", "state_on"}

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    amount = fields.Monetary(
        string="Promised",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    promised_for = fields.Date(
        string="Pays By", required=True, default=lambda self: self._next_friday(), index=True, tracking=True
    )
    made_on = fields.Date(required=True, default=fields.Date.context_today)
    made_by = fields.Many2one(
        comodel_name="res.users",
        string="Logged By",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    how = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "Visit"),
            ("email", "E-mail"),
            ("chat", "Chat"),
            ("letter", "Letter"),
            ("other", "Other"),
        ],
        default="phone",
    )
    kind = fields.Selection(
        selection=[("promise", "Promise"), ("extension", "Extension")],
        required=True,
        default="promise",
        tracking=True,
        help="An extension is a later day that we grant to an honest customer who is short of cash: a manager approves "
        "it.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        check_company=True,
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', '=', 'out_invoice'), "
        "('state', '=', 'posted')]",
        ondelete="set null",
        index="btree_not_null",
        help="The promise is about this invoice alone; empty means whatever the customer pays.",
    )
    task_id = fields.Many2one(
        comodel_name="kam.collection.task",
        string="Collection Task",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="The task that the promise answers.",
    )
    note = fields.Text()

    approval = fields.Selection(
        selection=[
            ("none", "Not Needed"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="none",
        copy=False,
        tracking=True,
    )
    approved_by = fields.Many2one(comodel_name="res.users", string="Decided By", readonly=True, copy=False)
    approved_on = fields.Datetime(string="Decided On", readonly=True, copy=False)

    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="open", index=True, copy=False, tracking=True
    )
    received = fields.Monetary(
        string="Cash Received", readonly=True, copy=False, help="Cash that came in for it, up to its last day."
    )
    state_on = fields.Date(string="Settled On", readonly=True, copy=False, help="The day that decided the state.")

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promise is about an amount above zero.")
    _days_in_order = models.Constraint(
        "CHECK(made_on <= promised_for)", "A promise is for the day on which it is made, or a later one."
    )

    @api.depends("partner_id", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            name = promise.partner_id.display_name
            promise.display_name = f"{name} · {promise._tell_amount()}" if name else self.env._("Promise to Pay")

    @api.depends("partner_id")
    def _compute_user_id(self):
        for promise in self:
            if not promise._origin or not promise.user_id:
                promise.user_id = promise.partner_id.commercial_partner_id.user_id or self.env.user

    @api.depends("company_id")
    def _compute_currency_id(self):
        for promise in self:
            if not promise._origin or not promise.currency_id:
                promise.currency_id = (promise.company_id or self.env.company).currency_id

    @api.depends("partner_id", "company_id")
    def _compute_amount(self):
        """A new promise is about what may be asked of the customer now."""
        for promise in self:
            if not promise._origin and not promise.amount:
                promise.amount = promise._find_claim()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            given = {name for vals in vals_list for name, value in vals.items() if value}
            self._refuse(given & (DECISION | {"received", "state_on"}))
            if any(vals.get("state", "open") != "open" for vals in vals_list):
                raise UserError(self.env._("A promise begins open."))
        promises = super().create([self._of_customer(vals) for vals in vals_list])
        promises._ask_for_extensions()
        promises._plan_activity()
        for promise in promises:
            promise._tell_customer()
        return promises

    def write(self, vals):
        if not self.env.su:
            self._refuse(DECISION & vals.keys())
            self._check_word(vals)
            self._check_move(vals)
        result = super().write(self._of_customer(vals))
        if "kind" in vals:
            self._ask_for_extensions()
        if {"state", "user_id", "promised_for"} & vals.keys():
            self._plan_activity()
        return result

    def action_request(self):
        """The promise needs a manager's approval: it is for a later day than the policy lets pass."""
        self.check_access("write")
        for promise in self:
            if not promise._is_person():
                raise AccessError(self.env._("Only a person asks for an approval."))
            if promise.state != "open" or promise.approval != "none":
                raise UserError(self.env._("Approval is asked for once, while the promise is open."))
        # sudo: nobody may write an approval but through here
        return self.sudo().write({"approval": "requested"})

    def action_approve(self):
        """A manager who did not log it grants the day."""
        return self._decide("approved")

    def action_refuse(self):
        """A manager who did not log it does not grant the day: the promise is cancelled."""
        self._decide("refused")
        return self.write({"state": "cancelled"})

    def action_cancel(self):
        return self.write({"state": "cancelled"})

    def action_reopen(self):
        return self.write({"state": "open"})

    @api.model
    def _open_dialog(self, partner, company, task=None):
        """Return the action that opens the dialog for a promise of the customer."""
        context = {
            "default_partner_id": partner.commercial_partner_id.id,
            "default_company_id": company.id,
            "default_task_id": task.id if task else False,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Promise"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(self.env.ref("kam_connector.kam_promise_view_form_dialog").id, "form")],
            "target": "new",
            "context": context,
        }

    @api.model
    def _next_friday(self):
        today = fields.Date.context_today(self)
        return today + timedelta(days=(FRIDAY - today.weekday() - 1) % 7 + 1)

    @api.model
    def _find_claim(self):
        """Return what may be asked of the customer: the open task's amount, else the overdue figures less the rest."""
        owner = [
            ("partner_id", "=", self.partner_id.commercial_partner_id.id),
            ("company_id", "=", (self.company_id or self.env.company).id),
        ]
        task = self.env["kam.collection.task"].search([*owner, ("state", "=", "open")], order="level desc", limit=1)
        if task:
            return task.amount
        customer = self.env["kam.customer"].search(owner, limit=1)
        return max(0.0, customer.overdue - customer.unapplied - customer.pending - customer.disputed)

    def _tell_amount(self):
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def _tell_customer(self):
        """A line on the customer, where colleagues look first."""
        # sudo: who may log the promise need not be able to change the customer
        self.partner_id.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._(
                "Promised to pay %(amount)s by %(day)s: %(link)s",
                amount=self._tell_amount(),
                day=format_date(self.env, self.promised_for),
                link=self._get_html_link(self.env._("Promise to Pay")),
            ),
        )

    def _ask_for_extensions(self):
        """An extension waits for a manager; the approval of what is no extension any more is not needed."""
        waiting = self.filtered(lambda promise: promise.kind == "extension" and promise.approval == "none")
        over = self.filtered(lambda promise: promise.kind == "promise" and promise.approval == "requested")
        # sudo: nobody may write an approval by hand
        waiting.sudo().write({"approval": "requested"})
        over.sudo().write({"approval": "none"})

    def _check_word(self, vals):
        """Raise UserError when somebody rewrites what was said after it has been looked at or decided about."""
        if WORD & vals.keys() and any(
            promise.kam_run or promise.approval in ("approved", "refused") for promise in self
        ):
            raise UserError(
                self.env._("A promise stays as it was made. Log a new one, and cancel this one if it no longer holds.")
            )

    def _check_move(self, vals):
        """Raise unless a person may bring every promise to the state; the connector goes by the cash."""
        if "state" not in vals or self._is_connector():
            return
        for promise in self.filtered(lambda promise: promise.state != vals["state"]):
            is_refused = promise.approval == "refused" and vals["state"] == "open"
            if is_refused or (promise.state, vals["state"]) not in PERSONS_MOVES:
                raise UserError(self.env._("%(promise)s: this step is not possible.", promise=promise.display_name))

    def _decide(self, approval):
        self.check_access("write")
        if not self.env.user.has_group("kam_connector.group_manager"):
            raise AccessError(self.env._("Only a key-account manager grants a later day."))
        if self.env.user in self.made_by | self.create_uid:
            raise AccessError(self.env._("You logged this promise. Somebody else has to decide about it."))
        if any(promise.state != "open" or promise.approval != "requested" for promise in self):
            raise ValidationError(self.env._("There is nothing to decide: no approval is asked for."))
        # sudo: nobody may write an approval but through here
        return self.sudo().write(
            {"approval": approval, "approved_by": self.env.uid, "approved_on": fields.Datetime.now()}
        )

    def _plan_activity(self):
        """An open promise has one activity on its day, for a responsible person who may see it; one that is over has
        none."""
        activity_type = self.env.ref(ACTIVITY_TYPE)
        for promise in self:
            # sudo: the activity may be another person's, and the promise decides about it
            activities = promise.sudo().activity_ids.filtered(lambda act: act.activity_type_id == activity_type)
            if promise.state in ("kept", "partly", "broken"):
                activities.action_feedback()
            elif promise.state == "cancelled" or not promise._is_readable_by(promise.user_id):
                activities.unlink()
            elif activities:
                activities.write({"user_id": promise.user_id.id, "date_deadline": promise.promised_for})
            else:
                # sudo: one need not read other people's settings
                theirs = promise.with_context(lang=promise.user_id.sudo().lang)
                theirs.activity_schedule(ACTIVITY_TYPE, date_deadline=promise.promised_for, user_id=promise.user_id.id)
