"""An early warning: a customer is in danger of being lost, by which rule, and the playbook's tasks as activities.

The connector raises it and clears it; a warning that is raised anew is another record. The tasks come once, with the
record: one that a person did or cancelled is not made again, and those that nobody has touched go with the warning,
also those that the connector made on the customer while there was no addon.
"""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

ACTIVITY_TYPE = "kam_connector.mail_activity_type_warning"
MEASURES = [
    ("order_gap", "No Orders"),
    ("volume_fall", "Volume Falls"),
    ("margin_fall", "Margin Falls"),
    ("categories_lost", "Categories Lost"),
    ("offers_lost", "Offers Lost"),
    ("overdue_rise", "Overdue Debts Rise"),
    ("complaints", "Many Complaints"),
    ("contacts_gone", "Contact Gone"),
    ("credit_used", "Credit Nearly Used Up"),
]
SEVERITIES = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class KamWarning(models.Model):
    _name = "kam.warning"
    _description = "Early Warning"
    _inherit = ["kam.record", "kam.internal", "mail.activity.mixin"]
    _order = "state desc, raised_on desc, id desc"

    _kam_people_fields = frozenset({"user_id", "note"})

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    rule = fields.Char(readonly=True, index=True, help="The rule's code in the policy file.")
    rule_names = fields.Text(readonly=True, help="The rule's name by language, as the policy has it.")
    label = fields.Char(string="Warning", compute="_compute_label")
    measure = fields.Selection(selection=MEASURES, string="What Is Watched", readonly=True, index=True)
    severity = fields.Selection(selection=SEVERITIES, readonly=True, tracking=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("cleared", "Cleared")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
    )
    raised_on = fields.Date(readonly=True, index=True)
    cleared_on = fields.Date(readonly=True, copy=False)
    figure = fields.Float(
        digits=(16, 4), readonly=True, aggregator=None, help="The watched figure when the warning was written."
    )
    raise_at = fields.Float(
        digits=(16, 4), readonly=True, aggregator=None, help="The warning is raised from this figure on."
    )
    clear_at = fields.Float(
        digits=(16, 4), readonly=True, aggregator=None, help="The warning is cleared below this figure."
    )
    clear_code = fields.Char(copy=False, readonly=True)
    clear_args = fields.Text(string="Clearing Figures", copy=False, readonly=True)
    clear_reason = fields.Text(compute="_compute_clear_reason", string="Why It Was Cleared")
    playbook = fields.Text(
        copy=False, readonly=True, help="The tasks of the rule when the warning was written: titles, people, deadlines."
    )
    note = fields.Text()
    customer_id = fields.Many2one(comodel_name="kam.customer", compute="_compute_customer_id", string="Figures")
    tier_id = fields.Many2one(related="customer_id.current_tier_id", related_sudo=False, string="Tier")
    tier_color = fields.Integer(related="customer_id.tier_color", related_sudo=False, string="Tier Colour")

    @api.depends("partner_id", "label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for warning in self:
            parts = (warning.partner_id.display_name, warning.label)
            warning.display_name = " · ".join(part for part in parts if part) or self.env._("Early Warning")

    @api.depends("rule", "rule_names")
    @api.depends_context("lang")
    def _compute_label(self):
        for warning in self:
            warning.label = warning._choose(_load(warning.rule_names, {})) or warning.rule

    @api.depends("clear_code", "clear_args")
    @api.depends_context("lang")
    def _compute_clear_reason(self):
        for warning in self:
            warning.clear_reason = self.env["kam.reason"]._render(warning.clear_code, warning.clear_args)

    @api.depends("company_id", "partner_id")
    @api.depends_context("uid")
    def _compute_customer_id(self):
        found = self.env["kam.customer"]._find_figures(self)
        for warning in self:
            warning.customer_id = found.get((warning.company_id, warning.partner_id), False)

    @api.constrains("rule_names", "playbook")
    def _check_playbook(self):
        for warning in self:
            names, tasks = _load(warning.rule_names, {}), _load(warning.playbook, [])
            if not isinstance(names, dict) or not isinstance(tasks, list) or not all(map(_is_task, tasks)):
                raise UserError(self.env._("The playbook must be a JSON list of tasks, the rule's names an object."))

    @api.model_create_multi
    def create(self, vals_list):
        warnings = super().create(vals_list)
        for warning in warnings._filter_open():
            for task in _load(warning.playbook, []):
                warning._schedule_task(task)
        return warnings

    def write(self, vals):
        was_open = self._filter_open()
        result = super().write(vals)
        if "state" in vals:
            (was_open - self._filter_open())._close_tasks()
        return result

    def action_open_partner(self):
        self.ensure_one()
        return self.customer_id.action_open_partner() if self.customer_id else self.partner_id.get_formview_action()

    def _filter_open(self):
        return self.filtered(lambda warning: warning.state == "open")

    def _schedule_task(self, task):
        """The person whom the playbook names has the task as an activity; the responsible one if that one may not see
        the warning."""
        named = self.env["res.users"].browse(task["user_id"] or []).exists()
        person = next((user for user in named | self.user_id if self._is_told(user)), None)
        if person is None:
            return
        # sudo: one need not read other people's settings
        theirs = self.with_context(lang=person.sudo().lang)
        theirs.activity_schedule(
            ACTIVITY_TYPE,
            date_deadline=fields.Date.to_date(task["deadline"]),
            summary=theirs._choose(task["titles"]),
            note=plaintext2html(theirs.reason or ""),
            user_id=person.id,
        )

    def _is_told(self, person):
        if not self._is_readable_by(person):
            return False
        theirs = self.with_user(person).with_context(allowed_company_ids=self.company_id.ids)
        return theirs.has_access("read")

    def _close_tasks(self):
        """The open tasks of a cleared warning are done, but for those that a person has changed."""
        activity_type = self.env.ref(ACTIVITY_TYPE)
        for warning in self.sudo():  # sudo: the activity may be another person's, and the warning decides about it
            maker = warning.create_uid
            own = warning.activity_ids.filtered(lambda act: act.activity_type_id == activity_type)
            activities = (own | warning._find_tasks_on_customer()).filtered(
                lambda act, maker=maker: act.create_uid == act.write_uid == maker
            )
            activities.action_feedback(feedback=warning.clear_reason or False)

    def _find_tasks_on_customer(self):
        """Return the open tasks that the connector made without the addon, told by the mark in their summary."""
        self.ensure_one()
        mark = f"(KAM {self.rule}-{self.raised_on}:"
        return self.partner_id.activity_ids.filtered(lambda act: mark in (act.summary or ""))

    def _choose(self, names):
        """Return the name in the reader's language: the policy has English and both kinds of Chinese."""
        lang = "zh_TW" if self.env.lang == "zh_HK" else self.env.lang
        return names.get(lang) or names.get("en")


def _is_task(task):
    return isinstance(task, dict) and isinstance(task.get("titles"), dict) and {"user_id", "deadline"} <= task.keys()


def _load(text, empty):
    """Return what the JSON text holds, `empty` for no text, None for one that is no JSON."""
    try:
        return json.loads(text) if text else empty
    except ValueError:
        return None
