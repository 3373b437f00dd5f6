"""The figures that a tiers policy may rate, and what each of them is.

A name added here needs its figure in `rules/measures.py`, and what `rules/trade.py`, `rules/traits.py` or
`rules/ratings.py` has to gather for it. Kinds: `money` in the company's currency, `count`, `days`, `ratio` (1.10 = ten
percent more), `share` (0 to 1), `rating` (1 to 5, by a person), `class` (one of the codes in CLASSES).
"""

from __future__ import annotations

from kam_connector.policy.payers import PAYER_CLASSES

MEASURES: dict[str, str] = {
    "revenue_12m": "money",
    "revenue_prev_12m": "money",
    "revenue_growth": "ratio",
    "orders_12m": "count",
    "invoices_12m": "count",
    "tenure_days": "days",
    "days_since_invoice": "days",
    "days_since_reactivation": "days",
    "paid_items": "count",
    "days_late_mean": "days",
    "days_late_spread": "days",
    "share_late": "share",
    "receivable_total": "money",
    "overdue": "money",
    "overdue_share": "share",
    "doubtful_share": "share",
    "revenue_share": "share",
    "focus_share": "share",
    "margin_12m": "money",
    "margin_prev_12m": "money",
    "margin_growth": "ratio",
    "margin_share": "share",
    "categories_12m": "count",
    "categories_new": "count",
    "categories_lost": "count",
    "category_diversity": "share",
    "repurchase_share": "share",
    "top3_share": "share",
    "discount_share": "share",
    "decision_days": "days",
    "pipeline": "money",
    "complaints_per_100_orders": "ratio",
    "order_gap_days": "days",
    "gap_regularity": "share",
    "days_since_order": "days",
    "gap_ratio": "ratio",
    "influence": "rating",
    "strategic_fit": "rating",
    "service_demand": "rating",
    "recommendation": "rating",
    "brand_lift": "rating",
    "sales_diversity": "rating",
    "price_sensitivity": "rating",
    "quality_demand": "rating",
    "relationship_focus": "rating",
    "wallet_share": "share",
    "wallet_open": "money",
    "payer_class": "class",
}
TRAITS = frozenset({"top3_share", "discount_share", "decision_days"})
"""How a customer buys: read only where a policy names one of them (`rules/traits.py`)."""
RATINGS: tuple[str, ...] = tuple(name for name, kind in MEASURES.items() if kind == "rating")
"""What people rate."""
SCALE = (1, 2, 3, 4, 5)
"""What a rating may be."""
WALLET: tuple[str, ...] = ("wallet_share", "wallet_open")
"""What is worked out of a need that a person has estimated: our share of it, and what is still to be won."""
RATED: tuple[str, ...] = (*RATINGS, *WALLET)
"""What rests on a person's word."""
CLASSES: dict[str, tuple[str, ...]] = {"payer_class": PAYER_CLASSES}
"""The codes of each figure that is a class."""
UNDECIDED: dict[str, frozenset[str]] = {"payer_class": frozenset({"new"})}
"""Codes that say that too little is known yet: a policy may leave them out, and the figure is then missing."""
