"""What people have said of a customer: influence, strategic fit, demand for service, recommendation, his yearly need.

No document tells these (requirements S0-1, S0-2, S2-10, S4-79), so the person who looks after the customer rates him
from 1 to 5 and estimates what he buys in a year of what we sell, from everyone (S2-17). Who is not rated is not rated
low: the figure is missing. A rating ages: of one older than the policy's `valid_days` nothing counts any more.

Worked figure: rated on 2025-07-01 with `valid_days = 365`, the rating counts up to 2026-07-01 and not on 2026-07-02.
A need of 800,000 against 200,000 invoiced is a share of 0.25; three quarters are still to be won. Against 900,000
invoiced the need was put too low: the share counts as 1, nothing is left to be won, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.measures import RATED, RATINGS
from kam_connector.rules.decisions import days_of
from kam_connector.rules.measures import given
from kam_connector.rules.pairs import KEYS, put_beside
from kam_connector.texts import Text

GIVEN = (*RATINGS, "wallet_estimate_minor", "rated_on")
_LOW_NEED = Text(
    "The yearly need is put at {need}, and {revenue} was invoiced in the last 12 months: the need is put too low, so "
    "our share of it counts as the whole. Estimate it anew under Rating by People."
)
SAID = (*RATED, "wallet_estimate", "wallet_estimate_minor")


def add_ratings(figures: pd.DataFrame, ratings: pd.DataFrame, payers: pd.DataFrame) -> pd.DataFrame:
    """The rows of `figures` (keys company_id, customer_id) with GIVEN and payer_class, in the same order.

    `ratings` as `facts.ratings.ratings`: ratings as texts "1" to "5", wallet_estimate_minor, rated_on; `payers` as
    `payers.decide_payers`. Who is not rated, or never paid, has them missing; a need of nothing is no estimate.
    """
    said = ratings[[*KEYS, *GIVEN]]
    need = pd.to_numeric(said["wallet_estimate_minor"]).astype("float64")
    said = said.assign(
        **{name: pd.to_numeric(said[name], errors="coerce") for name in RATINGS},
        wallet_estimate_minor=need.where(need > 0),
    )
    return put_beside(figures, said, payers[[*KEYS, "payer_class"]])


def forget_old_ratings(figures: pd.DataFrame, valid_days: int, as_of: date) -> pd.DataFrame:
    """The figures without what was said more than `valid_days` before the day, or after it.

    Rows without `rated_on` keep theirs: a file need not have the column.
    """
    if "rated_on" not in figures:
        return figures
    valid = are_valid(figures["rated_on"], valid_days, as_of)
    if valid.all():
        return figures
    return figures.assign(**{name: figures[name].where(valid) for name in SAID if name in figures})


def find_low_needs(facts: pd.DataFrame, valid_days: int, as_of: date) -> Iterator[Finding]:
    """A warning for each customer who bought more from us in 12 months than somebody says he needs in a year.

    `facts` as `measures.complete` takes them. A need that is too old to count warns of nothing.
    """
    known = forget_old_ratings(facts, valid_days, as_of)
    need, revenue = given(known, "wallet_estimate"), given(known, "revenue_12m")
    digits = known.get("digits", pd.Series(2, index=known.index))
    for place in np.flatnonzero((need > 0) & (revenue > need)):
        shown = {"need": need[place], "revenue": revenue[place]}
        values = {name: f"{value:,.{int(digits.iloc[place])}f}" for name, value in shown.items()}
        yield Finding("warning", "rules.ratings", str(known["customer_id"].iloc[place]), _LOW_NEED, values)


def are_valid(rated_on: pd.Series, valid_days: int, as_of: date) -> np.ndarray:
    """Whether a rating of that day counts; one without a day does."""
    day = days_of(rated_on)
    age = (np.datetime64(as_of, "D") - day).astype(np.int64)
    return np.asarray(np.isnat(day) | ((age >= 0) & (age <= valid_days)))
