"""What a case is made good with: proposed by the connector, agreed by a person with the right for the amount.

Nothing is booked here. Approving the solution approves the compensation; a draft credit note may follow, which an
accountant completes and posts.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

REMEDIES = [
    ("replace", "Replacement"),
    ("repair", "Repair"),
    ("return", "Return"),
    ("credit", "Credit Note"),
    ("goodwill", "Goodwill"),
]
#: Remedies that are given as money.
CREDITED = ("return", "credit", "goodwill")
#: The groups that may approve, by role of the policy.
ROLES = {
    "salesperson": "kam_connector.group_user",
    "manager": "kam_connector.group_manager",
    "director": "kam_connector.group_director",
}
#: The connector alone writes these.
PROPOSED = frozenset(
    {"proposed_remedy", "proposed_amount", "proposed_limit", "approver", "proposal_code", "proposal_args"}
)
#: The server alone writes these.
SEALED = frozenset({"agreed_at", "agreed_by_id", "credit_move_id"})
#: Steps that take an approval back.
REOPENING = ("accepted", "investigating", "rejected")
#: What is approved, and for whom.
AGREED = frozenset({"remedy", "agreed_amount", "partner_id", "company_id"})


class KamCompensation(models.AbstractModel):
    _name = "kam.compensation"
    _description = "Compensation of a Complaint"

    currency_id = fields.Many2one(comodel_name="res.currency")
    loss_amount = fields.Monetary(
        string="Documented Loss",
        compute="_compute_loss_amount",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="What papers, photographs or a test prove that the customer has lost. With lines it is their sum.",
    )
    proposed_remedy = fields.Selection(selection=REMEDIES, readonly=True, copy=False)
    proposed_amount = fields.Monetary(readonly=True, copy=False)
    proposed_limit = fields.Selection(
        selection=[
            ("loss", "Documented Loss"),
            ("value", "Value of What It Is About"),
            ("budget", "Budget of the Year"),
            ("paper", "No Line or Invoice"),
            ("merits", "On the Merits"),
        ],
        string="Limit",
        readonly=True,
        copy=False,
        help="Which of the limits was the lowest.",
    )
    approver = fields.Selection(
        selection=[("salesperson", "Salesperson"), ("manager", "Manager"), ("director", "Director")],
        readonly=True,
        copy=False,
        help="Who may approve the proposed amount; a higher one needs a director.",
    )
    proposal_code = fields.Char(copy=False, readonly=True)
    proposal_args = fields.Text(string="Proposal Figures", copy=False, readonly=True)
    proposal = fields.Text(compute="_compute_proposal", help="Why this remedy, this amount and this approver.")
    remedy = fields.Selection(
        selection=REMEDIES,
        copy=False,
        tracking=True,
        help="What the customer gets. Empty: whoever approves takes over what is proposed.",
    )
    agreed_amount = fields.Monetary(string="Agreed", copy=False, tracking=True, help="What it costs us.")
    agreed_by_id = fields.Many2one(comodel_name="res.users", string="Approved By", readonly=True, copy=False)
    agreed_at = fields.Datetime(string="Approved On", readonly=True, copy=False)
    credit_move_id = fields.Many2one(
        comodel_name="account.move", string="Credit Note", readonly=True, copy=False, index="btree_not_null"
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    may_credit = fields.Boolean(compute="_compute_may_credit")

    @api.depends("line_ids.loss_amount")
    def _compute_loss_amount(self):
        for complaint in self:
            lines = complaint.line_ids
            stated = complaint._origin.loss_amount
            complaint.loss_amount = sum(lines.mapped("loss_amount")) if lines else stated

    @api.depends("proposal_code", "proposal_args")
    @api.depends_context("lang")
    def _compute_proposal(self):
        for complaint in self:
            complaint.proposal = self.env["kam.reason"]._render(complaint.proposal_code, complaint.proposal_args)

    @api.depends("approver", "proposed_amount", "remedy", "agreed_amount")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for complaint in self:
            complaint.may_approve = complaint._has_right_for(complaint._find_amount({}))

    @api.depends("state", "agreed_at", "remedy", "agreed_amount", "credit_move_id")
    @api.depends_context("uid")
    def _compute_may_credit(self):
        for complaint in self:
            complaint.may_credit = (
                complaint.agreed_at
                and complaint.remedy in CREDITED
                and complaint.agreed_amount > 0
                and not complaint.credit_move_id
                and complaint._has_right_for(complaint.agreed_amount)
            )

    @api.constrains("loss_amount", "agreed_amount")
    def _check_compensation_amounts(self):
        if any(min(complaint.loss_amount, complaint.agreed_amount) < 0 for complaint in self):
            raise UserError(self.env._("Documented loss and agreed amount cannot be negative."))

    @api.onchange("remedy")
    def _onchange_remedy(self):
        if self.remedy and not self.agreed_amount:
            self.agreed_amount = self.proposed_amount

    def _seal_new(self):
        """New cases that are approved already have the seal of whoever made them."""
        for complaint in self.filtered("remedy"):
            complaint._check_approver(complaint.agreed_amount)
            complaint.sudo().write(complaint._seal())  # sudo: nobody writes the seal by hand

    def _check_compensation(self, vals):
        """Raise where the user may not write what these values say of the compensation, or approve its amount."""
        self._check_compensation_owner(vals.keys())
        if AGREED & vals.keys() and any(complaint.agreed_at for complaint in self) and not self.env.su:
            raise UserError(
                self.env._("This compensation is approved. Investigate the case again before you change it.")
            )
        if vals.get("state") == "approved":
            # who approves no solution at all is told so at the step itself
            for complaint in self.filtered(lambda case: case.state != "approved" and case._may_approve()):
                complaint._check_approver(complaint._find_amount(vals))

    def action_make_credit_note(self):
        """Make a draft credit note of the agreed amount, or show the one that there is; nothing is posted."""
        self.ensure_one()
        self.check_access("write")
        if not self.credit_move_id:
            if not self.may_credit:
                raise UserError(self.env._("Only an approved amount of money gives a credit note."))
            # sudo: who may approve need not be a bookkeeper; an accountant completes and posts the draft
            case = self.sudo()
            case.credit_move_id = case.env["account.move"].create(case._prepare_credit_note())
        if not self.credit_move_id.has_access("read"):
            return True
        return {"type": "ir.actions.act_window", "res_model": "account.move", "view_mode": "form",
                "res_id": self.credit_move_id.id}  # fmt: skip

    def _prepare_credit_note(self):
        """Return the values of the draft; with an invoice it takes back what salespeople were credited for it."""
        moves = (self.line_ids.move_id or self.move_id).filtered(lambda move: move.move_type == "out_invoice")
        invoice = moves if len(moves) == 1 else moves.browse()
        customer = invoice.partner_id or self.partner_id
        theirs = self.with_context(lang=customer.lang or self.env.lang)
        title = theirs.env._("Compensation for complaint %(name)s", name=self.name)
        line = {"name": title, "quantity": 1, "price_unit": self.agreed_amount, "tax_ids": [Command.clear()]}
        return {
            "move_type": "out_refund",
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "reversed_entry_id": invoice.id,
            "invoice_user_id": (invoice.invoice_user_id or self.partner_id.commercial_partner_id.user_id).id,
            "invoice_line_ids": [Command.create(line)],
        }

    def _find_seal(self, vals):
        """Return what the step of these values says of the compensation: it is agreed, or open again.

        Agreed is the amount whose approver was checked; where nobody has chosen a remedy, what is proposed.
        """
        remedy = vals.get("remedy", self.remedy) or self.proposed_remedy
        if vals["state"] == "approved" and remedy:
            return {"remedy": remedy, "agreed_amount": self._find_amount(vals), **self._seal()}
        return {"agreed_at": False, "agreed_by_id": False} if vals["state"] in REOPENING else {}

    def _seal(self):
        """Return who agreed when."""
        return {"agreed_at": fields.Datetime.now(), "agreed_by_id": self.env.uid}

    def _find_amount(self, vals):
        """Return the amount that an approval with these values approves."""
        if "agreed_amount" in vals:
            return vals["agreed_amount"] or 0
        is_own = vals.get("remedy", self.remedy) and (self.remedy or not self.proposed_remedy)
        return self.agreed_amount if is_own else self.proposed_amount

    def _find_role(self, amount):
        """Return who may approve the amount: as proposed, or a director where it is higher or nothing is proposed."""
        currency = self.currency_id or self.env.company.currency_id  # a case that is being entered has none yet
        above = currency.compare_amounts(amount, self.proposed_amount) > 0
        return "director" if above else self.approver or "manager"

    def _has_right_for(self, amount):
        return self.env.su or self.env.user.has_group(ROLES[self._find_role(amount)])

    def _may_approve(self):
        """Whether the user approves solutions at all: a manager, and who may give what is proposed here."""
        is_manager = self.env.su or self.env.user.has_group("kam_connector.group_manager")
        return is_manager or self._find_role(self._find_amount({})) == "salesperson"

    def _check_approver(self, amount):
        if not self._has_right_for(amount):
            roles = dict(self._fields["approver"]._description_selection(self.env))
            raise AccessError(
                self.env._(
                    "The compensation of %(name)s is to be approved by: %(role)s.",
                    name=self.name,
                    role=roles[self._find_role(amount)],
                )
            )

    def _check_compensation_owner(self, names):
        """Raise AccessError when a person writes what the connector proposes, or anybody the seal of an approval."""
        if not self.env.su:
            self._refuse((SEALED if self._is_connector() else SEALED | PROPOSED) & set(names))
