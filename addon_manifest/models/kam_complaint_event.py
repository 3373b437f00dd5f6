"""The status log of complaints: what happened to a case, when, and by whom. The server writes it, nobody changes it.

Odoo's own tracking is for people who read; deadlines need a log that no one can rewrite. A moment that was corrected is
a further row, so that both stand there: the one that was said first, and the one that counts.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: The clock of a complaint knows these by name; at "moved" and "handed_over" it does not look.
EVENTS = [
    ("received", "Received"),
    ("responded", "First Response"),
    ("waiting_customer", "Waiting for the Customer"),
    ("customer_message", "Message from the Customer"),
    ("waiting_supplier", "Waiting for a Supplier"),
    ("resumed", "Resumed"),
    ("resolved", "Resolved"),
    ("reopened", "Reopened"),
    ("closed", "Closed"),
    ("moved", "Next Step"),
    ("changed", "Type or Severity Changed"),
    ("handed_over", "Handed Over"),
]
#: Fields of a complaint whose change is an event.
LOGGED = (
    *("state", "waiting_for", "type", "severity", "received_at", "responded_at", "resolved_at", "closed_at"),
    "user_id",
)
#: In the context of a log that goes with its case, which the connector took in by mistake.
TAKEN_BACK = "kam_taken_back"
SETTLED_STATES = ("rejected", "confirmed", "closed", "reviewed")
WAITING = {"customer": "waiting_customer", "supplier": "waiting_supplier"}


class KamComplaintEvent(models.Model):
    _name = "kam.complaint.event"
    _description = "Status Log of Complaints"
    _inherit = "kam.derived"
    _order = "id"
    _rec_name = "event"

    complaint_id = fields.Many2one(comodel_name="kam.complaint", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    at = fields.Datetime(string="Happened", required=True, help="When it happened; beside it stands when it was noted.")
    event = fields.Selection(selection=EVENTS, required=True)
    old_state = fields.Selection(selection=lambda self: self._states(), string="From")
    new_state = fields.Selection(selection=lambda self: self._states(), string="To", required=True)
    type = fields.Selection(selection=lambda self: self._selection_of("type"))
    severity = fields.Selection(selection=lambda self: self._selection_of("severity"))
    user_id = fields.Many2one(comodel_name="res.users", string="Person", required=True, ondelete="restrict")
    old_owner_id = fields.Many2one(comodel_name="res.users", string="Responsible Before", ondelete="restrict")
    owner_id = fields.Many2one(comodel_name="res.users", string="Responsible", ondelete="restrict")

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The status log of a complaint is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken_back(self):
        if not (self.env.su and self.env.context.get(TAKEN_BACK)):
            raise UserError(self.env._("The status log of a complaint is never changed."))

    @api.model
    def _states(self):
        return self._selection_of("state")

    @api.model
    def _selection_of(self, name):
        return self.env["kam.complaint"]._fields[name]._description_selection(self.env)

    @api.model
    def _log(self, complaint, before):
        """The complaint's log has what changed since `before` (the values of LOGGED, empty for a new case)."""
        now = fields.Datetime.now()
        # the caller's context chooses between these two and writes nothing else into the log
        by_customer = self.env.context.get("kam_resumed") == "customer_message"
        resumed = "customer_message" if by_customer else "resumed"
        after = {name: complaint[name] for name in LOGGED}
        # sudo: nobody may write the log but through here
        self.sudo().create(
            [
                {
                    "complaint_id": complaint.id,
                    "at": at or now,
                    "event": event,
                    "old_state": before.get("state"),
                    "new_state": complaint.state,
                    "type": complaint.type,
                    "severity": complaint.severity,
                    "user_id": self.env.uid,
                    "old_owner_id": before["user_id"].id if before else False,
                    "owner_id": complaint.user_id.id,
                }
                for event, at in _events(before, after, resumed)
            ]
        )


def _events(before, after, resumed):
    """Return (event, moment; False for now) of everything that changed, in the order of a case.

    `resumed` is the event that ends a waiting, unless the case ends with it.
    """
    changed = {name for name in LOGGED if after[name] != before.get(name, False)}
    found = [
        (event, after[name])
        for event, name in (("received", "received_at"), ("responded", "responded_at"))
        if name in changed and after[name]
    ]
    step = _step(before.get("state"), after["state"]) if "state" in changed else None
    if "waiting_for" in changed and before.get("waiting_for") and step not in ("resolved", "closed"):
        found.append((resumed, False))
    if before and changed & {"type", "severity"}:
        found.append(("changed", False))
    if before and "user_id" in changed:
        found.append(("handed_over", False))
    if "waiting_for" in changed and after["waiting_for"]:
        found.append((WAITING[after["waiting_for"]], False))
    for event, name in (("resolved", "resolved_at"), ("closed", "closed_at")):
        if event == step or (name in changed and after[name]):
            found.append((event, after[name]))
    if step in ("reopened", "moved"):
        found.append((step, False))
    return found


def _step(old, new):
    """Return the event of a move; None for a new case, whose dates say all but that it was rejected."""
    if not old:
        return "resolved" if new == "rejected" else None
    if new == "closed":
        return "closed"
    if new in SETTLED_STATES:
        return "moved" if old in SETTLED_STATES else "resolved"
    return "reopened" if old in SETTLED_STATES else "moved"
