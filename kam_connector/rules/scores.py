"""How many points a customer has in each dimension, and in all.

Worked figures (tiering_complaints.md): contribution 40, loyalty 25, growth 20, risk 15 with 80, 60, 50 and 70 points
score 32 + 15 + 10 + 10.5 = 67.50 (W1). Without growth the rest is renormalised, 57.5 / 0.80 = 71.88, at a coverage of
80 % (W2). Everything is whole numbers until the one rounding, so equal facts give equal scores to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import lcm

import numpy as np
import pandas as pd

from kam_connector.policy.measures import CLASSES
from kam_connector.policy.tiering import Dimension, Item, Newcomer, TierPolicy
from kam_connector.rules.decisions import Flags, Whole, boxed, days_of, kinds_of
from kam_connector.rules.measures import complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.ratings import forget_old_ratings

HUNDREDTHS = 100
DAYS_A_MONTH, HALF_MONTH, NOT_NEW = 30, 15, -1


@dataclass(frozen=True, slots=True)
class Ratio:
    """A column of exact fractions: integers (of any size) over integers above zero."""

    over: np.ndarray
    under: np.ndarray

    def hundredths(self) -> Whole:
        """The fractions in hundredths, rounded once, a half upwards (none is negative)."""
        doubled = (2 * HUNDREDTHS * self.over + self.under) // (2 * self.under)
        return np.asarray(doubled, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Scores:
    """Per customer, in hundredths: `score`, `coverage` (of 1.00), `points` by dimension (-1 = missing); `is_new`."""

    keys: pd.DataFrame
    score: Whole
    coverage: Whole
    points: dict[str, Whole]
    is_new: Flags
    is_rated: Flags


def score_customers(facts: pd.DataFrame, policy: TierPolicy, as_of: date) -> Scores:
    """The scores of all customers of `facts` (columns as `measures.assemble`), in the order of the rows.

    `keys` has company_id, customer_id, first_invoice. Requirements S4-79, S4-81; cases W1, W2, W4, W9.
    """
    measured = _measure(facts, policy, as_of)
    is_new = _find_new(measured, policy.newcomer, as_of)
    first, kind = _find_kinds(measured, policy, as_of, is_new)
    scores = _score(measured.iloc[first], policy, as_of, is_new[first])
    points = {name: part[kind] for name, part in scores.points.items()}
    keys = measured[[*KEYS, "first_invoice"]]
    return Scores(keys, scores.score[kind], scores.coverage[kind], points, is_new, scores.is_rated[kind])


def _find_kinds(measured: pd.DataFrame, policy: TierPolicy, as_of: date, is_new: Flags) -> tuple[Whole, Whole]:
    """Which customers score alike, as `kinds_of` says it: new for as many half months, the same lines of all items."""
    lines = (_line(measured, item) for dimension in policy.dimension for item in dimension.item)
    return kinds_of([np.where(is_new, _half_months(measured, as_of), NOT_NEW), *lines])


def _score(measured: pd.DataFrame, policy: TierPolicy, as_of: date, is_new: Flags) -> Scores:
    """The scores of the customers of `measured`, each worked out in whole numbers of any size."""
    parts = [_rate(measured, dimension, policy.newcomer, is_new) for dimension in policy.dimension]
    whole, known = _weigh(parts, policy)
    wanted = Ratio(np.array([policy.tiering.coverage_min.as_integer_ratio()[0]], dtype=object),
                   np.array([policy.tiering.coverage_min.as_integer_ratio()[1]], dtype=object))  # fmt: skip
    is_rated = (known.over * wanted.under >= wanted.over * known.under) & (known.over > 0)
    mixed = _mix_prior(whole, policy.newcomer, measured, as_of, is_new)
    names: list[str] = [dimension.name for dimension in policy.dimension]
    points = {name: part.points() for name, part in zip(names, parts, strict=True)}
    return Scores(measured, mixed.hundredths(), known.hundredths(), points, is_new, is_rated.astype(bool))


def explain_scores(facts: pd.DataFrame, policy: TierPolicy, as_of: date) -> pd.DataFrame:
    """A row a customer and item of the policy, in its order: company_id, customer_id, dimension, fact, value,
    from_value, points, weight, optional, and the places dimension_no, item_no, line_no in the policy (counted from 0).

    `value` is NaN, `points` None and `line_no` -1 where the figure is missing; `from_value` is the line of the points
    table that decided: a value, or the code of a class. This is what `kam explain` shows under a score.
    """
    measured = _measure(facts, policy, as_of)
    return pd.concat(
        [
            _explain(measured, dimension, item).assign(dimension_no=place, item_no=number)
            for place, dimension in enumerate(policy.dimension)
            for number, item in enumerate(dimension.item)
        ],
        ignore_index=True,
    )


def weigh_prior(
    measured: pd.DataFrame, newcomer: Newcomer, as_of: date, is_new: Flags
) -> tuple[np.ndarray, np.ndarray]:
    """How much a customer's own score counts, and how much the prior: whole numbers, 1 and 0 for who is not new.

    Half months count, so that the score of a new customer does not move every night.
    """
    days = (_half_months(measured, as_of) * HALF_MONTH).astype(object)
    months, unit = newcomer.weight_months.as_integer_ratio()
    mixes = is_new & (days * unit + DAYS_A_MONTH * months > 0).astype(bool)
    return np.where(mixes, days * unit, 1), np.where(mixes, DAYS_A_MONTH * months, 0)


def _measure(facts: pd.DataFrame, policy: TierPolicy, as_of: date) -> pd.DataFrame:
    """The figures that the policy takes for known on that day."""
    return complete(forget_old_ratings(facts, policy.ratings.valid_days, as_of), as_of)


@dataclass(frozen=True, slots=True)
class _Part:
    """One dimension: points times weights, and the weights, of the items that are known, as integers.

    `full` is the weight that could be known: of all items but the optional ones that are missing.
    """

    over: np.ndarray
    known: np.ndarray
    full: np.ndarray
    scale: int

    def points(self) -> Whole:
        value = Ratio(self.over, np.where(self.known > 0, self.known, 1) * self.scale).hundredths()
        return np.where(self.known > 0, value, -1).astype(np.int64)


def _rate(measured: pd.DataFrame, dimension: Dimension, newcomer: Newcomer, is_new: Flags) -> _Part:
    scale = _scale([points for item in dimension.item for _, points in item.lines])
    unit = _scale([item.weight for item in dimension.item])
    over, known, full = (np.zeros(len(measured), dtype=object) for _ in range(3))
    for item in dimension.item:
        line = _line(measured, item)
        missing = line < 0
        if item.optional and missing.all():
            continue
        points = np.array([int(points * scale) for _, points in item.lines], dtype=np.int64)[line]
        weight = np.where(missing, 0, int(item.weight * unit)).astype(object)
        over, known = over + weight * points.astype(object), known + weight
        full = full + (weight if item.optional else int(item.weight * unit))
    if dimension.name in newcomer.exclude:
        over, known = np.where(is_new, 0, over), np.where(is_new, 0, known)
    return _Part(over, known, np.where(full > 0, full, 1), scale)


def _line(measured: pd.DataFrame, item: Item) -> Whole:
    """Which line of the points table decides, -1 where the figure is missing; below the first value the first one does.

    The figure of a class is the place of its code; a code without points is a missing figure.
    """
    values = measured[item.fact].to_numpy(dtype=np.float64)
    known = np.nan_to_num(values)
    if item.fact in CLASSES:
        rated = [code for code, _ in item.lines]
        lines = [rated.index(code) if code in rated else -1 for code in CLASSES[item.fact]]
        found = np.array(lines, dtype=np.int64)[known.astype(np.int64)]
    else:
        edges = np.array([float(value) for value, _ in item.lines])
        found = np.maximum(np.searchsorted(edges, known, side="right") - 1, 0)
    return np.where(np.isnan(values), -1, found).astype(np.int64)


def _weigh(parts: list[_Part], policy: TierPolicy) -> tuple[Ratio, Ratio]:
    """The weighted mean of the known dimensions, and the share of all weight that is known (coverage)."""
    unit = _scale([dimension.weight for dimension in policy.dimension])
    weights = [int(dimension.weight * unit) for dimension in policy.dimension]
    common = lcm(*(part.scale for part in parts))
    under, full = (np.ones(len(parts[0].over), dtype=object) for _ in range(2))
    for part in parts:
        under, full = under * np.where(part.known > 0, part.known, 1), full * part.full
    pairs = list(zip(parts, weights, strict=True))
    over, known, covered = (np.zeros(len(under), dtype=object) for _ in range(3))
    for part, weight in pairs:
        rest = under // np.where(part.known > 0, part.known, 1)
        over = over + weight * (common // part.scale) * part.over * rest
        known = known + weight * (part.known > 0).astype(object)
        covered = covered + weight * (full // part.full) * part.known
    return Ratio(over, np.where(known > 0, known, 1) * under * common), Ratio(covered, full * sum(weights))


def _mix_prior(whole: Ratio, newcomer: Newcomer, measured: pd.DataFrame, as_of: date, is_new: Flags) -> Ratio:
    """New customers' scores drawn towards the prior: 1.5 months of 90 against 6 months of 50 make 58 (W9)."""
    if not is_new.any():
        return whole
    prior, prior_unit = newcomer.prior.as_integer_ratio()
    own, against = weigh_prior(measured, newcomer, as_of, is_new)
    over = own * whole.over * prior_unit + against * prior * whole.under
    return Ratio(over, (own + against) * whole.under * prior_unit)


def _find_new(measured: pd.DataFrame, newcomer: Newcomer, as_of: date) -> Flags:
    known = ~measured["first_invoice"].isna().to_numpy()
    return known & (_days_known(measured, as_of) < newcomer.until_days)


def _days_known(measured: pd.DataFrame, as_of: date) -> Whole:
    first = days_of(measured["first_invoice"])
    days = (np.datetime64(as_of, "D") - first).astype(np.int64)
    return np.where(np.isnat(first), 0, np.maximum(days, 0))


def _half_months(measured: pd.DataFrame, as_of: date) -> Whole:
    return _days_known(measured, as_of) // HALF_MONTH


def _scale(numbers: list[Decimal]) -> int:
    """The factor that makes all of them whole."""
    return lcm(*(number.as_integer_ratio()[1] for number in numbers))


def _explain(measured: pd.DataFrame, dimension: Dimension, item: Item) -> pd.DataFrame:
    line, known = _line(measured, item), item.lines
    lines = [(None, None) if place < 0 else known[place] for place in line]
    values = np.where(line < 0, np.nan, measured[item.fact].to_numpy(dtype=np.float64))
    return measured[KEYS].assign(
        dimension=dimension.name, fact=item.fact, value=values, from_value=boxed(pair[0] for pair in lines),
        points=boxed(pair[1] for pair in lines), weight=boxed([item.weight] * len(lines)),
        line_no=line, optional=item.optional,
    )  # fmt: skip
