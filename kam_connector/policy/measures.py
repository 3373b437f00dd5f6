"""The figures that a tiers policy may rate, and what each of them is.

A name added here needs its figure in `rules/measures.py`. Kinds: `money` in the company's currency, `count`, `days`,
`ratio` (1.10 = ten percent more), `share` (0 to 1).
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
}
