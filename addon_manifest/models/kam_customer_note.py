"""What is known of a customer from outside: dated, with its source. The newest of a kind counts, older ones stay."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("size", "Size in People"),
    ("revenue", "Own Revenue"),
    ("profit", "Own Profit"),
    ("market_share", "Market Share"),
    ("company_type", "Company Type"),
    ("industry_trend", "Trend of the Industry"),
    ("competition", "Competition"),
    ("policy", "Public Policy"),
    ("industry_risk", "Risk of the Industry"),
    ("market_risk", "Risk of the Market"),
    ("preference", "Preference"),
]
#: Kind -> the field of its figure.
FIGURES = {"size": "people_count", "revenue": "amount", "profit": "amount", "market_share": "share"}


class KamCustomerNote(models.Model):
    _name = "kam.customer.note"
    _description = "What Is Known of a Customer"
    _inherit = ["kam.noted"]
    _order = "as_of desc, id desc"
    _rec_name = "kind"

    _kam_people_fields = frozenset(
        {"partner_id", "kind", "people_count", "amount", "currency_id", "share", "note", "as_of", "source"}
        | {"valid_until"}
    )

    kind = fields.Selection(selection=KINDS, required=True, index=True, tracking=True)
    people_count = fields.Integer(string="People", tracking=True, aggregator=None)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary(tracking=True, aggregator=None, help="Of a year.")
    share = fields.Float(digits=(6, 4), tracking=True, aggregator=None)
    note = fields.Text(string="What Is Known", tracking=True)
    as_of = fields.Date(
        string="Known As Of", required=True, default=fields.Date.context_today, index=True, tracking=True,
        help="The day of which it tells, not the day on which it was written down.",
    )  # fmt: skip
    source = fields.Char(
        required=True, tracking=True, help="Annual report, register, press, fair, the customer's word."
    )
    valid_until = fields.Date(tracking=True, help="The last day on which to rely on it; empty: until something newer.")
    is_old = fields.Boolean(string="Too Old", compute="_compute_is_old")

    @api.depends("valid_until")
    def _compute_is_old(self):
        today = fields.Date.context_today(self)
        for known in self:
            known.is_old = bool(known.valid_until and known.valid_until < today)

    @api.onchange("kind")
    def _onchange_kind(self):
        """A figure of another kind goes: the form does not show it any more."""
        for name in set(FIGURES.values()) - {FIGURES.get(self.kind)}:
            self[name] = False

    @api.constrains("kind", "people_count", "amount", "share", "note")
    def _check_figure(self):
        for known in self:
            own = FIGURES.get(known.kind)
            if any(known[name] for name in set(FIGURES.values()) - {own}):
                raise ValidationError(self.env._("This kind of knowledge has no such figure."))
            # a figure that nobody has typed is 0: whoever means it says so
            if not (own and known[own]) and not (known.note or "").strip():
                raise ValidationError(self.env._("Say what is known."))
            if known.people_count < 0 or not 0 <= known.share <= 1:
                raise ValidationError(self.env._("A size is not below zero, a share lies between 0% and 100%."))

    @api.constrains("as_of", "valid_until")
    def _check_days(self):
        for known in self:
            if known.valid_until and known.valid_until < known.as_of:
                raise ValidationError(self.env._("It cannot be valid up to a day before the one of which it tells."))
