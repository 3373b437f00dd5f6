"""Which customers make most of the revenue, and which make most of the margin: classes A, B and C, side by side.

Customers stand from the largest down, equal ones together. A customer's class is by the share that stands before him,
not by the one that includes him: somebody who is all of the revenue has nothing before him and is A (W6). The base is
the sum of what is above zero, and who has nothing above zero is N and apart (W7): 500, 200, 200, 60, 40 and -50 have
0, 50, 50, 90 and 96 % before them and are A, A, A, B, C and N with cuts of 80 and 95 %. Shown, never deciding a tier.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.policy.tiering import Pareto
from kam_connector.rules.decisions import ids_of, require_columns

KEYS = ["company_id", "customer_id"]
SUBJECTS = ("revenue", "margin")


def classify(figures: pd.DataFrame, policy: Pareto) -> pd.DataFrame:
    """A row a customer of `figures`, by company, the largest revenue first, equal ones by id.

    `figures`: company_id, customer_id, revenue_12m_minor, margin_12m_minor (missing: not known). Columns: these and
    for revenue and margin each `<name>_before` (share of the company's base that larger customers have, 0 to 1; missing
    for N and for what is not known) and `<name>_class` (A, B, C, N or "" for not known). Requirement S4-80.
    """
    require_columns(figures, KEYS, "figures")
    amounts = {f"{name}_12m_minor": _amounts(figures, f"{name}_12m") for name in SUBJECTS}
    table = figures[KEYS].assign(**amounts)
    for name in SUBJECTS:
        before = _share_before(table, f"{name}_12m_minor")
        table[f"{name}_before"] = before
        table[f"{name}_class"] = _classes(table[f"{name}_12m_minor"], before, policy)
    order = ["company_id", "revenue_12m_minor", "customer_id"]
    return table.sort_values(order, ascending=[True, False, True], kind="stable").reset_index(drop=True)


def _amounts(figures: pd.DataFrame, name: str) -> pd.Series:
    """The amounts in smallest units; of a file, which has none, in whole units: shares are the same in both."""
    column = next((each for each in (f"{name}_minor", name) if each in figures), None)
    return pd.Series(np.nan, figures.index) if column is None else figures[column].astype("float64")


def _share_before(table: pd.DataFrame, column: str) -> pd.Series:
    """The share of the company's base that customers with more have; whole amounts are added, so order is no matter."""
    positive = table[table[column] > 0]
    sums = positive.groupby(["company_id", column])[column].sum().rename("block").reset_index()
    sums = sums.sort_values(["company_id", column], ascending=[True, False], kind="stable")
    by_company = sums.groupby("company_id")["block"]
    before = (by_company.cumsum() - sums["block"]) / by_company.transform("sum")
    shares = sums[["company_id", column]].assign(before=before)
    found = table[["company_id", column]].merge(shares, on=["company_id", column], how="left")["before"]
    return pd.Series(found.to_numpy(dtype=np.float64), index=table.index)


def _classes(amounts: pd.Series, before: pd.Series, policy: Pareto) -> np.ndarray:
    cases = [amounts.isna(), amounts <= 0, before < float(policy.a), before < float(policy.b)]
    return np.select(cases, ["", "N", "A", "B"], "C").astype(object)


def is_hollow(classes: pd.DataFrame) -> np.ndarray:
    """Whether a customer is A by revenue and leaves no margin at all: much work for nothing."""
    return ((classes["revenue_class"] == "A") & (classes["margin_class"] == "N")).to_numpy()


def rank_rfm(measured: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, recency, frequency, monetary: 5 for the best fifth of the company, 1 for the last.

    `measured` from `measures.complete`: days_since_invoice (fewer is better), orders_12m, revenue_12m. Equal figures
    have equal ranks: the middle one of their block (W4). Missing where the figure is. Shown, never deciding a tier.
    """
    companies = ids_of(measured["company_id"])
    figures = {
        "recency": -measured["days_since_invoice"],
        "frequency": measured["orders_12m"],
        "monetary": measured["revenue_12m"],
    }
    return measured[KEYS].assign(**{name: _fifths(values, companies) for name, values in figures.items()})


def _fifths(values: pd.Series, companies: np.ndarray) -> pd.Series:
    """1 to 5 by the mid-rank: (how many are below + half of the equal ones) / all."""
    by_company = values.groupby(companies)
    share = (by_company.rank(method="average") - 0.5) / by_company.transform("count")
    return pd.Series(np.minimum(np.floor(share * 5) + 1, 5), index=values.index, dtype="Int64")
