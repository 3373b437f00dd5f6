"""How a case goes on: waiting for the customer or a supplier, the customer's answer, a case opened again."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .kam_complaint import CLOSED_STATES, WAITING_STATES
from .kam_complaint_event import TAKEN_BACK

REOPEN_DAYS = "kam_connector.complaint_reopen_days"
#: For the hours of each clock the moments that say that it has stopped.
ENDS = {"response_used": ("responded_at",), "resolution_used": ("resolved_at", "closed_at")}
#: What people write about a case, or a customer in answer; the server's own notes are none.
PEOPLES_MESSAGES = ("comment", "email")
ACTIVITY_TYPE = "kam_connector.mail_activity_type_complaint"


class KamComplaint(models.Model):
    _inherit = "kam.complaint"

    waiting_for = fields.Selection(
        selection=[("customer", "The Customer"), ("supplier", "A Supplier")],
        copy=False,
        tracking=True,
        help="The time to the solution stands still only while the case waits for the customer.",
    )
    previous_id = fields.Many2one(
        comodel_name="kam.complaint",
        string="Continues",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
        help="The case that this one follows, because it was closed too long ago to be opened again.",
    )
    event_ids = fields.One2many(comodel_name="kam.complaint.event", inverse_name="complaint_id", string="Status Log")
    deadline_state = fields.Selection(
        selection=[
            ("none", "No Deadline"),
            ("fine", "In Time"),
            ("soon", "Due Within a Day"),
            ("late", "Late"),
        ],
        compute="_compute_deadline_state",
    )

    @api.depends("state", "response_due", "responded_at", "resolution_due", "resolved_at", "waiting_for")
    def _compute_deadline_state(self):
        now = fields.Datetime.now()
        for complaint in self:
            due = complaint.resolution_due if complaint.responded_at else complaint.response_due
            stands = complaint.waiting_for == "customer" and complaint.responded_at
            if stands or complaint.resolved_at or complaint.state not in WAITING_STATES or not due:
                complaint.deadline_state = "none"
            elif due < now:
                complaint.deadline_state = "late"
            else:
                complaint.deadline_state = "soon" if due - now <= timedelta(days=1) else "fine"

    @api.constrains("waiting_for", "state")
    def _check_waiting(self):
        if any(complaint.waiting_for and complaint.state not in WAITING_STATES for complaint in self):
            raise UserError(self.env._("A case that is settled waits for nobody."))

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        for complaint in complaints:
            self.env["kam.complaint.event"]._log(complaint, {})
            complaint._tell_salesperson()
        return complaints

    def action_wait_for_customer(self):
        return self.write({"waiting_for": "customer"})

    def action_wait_for_supplier(self):
        return self.write({"waiting_for": "supplier"})

    def action_resume(self):
        return self.write({"waiting_for": False})

    def action_customer_message(self):
        """The customer has written or called: whatever waited for it goes on from now."""
        self.check_access("write")
        for complaint in self:
            complaint._hear_customer()
        return True

    def action_reopen(self):
        """Back to the investigation, because the solution did not hold.

        A case that was closed too long ago stays closed, and a new one that continues it is opened.
        """
        past = self.filtered(lambda complaint: complaint._is_past_reopening())
        (self - past).write({"state": "investigating"})
        followers = self.browse().union(*(complaint._follow_up() for complaint in past))
        if not followers:
            return True
        action = {"type": "ir.actions.act_window", "res_model": self._name}
        if len(followers) == 1:
            return {**action, "view_mode": "form", "res_id": followers.id}
        domain = [("id", "in", followers.ids)]
        return {**action, "view_mode": "list,form", "name": self.env._("Complaints"), "domain": domain}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """An average of hours is that of clocks that have stopped: one that runs has 0 hours and no end."""
        name, _separator, function = aggregate_spec.partition(":")
        if function != "avg" or name not in ENDS:
            return super()._read_group_select(aggregate_spec, query)
        hours, *ends = (self._field_to_sql(self._table, each, query) for each in (name, *ENDS[name]))
        ended = SQL(" OR ").join(SQL("%s IS NOT NULL", end) for end in ends)
        return SQL("AVG(%s) FILTER (WHERE %s <> 0 OR %s)", hours, hours, ended)

    def _take_back(self):
        """A case that nobody has worked on goes with its log, which says no more than that it came in."""
        for complaint in self:
            if complaint._is_worked_on():
                raise UserError(
                    self.env._("People have worked on complaint %(name)s: it is not taken back.", name=complaint.name)
                )
        self.event_ids.with_context(**{TAKEN_BACK: True}).unlink()
        return super()._take_back()

    def _is_worked_on(self):
        written = self.message_ids.filtered(lambda message: message.message_type in PEOPLES_MESSAGES)
        followers = self.search_count([("previous_id", "=", self.id)], limit=1)
        return bool(self.event_ids - self.event_ids[:1] or self.line_ids or written or followers)

    def _follow_up(self):
        return self.copy({"previous_id": self.id, "received_at": fields.Datetime.now(), "disputed_amount": 0})

    def _check_transition(self, state):
        if (
            state != self.state
            and self.state in CLOSED_STATES
            and state == "investigating"
            and self._is_past_reopening()
        ):
            raise UserError(
                self.env._(
                    "%(name)s was closed more than %(days)s days ago. Open a new case that continues it.",
                    name=self.name,
                    days=self._reopen_days(),
                )
            )
        return super()._check_transition(state)

    def _is_past_reopening(self):
        limit = timedelta(days=self._reopen_days())
        return self.state in CLOSED_STATES and bool(self.closed_at) and fields.Datetime.now() - self.closed_at > limit

    @api.model
    def _reopen_days(self):
        # sudo: one need not be an administrator to be told the company's rule
        return int(self.env["ir.config_parameter"].sudo().get_param(REOPEN_DAYS) or 30)

    def _hear_customer(self):
        """The log has the customer's message; a case that waited for it waits no more."""
        if self.waiting_for == "customer":
            self.with_context(kam_resumed="customer_message").write({"waiting_for": False})
            return
        # sudo: nobody may write the log but through here
        self.env["kam.complaint.event"].sudo().create(
            {
                "complaint_id": self.id,
                "at": fields.Datetime.now(),
                "event": "customer_message",
                "old_state": self.state,
                "new_state": self.state,
                "type": self.type,
                "severity": self.severity,
                "user_id": self.env.uid,
                "old_owner_id": self.user_id.id,
                "owner_id": self.user_id.id,
            }
        )

    def _message_post_after_hook(self, message, msg_values):
        """A customer's e-mail is a customer's message, whoever reads it."""
        customer = self.partner_id.commercial_partner_id
        if message.message_type == "email" and message.author_id.commercial_partner_id == customer:
            self.sudo()._hear_customer()  # sudo: the customer has no rights here
        return super()._message_post_after_hook(message, msg_values)

    def _tell_salesperson(self):
        """The customer's salesperson has an activity at once, if the case is somebody else's (S4-62).

        Of a case that the connector took in the owner has one, too: nobody else tells him.
        """
        taken_in = self._is_connector() and not self.env.su
        # sudo: who records a complaint need not see whose customer it is
        seller = self.sudo().partner_id.commercial_partner_id.user_id
        people = seller | self.user_id if taken_in else seller - self.user_id
        for person in people - self.env.user:
            if self._is_readable_by(person):
                # sudo: one need not read other people's settings
                self.sudo().with_context(lang=person.lang).activity_schedule(ACTIVITY_TYPE, user_id=person.id)
