"""How well the customers of each salesperson were served: justified complaints by 100 deliveries, as a score.

A complaint that turned out justified says something about the seller, never about the customer who made it: it lowers
this score and no tier. Three of them, high, medium and low, are 3 + 1 + 1 = 5 points; on 250 deliveries these are 2.0
in 100, and where each costs 10 the score is 80 (case W28). Requirements S2-56, S4-28 to S4-30.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.policy.intake import Severity
from kam_connector.policy.service import ServicePolicy
from kam_connector.rules.decisions import ids_of, require_columns

SELLER = ["company_id", "user_id"]
COUNTS = ["deliveries", "upheld", "complaint_points"]
BEST = 100


def count_service(
    deliveries: pd.DataFrame, complaints: pd.DataFrame, severity_points: Mapping[Severity, Decimal]
) -> pd.DataFrame:
    """One row a company and salesperson: company_id, user_id, kind, deliveries, upheld, complaint_points.

    `deliveries`: as `facts.service.seller_deliveries`; `complaints`: as `facts.service.seller_complaints`. kind says
    what was counted as a delivery in the company ("" where there was nothing to count); complaints of nobody are left
    out.
    """
    require_columns(deliveries, (*SELLER, "kind", "deliveries"), "deliveries")
    require_columns(complaints, (*SELLER, "severity"), "complaints")
    worth = {str(name): float(value) for name, value in severity_points.items()}
    own = complaints[complaints["user_id"].notna()]
    own = own.assign(upheld=1, complaint_points=own["severity"].map(worth).fillna(0.0).astype("float64"))
    made = pd.concat([_counted(deliveries), _counted(own)], ignore_index=True)
    table = made.groupby(SELLER, as_index=False)[COUNTS].sum()
    kinds = dict(zip(ids_of(deliveries["company_id"]).tolist(), deliveries["kind"].tolist(), strict=True))
    kind = [kinds.get(int(company), "") for company in table["company_id"]]
    return table.astype({"deliveries": "int64", "upheld": "int64"}).assign(kind=kind)[[*SELLER, "kind", *COUNTS]]


def score_service(counted: pd.DataFrame, policy: ServicePolicy) -> pd.DataFrame:
    """`counted` (deliveries, complaint_points) with per_100 and service_score, both to the hundredth, half up.

    The score is from 0 to 100; both are missing with fewer than `least_deliveries`.
    """
    require_columns(counted, ("deliveries", "complaint_points"), "counted")
    made = counted["deliveries"].to_numpy(dtype=np.float64)
    points = counted["complaint_points"].to_numpy(dtype=np.float64)
    enough = made >= policy.least_deliveries
    per_100 = np.where(enough, points * 100 / np.where(enough, made, 1.0), np.nan)
    score = np.clip(BEST - float(policy.score_off) * per_100, 0, BEST)
    return counted.assign(per_100=_half_up(per_100), service_score=_half_up(score))


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with COUNTS as numbers, 0 for what they do not say."""
    ids = {name: ids_of(rows[name]) for name in SELLER}
    return pd.DataFrame({**ids, **{name: rows.get(name, 0.0) for name in COUNTS}}).astype(
        dict.fromkeys(COUNTS, "float64")
    )


def _half_up(values: np.ndarray) -> np.ndarray:
    """To the hundredth; what is a half but for the last bits of a float goes up too."""
    rounded: np.ndarray = np.floor(np.round(values * 100, 6) + 0.5) / 100
    return rounded
