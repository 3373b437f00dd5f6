"""The money columns of an ageing: one a bucket, in company currency, and what qualifies them."""

from odoo import fields, models

BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
OVERDUE_BUCKETS = BUCKETS[1:]


class KamBuckets(models.AbstractModel):
    _name = "kam.buckets"
    _description = "Receivables by Age"

    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    not_due = fields.Monetary(help="Not due yet on the as-of day; due on that very day counts as not due.")
    d1_30 = fields.Monetary(string="1–30 Days")
    d31_60 = fields.Monetary(string="31–60 Days")
    d61_90 = fields.Monetary(string="61–90 Days")
    d91_180 = fields.Monetary(string="91–180 Days")
    d181_plus = fields.Monetary(string="Over 180 Days")
    unapplied = fields.Monetary(
        help="Payments and credit notes not matched with an invoice yet. They are in the buckets too, as negative amounts."
    )
    pending = fields.Monetary(help="Registered payments that the bank has not confirmed yet. Not deducted.")
    disputed = fields.Monetary(help="The part that open complaints dispute. Not deducted, but not dunned.")
    doubtful = fields.Monetary(help="Past due for longer than the limit of the policy: a case for the bad-debt procedure.")
