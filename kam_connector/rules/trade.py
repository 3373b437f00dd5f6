"""What the trade with a customer says beside revenue and payments: margin, assortment, quotations, rhythm, complaints.

A company that does not keep something must not be rated as if there were none of it. So quotations and complaints of a
customer without any are 0 only in a company that records them at all, and missing elsewhere; margins and categories
are missing wherever nothing tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.policy.intake import Severity
from kam_connector.rules.decisions import ids_of
from kam_connector.rules.pairs import KEYS, put_beside

MARGINS = ["margin_12m_minor", "margin_prev_12m_minor", "margin_net_12m_minor"]
ASSORTMENT = [
    "categories_12m", "categories_new", "categories_lost", "category_diversity", "products_prev_12m", "products_again",
]  # fmt: skip
RHYTHM = ["last_order", "gaps_24m", "gap_days_mean", "gap_days_spread"]
STARTS = ["group_first_invoice", "group_active_since", "group_reactivated_on"]


@dataclass(frozen=True, slots=True)
class Trade:
    """Tables with company_id, customer_id: `margins` and `quotations` valued by `rules.orders`, `assortment`, `rhythm`,
    `starts` (facts.newcomers) and `complaints` (facts.complaints.settled_complaints) as the facts give them.
    """

    margins: pd.DataFrame
    quotations: pd.DataFrame
    assortment: pd.DataFrame
    rhythm: pd.DataFrame
    starts: pd.DataFrame
    complaints: pd.DataFrame


def add_trade(figures: pd.DataFrame, trade: Trade, severity_points: Mapping[Severity, Decimal]) -> pd.DataFrame:
    """The rows of `measures.assemble` with the columns that further measures are made of, in the same order.

    Added: MARGINS, ASSORTMENT, RHYTHM, STARTS, pipeline_minor, complaint_points (points of the settled complaints by
    severity), revenue_share. Only customers that are rows already: an offer alone makes nobody a customer.
    """
    parts = (
        trade.margins[[*KEYS, *MARGINS]],
        trade.assortment[[*KEYS, *ASSORTMENT]],
        trade.rhythm[[*KEYS, *RHYTHM]],
        trade.starts[[*KEYS, *STARTS]],
        trade.quotations[[*KEYS, "pipeline_minor"]],
        _complaint_points(trade.complaints, severity_points),
    )
    table = put_beside(figures, *parts)
    for column, recorded in (("pipeline_minor", trade.quotations), ("complaint_points", trade.complaints)):
        keeps = table["company_id"].isin(recorded["company_id"].unique())
        table[column] = table[column].where(table[column].notna() | ~keeps, 0)
    return table.assign(revenue_share=revenue_share(table))


def _complaint_points(complaints: pd.DataFrame, severity_points: Mapping[Severity, Decimal]) -> pd.DataFrame:
    """company_id, customer_id, complaint_points; three settled ones of 3, 1 and 1 points are 5 (W28)."""
    points = (
        complaints["severity"].map({str(name): float(value) for name, value in severity_points.items()}).fillna(0.0)
    )
    rows = complaints[KEYS].assign(complaint_points=points * complaints["settled"])
    summed: pd.DataFrame = rows.groupby(KEYS, as_index=False)[["complaint_points"]].sum()
    return summed


def revenue_share(table: pd.DataFrame) -> np.ndarray:
    """Each customer's part of what his company invoiced; who was credited more than invoiced has no part (W7)."""
    revenue = table["revenue_12m_minor"].fillna(0).to_numpy(dtype=np.float64)
    positive = pd.Series(np.maximum(revenue, 0.0))
    whole = positive.groupby(ids_of(table["company_id"])).transform("sum").to_numpy()
    share = positive.to_numpy() / np.where(whole > 0, whole, np.nan)
    return np.where(table["revenue_12m_minor"].isna(), np.nan, share)
