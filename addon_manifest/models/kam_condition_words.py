"""What a segment asks, in words: the conditions that its reason carries, as `tier=gold; growth>=50; growth<80`."""

import re
from functools import reduce

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

PART = re.compile(r"(\w+)(>=|<|=)([^;]+)")
PHRASES = {
    "tier": _lt("tier %(codes)s"),
    "revenue_class": _lt("class %(codes)s by revenue"),
    "margin_class": _lt("class %(codes)s by margin"),
    "at_least_figure": _lt("%(fact)s of at least %(start)s"),
    "at_least_points": _lt("%(fact)s of at least %(start)s points"),
    "below_figure": _lt("%(fact)s below %(below)s"),
    "below_points": _lt("%(fact)s below %(below)s points"),
    "between_figure": _lt("%(fact)s from %(start)s to below %(below)s"),
    "between_points": _lt("%(fact)s from %(start)s to below %(below)s points"),
    "or": _lt("%(first)s or %(second)s"),
    "comma": _lt("%(first)s, %(second)s"),
    "and": _lt("%(first)s and %(second)s"),
}
POINTS = {
    "contribution": _lt("Contribution"),
    "loyalty": _lt("Loyalty"),
    "growth": _lt("Growth"),
    "risk": _lt("Risk"),
    "score": _lt("Score"),
}
FIGURES = {
    "revenue_12m": _lt("Revenue of 12 months"),
    "revenue_prev_12m": _lt("Revenue of the 12 months before"),
    "revenue_growth": _lt("Revenue against the year before"),
    "orders_12m": _lt("Orders of 12 months"),
    "invoices_12m": _lt("Invoices of 12 months"),
    "tenure_days": _lt("Days since the first invoice"),
    "days_since_invoice": _lt("Days since the last invoice"),
    "days_since_reactivation": _lt("Days since the customer came back"),
    "paid_items": _lt("Items paid"),
    "days_late_mean": _lt("Mean days late"),
    "days_late_spread": _lt("Spread of the days late"),
    "share_late": _lt("Share of items paid late"),
    "receivable_total": _lt("Receivable"),
    "overdue": _lt("Overdue debts"),
    "overdue_share": _lt("Share of receivables overdue"),
    "doubtful_share": _lt("Share of receivables doubtful"),
    "revenue_share": _lt("Share of our revenue"),
    "focus_share": _lt("Share of products in the focus"),
    "margin_12m": _lt("Margin of 12 months"),
    "margin_prev_12m": _lt("Margin of the 12 months before"),
    "margin_growth": _lt("Margin against the year before"),
    "margin_share": _lt("Margin as a share of revenue"),
    "categories_12m": _lt("Product categories of 12 months"),
    "categories_new": _lt("New product categories"),
    "categories_lost": _lt("Lost product categories"),
    "category_diversity": _lt("Diversity of what it buys"),
    "repurchase_share": _lt("Share of products bought again"),
    "top3_share": _lt("Share of the three largest products"),
    "discount_share": _lt("Discount as a share of list prices"),
    "decision_days": _lt("Days from quotation to order"),
    "pipeline": _lt("Open quotations"),
    "complaints_per_100_orders": _lt("Complaint points per 100 orders"),
    "order_gap_days": _lt("Mean days between orders"),
    "gap_regularity": _lt("Regularity of orders"),
    "days_since_order": _lt("Days since the last order"),
    "gap_ratio": _lt("Days since the last order over the usual gap"),
    "influence": _lt("Influence in its market"),
    "strategic_fit": _lt("Strategic fit"),
    "service_demand": _lt("Demand for service"),
    "recommendation": _lt("Willingness to recommend"),
    "brand_lift": _lt("Lift of our brand"),
    "sales_diversity": _lt("Breadth of its sales"),
    "price_sensitivity": _lt("Sensitivity to prices"),
    "quality_demand": _lt("Demand for quality"),
    "relationship_focus": _lt("Focus on the relationship"),
    "wallet_share": _lt("Our share of the customer's yearly need"),
    "wallet_open": _lt("Yearly need still to be won"),
    "payer_class": _lt("Payer class"),
}


def parse_conditions(text):
    """Return {name: {sign: value}} in the order of the text; nothing where the text is none of ours."""
    found = {}
    for part in text.split("; "):
        match = PART.fullmatch(part)
        if not match:
            return {}
        name, sign, value = match.groups()
        found.setdefault(name, {})[sign] = value
    return found


def tell_conditions(env, text, name_code):
    """Return the conditions as one phrase in the reader's language; a text that is none of ours as it is.

    `name_code` returns the name of a tier by its code.
    """
    *first, last = [_tell(env, name, limits, name_code) for name, limits in parse_conditions(text).items()] or [text]
    return _join(env, "and", [_join(env, "comma", first), last]) if first else last


def _join(env, word, parts):
    return reduce(lambda first, second: _say(env, word, first=first, second=second), parts)


def _say(env, phrase, **values):
    sentence = env._(PHRASES[phrase])
    return sentence % values


def _tell(env, name, limits, name_code):
    if "=" in limits:
        codes = limits["="].split(",")
        names = [name_code(code) if name == "tier" else code for code in codes]
        return _say(env, name, codes=_join(env, "or", names))
    unit = "points" if name in POINTS else "figure"
    way = "between" if len(limits) == 2 else "at_least" if ">=" in limits else "below"
    word = POINTS.get(name) or FIGURES.get(name)
    fact = env._(word) if word else name
    return _say(env, f"{way}_{unit}", fact=fact, start=limits.get(">="), below=limits.get("<"))
