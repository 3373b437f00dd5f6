"""An ageing of all receivables of a company: the current set, or a dated copy. An accountant signs it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from .kam_buckets import OVERDUE

BASES = [("due", "Due Date"), ("recognition", "Date of Recognition")]
#: Only the buttons write them, so that nobody signs for another or for other figures.
SIGNATURE_FIELDS = frozenset({"reviewed_by", "reviewed_on", "reviewed_as_of", "reviewed_total", "reviewed_difference"})


class KamAgeing(models.Model):
    _name = "kam.ageing"
    _description = "Ageing Report"
    _inherit = ["kam.buckets", "mail.thread", "mail.activity.mixin"]
    _order = "as_of desc, basis, id desc"
    _mail_post_access = "read"

    _kam_people_fields = SIGNATURE_FIELDS | {"review_note"}

    name = fields.Char(required=True, readonly=True)
    as_of = fields.Date(required=True, readonly=True, index=True)
    basis = fields.Selection(selection=BASES, required=True, readonly=True, default="due")
    is_snapshot = fields.Boolean(
        string="Snapshot", readonly=True, help="A dated copy that stays; the current set follows every run."
    )
    sequence = fields.Integer(
        string="Copy No.",
        readonly=True,
        aggregator=None,
        help="1 for the first copy of a day, more when the day was frozen again. The last one counts.",
    )
    is_superseded = fields.Boolean(
        string="Superseded", compute="_compute_is_superseded", help="The day was frozen again later."
    )
    total = fields.Monetary(readonly=True)
    overdue = fields.Monetary(compute="_compute_overdue", store=True)
    ledger_balance = fields.Monetary(readonly=True, help="Balance of the receivable accounts, read from the ledger.")
    difference = fields.Monetary(readonly=True, help="Ageing total less ledger balance. It must be zero.")
    is_tied = fields.Boolean(string="Ties to the Ledger", compute="_compute_is_tied")
    line_ids = fields.One2many(comodel_name="kam.ageing.line", inverse_name="ageing_id", string="Customers")
    computed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)

    reviewed_by = fields.Many2one(comodel_name="res.users", readonly=True, copy=False, tracking=True)
    reviewed_on = fields.Datetime(readonly=True, copy=False, tracking=True)
    review_note = fields.Text(copy=False, tracking=True)
    reviewed_as_of = fields.Date(string="Signed Day", readonly=True, copy=False)
    reviewed_total = fields.Monetary(string="Signed Total", readonly=True, copy=False)
    reviewed_difference = fields.Monetary(string="Signed Difference", readonly=True, copy=False)
    review_state = fields.Selection(
        selection=[("open", "To Review"), ("signed", "Signed"), ("outdated", "Changed Since Signed")],
        compute="_compute_review_state",
        store=True,
    )

    @api.depends("basis", "as_of")
    @api.depends_context("lang")
    def _compute_display_name(self):
        bases = dict(self._fields["basis"]._description_selection(self.env))
        for ageing in self:
            ageing.display_name = self.env._(
                "Receivables by %(basis)s, %(day)s",
                basis=bases.get(ageing.basis),
                day=format_date(self.env, ageing.as_of),
            )

    @api.depends("is_snapshot", "company_id", "basis", "as_of", "sequence")
    def _compute_is_superseded(self):
        copies = self.filtered("is_snapshot")
        days = [("is_snapshot", "=", True), ("as_of", "in", copies.mapped("as_of"))]
        groups = self._read_group(days, ["company_id", "basis", "as_of:day"], ["sequence:max"]) if copies else []
        last = {(company, basis, day): sequence for company, basis, day, sequence in groups}
        for ageing in self:
            day = (ageing.company_id, ageing.basis, ageing.as_of)
            ageing.is_superseded = ageing.is_snapshot and ageing.sequence < last.get(day, 0)

    @api.depends(*OVERDUE)
    def _compute_overdue(self):
        for ageing in self:
            ageing.overdue = sum(ageing[name] for name in OVERDUE)

    @api.depends("difference")
    def _compute_is_tied(self):
        for ageing in self:
            ageing.is_tied = ageing.currency_id.is_zero(ageing.difference)

    @api.depends(
        "reviewed_by", "reviewed_as_of", "reviewed_total", "reviewed_difference", "as_of", "total", "difference"
    )
    def _compute_review_state(self):
        for ageing in self:
            signed = (ageing.reviewed_as_of, ageing.reviewed_total, ageing.reviewed_difference)
            now = (ageing.as_of, ageing.total, ageing.difference)
            ageing.review_state = "open" if not ageing.reviewed_by else "signed" if signed == now else "outdated"

    def write(self, vals):
        if not self.env.su:
            self._refuse(SIGNATURE_FIELDS & vals.keys())
        return super().write(vals)

    def action_sign(self):
        """Sign the figures as they stand now; a later change shows as changed since signed."""
        self._check_reviewer()
        for ageing in self:
            if not ageing.is_tied and not (ageing.review_note or "").strip():
                raise UserError(
                    self.env._("The ageing does not tie to the ledger. Explain the difference in the note, then sign.")
                )
            # sudo: nobody may write a signature but through here
            ageing.sudo().write(
                {
                    "reviewed_by": self.env.uid,
                    "reviewed_on": fields.Datetime.now(),
                    "reviewed_as_of": ageing.as_of,
                    "reviewed_total": ageing.total,
                    "reviewed_difference": ageing.difference,
                }
            )
        return True

    def action_withdraw(self):
        """Take the signature back."""
        self._check_reviewer()
        # sudo: nobody may write a signature but through here
        return self.sudo().write(dict.fromkeys(SIGNATURE_FIELDS, False))

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kam_connector.kam_ageing_line_action")
        return {**action, "domain": [("ageing_id", "=", self.id)], "context": {"search_default_group_user": 1}}

    def _filter_locked(self):
        return self.filtered(lambda ageing: ageing.is_snapshot and ageing.reviewed_by)

    def _check_reviewer(self):
        """Raise AccessError unless an accountant acts who may write here and did not compute the figures."""
        self.check_access("write")
        if not self.env.user.has_group("kam_connector.group_accountant"):
            raise AccessError(self.env._("Only an accountant of the key-account programme signs an ageing."))
        if self.env.user in self.computed_by_id:
            raise AccessError(self.env._("You computed these figures. Somebody else has to sign them."))
