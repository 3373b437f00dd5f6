"""The figures that warnings watch, put together from the facts: the higher, the worse.

A figure that cannot be known is missing (NaN): a customer with one order has no rhythm, without costs there is no
margin. Who owes nothing, never complained, has no credit limit or was made too few offers has 0 there. Worked figures:
the last order 150 days ago with 75 days between orders on average is an order gap of 2.0; 70 000 this season after
100 000 in the same one of last year a fall of 0.30, and a margin of 15 000 in twelve months after 20 000 in the twelve
before one of 0.25; 50 of 100 past due now and 20 of 80 a month ago a rise of 0.25; two of four offers cancelled or
expired a loss of 0.50.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kam_connector.policy.warnings import MEASURE_KINDS, Watching
from kam_connector.rules.decisions import ids_of

KEYS = ["company_id", "customer_id"]
DIGITS = 6
"""Figures are rounded so, that 1 - 70/100 reaches a limit of 0.30."""
Figures = np.ndarray


@dataclass(frozen=True, slots=True)
class Watched:
    """The tables, each with company_id and customer_id: `rhythm` and `season` of `facts.rhythm`; `debts` and
    `debts_before` (so many days ago), `offers`, `complaints`, `contacts` of `facts.watched`; `credit` of
    `rules.exposure.advise_credit`; `trade` of `rules.trade.add_trade`, with start of `rules.newcomers.kinds_of_start`;
    `tiers` of `rules.tiers.decide_tiers`: whoever is in it is watched."""

    tiers: pd.DataFrame
    rhythm: pd.DataFrame
    season: pd.DataFrame
    debts: pd.DataFrame
    debts_before: pd.DataFrame
    offers: pd.DataFrame
    complaints: pd.DataFrame
    contacts: pd.DataFrame
    credit: pd.DataFrame
    trade: pd.DataFrame


def measure_watched(given: Watched, policy: Watching) -> pd.DataFrame:
    """A row a company and customer with a tier decision: tier, start (new, reactivated, known or ""), one column a
    measure (float, NaN = not known) and what the reasons say of it.

    Those are last_order, gap_days_mean, revenue_3m_minor, revenue_3m_before_minor, margin_12m_minor,
    margin_prev_12m_minor (missing: no cost is known), offers, lost_offers, overdue_share, overdue_share_before,
    contact_ids (text), exposure_minor, limit_minor (missing: none). Order: company, customer.
    """
    table = _joined(given)
    share, share_before = (_ratio(table[f"debts_overdue{when}_minor"], table[f"debts{when}_minor"]) for when in _WHEN)
    gaps = table["gap_days_mean"].where(table["gaps_24m"] >= policy.min_gaps)
    fallen = table["revenue_3m_before_minor"] - table["revenue_3m_minor"]
    lost = table["margin_prev_12m_minor"] - table["margin_12m_minor"]
    figures = {
        "order_gap": _ratio(table["days_since_last"], gaps, none=np.nan),
        "volume_fall": np.maximum(_ratio(fallen, table["revenue_3m_before_minor"]), 0),
        "margin_fall": np.maximum(_ratio(lost, table["margin_prev_12m_minor"], none=np.nan), 0),
        "categories_lost": pd.to_numeric(table["categories_lost"]).to_numpy(dtype=np.float64, na_value=np.nan),
        "offers_lost": _ratio(table["lost_offers"], table["offers"].where(table["offers"] >= policy.min_offers)),
        "overdue_rise": np.maximum(share - share_before, 0),
        "complaints": table["complaints"].to_numpy(dtype=np.float64),
        "contacts_gone": table["contacts_gone"].to_numpy(dtype=np.float64),
        "credit_used": _ratio(table["exposure_minor"], table["limit_minor"]),
    }
    measured = {name: np.round(figures[name], DIGITS) for name in MEASURE_KINDS}
    return table.assign(**measured, overdue_share=share, overdue_share_before=share_before)


_WHEN = ("", "_before")
_TRADE = ("margin_12m_minor", "margin_prev_12m_minor", "categories_lost", "start")
_COUNTED = (
    *("revenue_3m_minor", "revenue_3m_before_minor", "debts_minor", "debts_overdue_minor", "debts_before_minor"),
    *("debts_overdue_before_minor", "offers", "lost_offers", "complaints", "contacts_gone", "exposure_minor"),
    "gaps_24m",
)
"""What is 0 for a customer without a row."""


def _joined(given: Watched) -> pd.DataFrame:
    """The watched customers with the columns of all tables; what is counted is 0 where there is no row."""
    before = {"debts_minor": "debts_before_minor", "debts_overdue_minor": "debts_overdue_before_minor"}
    parts = (
        given.rhythm[[*KEYS, "last_order", "days_since_last", "gaps_24m", "gap_days_mean"]],
        given.season,
        given.debts,
        given.debts_before.rename(columns=before),
        given.offers,
        given.complaints,
        _counted(given.contacts),
        given.credit[[*KEYS, "exposure_minor", "limit_minor"]],
        given.trade[[*KEYS, *_TRADE]],
    )
    table = given.tiers[[*KEYS, "tier"]]
    for part in parts:
        table = table.merge(part, on=KEYS, how="left")
    whole = {name: ids_of(table[name]) for name in _COUNTED}
    texts = {name: table[name].fillna("").astype(object) for name in ("tier", "start", "contact_ids")}
    return table.assign(**whole, **texts).sort_values(KEYS, kind="stable").reset_index(drop=True)


def _counted(contacts: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, contacts_gone (their number), contact_ids ("17, 18")."""
    ordered = contacts.sort_values([*KEYS, "contact_id"])
    grouped = ordered.groupby(KEYS)["contact_id"]
    ids: Mapping[object, str] = {key: ", ".join(str(each) for each in found) for key, found in grouped}
    return grouped.size().rename("contacts_gone").reset_index().assign(contact_ids=list(ids.values()))


def _ratio(part: pd.Series, whole: pd.Series, none: float = 0.0) -> Figures:
    """Part of whole, `none` where the whole is not above zero or not known."""
    upper, lower = (pd.to_numeric(each).to_numpy(dtype=np.float64, na_value=np.nan) for each in (part, whole))
    known = lower > 0
    return np.where(known, upper / np.where(known, lower, 1.0), none)
