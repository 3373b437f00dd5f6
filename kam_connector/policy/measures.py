"""The figures that a tiers policy may rate, and what each of them is.

A name added here needs its figure in `rules/measures.py`, and what `rules/trade.py` has to gather for it. Kinds:
`money` in the company's currency, `count`, `days`, `ratio` (1.10 = ten percent more), `share` (0 to 1).
"""

from __future__ import annotations

MEASURES: dict[str, str] = {
    "revenue_12m": "money",
    "revenue_prev_12m": "money",
    "revenue_growth": "ratio",
    "orders_12m": "count",
    "invoices_12m": "count",
    "tenure_days": "days",
    "days_since_invoice": "days",
    "paid_items": "count",
    "days_late_mean": "days",
    "days_late_spread": "days",
    "share_late": "share",
    "receivable_total": "money",
    "overdue": "money",
    "overdue_share": "share",
    "doubtful_share": "share",
    "revenue_share": "share",
    "margin_12m": "money",
    "margin_prev_12m": "money",
    "margin_growth": "ratio",
    "margin_share": "share",
    "categories_12m": "count",
    "categories_new": "count",
    "categories_lost": "count",
    "repurchase_share": "share",
    "pipeline": "money",
    "complaints_per_100_orders": "ratio",
    "order_gap_days": "days",
    "gap_regularity": "share",
    "days_since_order": "days",
    "gap_ratio": "ratio",
}
