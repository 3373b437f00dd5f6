"""The figures that a score is made of, put together from the facts.

A figure that is not known stays missing (NaN) and is never zero: growth needs a revenue in the year before, days late
need a paid invoice, a margin needs costs. What stands beside revenue, payments and debts is added by `trade.py`.
Amounts come as `<name>_minor` with the row's `digits`, or as `<name>` in whole units (a file).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from kam_connector.policy.measures import CLASSES, MEASURES, RATINGS, SCALE
from kam_connector.rules.ageing import roll_up
from kam_connector.rules.decisions import Days, days_of, require_columns
from kam_connector.rules.pairs import KEYS, gather

Figures = npt.NDArray[np.float64]
AGEING = ("receivable_total", "overdue", "doubtful")


def assemble(
    companies: pd.DataFrame, revenue: pd.DataFrame, behaviour: pd.DataFrame, ageing_rows: pd.DataFrame
) -> pd.DataFrame:
    """A row a company and customer that bought, paid or owes something, with the columns that `complete` reads.

    `companies`: company_id, currency_id, digits; `revenue`: revenue_12m_minor, revenue_prev_12m_minor, orders_12m,
    first_invoice, last_invoice, invoices_12m; `behaviour`: paid_items, days_late_mean, days_late_spread, share_late;
    `ageing_rows` from `ageing.by_customer`. A customer without a row in one of them has its figures there missing, save
    that nothing open means receivable_total 0. Order: company, customer.
    """
    table = gather(revenue, behaviour, _owed(ageing_rows))
    zeros = {f"{name}_minor": table[f"{name}_minor"].fillna(0) for name in AGEING}
    own = companies.set_index("company_id")[["currency_id", "digits"]].reindex(table["company_id"])
    return pd.concat([table.assign(**zeros), own.set_axis(table.index)], axis=1)


def complete(facts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """company_id, customer_id, each of MEASURES as a float (NaN = missing), first_invoice as a day.

    The figure of a class is the place of its code in CLASSES; a rating that is none of 1 to 5 is missing.
    That day is the group's where it is known (group_first_invoice): a new subsidiary of an old customer is not new.
    """
    require_columns(facts, KEYS, "facts")
    measured = facts[KEYS].assign(first_invoice=first_invoices(facts).astype("datetime64[s]"))
    return measured.assign(**{name: figure_of(facts, name, as_of) for name in MEASURES})


def figure_of(facts: pd.DataFrame, name: str, as_of: date) -> Figures:
    """One of MEASURES as `complete` has it, row by row."""
    if name in CLASSES:
        return _class_place(facts, name)
    if name in RATINGS:
        rating = given(facts, name)
        return np.where(np.isin(rating, SCALE), rating, np.nan)
    if name in facts or f"{name}_minor" in facts:
        return given(facts, name)
    derive = _DERIVED.get(name)
    return derive(facts, np.datetime64(as_of, "D")) if derive else np.full(len(facts), np.nan)


def first_invoices(facts: pd.DataFrame) -> Days:
    """Since when each customer of `facts` is known: the group's first invoice, else its own; NaT where neither is."""
    own, group = (_days(facts, column) for column in ("first_invoice", "group_first_invoice"))
    return np.where(np.isnat(group), own, group)


def _owed(ageing_rows: pd.DataFrame) -> pd.DataFrame:
    rows = roll_up(ageing_rows, KEYS).rename(columns={"total_minor": "receivable_total_minor"})
    return rows[[*KEYS, *(f"{name}_minor" for name in AGEING)]]


def given(facts: pd.DataFrame, name: str) -> Figures:
    """The column `name`, or `<name>_minor` in whole units by the row's `digits`, as floats; NaN where not known."""
    if name in facts:
        values = pd.to_numeric(facts[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    elif f"{name}_minor" in facts:
        minor = pd.to_numeric(facts[f"{name}_minor"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        values = minor / 10.0 ** facts["digits"].fillna(2).to_numpy(dtype=np.int64)
    else:
        values = np.full(len(facts), np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _class_place(facts: pd.DataFrame, name: str) -> Figures:
    if name not in facts:
        return np.full(len(facts), np.nan)
    place = pd.Index(CLASSES[name]).get_indexer(pd.Index(facts[name]))
    return np.where(place < 0, np.nan, place)


def _growth(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _ratio(given(facts, "revenue_12m"), given(facts, "revenue_prev_12m"))


def _overdue_share(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _share_of_receivables(facts, "overdue")


def _doubtful_share(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _share_of_receivables(facts, "doubtful")


def _share_of_receivables(facts: pd.DataFrame, name: str) -> Figures:
    """The part of what is open; nothing of it is 0, also where nothing is open; credits above the debts make it 1.

    A part of a total that is not known (a file need not have it) is not known.
    """
    part, total = given(facts, name), given(facts, "receivable_total")
    share = np.where(total > 0, np.minimum(_ratio(part, total), 1.0), np.where(np.isnan(total), np.nan, 1.0))
    return np.where(np.isnan(part), np.nan, np.where(part <= 0, 0.0, share))


def _tenure(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _days_since(facts, "first_invoice", as_of)


def _since_invoice(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _days_since(facts, "last_invoice", as_of)


def _since_reactivation(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """Of whoever never had a pause of 24 months it is not known: no limit on it holds for him."""
    return _days_since(facts, "group_reactivated_on", as_of)


def _focus_share(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """What of the revenue is of products in the focus (S2-3); who was credited more of them than he bought has 0."""
    return np.clip(_ratio(given(facts, "focus_12m"), given(facts, "revenue_12m")), 0.0, 1.0)


def _margin_growth(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _ratio(given(facts, "margin_12m"), given(facts, "margin_prev_12m"))


def _margin_share(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _ratio(given(facts, "margin_12m"), given(facts, "margin_net_12m"))


def _repurchase(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _ratio(given(facts, "products_again"), given(facts, "products_prev_12m"))


def _complaints(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return 100 * _ratio(given(facts, "complaint_points"), given(facts, "orders_12m"))


def _order_gap(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return given(facts, "gap_days_mean")


def _regularity(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """1 where all gaps are alike, 0 where they spread as far as they are long; one gap alone shows no rhythm."""
    spread = _ratio(given(facts, "gap_days_spread"), given(facts, "gap_days_mean"))
    return np.where(given(facts, "gaps_24m") >= 2, np.maximum(1 - spread, 0.0), np.nan)


def _since_order(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    return _days_since(facts, "last_order", as_of)


def _gap_ratio(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """How many of the own gaps have passed since the last order: 2.0 is twice as long as usual."""
    return _ratio(_since_order(facts, as_of), _order_gap(facts, as_of))


def _wallet_share(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """What the customer bought from us over what people say he needs in a year; a need that was put too low is 1."""
    share = _ratio(given(facts, "revenue_12m"), given(facts, "wallet_estimate"))
    return np.clip(share, 0.0, 1.0)


def _wallet_open(facts: pd.DataFrame, as_of: np.datetime64) -> Figures:
    """What people say that the customer needs in a year less what he bought from us: never below 0, nor above the need.

    The share says how far we are, this how much there is: a tenth of a large need may be more than half of a small one.
    """
    need = given(facts, "wallet_estimate")
    need = np.where(need > 0, need, np.nan)
    return np.clip(need - given(facts, "revenue_12m"), 0.0, need)


def _ratio(part: Figures, whole: Figures) -> Figures:
    divisor = np.where(whole > 0, whole, np.nan)
    return part / divisor


def _days_since(facts: pd.DataFrame, column: str, as_of: np.datetime64) -> Figures:
    days = _days(facts, column)
    passed = (as_of - days).astype("timedelta64[D]").astype(np.float64)
    return np.where(np.isnat(days) | (passed < 0), np.nan, passed)


def _days(facts: pd.DataFrame, column: str) -> Days:
    return days_of(facts[column]) if column in facts else np.full(len(facts), np.datetime64("NaT", "D"))


_DERIVED: dict[str, Callable[[pd.DataFrame, np.datetime64], Figures]] = {
    "revenue_growth": _growth,
    "overdue_share": _overdue_share,
    "doubtful_share": _doubtful_share,
    "tenure_days": _tenure,
    "days_since_invoice": _since_invoice,
    "days_since_reactivation": _since_reactivation,
    "focus_share": _focus_share,
    "margin_growth": _margin_growth,
    "margin_share": _margin_share,
    "repurchase_share": _repurchase,
    "complaints_per_100_orders": _complaints,
    "order_gap_days": _order_gap,
    "gap_regularity": _regularity,
    "days_since_order": _since_order,
    "gap_ratio": _gap_ratio,
    "wallet_share": _wallet_share,
    "wallet_open": _wallet_open,
}
