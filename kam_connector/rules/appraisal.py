"""How far people came: each measure against its target, all of them as one figure, and each against its own past.

Sales 920 of 1,000, margin 184 of 250, collection 700 of 800 and 3 of 5 new customers are 92.0, 73.6, 87.5 and 60.0 %;
with the weights 40, 25, 25 and 10 they are 83.08 % (case W32). 72 of 80 thousand with weight 5, 700 of 800 with 3 and
30 of 25, which counts as 120 %, with 2 are 9.525 of 10: 95.25 % (case W37). 720 after 640 thousand is 12.5 % more; a
margin of 18.2 % after 20.0 % is 1.8 points less. Requirements S4-7, S4-28 to S4-31.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from kam_connector.money import round_ratio
from kam_connector.policy.appraisal import Scale
from kam_connector.rules.decisions import Boxed, boxed, require_columns

WHO = ["company_id", "user_id"]
RATED, NO_TARGET, ZERO, BELOW_ZERO, UNKNOWN = "rated", "no_target", "zero_target", "negative_target", "not_known"
ITEM_COLUMNS = (*WHO, "measure", "target_minor", "actual_minor", "state", "completion", "counted", "gap_minor")


def rate_items(items: pd.DataFrame, cap: Decimal) -> pd.DataFrame:
    """`items` (company_id, user_id, measure, target_minor, actual_minor; None: not known) with ITEM_COLUMNS.

    state: rated, no_target, zero_target, negative_target or not_known (nothing measures it); completion: what was
    reached of the target, a Fraction, only of rated ones; counted: the same, at most `cap`; gap_minor: actual less
    target, also of a target below zero, of which no part can be reached (case W32).
    """
    require_columns(items, (*WHO, "measure", "target_minor", "actual_minor"), "items")
    target, actual = (_whole(items[name]) for name in ("target_minor", "actual_minor"))
    states = [_state(*pair) for pair in zip(target, actual, strict=True)]
    completion = [
        Fraction(reached or 0, wanted or 1) if state == RATED else None
        for state, wanted, reached in zip(states, target, actual, strict=True)
    ]
    gap = [_less(reached, wanted) for wanted, reached in zip(target, actual, strict=True)]
    most = Fraction(cap)
    return items.assign(
        target_minor=boxed(target), actual_minor=boxed(actual), state=states, completion=boxed(completion),
        counted=boxed(None if each is None else min(each, most) for each in completion), gap_minor=boxed(gap),
    )[list(ITEM_COLUMNS)]  # fmt: skip


def weigh(items: pd.DataFrame, weights: Mapping[str, Decimal]) -> pd.DataFrame:
    """One row a person: company_id, user_id, score, uncapped (weighted means of counted and completion, Fractions, None
    where nothing is rated) and coverage (the part of the weights that is rated).

    `items` from `rate_items`. An item that is not rated leaves its weight to the others.
    """
    rated = (items["state"] == RATED).tolist()
    known = [Fraction(weights.get(name, Decimal(0))) for name in items["measure"]]
    used = boxed(weight if counts else Fraction(0) for weight, counts in zip(known, rated, strict=True))
    table = items[WHO].assign(weight=used)
    for name in ("counted", "completion"):
        table[name] = used * boxed(each or Fraction(0) for each in items[name])
    sums = table.groupby(WHO, sort=True)[["weight", "counted", "completion"]].agg(_total)
    sums = sums.reset_index()
    whole = sum((Fraction(each) for each in weights.values()), Fraction(0))
    return sums[WHO].assign(
        score=_over(sums["counted"], sums["weight"]), uncapped=_over(sums["completion"], sums["weight"]),
        coverage=boxed(Fraction(each) / whole for each in sums["weight"]),
    )  # fmt: skip


def compare(now: pd.Series, before: pd.Series) -> Boxed:
    """By how much each amount grew against the same one before, Fractions; None without a figure above zero before."""
    pairs = zip(_whole(now), _whole(before), strict=True)
    return boxed(
        None if reached is None or not former or former < 0 else Fraction(reached - former, former)
        for reached, former in pairs
    )


def points_between(now: Boxed, before: Boxed) -> Boxed:
    """By how much each rate is above the one before: shares, so that -0.018 is 1.8 points less; None without both."""
    pairs = zip(now.tolist(), before.tolist(), strict=True)
    return boxed(None if rate is None or former is None else rate - former for rate, former in pairs)


def share_of(part: pd.Series, whole: pd.Series) -> Boxed:
    """Each amount as a part of another, Fractions; None where one is not known or the other not above zero."""
    pairs = zip(_whole(part), _whole(whole), strict=True)
    return boxed(None if over is None or not under or under < 0 else Fraction(over, under) for over, under in pairs)


def score_marks(marks: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """One row a person: company_id, user_id, points (of 100), coverage; `marks`: company_id, user_id, item, mark.

    Marks 4, 5, 3, 4, 4 of 5 with the weights 60, 15, 10, 10, 5 are 81 points (case W37, requirement S4-31).
    """
    weights = {item.code: item.weight for item in scale.item}
    shares = boxed(Fraction(mark) / scale.best for mark in marks["mark"])
    items = marks[WHO].assign(measure=marks["item"], state=RATED, completion=shares, counted=shares)
    found = weigh(items, weights)
    return found[WHO].assign(points=boxed(each * 100 for each in found["score"]), coverage=found["coverage"])


def shown(value: Fraction | None, digits: int = 4) -> str | None:
    """A figure as answers carry it, a half away from zero: 0.83075 is 0.8308; None stays None."""
    return None if value is None else f"{round_ratio(value.numerator, value.denominator, digits):f}"


def _total(parts: pd.Series) -> Fraction:
    return sum(parts.tolist(), Fraction(0))


def _state(target: int | None, actual: int | None) -> str:
    if target is None:
        return NO_TARGET
    if target == 0:
        return ZERO
    if actual is None:
        return UNKNOWN
    return BELOW_ZERO if target < 0 else RATED


def _less(amount: int | None, other: int | None) -> int | None:
    return None if amount is None or other is None else amount - other


def _whole(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in values.tolist()]


def _over(sums: pd.Series, weights: pd.Series) -> Boxed:
    pairs = zip(sums.tolist(), weights.tolist(), strict=True)
    return boxed(Fraction(part) / weight if weight else None for part, weight in pairs)
