"""A customer's current figures in one company: tier, score, revenue, receivables, how he pays, what he may owe. One row
a customer and company."""

import operator as comparing

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .kam_rating import RATED, RATING

STATUSES = [
    ("rated", "Rated"),
    ("provisional", "Provisional"),
    ("unrated", "Not Rated"),
    ("waiting", "Waiting for a Place"),
    ("frozen", "Frozen"),
    ("overridden", "Overridden"),
]
PAYER_CLASSES = [
    ("prompt", "Prompt"),
    ("honest_short", "Honest, Short of Cash"),
    ("slow", "Slow"),
    ("unreliable", "Unreliable"),
    ("bad", "Bad"),
    ("new", "New"),
]
TRENDS = [("better", "Better"), ("steady", "Steady"), ("worse", "Worse")]
COMPARISONS = {
    "in": lambda count, values: count in values or (not count and False in values),
    "<": comparing.lt,
    "<=": comparing.le,
    ">": comparing.gt,
    ">=": comparing.ge,
}
#: The tier that a manager sets by hand.
OVERRIDE = frozenset({"tier_override_id", "override_reason", "override_until"})
ADVICE = [("none", "OK"), ("watch", "Watch"), ("hold", "Hold Deliveries")]


class KamCustomer(models.Model):
    _name = "kam.customer"
    _description = "Key Account Figures"
    _inherit = ["kam.buckets", "kam.rating", "kam.internal", "mail.activity.mixin"]
    _order = "score desc, id"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    _kam_people_fields = OVERRIDE | RATING | RATED

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson", readonly=True, index=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    as_of = fields.Date(readonly=True, help="The day that the figures describe.")

    tier_id = fields.Many2one(comodel_name="kam.tier", string="Decided Tier", readonly=True, check_company=True)
    current_tier_id = fields.Many2one(
        comodel_name="kam.tier",
        string="Tier",
        compute="_compute_current_tier_id",
        store=True,
        index=True,
        help="The manager's override while it lasts, otherwise the tier that the rules decided.",
    )
    tier_color = fields.Integer(related="current_tier_id.color", string="Tier Colour")
    visit_days = fields.Integer(related="current_tier_id.visit_days")
    executive_visits = fields.Integer(related="current_tier_id.executive_visits")
    sla_class = fields.Char(related="current_tier_id.sla_class")
    discount_limit = fields.Float(related="current_tier_id.discount_limit")
    credit_factor = fields.Float(related="current_tier_id.credit_factor")
    segment_id = fields.Many2one(
        comodel_name="kam.segment",
        readonly=True,
        index=True,
        check_company=True,
        help="How to deal with the customer, beside the tier.",
    )
    segment_reason_code = fields.Char(copy=False, readonly=True)
    segment_reason_args = fields.Text(string="Segment Reason Figures", copy=False, readonly=True)
    segment_reason = fields.Text(compute="_compute_segment_reason", help="Why the customer is in this segment.")
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg", tracking=False)
    coverage = fields.Float(
        digits=(6, 4),
        readonly=True,
        aggregator="avg",
        help="The share of the score's weight for which there were facts. Missing facts never count as zero.",
    )
    status = fields.Selection(selection=STATUSES, readonly=True)
    score_contribution = fields.Float(string="Contribution", digits=(6, 2), readonly=True, aggregator="avg")
    score_loyalty = fields.Float(string="Loyalty", digits=(6, 2), readonly=True, aggregator="avg")
    score_growth = fields.Float(string="Growth", digits=(6, 2), readonly=True, aggregator="avg")
    score_risk = fields.Float(string="Risk", digits=(6, 2), readonly=True, aggregator="avg", help="More is safer.")
    tier_override_id = fields.Many2one(
        comodel_name="kam.tier", string="Tier Set by Hand", tracking=True, check_company=True
    )
    override_reason = fields.Text(tracking=True)
    override_until = fields.Date(tracking=True, help="The last day of the override; empty means until it is removed.")

    may_override = fields.Boolean(compute="_compute_may_override")
    wallet_share = fields.Float(
        string="Our Share",
        compute="_compute_wallet_share",
        digits=(6, 4),
        help="Revenue of 12 months over the yearly need; 100 % at most.",
    )

    revenue_12m = fields.Monetary(string="Revenue 12 Months", readonly=True, help="Posted invoices less credit notes.")
    revenue_prev_12m = fields.Monetary(string="Revenue 12 Months Before", readonly=True)
    receivable_total = fields.Monetary(string="Receivable", readonly=True)
    overdue = fields.Monetary(readonly=True)
    oldest_due = fields.Date(string="Oldest Due Date", readonly=True)

    payer_class = fields.Selection(
        selection=PAYER_CLASSES,
        string="Payer",
        readonly=True,
        index=True,
        help="How the customer pays, by what was paid, promised and owed in the last months.",
    )
    paid_items = fields.Integer(string="Items Paid", readonly=True, help="Invoices and instalments paid whole.")
    days_late_mean = fields.Float(
        string="Mean Days Late",
        digits=(7, 1),
        readonly=True,
        aggregator="avg",
        help="Day of the last cash less due date, on average; below zero is early.",
    )
    days_late_spread = fields.Float(
        string="Spread in Days",
        digits=(7, 1),
        readonly=True,
        aggregator="avg",
        help="Standard deviation of the days late: with a large one nobody can plan.",
    )
    share_late = fields.Float(
        digits=(6, 4),
        readonly=True,
        aggregator="avg",
        help="The part of the items that were paid after their due date.",
    )
    payer_trend = fields.Selection(
        selection=TRENDS,
        string="Trend",
        readonly=True,
        help="Mean days late of the last 90 days against those of the time before.",
    )
    expected_on = fields.Date(
        string="Next Payment",
        readonly=True,
        help="Due date and the customer's mean delay, of the debt that is expected first. A day that has passed: it is "
        "expected any day.",
    )
    expected_amount = fields.Monetary(readonly=True, help="All that is expected on that day.")
    payer_reason_code = fields.Char(copy=False, readonly=True)
    payer_reason_args = fields.Text(string="Payer Reason Figures", copy=False, readonly=True)
    payer_reason = fields.Text(compute="_compute_standing_reasons", help="Why the customer is of this class.")

    credit_advice = fields.Selection(
        selection=ADVICE,
        readonly=True,
        index=True,
        help="Whether to deliver on credit. Advice only: nothing is blocked.",
    )
    exposure = fields.Monetary(
        readonly=True, help="Receivable net of credits, draft invoices, and confirmed orders that are not invoiced yet."
    )
    credit_limit = fields.Monetary(readonly=True, help="As on the customer; zero: there is none.")
    headroom = fields.Monetary(readonly=True, help="Credit limit less exposure; below zero the limit is exceeded.")
    provision = fields.Monetary(readonly=True, help="What the policy's matrix provides for doubtful debts.")
    credit_reason_code = fields.Char(copy=False, readonly=True)
    credit_reason_args = fields.Text(string="Credit Reason Figures", copy=False, readonly=True)
    credit_reason = fields.Text(compute="_compute_standing_reasons", help="Why the advice is so.")

    complaint_count = fields.Integer(compute="_compute_counts")
    task_count = fields.Integer(string="Open Tasks", compute="_compute_counts")
    promise_count = fields.Integer(string="Open Promises", compute="_compute_counts")
    case_count = fields.Integer(string="Bad-Debt Cases", compute="_compute_counts")
    suggestion_count = fields.Integer(string="Open Suggestions", compute="_compute_counts")
    warning_count = fields.Integer(string="Open Warnings", compute="_compute_counts", search="_search_warning_count")

    _partner_unique = models.Constraint(
        "UNIQUE(company_id, partner_id)",
        "The customer has figures in this company already.",
    )

    @api.depends("tier_id", "tier_override_id", "override_until", "as_of")
    def _compute_current_tier_id(self):
        for customer in self:
            until = customer.override_until
            is_over = until and customer.as_of and until < customer.as_of
            override = customer.tier_override_id.browse() if is_over else customer.tier_override_id
            customer.current_tier_id = override or customer.tier_id

    @api.depends_context("uid")
    def _compute_may_override(self):
        self.may_override = self._can_override()

    @api.depends("revenue_12m", "wallet_estimate")
    def _compute_wallet_share(self):
        for customer in self:
            need = customer.wallet_estimate
            customer.wallet_share = min(max(customer.revenue_12m / need, 0.0), 1.0) if need > 0 else 0.0

    @api.depends("segment_reason_code", "segment_reason_args")
    @api.depends_context("lang")
    def _compute_segment_reason(self):
        for customer in self:
            customer.segment_reason = self.env["kam.reason"]._render(
                customer.segment_reason_code, customer.segment_reason_args
            )

    @api.depends("payer_reason_code", "payer_reason_args", "credit_reason_code", "credit_reason_args")
    @api.depends_context("lang")
    def _compute_standing_reasons(self):
        render = self.env["kam.reason"]._render
        for customer in self:
            customer.payer_reason = render(customer.payer_reason_code, customer.payer_reason_args)
            customer.credit_reason = render(customer.credit_reason_code, customer.credit_reason_args)

    def _compute_counts(self):
        complaints = self._count_by_partner("kam.complaint", [])
        tasks = self._count_by_partner("kam.collection.task", [("state", "=", "open")])
        promises = self._count_by_partner("kam.promise", [("state", "=", "open")])
        cases = self._count_by_partner("kam.collection.case", [("state", "!=", "closed")])
        warnings = self._count_by_partner("kam.warning", [("state", "=", "open")])
        suggestions = self._count_by_partner("kam.suggestion", [("state", "=", "open")])
        for customer in self:
            key = (customer.company_id, customer.partner_id)
            customer.complaint_count = complaints.get(key, 0)
            customer.task_count = tasks.get(key, 0)
            customer.promise_count = promises.get(key, 0)
            customer.case_count = cases.get(key, 0)
            customer.warning_count = warnings.get(key, 0)
            customer.suggestion_count = suggestions.get(key, 0)

    @api.constrains("tier_override_id", "override_reason")
    def _check_override_reason(self):
        for customer in self:
            if customer.tier_override_id and not (customer.override_reason or "").strip():
                raise ValidationError(self.env._("Say why the tier is set by hand: the reason stays here."))

    def _take_over_override(self, others):
        """Take the tier that a person set on one of the others, unless one set here holds today."""
        today = fields.Date.context_today(self)
        holding = (self | others).filtered(
            lambda record: record.tier_override_id and (not record.override_until or record.override_until >= today)
        )
        if holding and self not in holding:
            self.write({name: holding[0][name] for name in OVERRIDE})

    def write(self, vals):
        if not self._can_override():
            self._refuse(OVERRIDE & vals.keys())
        return super().write(vals)

    def action_confirm_rating(self):
        return self._confirm_rating()

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    def action_open_complaints(self):
        return self.partner_id.action_open_kam_complaints()

    def action_open_tasks(self):
        return self.partner_id.action_open_kam_tasks()

    def action_open_promises(self):
        return self.partner_id.action_open_kam_promises()

    def action_open_cases(self):
        return self.partner_id.action_open_kam_cases()

    def action_open_warnings(self):
        return self.partner_id.action_open_kam_warnings()

    def action_open_promise_dialog(self):
        """Open the dialog in which the customer's promise is logged."""
        self.ensure_one()
        return self.env["kam.promise"]._open_dialog(self.partner_id, self.company_id)

    def action_open_suggestions(self):
        return self.partner_id.action_open_kam_suggestions()

    def action_open_suggestion_dialog(self):
        """Open the dialog in which a suggestion of the customer is written down."""
        self.ensure_one()
        return self.env["kam.suggestion"]._open_dialog(self.partner_id, self.company_id)

    def action_open_scores(self):
        return self.partner_id.action_open_kam_scores()

    def _search_warning_count(self, operator, value):
        """Return the domain of the customers with so many open warnings that the reader may see."""
        if operator not in COMPARISONS:
            return NotImplemented
        fits = COMPARISONS[operator]
        groups = self.env["kam.warning"]._read_group(
            [("state", "=", "open")], ["company_id", "partner_id"], ["__count"]
        )
        is_found = fits(0, value)  # then those are listed who do not fit
        named = {}
        for company, partner, count in groups:
            if fits(count, value) != is_found:
                named.setdefault(company.id, []).append(partner.id)
        found = Domain.OR(
            Domain("company_id", "=", company) & Domain("partner_id", "in", ids) for company, ids in named.items()
        )
        return ~found if is_found else found

    @api.model
    def _find_figures(self, records):
        """Return {(company, partner): figures} of the records' customers, as far as the reader may see them."""
        groups = self._read_group(
            [("partner_id", "in", records.partner_id.ids), ("company_id", "in", records.company_id.ids)],
            ["company_id", "partner_id"],
            ["id:recordset"],
        )
        return {(company, partner): customer for company, partner, customer in groups}

    def _can_override(self):
        return self.env.su or self.env.user.has_group("kam_connector.group_manager")

    def _count_by_partner(self, model, domain):
        """Return {(company, customer): how many records of the model the reader may see}."""
        groups = self.env[model]._read_group(
            [("partner_id", "in", self.partner_id.ids), *domain], ["company_id", "partner_id"], ["__count"]
        )
        return {(company, partner): count for company, partner, count in groups}
