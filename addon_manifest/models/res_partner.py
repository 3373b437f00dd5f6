"""The customer's current figures where people look first: on the partner. They are read from `kam.customer` under the
reader's own rights, never stored on the partner, so that a night does not touch partners."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: So many decisions and suggestions are shown on the partner; the rest stand in their lists.
LAST_SCORES, LAST_SUGGESTIONS = 5, 5
#: So many rows of each list of the customer's file are looked at.
FILE_ROWS = 500
READERS = "kam_connector.group_user,kam_connector.group_accountant"
#: Field here -> field of kam.customer.
FIGURES = {
    "kam_tier_id": "current_tier_id",
    "kam_tier_color": "tier_color",
    "kam_segment_id": "segment_id",
    "kam_visit_days": "visit_days",
    "kam_executive_visits": "executive_visits",
    "kam_sla_class": "sla_class",
    "kam_discount_limit": "discount_limit",
    "kam_credit_factor": "credit_factor",
    "kam_status": "status",
    "kam_score": "score",
    "kam_coverage": "coverage",
    "kam_score_contribution": "score_contribution",
    "kam_score_loyalty": "score_loyalty",
    "kam_score_growth": "score_growth",
    "kam_score_risk": "score_risk",
    "kam_influence": "influence",
    "kam_strategic_fit": "strategic_fit",
    "kam_service_demand": "service_demand",
    "kam_recommendation": "recommendation",
    "kam_brand_lift": "brand_lift",
    "kam_sales_diversity": "sales_diversity",
    "kam_price_sensitivity": "price_sensitivity",
    "kam_quality_demand": "quality_demand",
    "kam_relationship_focus": "relationship_focus",
    "kam_wallet_estimate": "wallet_estimate",
    "kam_wallet_share": "wallet_share",
    "kam_rated_by_id": "rated_by_id",
    "kam_rated_on": "rated_on",
    "kam_rating_until": "rating_until",
    "kam_is_rating_old": "is_rating_old",
    "kam_reason": "reason",
    "kam_as_of": "as_of",
    "kam_currency_id": "currency_id",
    "kam_revenue_12m": "revenue_12m",
    "kam_revenue_prev_12m": "revenue_prev_12m",
    "kam_receivable_total": "receivable_total",
    "kam_not_due": "not_due",
    "kam_d1_30": "d1_30",
    "kam_d31_60": "d31_60",
    "kam_d61_90": "d61_90",
    "kam_d91_180": "d91_180",
    "kam_d181_plus": "d181_plus",
    "kam_overdue": "overdue",
    "kam_unapplied": "unapplied",
    "kam_pending": "pending",
    "kam_disputed": "disputed",
    "kam_doubtful": "doubtful",
    "kam_oldest_due": "oldest_due",
    "kam_payer_class": "payer_class",
    "kam_payer_reason": "payer_reason",
    "kam_paid_items": "paid_items",
    "kam_days_late_mean": "days_late_mean",
    "kam_days_late_spread": "days_late_spread",
    "kam_share_late": "share_late",
    "kam_payer_trend": "payer_trend",
    "kam_expected_on": "expected_on",
    "kam_expected_amount": "expected_amount",
    "kam_credit_advice": "credit_advice",
    "kam_credit_reason": "credit_reason",
    "kam_exposure": "exposure",
    "kam_credit_limit": "credit_limit",
    "kam_headroom": "headroom",
    "kam_provision": "provision",
}


def _search_figure(figure):
    def search(partners, operator, value):
        return partners._search_kam_figure(figure, operator, value)

    return search


def _figure(field_class, figure, **options):
    """Return a field that shows the figure of the customer's record in the reader's current company."""
    return field_class(compute="_compute_kam_figures", search=_search_figure(figure), groups=READERS, **options)


def _choice(figure, string):
    """Return a field with the same choices, in the reader's language, as the figure's own."""

    def choices(partners):
        return partners.env["kam.customer"]._fields[figure]._description_selection(partners.env)

    return _figure(fields.Selection, figure, string=string, selection=choices)


def _money(figure, string, **options):
    return _figure(fields.Monetary, figure, string=string, currency_field="kam_currency_id", **options)


class ResPartner(models.Model):
    _inherit = "res.partner"

    kam_customer_ids = fields.One2many(
        comodel_name="kam.customer", inverse_name="partner_id", string="Key Account Figures", groups=READERS
    )
    kam_customer_id = fields.Many2one(
        comodel_name="kam.customer", string="Figures", compute="_compute_kam_figures", groups=READERS
    )
    kam_tier_id = _figure(fields.Many2one, "current_tier_id", comodel_name="kam.tier", string="Tier")
    kam_tier_color = _figure(fields.Integer, "tier_color", string="Tier Colour")
    kam_segment_id = _figure(fields.Many2one, "segment_id", comodel_name="kam.segment", string="Segment")
    kam_visit_days = _figure(fields.Integer, "visit_days", string="Visit Every Days")
    kam_executive_visits = _figure(fields.Integer, "executive_visits", string="Executive Visits a Year")
    kam_sla_class = _figure(fields.Char, "sla_class", string="SLA Class")
    kam_discount_limit = _figure(fields.Float, "discount_limit", string="Discount Limit", digits=(6, 4))
    kam_credit_factor = _figure(fields.Float, "credit_factor", string="Credit in Months of Sales", digits=(6, 2))
    kam_status = _choice("status", "Rating Status")
    kam_score = _figure(fields.Float, "score", string="Score", digits=(5, 2), aggregator="avg")
    kam_coverage = _figure(fields.Float, "coverage", string="Coverage", digits=(6, 4), aggregator="avg")
    kam_score_contribution = _figure(
        fields.Float, "score_contribution", string="Contribution", digits=(6, 2), aggregator="avg"
    )
    kam_score_loyalty = _figure(fields.Float, "score_loyalty", string="Loyalty", digits=(6, 2), aggregator="avg")
    kam_score_growth = _figure(fields.Float, "score_growth", string="Growth", digits=(6, 2), aggregator="avg")
    kam_score_risk = _figure(fields.Float, "score_risk", string="Risk", digits=(6, 2), aggregator="avg")
    kam_last_score_ids = fields.Many2many(
        comodel_name="kam.score", string="Last Decisions", compute="_compute_kam_last_score_ids", groups=READERS
    )
    kam_influence = _choice("influence", "Influence")
    kam_strategic_fit = _choice("strategic_fit", "Strategic Fit")
    kam_service_demand = _choice("service_demand", "Service Demand")
    kam_recommendation = _choice("recommendation", "Willing to Recommend")
    kam_brand_lift = _choice("brand_lift", "Lift of Our Brand")
    kam_sales_diversity = _choice("sales_diversity", "Breadth of Its Sales")
    kam_price_sensitivity = _choice("price_sensitivity", "Price Sensitivity")
    kam_quality_demand = _choice("quality_demand", "Demand for Quality")
    kam_relationship_focus = _choice("relationship_focus", "Focus on the Relationship")
    kam_wallet_estimate = _money("wallet_estimate", "Yearly Need")
    kam_wallet_share = fields.Float(string="Our Share", digits=(6, 4), compute="_compute_kam_figures", groups=READERS)
    kam_rated_by_id = _figure(fields.Many2one, "rated_by_id", comodel_name="res.users", string="Rater")
    kam_rated_on = _figure(fields.Date, "rated_on", string="Rated On")
    kam_rating_until = fields.Date(string="Rating Counts Until", compute="_compute_kam_figures", groups=READERS)
    kam_is_rating_old = fields.Boolean(string="Rating Is Too Old", compute="_compute_kam_figures", groups=READERS)
    kam_last_suggestion_ids = fields.Many2many(
        comodel_name="kam.suggestion",
        string="Last Suggestions",
        compute="_compute_kam_last_suggestion_ids",
        groups=READERS,
    )
    kam_stakeholder_ids = fields.Many2many(
        comodel_name="kam.stakeholder", string="Decision Makers", compute="_compute_kam_file", groups=READERS
    )
    kam_member_ids = fields.Many2many(
        comodel_name="kam.account.member", string="Service Team", compute="_compute_kam_file", groups=READERS
    )
    kam_note_ids = fields.Many2many(
        comodel_name="kam.customer.note", string="What Is Known", compute="_compute_kam_file", groups=READERS
    )
    kam_plan_ids = fields.Many2many(
        comodel_name="kam.plan", string="Account Plans", compute="_compute_kam_file", groups=READERS
    )
    kam_reason = fields.Text(string="Reason", compute="_compute_kam_figures", groups=READERS)
    kam_as_of = _figure(fields.Date, "as_of", string="Figures As Of")
    kam_currency_id = fields.Many2one(
        comodel_name="res.currency", string="Figures Currency", compute="_compute_kam_figures", groups=READERS
    )
    kam_revenue_12m = _money("revenue_12m", "Revenue 12 Months")
    kam_revenue_prev_12m = _money("revenue_prev_12m", "Revenue 12 Months Before")
    kam_receivable_total = _money("receivable_total", "Receivable")
    kam_not_due = _money("not_due", "Not Due")
    kam_d1_30 = _money("d1_30", "1–30 Days")
    kam_d31_60 = _money("d31_60", "31–60 Days")
    kam_d61_90 = _money("d61_90", "61–90 Days")
    kam_d91_180 = _money("d91_180", "91–180 Days")
    kam_d181_plus = _money("d181_plus", "Over 180 Days")
    kam_overdue = _money("overdue", "Overdue")
    kam_unapplied = _money("unapplied", "Unapplied")
    kam_pending = _money("pending", "Pending")
    kam_disputed = _money("disputed", "Disputed")
    kam_doubtful = _money("doubtful", "Doubtful")
    kam_oldest_due = _figure(fields.Date, "oldest_due", string="Oldest Due Date")
    kam_payer_class = _choice("payer_class", "Payer")
    kam_payer_reason = fields.Text(string="Payer Reason", compute="_compute_kam_figures", groups=READERS)
    kam_paid_items = _figure(fields.Integer, "paid_items", string="Items Paid")
    kam_days_late_mean = _figure(
        fields.Float, "days_late_mean", string="Mean Days Late", digits=(7, 1), aggregator="avg"
    )
    kam_days_late_spread = _figure(
        fields.Float, "days_late_spread", string="Spread in Days", digits=(7, 1), aggregator="avg"
    )
    kam_share_late = _figure(fields.Float, "share_late", string="Share Late", digits=(6, 4), aggregator="avg")
    kam_payer_trend = _choice("payer_trend", "Trend")
    kam_expected_on = _figure(fields.Date, "expected_on", string="Next Payment")
    kam_expected_amount = _money("expected_amount", "Expected Amount")
    kam_credit_advice = _choice("credit_advice", "Credit Advice")
    kam_credit_reason = fields.Text(string="Credit Reason", compute="_compute_kam_figures", groups=READERS)
    kam_exposure = _money("exposure", "Exposure")
    kam_credit_limit = _money("credit_limit", "Credit Limit in Force")
    kam_headroom = _money("headroom", "Headroom")
    kam_provision = _money("provision", "Provision")
    kam_complaint_count = fields.Integer(string="Open Complaints", compute="_compute_kam_counts", groups=READERS)
    kam_task_count = fields.Integer(string="Open Collection Tasks", compute="_compute_kam_counts", groups=READERS)
    kam_promise_count = fields.Integer(string="Open Promises", compute="_compute_kam_counts", groups=READERS)
    kam_case_count = fields.Integer(string="Bad-Debt Cases", compute="_compute_kam_counts", groups=READERS)
    kam_warning_count = fields.Integer(string="Early Warnings", compute="_compute_kam_counts", groups=READERS)

    @api.depends(*(f"kam_customer_ids.{figure}" for figure in FIGURES.values()))
    @api.depends_context("company", "uid", "lang")
    def _compute_kam_figures(self):
        customers = self.env["kam.customer"].search(
            [("partner_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        )
        by_partner = {customer.partner_id.id: customer for customer in customers}
        for partner in self:
            customer = by_partner.get(partner.id, customers.browse())
            partner.kam_customer_id = customer
            for name, figure in FIGURES.items():
                partner[name] = customer[figure]
            partner.kam_currency_id = customer.currency_id or self.env.company.currency_id

    @api.depends_context("company", "uid")
    def _compute_kam_last_score_ids(self):
        scores = self.env["kam.score"]
        for partner in self:
            domain = [("partner_id", "=", partner.id), ("company_id", "=", self.env.company.id)]
            partner.kam_last_score_ids = scores.search(domain, limit=LAST_SCORES) if partner.id else scores

    @api.depends_context("company", "uid")
    def _compute_kam_last_suggestion_ids(self):
        suggestions = self.env["kam.suggestion"]
        for partner in self:
            domain = [("partner_id", "=", partner.id), ("company_id", "=", self.env.company.id)]
            found = suggestions.search(domain, limit=LAST_SUGGESTIONS) if partner.id else suggestions
            partner.kam_last_suggestion_ids = found

    @api.depends_context("company", "uid")
    def _compute_kam_file(self):
        """Who decides, who serves the customer now or is going to, the newest of each kind of what is known, the plans
        that are not over."""
        for partner in self:
            partner.kam_stakeholder_ids = partner._find_kam("kam.stakeholder")
            partner.kam_member_ids = partner._find_kam("kam.account.member").filtered(lambda member: not member.is_over)
            # oldest first, so that the newest of a kind stays
            known = {note.kind: note for note in partner._find_kam("kam.customer.note").sorted(reverse=True)}
            partner.kam_note_ids = self.env["kam.customer.note"].union(*known.values())
            partner.kam_plan_ids = partner._find_kam("kam.plan").filtered(lambda plan: not plan._is_over())

    @api.depends_context("company", "uid")
    def _compute_kam_counts(self):
        complaints = self._count_kam("kam.complaint", [("is_open", "=", True)])
        tasks = self._count_kam("kam.collection.task", [("state", "=", "open")])
        promises = self._count_kam("kam.promise", [("state", "=", "open")])
        cases = self._count_kam("kam.collection.case", [("state", "!=", "closed")])
        warnings = self._count_kam("kam.warning", [("state", "=", "open")])
        for partner in self:
            partner.kam_complaint_count = complaints.get(partner, 0)
            partner.kam_task_count = tasks.get(partner, 0)
            partner.kam_promise_count = promises.get(partner, 0)
            partner.kam_case_count = cases.get(partner, 0)
            partner.kam_warning_count = warnings.get(partner, 0)

    def action_open_kam_complaints(self):
        return self._open_kam("kam_complaint_action", {"search_default_open": 1})

    def action_open_kam_tasks(self):
        return self._open_kam("kam_collection_task_action", {"search_default_open": 1})

    def action_open_kam_promises(self):
        return self._open_kam("kam_promise_action", {})

    def action_open_kam_cases(self):
        return self._open_kam("kam_collection_case_action", {"search_default_running": 1})

    def action_open_kam_warnings(self):
        return self._open_kam("kam_warning_action", {"search_default_open": 1})

    def action_open_kam_promise_dialog(self):
        """Open the dialog in which a promise of this customer is logged."""
        self.ensure_one()
        return self.env["kam.promise"]._open_dialog(self, self.env.company)

    def action_open_kam_suggestions(self):
        return self._open_kam("kam_suggestion_action", {})

    def action_open_kam_suggestion_dialog(self):
        """Open the dialog in which a suggestion of this customer is written down."""
        self.ensure_one()
        return self.env["kam.suggestion"]._open_dialog(self, self.env.company)

    def action_open_kam_stakeholders(self):
        return self._open_kam("kam_stakeholder_action", {})

    def action_open_kam_members(self):
        return self._open_kam("kam_account_member_action", {})

    def action_open_kam_notes(self):
        return self._open_kam("kam_customer_note_action", {})

    def action_open_kam_plans(self):
        return self._open_kam("kam_plan_action", {})

    def action_print_kam_statement(self):
        """Print what this customer owes the reader's current company."""
        self.ensure_one()
        return self.kam_customer_id.action_print_statement()

    def action_open_kam_scores(self):
        return self._open_kam("kam_score_action", {})

    def action_open_kam_customer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "kam.customer",
            "res_id": self.kam_customer_id.id,
            "view_mode": "form",
        }

    def _open_kam(self, action, context):
        self.ensure_one()
        values = self.env["ir.actions.act_window"]._for_xml_id(f"kam_connector.{action}")
        return {
            **values,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id, **context},
        }

    def unlink(self):
        self.check_access("unlink")
        self.env["kam.stakeholder"]._forget(self)
        return super().unlink()

    def _find_kam(self, model):
        """Return what the reader may see of the partner in the current company, in the model's order."""
        domain = [("partner_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        return self.env[model].search(domain, limit=FILE_ROWS) if self.id else self.env[model]

    def _count_kam(self, model, domain):
        groups = self.env[model]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "=", self.env.company.id), *domain],
            ["partner_id"],
            ["__count"],
        )
        return dict(groups)

    def _search_kam_figure(self, figure, operator, value):
        """Return the partners whose figure in the current company is so, among the figures that the reader may see."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        company = Domain("company_id", "=", self.env.company.id)
        domain = Domain("kam_customer_ids", "any", company & Domain(figure, operator, value))
        if operator == "in" and False in value:
            domain |= Domain("kam_customer_ids", "not any", company)
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        """The figures can be sorted, grouped and summed although the partner does not store them."""
        figure = FIGURES.get(field_expr)
        if figure is None or query is None or not self.env["kam.customer"]._fields[figure].store:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        customers = self.env["kam.customer"]
        return customers._field_to_sql(self._join_kam_customer(alias, query), figure, query)

    def _join_kam_customer(self, alias, query):
        """Return the alias of the current company's figures, joined once and limited to what the reader may see."""
        customers = self.env["kam.customer"]
        joined = query.make_alias(alias, f"kam_customer_{self.env.company.id}_{self.env.uid}")
        visible = customers._search([("company_id", "=", self.env.company.id)])
        condition = SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(joined, "partner_id"))
        query.add_join("LEFT JOIN", joined, visible.subselect(SQL("%s.*", SQL.identifier(customers._table))), condition)
        return joined
