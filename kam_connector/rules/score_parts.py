"""Which item of the policy makes how much of a score, to the hundredth, and what moved a score between two days.

Worked figures (tiering_complaints.md): 80, 60, 50 and 70 points at weights of 40, 25, 20 and 15 make 32.00 + 15.00 +
10.00 + 10.50 = 67.50 (W1). Without growth the others carry its weight: 40.00 + 18.75 + 13.13 = 71.88 (W2). A customer
of 45 days with 90 points of his own: 18.00 of them, and 40.00 of the prior of 50, make 58.00 (W9).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.money import allocate, round_ratio
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import boxed
from kam_connector.rules.measures import complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.scores import HUNDREDTHS, Scores, explain_scores, score_customers, weigh_prior

PRIOR = "prior"
"""In place of the fact: what a new customer has of the policy's prior."""
ITEM = ["dimension", "fact", "occurrence"]
Record = Mapping[Hashable, Any]


def split_scores(facts: pd.DataFrame, policy: TierPolicy, as_of: date) -> pd.DataFrame:
    """A row a customer and item, customer by customer in the order of `facts`: the columns of `explain_scores`, and
    occurrence (of the fact in its dimension, from 0), share (percent of the score that the item's points count for,
    Decimal of two places; 0 where it does not count), part (of the score, Decimal of two places).

    The parts of a customer sum to his score to the hundredth; an unrated one has none (None). A new customer has one
    more row, of the prior: no dimension, fact "prior", the prior as points. Meant for the few customers that somebody
    looks at. Requirement S4-81; cases W1, W2, W9.
    """
    scores = score_customers(facts, policy, as_of)
    rows = explain_scores(facts, policy, as_of)
    rows = rows.assign(occurrence=rows.groupby([*KEYS, "dimension", "fact"]).cumcount())
    own, against = weigh_prior(complete(facts, as_of), policy.newcomer, as_of, scores.is_new)
    split = []
    for place in range(len(facts)):
        mine = rows.iloc[place :: len(facts)]
        weighed = Fraction(int(own[place]), int(own[place] + against[place]))
        split.append(_split(mine, scores, place, policy, weighed))
    return pd.concat(split, ignore_index=True) if split else rows.assign(share=None, part=None)


def compare_parts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """A row an item of one customer whose points, or whose part of the score, are not what they were.

    `before`, `after`: rows of `split_scores`, each of its day and by the policy of that day. Columns: dimension, fact,
    occurrence, value, points and part with `_before` for the earlier day, change (of the score, Decimal), moved_by:
    figure (another figure), known (a figure that was missing), missing (a figure that is gone), rule (the same figure
    and other points, or an item of one of the policies only), weight (the same points count otherwise). The changes sum
    to the difference of the two scores; where one of the days has no score they are None. The largest change first.
    """
    names = [*ITEM, "value", "points", "part"]
    both = before[names].merge(after[names], on=ITEM, how="outer", suffixes=("_before", ""), indicator="in_policies")
    if before.empty or after.empty:  # the customer was not there: no item of either policy is a new one
        both["in_policies"] = "both"
    both = both.astype(object).where(both.notna(), None)
    is_rated = bool(before["part"].notna().any() and after["part"].notna().any())
    both["change"] = boxed(_change(row) if is_rated else None for row in both.to_dict("records"))
    both["moved_by"] = [_moved_by(row) for row in both.to_dict("records")]
    by_weight = both["moved_by"].eq("weight")
    moved = both[both["moved_by"].ne("") & ~by_weight | (by_weight & both["change"].notna() & both["change"].ne(0))]
    size = np.array([abs(change or 0) for change in moved["change"]], dtype=np.float64)
    return moved.iloc[np.argsort(-size, kind="stable")].reset_index(drop=True)


def _split(rows: pd.DataFrame, scores: Scores, place: int, policy: TierPolicy, own: Fraction) -> pd.DataFrame:
    """The rows of one customer with share and part; `own` is how much of the score is his own and not the prior's."""
    excluded = policy.newcomer.exclude if scores.is_new[place] else ()
    shares = [own * share for share in _shares(rows, policy, excluded)]
    if own != 1:
        first = rows.iloc[[0]]
        prior = first.assign(dimension="", fact=PRIOR, value=np.nan, from_value=None, line_no=-1,
                             points=boxed([policy.newcomer.prior]), dimension_no=-1, item_no=-1)  # fmt: skip
        rows, shares = pd.concat([rows, prior], ignore_index=True), [*shares, 1 - own]
    weights = [share * Fraction(points or 0) for share, points in zip(shares, rows["points"], strict=True)]
    score = int(scores.score[place])
    parts = allocate(score, weights) if any(weights) else [0] * len(weights)
    rated = bool(scores.is_rated[place])
    return rows.assign(
        share=boxed(round_ratio(share.numerator * 100, share.denominator, 2) for share in shares),
        part=boxed(round_ratio(part, HUNDREDTHS, 2) if rated else None for part in parts),
    )


def _shares(rows: pd.DataFrame, policy: TierPolicy, excluded: tuple[str, ...]) -> list[Fraction]:
    """What each item's points count for: its part of the known weight of its dimension, times the dimension's part."""
    pairs = zip(rows["points"], rows["weight"], strict=True)
    weights = [Fraction(0) if points is None else Fraction(weight) for points, weight in pairs]
    known: dict[int, Fraction] = {}
    for number, weight in zip(rows["dimension_no"], weights, strict=True):
        known[int(number)] = known.get(int(number), Fraction(0)) + weight
    counted = {
        place: Fraction(dimension.weight)
        for place, dimension in enumerate(policy.dimension)
        if known[place] and dimension.name not in excluded
    }
    total = sum(counted.values())
    return [
        weight / known[number] * counted[number] / total if number in counted and total else Fraction(0)
        for number, weight in zip(rows["dimension_no"].tolist(), weights, strict=True)
    ]


def _change(row: Record) -> Any:
    return (row["part"] or 0) - (row["part_before"] or 0)


def _moved_by(row: Record) -> str:
    """Why the item's part is another one; "" where neither points nor part have changed."""
    if row["fact"] != PRIOR and row["in_policies"] != "both":
        return "rule"
    if row["fact"] != PRIOR and row["points"] != row["points_before"]:
        if row["points_before"] is None or row["points"] is None:
            return "known" if row["points_before"] is None else "missing"
        return "rule" if row["value"] == row["value_before"] else "figure"
    return "weight" if row["part"] != row["part_before"] else ""
