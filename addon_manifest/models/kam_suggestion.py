"""What a customer suggested to us: people write it down and say what became of it; the connector only reads it."""

from odoo import api, fields, models

STATES = [("open", "Open"), ("accepted", "Taken Up"), ("done", "Done"), ("declined", "Declined")]
TOPICS = [
    ("product", "Product"),
    ("service", "Service"),
    ("delivery", "Delivery"),
    ("price", "Price and Terms"),
    ("cooperation", "Working Together"),
    ("other", "Other"),
]


class KamSuggestion(models.Model):
    _name = "kam.suggestion"
    _description = "Customer Suggestion"
    _inherit = ["kam.record", "mail.thread"]
    _order = "suggested_on desc, id desc"

    _kam_people_fields = frozenset({"partner_id", "name", "topic", "suggested_on", "note", "state", "answer"})

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    name = fields.Char(
        string="Suggestion", required=True, tracking=True, help="In one sentence, as the customer put it."
    )
    topic = fields.Selection(selection=TOPICS, required=True, default="other", tracking=True)
    suggested_on = fields.Date(required=True, default=fields.Date.context_today, index=True, tracking=True)
    written_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    note = fields.Text(help="What else was said, and why the customer wants it.")
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
        help="Taken up: we mean to do it. Done: the customer has it. Declined: the answer says why.",
    )
    answer = fields.Text(copy=False, tracking=True, help="What the customer was told.")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._of_customer(vals) for vals in vals_list]
        if not self.env.su:
            vals_list = [{**vals, "written_by_id": self.env.uid} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse({"written_by_id"} & vals.keys())
        return super().write(self._of_customer(vals))

    @api.model
    def _open_dialog(self, partner, company):
        """Return the action that opens the dialog for a suggestion of the customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Suggestion"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(self.env.ref("kam_connector.kam_suggestion_view_form_dialog").id, "form")],
            "target": "new",
            "context": {"default_partner_id": partner.commercial_partner_id.id, "default_company_id": company.id},
        }
