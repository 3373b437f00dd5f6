"""Wanted tiers and segments, current figures of customers, and score history.

A customer's figures come from several frames that need not know the same customers: who is scored but owes
nothing, who owes but is not scored. They are joined by company and customer; what is missing is empty,
never invented.
"""

from __future__ import annotations

from functools import reduce
from itertools import product

import pandas as pd

from kam_connector.writeback.decided import Decided
from kam_connector.writeback.destinations import BUCKETS
from kam_connector.writeback.keys import key_of, whole_numbers
from kam_connector.writeback.plans import Desired
from kam_connector.writeback.standing import CUSTOMER, payers, provided, with_credit

_POINTS = {name: f"score_{name}" for name in ("contribution", "loyalty", "growth", "risk")}
_SEGMENT = {
    "segment": "segment_id", "segment_code": "segment_reason_code", "segment_args": "segment_reason_args",
}  # fmt: skip
_SERVICE_NUMBERS = ("visit_days", "executive_visits", "discount_limit", "credit_factor")
_COLORS = 11  # Odoo's palette
_MONEY = [f"{name}_minor" for name in (*BUCKETS, "overdue", "unapplied", "pending", "disputed", "doubtful")]


def tiers(decided: Decided) -> Desired | None:
    """One record a tier and company, the best first; a tier that left the policy is archived."""
    if decided.tiers is None:
        return None
    places = product(sorted(decided.company_ids), enumerate(decided.tier_codes, start=1))
    rows = [
        {
            "company_id": company,
            "kam_key": code,
            "code": code,
            "name": decided.tier_names.get(code) or code.replace("_", " ").replace("-", " ").capitalize(),
            "sequence": place * 10,
            "color": decided.tier_colors.get(code, place % _COLORS),
            "active": True,
            **{name: decided.tier_service.get(code, {}).get(name) or 0 for name in _SERVICE_NUMBERS},
            "sla_class": decided.tier_service.get(code, {}).get("sla_class"),
        }
        for company, (place, code) in places
    ]
    columns = ["company_id", "kam_key", "code", "name", "sequence", "color", "active", *_SERVICE_NUMBERS, "sla_class"]
    return Desired("kam.tier", pd.DataFrame(rows, columns=columns), scope=".")


def segments(decided: Decided) -> Desired | None:
    """One record a segment and company, in the policy's order; one that left the policy is archived."""
    if decided.segment_names is None:
        return None
    places = product(sorted(decided.company_ids), enumerate(decided.segment_names.items(), start=1))
    rows = [
        {
            "company_id": company,
            "kam_key": code,
            "code": code,
            "name": name,
            "sequence": place * 10,
            "active": True,
        }
        for company, (place, (code, name)) in places
    ]
    columns = ["company_id", "kam_key", "code", "name", "sequence", "active"]
    return Desired("kam.segment", pd.DataFrame(rows, columns=columns), scope=".")


def customers(decided: Decided) -> Desired | None:
    """One record a customer and company: score, tier, revenue, receivables, class of payer, credit, provision."""
    builders = (_scored, _revenue, _receivables, payers, provided)
    parts = [part for part in (build(decided) for build in builders) if part is not None]
    if not parts:
        return None
    frame = with_credit(reduce(lambda left, right: left.merge(right, on=CUSTOMER, how="outer"), parts), decided)
    frame = _with_people(frame, decided).rename(columns={"customer_id": "partner_id"})
    frame = frame.sort_values(["company_id", "partner_id"]).reset_index(drop=True)
    frame = frame.assign(kam_key=key_of("customer", frame["partner_id"]), as_of=decided.as_of)
    return Desired("kam.customer", frame, scope="customer:" if decided.ageing is not None else "")


def scores(decided: Decided) -> Desired | None:
    """One record a customer, company and day on which something changed (the plan leaves out the repeats)."""
    if decided.tiers is None:
        return None
    frame = _score_columns(decided.tiers).rename(columns={"previous_tier": "previous_tier_id"})
    frame = frame.assign(partner_id=whole_numbers(frame["customer_id"]), valid_from=decided.as_of)
    frame["kam_key"] = key_of("score", frame["partner_id"], decided.as_of.isoformat())
    return Desired("kam.score", frame)


def _score_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"tier": "tier_id", **_SEGMENT, **_POINTS})


def _scored(decided: Decided) -> pd.DataFrame | None:
    if decided.tiers is None:
        return None
    wanted = ["tier_id", "score", "coverage", "status", *_POINTS.values(), "reason_code", "reason_args"]
    wanted += _SEGMENT.values()
    frame = _score_columns(decided.tiers)
    if decided.rating_days is not None:
        wanted, frame = [*wanted, "rating_days"], frame.assign(rating_days=decided.rating_days)
    return frame[[*CUSTOMER, *(name for name in wanted if name in frame)]]


def _revenue(decided: Decided) -> pd.DataFrame | None:
    if decided.revenue is None:
        return None
    columns = ["revenue_12m_minor", "revenue_prev_12m_minor"]
    return decided.revenue.groupby(CUSTOMER, as_index=False)[columns].sum()


def _receivables(decided: Decided) -> pd.DataFrame | None:
    """The salespeople's rows of a customer added up (one currency: the company's)."""
    if decided.ageing is None:
        return None
    frame = decided.ageing[decided.ageing["customer_id"] > 0].rename(columns={"total_minor": "receivable_total_minor"})
    sums = {name: "sum" for name in ("receivable_total_minor", *_MONEY) if name in frame}
    frame = frame.assign(oldest_due=pd.to_datetime(frame["oldest_due"]))
    return frame.groupby(CUSTOMER, as_index=False).agg({**sums, "oldest_due": "min"})


def _with_people(frame: pd.DataFrame, decided: Decided) -> pd.DataFrame:
    if decided.customers is None:
        return frame
    people = decided.customers
    heads = people[people["partner_id"] == people["customer_id"]] if "partner_id" in people else people
    columns = [name for name in ("user_id", "team_id") if name in heads]
    heads = heads[["customer_id", *columns]].drop_duplicates("customer_id")
    return frame.merge(heads, on="customer_id", how="left")
