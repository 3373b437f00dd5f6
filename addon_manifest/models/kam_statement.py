"""The statement of account: what a customer owes, on a paper for the customer himself.

It has documents, days and amounts, and nothing of what the connector decided about him.
"""

from odoo import fields, models
from odoo.exceptions import UserError

from .kam_buckets import LAST_DAYS, bucket_of

#: More open items than this are no statement of one page.
MOST_ITEMS = 400


class KamStatement(models.Model):
    _inherit = "kam.customer"

    def action_print_statement(self):
        """Print what the customer owes, for the customer himself."""
        report = self.env.ref("kam_connector.kam_customer_action_report_statement")
        return report.report_action(self, data={})  # XML-RPC cannot carry the default, None

    def _get_statement(self):
        """Return the customer's open journal items of today by currency, and what was agreed about them.

        As {today, parts, promises}; a part has the currency, its lines (debts before credits) with their days overdue
        and whether they are disputed by id, the balance by age as (title, amount), and the sum of what is open.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        lines = self._find_open_lines(today)
        disputed = self._find_disputed(lines.move_id)
        parts = [self._get_part(lines, currency, today, disputed) for currency in lines.currency_id]
        return {"today": today, "parts": parts, "promises": self._find_promises()}

    def _find_open_lines(self, today):
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("date", "<=", today),
            ],
            order="date_maturity, id",
            limit=MOST_ITEMS + 1,
        )
        if len(lines) > MOST_ITEMS:
            raise UserError(self.env._("More than %(count)s items are open: too many for a page.", count=MOST_ITEMS))
        return lines

    def _find_disputed(self, moves):
        """Return the documents of which an open complaint disputes a part."""
        complaints = self.env["kam.complaint"].search(
            [
                ("is_open", "=", True),
                ("disputed_amount", ">", 0),
                "|",
                ("move_id", "in", moves.ids),
                ("line_ids.move_id", "in", moves.ids),
            ]
        )
        lines = complaints.line_ids.filtered("disputed_amount")
        return lines.move_id | complaints.filtered(lambda complaint: not complaint.line_ids).move_id

    def _find_promises(self):
        return self.env["kam.promise"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("state", "=", "open"),
                ("approval", "in", ("none", "approved")),
            ],
            order="promised_for, id",
        )

    def _get_part(self, lines, currency, today, disputed):
        own = lines.filtered(lambda line: line.currency_id == currency and line.amount_residual_currency)
        own = own.sorted(lambda line: line.amount_residual_currency < 0)
        past = {line.id: (today - (line.date_maturity or line.date)).days for line in own}
        by_age = dict.fromkeys((name for name, _ in LAST_DAYS), 0.0)
        for line in own:
            by_age[bucket_of(past[line.id])] += line.amount_residual_currency
        return {
            "currency": currency,
            "lines": own,
            "late": {line.id: max(past[line.id], 0) if line.amount_residual_currency > 0 else 0 for line in own},
            "disputed": {line.id: line.move_id in disputed for line in own},
            "ageing": [(self._fields[name].get_description(self.env)["string"], by_age[name]) for name in by_age],
            "total": sum(own.mapped("amount_residual_currency")),
        }
