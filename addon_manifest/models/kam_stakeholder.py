"""Who decides at a customer, and how: one row a contact and role. People keep it; the connector only reads it.

What is known of a person's background and taste stays in Odoo: the connector pulls role, attitude and influence."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .kam_rating import SCALE

ROLES = [
    ("decides", "Decides"),
    ("influences", "Influences"),
    ("buys", "Buys"),
    ("uses", "Uses"),
    ("advises", "Advises Technically"),
    ("gatekeeper", "Keeps the Gate"),
]
ATTITUDES = [
    ("supports", "Supports Us"),
    ("neutral", "Neither For nor Against"),
    ("against", "Against Us"),
    ("unknown", "Unknown"),
]


class KamStakeholder(models.Model):
    _name = "kam.stakeholder"
    _description = "Role in the Decision"
    _inherit = ["kam.noted"]
    _order = "partner_id, influence desc, id"
    _rec_name = "contact_id"

    _kam_people_fields = frozenset(
        {"partner_id", "contact_id", "role", "attitude", "influence", "preferences", "background", "since", "until"}
        | {"decision_search", "decision_compare", "decision_basis"}
    )

    contact_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain="[('commercial_partner_id', '=', partner_id)]",
        tracking=True,
    )
    role = fields.Selection(selection=ROLES, required=True, default="influences", index=True, tracking=True)
    attitude = fields.Selection(selection=ATTITUDES, string="Stance", required=True, default="unknown", tracking=True)
    influence = fields.Selection(
        selection=SCALE,
        string="Influence on Buying",
        tracking=True,
        help="On what the customer buys. 1: is told afterwards. 3: is asked. 5: nothing is bought against this person.",
    )
    background = fields.Text(
        help="Training, way through the company, what this person answers for. No private matters."
    )
    preferences = fields.Text(help="What this person sets store by, and how and when to be spoken to.")
    decision_search = fields.Text(
        string="How They Search", help="Where suppliers are looked for: lists, fairs, tenders, recommendations."
    )
    decision_compare = fields.Text(
        string="How They Compare", help="Samples, trials, audits, several quotations, a committee."
    )
    decision_basis = fields.Text(
        string="What They Decide By", help="Price, delivery, quality, service, risk; who signs up to which amount."
    )
    since = fields.Date(string="Role Since", tracking=True, help="Since when the person has this role.")
    until = fields.Date(string="Role Until", tracking=True, help="The last day on which the person had this role.")
    is_gone = fields.Boolean(
        string="Gone",
        compute="_compute_is_gone",
        help="The last day is over, or the contact is archived or belongs to another customer now.",
    )

    @api.depends("until", "partner_id", "contact_id.active", "contact_id.commercial_partner_id")
    def _compute_is_gone(self):
        today = fields.Date.context_today(self)
        for person in self:
            contact = person.contact_id
            is_over = bool(person.until and person.until < today)
            is_elsewhere = contact.commercial_partner_id != person.partner_id
            person.is_gone = is_over or is_elsewhere or not contact.active

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for person in self:
            if person.contact_id.commercial_partner_id != person.partner_id:
                raise ValidationError(self.env._("The contact has to belong to the customer."))

    @api.constrains("company_id", "partner_id", "contact_id", "role")
    def _check_role(self):
        """One row a contact and role. Not a rule of the database: a merge of contacts may make two of one."""
        for person in self:
            same = [(name, "=", person[name].id) for name in ("company_id", "partner_id", "contact_id")]
            # sudo: the row that is there already may be one that the user must not read
            if self.sudo().search_count([*same, ("role", "=", person.role)], limit=2) > 1:
                raise ValidationError(self.env._("The contact has this role already: change that entry."))

    @api.model
    def _forget(self, contacts):
        """What was noted of contacts who are erased goes with them, its messages too, which a cascade would leave."""
        # sudo: whoever erases a contact need not see what was noted
        self.sudo().search([("contact_id", "in", contacts.ids)]).unlink()

    @api.constrains("since", "until")
    def _check_days(self):
        for person in self:
            if person.since and person.until and person.until < person.since:
                raise ValidationError(self.env._("The last day lies before the first."))
