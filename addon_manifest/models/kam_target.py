"""What a salesperson or a team is to reach in a period, and how much of it has been reached."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .kam_record import KEY_FIELDS

#: The connector counts these; no person writes them.
MEASURED = frozenset({"actual", "is_measured", "as_of"})
#: What is counted: where it changes, the old count says nothing any more.
MEANING = frozenset({"user_id", "team_id", "period", "kind", "company_id"})


class KamTarget(models.Model):
    _name = "kam.target"
    _description = "Sales Target"
    _inherit = ["kam.period", "kam.record", "mail.thread"]
    _order = "date_from desc, user_id, kind, id"

    _kam_shared_fields = frozenset({"user_id", "team_id", "period", "date_from", "date_to", "amount", "kind"})
    _kam_undefaulted = KEY_FIELDS | MEASURED

    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", index=True, tracking=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", index=True, tracking=True)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    kind = fields.Selection(
        selection=[
            ("revenue", "Revenue"),
            ("collection", "Collection"),
            ("margin", "Gross Margin"),
            ("new_customers", "New Customers"),
        ],
        required=True,
        default="revenue",
        tracking=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    amount = fields.Monetary(tracking=True, help="Company currency; for new customers, how many.")
    actual = fields.Monetary(
        string="Reached", readonly=True, copy=False, help="What the connector has counted; in the unit of the target."
    )
    is_measured = fields.Boolean(
        string="Counted", readonly=True, copy=False, help="The period has begun, and what was reached is known."
    )
    as_of = fields.Date(
        string="Counted Up To", readonly=True, copy=False, help="The last day of the count that changed the figure."
    )
    attainment = fields.Float(
        string="Attainment (%)",
        compute="_compute_attainment",
        store=True,
        digits=(16, 2),
        aggregator="avg",
        help="Reached / target; 0 while nothing is counted, and for a target of 0.",
    )

    _dates_in_order = models.Constraint("CHECK(date_from <= date_to)", "A target ends on or after the day it begins.")

    @api.depends("period", "kind", "user_id", "team_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for target in self:
            who = target.user_id.display_name or target.team_id.display_name
            parts = (who, kinds.get(target.kind), target.period)
            target.display_name = " · ".join(part for part in parts if part)

    @api.depends("amount", "actual", "is_measured")
    def _compute_attainment(self):
        for target in self:
            is_rated = target.is_measured and target.amount > 0
            target.attainment = 100 * target.actual / target.amount if is_rated else 0

    def _read_group_select(self, aggregate_spec, query):
        """A mean is that of the rated targets: one that is not counted yet, or is 0, has no attainment of 0."""
        mean = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec != "attainment:avg":
            return mean
        counted, amount = (self._field_to_sql(self._table, name, query) for name in ("is_measured", "amount"))
        return SQL("%s FILTER (WHERE %s AND %s > 0)", mean, counted, amount)

    @api.constrains("user_id", "team_id")
    def _check_owner(self):
        for target in self:
            if not target.user_id and not target.team_id:
                raise ValidationError(self.env._("A target belongs to a salesperson or to a team."))

    def write(self, vals):
        result = super().write(vals)
        if MEANING & vals.keys():
            # sudo: nobody may write a count by hand, and the one that stands there is of something else
            self.sudo().write(dict.fromkeys(MEASURED, False))
        return result

    def _check_kam_creation(self, vals_list):
        self._refuse_counts({name for vals in vals_list for name, value in vals.items() if value})
        return super()._check_kam_creation(vals_list)

    def _check_kam_owner(self, names):
        self._refuse_counts(names)
        # a count of the connector does not make its own what a person has made, which is where the key is the id
        is_by_hand = all(target.kam_key == f"{self._name},{target.id}" for target in self)
        return super()._check_kam_owner(names - {"company_id"} if is_by_hand else names)

    def _refuse_counts(self, names):
        """Raise AccessError when a person writes what the connector counts, on a target made by hand, too."""
        if not self.env.su and not self._is_connector():
            self._refuse(names & MEASURED)
