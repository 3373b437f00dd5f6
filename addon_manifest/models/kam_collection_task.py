"""A task to collect what a customer owes: made by the rules, worked on by the salesperson, once an item and step."""

from odoo import api, fields, models
from odoo.exceptions import UserError

ACTIVITY_TYPES = {
    "user_id": "kam_connector.mail_activity_type_collection",
    "manager_id": "kam_connector.mail_activity_type_collection_manager",
}
RUNGS = [
    ("0", "Before It Is Overdue"),
    ("1", "Level 1"),
    ("2", "Level 2"),
    ("3", "Level 3"),
    ("4", "Level 4"),
    ("5", "Level 5"),
    ("6", "Level 6"),
    ("7", "Level 7"),
    ("8", "Level 8"),
    ("9", "Level 9 and Above"),
]
CHANNELS = [
    ("call", "Call"),
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("visit", "Visit"),
    ("manager", "Talk with the Manager"),
]
TONES = [
    ("friendly", "Friendly"),
    ("neutral", "Neutral"),
    ("firm", "Firm"),
    ("straight", "Straightforward"),
]
CAUSES = [
    ("policy", "Our Sales Terms"),
    ("attitude", "Salesperson: Attitude"),
    ("management", "Our Sales Management"),
    ("knowledge", "Salesperson: Knowledge"),
    ("cash", "Customer: Short of Cash"),
    ("dispute", "Customer: Dispute"),
    ("insolvency", "Customer: Insolvent"),
    ("bad_faith", "Customer: Bad Faith"),
    ("other", "Other"),
]


class KamCollectionTask(models.Model):
    _name = "kam.collection.task"
    _description = "Collection Task"
    _inherit = ["kam.record", "mail.thread", "mail.activity.mixin"]
    _order = "state, priority desc, date_deadline, id"

    _kam_people_fields = frozenset({"user_id", "manager_id", "date_deadline", "state", "cause_code", "note"})
    _kam_shared_fields = frozenset({"call_at"})
    _kam_closings = frozenset({("state", "open", "done")})

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
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who leads the salesperson's team, from the level on that the policy names.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    step = fields.Char(help="The step of the dunning plan in the policy file.")
    step_label = fields.Char(string="Step of Dunning", compute="_compute_step_label")
    level = fields.Integer(aggregator=None, help="0: asked before the debt is overdue.")
    rung = fields.Selection(selection=RUNGS, string="Level of Dunning", compute="_compute_rung", store=True, index=True)
    channel = fields.Selection(selection=CHANNELS, help="How the customer is asked.")
    tone = fields.Selection(selection=TONES, help="In which tone the customer is asked.")
    call_at = fields.Datetime(help="The customer's opening hour on the day on which money is due.")
    advice_code = fields.Char(copy=False, readonly=True)
    advice_args = fields.Text(string="Advice Figures", copy=False, readonly=True)
    advice = fields.Text(compute="_compute_advice", string="How to Ask")
    amount = fields.Monetary(help="What may be asked for: overdue less unapplied, pending and disputed.")
    overdue_days = fields.Integer(string="Days Overdue", aggregator="max")
    oldest_item = fields.Integer(string="Oldest Journal Item", aggregator=None, help="Id of the oldest open item.")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Oldest Invoice",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    priority = fields.Float(digits=(16, 2), aggregator="max", help="The worklist is sorted by it, highest first.")
    priority_args = fields.Text(string="Priority Figures", copy=False, readonly=True)
    priority_reason = fields.Text(compute="_compute_priority_reason", string="Why It Is Urgent")
    date_deadline = fields.Date(string="Deadline", index=True, tracking=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        index=True,
        tracking=True,
    )
    cause_code = fields.Selection(selection=CAUSES, string="Cause", tracking=True, help="Why the customer pays late.")
    note = fields.Text()
    customer_id = fields.Many2one(comodel_name="kam.customer", compute="_compute_customer_id", string="Figures")
    tier_id = fields.Many2one(related="customer_id.current_tier_id", related_sudo=False, string="Tier")
    tier_color = fields.Integer(related="customer_id.tier_color", related_sudo=False, string="Tier Colour")
    phone = fields.Char(related="partner_id.phone", related_sudo=False)
    email = fields.Char(related="partner_id.email", related_sudo=False)

    @api.depends("partner_id", "step", "step_label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for task in self:
            parts = (task.partner_id.display_name, task.step_label)
            task.display_name = " · ".join(part for part in parts if part) or self.env._("Collection Task")

    @api.depends("step")
    @api.depends_context("lang")
    def _compute_step_label(self):
        for task in self:
            task.step_label = self.env["kam.reason"]._name_step(task.step)

    @api.depends("level")
    def _compute_rung(self):
        for task in self:
            task.rung = str(min(max(task.level, 0), 9))

    @api.depends("advice_code", "advice_args")
    @api.depends_context("lang")
    def _compute_advice(self):
        for task in self:
            task.advice = self.env["kam.reason"]._render(task.advice_code, task.advice_args)

    @api.depends("priority_args")
    @api.depends_context("lang")
    def _compute_priority_reason(self):
        for task in self:
            code = "priority.points" if task.priority_args else False
            task.priority_reason = self.env["kam.reason"]._render(code, task.priority_args)

    @api.depends("company_id", "partner_id")
    @api.depends_context("uid")
    def _compute_customer_id(self):
        found = self.env["kam.customer"]._find_figures(self)
        for task in self:
            task.customer_id = found.get((task.company_id, task.partner_id), False)

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._schedule_activity()
        return tasks

    def write(self, vals):
        was_open = self._filter_open()
        if vals.get("state", "open") != "open" and not self._find_closings(vals):
            was_open._check_cause(vals)
        result = super().write(vals)
        if {"user_id", "manager_id", "date_deadline"} & vals.keys():
            (was_open & self._filter_open())._move_activity(vals)
        if "state" in vals:
            (was_open - self._filter_open())._close_activity()
            (self._filter_open() - was_open)._schedule_activity()
        return result

    def action_done(self):
        return self.write({"state": "done"})

    def action_cancel(self):
        return self.write({"state": "cancelled"})

    def action_reopen(self):
        return self.write({"state": "open"})

    def action_open_done_dialog(self):
        """Open the dialog that asks for the cause, without which no person closes a task."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark Done"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("kam_connector.kam_collection_task_view_form_done").id, "form")],
            "target": "new",
        }

    def action_open_partner(self):
        return self.customer_id.action_open_partner() if self.customer_id else self.partner_id.get_formview_action()

    def action_open_promise_dialog(self):
        """Open the dialog in which the customer's promise is logged."""
        self.ensure_one()
        return self.env["kam.promise"]._open_dialog(self.partner_id, self.company_id, self)

    def action_open_invoices(self):
        """Open the customer's unpaid invoices, the oldest first."""
        self.ensure_one()
        return self._open_invoices(self.partner_id, self.company_id)

    @api.model
    def _open_invoices(self, partner, company):
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {
            **action,
            "domain": [
                ("commercial_partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment", "blocked")),
            ],
            "context": {"create": False},
        }

    def _check_cause(self, vals):
        """Raise UserError when a task is closed of which nobody says why the customer pays late."""
        without = self.filtered(lambda task: not vals.get("cause_code", task.cause_code))
        if without:
            raise UserError(
                self.env._(
                    "Say why the customer pays late (cause) before the task is closed: %(tasks)s.",
                    tasks=", ".join(without.mapped("display_name")),
                )
            )

    def _filter_open(self):
        return self.filtered(lambda task: task.state == "open")

    def _schedule_activity(self):
        """Each open task has one activity for the responsible person, and one for the manager where it names one."""
        for task in self._filter_open():
            for role in ACTIVITY_TYPES:
                if task._is_told(role) and not task._find_activities(role):
                    task._schedule_for(role)

    def _schedule_for(self, role):
        person = self[role]
        # sudo: the service user need not read other people's settings
        in_their_language = self.with_context(lang=person.sudo().lang)
        self.activity_schedule(
            ACTIVITY_TYPES[role],
            date_deadline=self.date_deadline or fields.Date.context_today(self),
            summary=in_their_language.step_label or False,
            user_id=person.id,
        )

    def _is_told(self, role):
        """Whether the person in this role may see the task; a manager who is responsible anyway is told once."""
        person = self[role]
        if not self._is_readable_by(person):
            return False
        if role == "user_id":
            return True
        theirs = self.with_user(person).with_context(allowed_company_ids=self.company_id.ids)
        return person != self.user_id and theirs.has_access("read")

    def _move_activity(self, vals):
        """The open activities follow the task to its new people or day."""
        for task in self:
            for role in ACTIVITY_TYPES:
                activities = task._find_activities(role)
                if not task._is_told(role):
                    activities.unlink()
                    continue
                changed = {"user_id": vals.get(role), "date_deadline": vals.get("date_deadline")}
                values = {"user_id": task[role].id, "date_deadline": task.date_deadline}
                activities.write({name: values[name] for name in values if changed[name]})
        self._schedule_activity()

    def _close_activity(self):
        for task in self:
            activities = task._find_activities(*ACTIVITY_TYPES)
            if task.state == "done":
                activities.action_feedback(feedback=task.note or False)
            else:
                activities.unlink()

    def _find_activities(self, *roles):
        # sudo: the activity may be another person's, and the task decides about it
        activity_types = [self.env.ref(ACTIVITY_TYPES[role]) for role in roles]
        return self.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id in activity_types)
