"""Who came how far among his own: ranks, how far apart they are, who is paid by another rule, who stands out for long.

What is compared is the part of each one's own target, so that a large and a small territory stand side by side (S0-15).
Equal figures share the better place and the next one is left out: 98.00, 95.25, 95.25 and 83.08 % are 1, 2, 2 and 4.
Their spread is 98.00 / 83.08 = 1.18 times, the coefficient of variation 6.22 %. Who is not rated has no rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd

from kam_connector.policy.plans import Plan
from kam_connector.rules.appraisal import WHO, shown
from kam_connector.rules.decisions import Flags, boxed, require_columns
from kam_connector.rules.pay.prepare import is_payee

SPREAD_COLUMNS = ("people_rated", "best", "least", "times", "mean", "coefficient")


def rank(scores: pd.DataFrame, among: Sequence[str]) -> pd.DataFrame:
    """`scores` (company_id, user_id, score and the columns of `among`) with rank and shared, the best first.

    rank: among those with the same columns of `among`, None without a score; shared: how many have that rank. Figures
    that are equal as they are shown are equal. Who is not rated stands last, by user.
    """
    require_columns(scores, (*WHO, "score", *among), "scores")
    order = pd.to_numeric(pd.Series([shown(each) for each in scores["score"]], index=scores.index, dtype=object))
    table = scores.assign(order=order.astype("float64"))
    by = [table[name] for name in among]
    ranks = table["order"].groupby(by).rank(method="min", ascending=False)
    same = table.groupby([*by, table["order"]])["user_id"].transform("size")
    table = table.assign(
        rank=boxed(None if pd.isna(each) else int(each) for each in ranks),
        shared=boxed(None if pd.isna(each) else int(each) for each in same.where(ranks.notna())),
    )
    sorted_rows = table.sort_values([*among, "order", "user_id"], ascending=[*(True for _ in among), False, True])
    return sorted_rows.drop(columns="order").reset_index(drop=True)


def spread(scores: pd.DataFrame, among: Sequence[str]) -> pd.DataFrame:
    """One row a group of `among`: these and SPREAD_COLUMNS; best and least are Fractions, times is best / least.

    coefficient: the standard deviation of the whole group over its mean. times and coefficient are None where the least
    or the mean is not above zero. Only who has a score counts.
    """
    rated = scores[scores["score"].notna()]
    rows = [(*_key(key), *_spread(group["score"].tolist())) for key, group in rated.groupby(list(among), sort=True)]
    return pd.DataFrame(rows, columns=[*among, *SPREAD_COLUMNS], dtype=object)


def _key(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _spread(scores: Sequence[Fraction]) -> tuple[object, ...]:
    best, least, mean = max(scores), min(scores), sum(scores, Fraction(0)) / len(scores)
    variance = sum(((each - mean) ** 2 for each in scores), Fraction(0)) / len(scores)
    times = best / least if least > 0 else None
    coefficient = Fraction(Decimal(repr(sqrt(variance)))) / mean if mean > 0 else None
    return len(scores), best, least, times, mean, coefficient


def find_exceptions(people: pd.DataFrame, plans: Sequence[Plan]) -> pd.DataFrame:
    """Who is paid by other plans than most of those with the same role: user_id, login, team, plans, usual (codes).

    `people`: user_id, login, team, role. A role is that of a team: whoever sells in one team is paid alike, or stands
    here. Where two sets of plans are equally usual, the one that comes first by its codes is.
    """
    require_columns(people, ("user_id", "login", "team", "role"), "people")
    paid = pd.DataFrame({plan.code: is_payee(people, plan) for plan in plans}, index=people.index)
    codes = sorted(paid.columns)
    sets = [", ".join(code for code, holds in zip(codes, row, strict=True) if holds) for row in paid[codes].to_numpy()]
    table = people.assign(plans=sets)
    usual = table.groupby(["team", "role"])["plans"].transform(lambda each: each.mode().iloc[0])
    found = table.assign(usual=usual)
    return found.loc[found["plans"] != found["usual"], ["user_id", "login", "team", "plans", "usual"]].reset_index(
        drop=True
    )


def stands_out(scores: Sequence[pd.DataFrame], at: Decimal) -> pd.DataFrame:
    """company_id, user_id of who has at least `at` in each of the periods (`scores`: a frame of WHO and score each)."""
    long = [frame.loc[_reached(frame, at), WHO] for frame in scores]
    found = long[0]
    for frame in long[1:]:
        found = found.merge(frame, on=WHO)
    return found.sort_values(WHO).reset_index(drop=True)


def _reached(frame: pd.DataFrame, at: Decimal) -> Flags:
    least = Fraction(at)
    return np.array([each is not None and each >= least for each in frame["score"]], dtype=bool)
