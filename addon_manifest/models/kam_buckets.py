"""The money columns of an ageing: one a bucket, in company currency, and what qualifies them."""

from odoo import fields, models

#: The columns that are past due.
OVERDUE = ("d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
#: Each column with the days past due up to which an item stands in it; the last one is open.
LAST_DAYS = (("not_due", 0), ("d1_30", 30), ("d31_60", 60), ("d61_90", 90), ("d91_180", 180), ("d181_plus", None))


class KamBuckets(models.AbstractModel):
    _name = "kam.buckets"
    _description = "Receivables by Age"
    _inherit = "kam.record"

    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    not_due = fields.Monetary(
        readonly=True, help="Not due yet on the as-of day; due on that very day counts as not due."
    )
    d1_30 = fields.Monetary(string="1–30 Days", readonly=True)
    d31_60 = fields.Monetary(string="31–60 Days", readonly=True)
    d61_90 = fields.Monetary(string="61–90 Days", readonly=True)
    d91_180 = fields.Monetary(string="91–180 Days", readonly=True)
    d181_plus = fields.Monetary(string="Over 180 Days", readonly=True)
    unapplied = fields.Monetary(
        readonly=True,
        help="Payments and credit notes not matched with an invoice yet. They are in the buckets too, negative.",
    )
    pending = fields.Monetary(
        readonly=True, help="Registered payments that the bank has not confirmed yet. Not deducted."
    )
    disputed = fields.Monetary(
        readonly=True, help="The part that open complaints dispute. Not deducted, but not dunned."
    )
    doubtful = fields.Monetary(
        readonly=True, help="Past due for longer than the policy allows: a case for the bad-debt procedure."
    )


def bucket_of(days):
    """Return the column in which an item stands that is so many days past due."""
    return next(name for name, last in LAST_DAYS if last is None or days <= last)
