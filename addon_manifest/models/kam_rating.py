"""What people say of a customer that no document tells. The score counts it, and the connector never writes it.

Who looks after the customer rates him; Odoo notes who did and on which day, because a rating ages."""

from datetime import timedelta

from odoo import api, fields, models

#: What a person rates; any of them dates the whole rating anew.
RATING = frozenset(
    {"influence", "strategic_fit", "service_demand", "recommendation", "brand_lift", "sales_diversity"}
    | {"price_sensitivity", "quality_demand", "relationship_focus"}
    | {"wallet_estimate", "rating_note"}
)
#: Who rated and when: noted by Odoo, not typed.
RATED = frozenset({"rated_by_id", "rated_on"})
SCALE = [("1", "1 – Very Low"), ("2", "2 – Low"), ("3", "3 – Medium"), ("4", "4 – High"), ("5", "5 – Very High")]


class KamRating(models.AbstractModel):
    _name = "kam.rating"
    _description = "Rating by People"
    _inherit = "kam.record"

    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    influence = fields.Selection(
        selection=SCALE,
        copy=False,
        tracking=True,
        help="1: nobody looks at it. 3: known in its region or line of business. 5: others in the market buy what it "
        "buys.",
    )
    strategic_fit = fields.Selection(
        selection=SCALE,
        copy=False,
        tracking=True,
        help="1: outside the markets and products that we want. 3: one of our lines. 5: where we want to be in three "
        "years.",
    )
    service_demand = fields.Selection(
        selection=SCALE,
        copy=False,
        tracking=True,
        help="1: orders from the list. 3: asks for advice or special deliveries. 5: needs engineers, stock or staff of "
        "its own from us.",
    )
    recommendation = fields.Selection(
        selection=SCALE,
        string="Willing to Recommend",
        copy=False,
        tracking=True,
        help="1: advises others against us. 3: says nothing. 5: has recommended us or stands as a reference.",
    )
    brand_lift = fields.Selection(
        selection=SCALE,
        string="Lift of Our Brand",
        copy=False,
        tracking=True,
        help="1: nobody is to know that it buys from us. 3: may be named when somebody asks. 5: its name sells to "
        "others: joint advertising, press, fairs.",
    )
    sales_diversity = fields.Selection(
        selection=SCALE,
        string="Breadth of Its Sales",
        copy=False,
        tracking=True,
        help="1: sells one thing to one market. 3: several products or regions. 5: many markets and channels, so that "
        "it needs us in each of them and no single one that fails takes it away.",
    )
    price_sensitivity = fields.Selection(
        selection=SCALE,
        copy=False,
        tracking=True,
        help="1: asks for value and delivery, hardly for the price. 3: compares offers. 5: the lowest price decides "
        "every order anew.",
    )
    quality_demand = fields.Selection(
        selection=SCALE,
        string="Demand for Quality",
        copy=False,
        tracking=True,
        help="1: takes what the catalogue offers. 3: asks for certificates or tests. 5: has specifications, audits or "
        "tolerances of its own.",
    )
    relationship_focus = fields.Selection(
        selection=SCALE,
        string="Focus on the Relationship",
        copy=False,
        tracking=True,
        help="1: every purchase is a tender. 3: prefers whom it knows. 5: plans with us for years and shares what it "
        "plans.",
    )
    wallet_estimate = fields.Monetary(
        string="Yearly Need",
        copy=False,
        tracking=True,
        help="Your estimate of what the customer buys in a year, from everyone, of what we sell. Zero: not estimated.",
    )
    rating_note = fields.Text(
        string="Grounds",
        copy=False,
        tracking=True,
        help="What the rating rests on: a visit, a tender, an annual report, a survey.",
    )
    rated_by_id = fields.Many2one(comodel_name="res.users", string="Rater", readonly=True, copy=False)
    rated_on = fields.Date(
        readonly=True, copy=False, help="The day of the last rating; the policy says for how many days it counts."
    )

    rating_days = fields.Integer(
        string="Rating Counts for Days", readonly=True, copy=False, aggregator=None, help="As the policy says."
    )
    rating_until = fields.Date(
        string="Rating Counts Until",
        compute="_compute_rating_until",
        help="From the day after it the score leaves the rating out, until somebody rates the customer anew.",
    )
    is_rating_old = fields.Boolean(string="Rating Is Too Old", compute="_compute_rating_until")

    _wallet_estimate_positive = models.Constraint("CHECK(wallet_estimate >= 0)", "A yearly need is not below zero.")

    @api.depends("rated_on", "rating_days")
    def _compute_rating_until(self):
        today = fields.Date.context_today(self)
        for record in self:
            is_known = record.rated_on and record.rating_days
            until = record.rated_on + timedelta(days=record.rating_days) if is_known else False
            record.rating_until = until
            record.is_rating_old = bool(until) and until < today

    def write(self, vals):
        if not self.env.su:
            self._refuse(RATED & vals.keys())
        if RATING & vals.keys() and not RATED & vals.keys() and self._is_person():
            vals = {**vals, **self._rated_now()}
        return super().write(vals)

    def _take_over_rating(self, others):
        """Take the youngest rating of one of the others, unless the record's own is as young."""
        youngest = (self | others).filtered("rated_on").sorted(lambda record: (record.rated_on, record == self))[-1:]
        if youngest and youngest != self:
            self.write({name: youngest[name] for name in RATING | RATED})

    def _confirm_rating(self):
        """The rating is dated today and is the reader's own: it was looked at and still holds."""
        self.check_access("write")
        if not self._is_person():
            self._refuse(RATED)
        # sudo: nobody types who rated and when
        return self.filtered("rated_on").sudo().write(self._rated_now())

    def _rated_now(self):
        return {"rated_by_id": self.env.uid, "rated_on": fields.Date.context_today(self)}
