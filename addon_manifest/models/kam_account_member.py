"""Who serves a customer beside its salesperson: one row a user, role and span of days. No rights follow from it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

ROLES = [
    ("deputy", "Salesperson's Deputy"),
    ("technical", "Technical Advice"),
    ("service", "Service"),
    ("logistics", "Logistics"),
    ("finance", "Finance"),
    ("sponsor", "Executive Sponsor"),
]


class KamAccountMember(models.Model):
    _name = "kam.account.member"
    _description = "Member of a Service Team"
    _inherit = ["kam.noted"]
    _order = "partner_id, date_from desc, id"
    _rec_name = "user_id"

    _kam_people_fields = frozenset({"partner_id", "user_id", "role", "date_from", "date_to"})

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Team Member",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    role = fields.Selection(selection=ROLES, required=True, default="deputy", index=True, tracking=True)
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="To", tracking=True, help="The last day; empty: until further notice.")
    is_over = fields.Boolean(string="Over", compute="_compute_is_over")

    @api.depends("date_to")
    def _compute_is_over(self):
        today = fields.Date.context_today(self)
        for member in self:
            member.is_over = bool(member.date_to and member.date_to < today)

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for member in self:
            if member.date_to and member.date_to < member.date_from:
                raise ValidationError(self.env._("The last day lies before the first."))

    @api.constrains("company_id", "partner_id", "user_id", "role", "date_from", "date_to")
    def _check_overlap(self):
        """Two spans of one person and role at a customer share no day."""
        for member in self:
            names = ("company_id", "partner_id", "user_id")
            others = Domain([(name, "=", member[name].id) for name in names])
            others &= Domain("role", "=", member.role) & Domain("id", "!=", member.id)
            others &= Domain("date_to", "=", False) | Domain("date_to", ">=", member.date_from)
            if member.date_to:
                others &= Domain("date_from", "<=", member.date_to)
            # sudo: the other span may be one that the user must not read
            if self.sudo().search_count(others, limit=1):
                raise ValidationError(
                    self.env._(
                        "%(person)s has this role at the customer already in these days: end that first.",
                        person=member.user_id.display_name,
                    )
                )
