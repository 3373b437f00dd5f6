"""Which segment a customer is in: strategic, key, potential, or as the policy calls them.

The first definition that fits decides (`policy/segments.py`). It looks at the tier that counts (a person's override
included), at the points by dimension, at any fact that can be rated, and at the classes of `kam tiers pareto`. Those
classes move when other customers move; the shipped segments do without them, as tiers do (W3).

Worked figure, with "strategic" = gold, contribution from 80 and growth from 50, and "key" = gold or silver: 80.00 and
50.00 points in gold are strategic; with 49.99 points of growth the customer is key; so he is without any growth known.

While nothing moves a customer's tier (too little is known, or the tier is frozen) the segment stays, too. Who has no
tier and no segment yet has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.policy.measures import MEASURES
from kam_connector.policy.segments import SCORE, Condition, Segment, segment_names
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.decisions import Decisions, Flags, Whole, column_or, places_of, require_columns
from kam_connector.rules.measures import Figures, complete
from kam_connector.rules.pairs import KEYS
from kam_connector.rules.pareto import classify
from kam_connector.rules.reasons import reason_args

SEGMENT_COLUMNS = ["company_id", "customer_id", "segment", "segment_rank", "reason_code", "reason_args"]
STANDS_STILL = ("unrated", "frozen")
_NONE = -1


def decide_segments(
    rated: pd.DataFrame, figures: pd.DataFrame, previous: pd.DataFrame, policy: TierPolicy, as_of: date
) -> Decisions:
    """A row a company and customer, in the order of `rated`; empty where the policy has no segments.

    `rated` from `decide_tiers`: company_id, customer_id, tier, status, score, points by dimension. `figures` as
    `measures.assemble` gives them, with the amounts that `pareto.classify` takes where classes are asked for; rows of
    the same customers. `previous`: company_id, customer_id, segment, as decided before.

    Columns: company_id, customer_id, segment (code or None), segment_rank (0 = the policy's first, -1 = none),
    reason_code, reason_args (which way in fitted, or why the segment stays). Requirements S2-2, S4-80.
    """
    require_columns(rated, [*KEYS, "tier", "status"], "rated")
    if not policy.segment:
        return Decisions(pd.DataFrame(columns=SEGMENT_COLUMNS))
    seen = _look_up(rated, figures, policy, as_of)
    fitting = np.select([_fits(segment, seen) for segment in policy.segment], range(len(policy.segment)), _NONE)
    still = rated["status"].isin(STANDS_STILL).to_numpy()
    way = np.where(still, _NONE, fitting).astype(np.int64)
    codes = list(segment_names(policy.segment))
    ranks = np.array([*(codes.index(segment.name) for segment in policy.segment), _NONE], dtype=np.int64)
    rank = np.where(still, _before(rated, previous, codes), ranks[way])
    frame = rated[KEYS].reset_index(drop=True).assign(
        segment=pd.Series(np.array([*codes, None], dtype=object)[rank], dtype=object), segment_rank=rank
    )  # fmt: skip
    reasons = _reasons(way, rank, rated["tier"], codes, policy)
    return Decisions(frame.assign(**reasons)[SEGMENT_COLUMNS])


def add_segments(rated: pd.DataFrame, segments: Decisions) -> pd.DataFrame:
    """The rows of `rated` with segment, segment_code and segment_args (its reason), from `decide_segments` of them.

    None in all three where the policy has no segments.
    """
    decided = segments.frame
    if decided.empty:
        return rated.assign(segment=None, segment_code=None, segment_args=None)
    columns = {"segment": "segment", "segment_code": "reason_code", "segment_args": "reason_args"}
    return rated.assign(**{name: decided[column].set_axis(rated.index) for name, column in columns.items()})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the definitions look at, row by row in the order of `rated`; `facts` are floats, NaN where not known."""

    tiers: pd.Series
    facts: Mapping[str, Figures]
    classes: pd.DataFrame


def _look_up(rated: pd.DataFrame, figures: pd.DataFrame, policy: TierPolicy, as_of: date) -> _Seen:
    """Facts and Pareto classes of the rated customers, each only where a definition asks for it, and then once."""
    keys = rated[KEYS]
    points = {SCORE, *(dimension.name for dimension in policy.dimension)}
    asked = {condition.fact for segment in policy.segment for condition in segment.when}
    measured = keys.merge(complete(figures, as_of), on=KEYS, how="left") if asked - points else keys
    columns = {fact: (rated if fact in rated else measured)[fact] for fact in sorted(asked)}
    facts = {fact: np.asarray(column, dtype=np.float64) for fact, column in columns.items()}
    by_class = any(segment.revenue_class or segment.margin_class for segment in policy.segment)
    classes = keys.merge(classify(figures, policy.pareto), on=KEYS, how="left") if by_class else keys
    return _Seen(rated["tier"], facts, classes)


def _fits(segment: Segment, seen: _Seen) -> Flags:
    """For whom everything holds that the definition asks."""
    fits = np.full(len(seen.tiers), True)
    if segment.tiers:
        fits &= seen.tiers.isin(segment.tiers).to_numpy()
    if segment.revenue_class:
        fits &= seen.classes["revenue_class"].isin(segment.revenue_class).to_numpy()
    if segment.margin_class:
        fits &= seen.classes["margin_class"].isin(segment.margin_class).to_numpy()
    return fits & hold_all(segment.when, seen.facts, len(fits))


def hold_all(conditions: Sequence[Condition], facts: Mapping[str, Figures], rows: int) -> Flags:
    """For whom all conditions hold; `facts`: of each fact that they name a figure a row, NaN where not known."""
    holds = np.full(rows, True)
    for condition in conditions:
        holds &= _holds(condition, facts[condition.fact])
    return holds


def _holds(condition: Condition, values: np.ndarray) -> Flags:
    """Whether the figure is known and within the limits."""
    holds: Flags = ~np.isnan(values)
    if condition.start is not None:
        holds &= values >= float(condition.start)
    if condition.below is not None:
        holds &= values < float(condition.below)
    return holds


def _before(rated: pd.DataFrame, previous: pd.DataFrame, codes: list[str]) -> Whole:
    """The rank of each customer's segment as it was; -1 for none, or one that the policy does not have any more."""
    known = previous[KEYS].assign(segment=column_or(previous, "segment", None)).drop_duplicates(KEYS, keep="last")
    merged = rated[KEYS].merge(known, on=KEYS, how="left")["segment"]
    return places_of(merged, codes)


def _reasons(way: Whole, rank: Whole, tiers: pd.Series, codes: list[str], policy: TierPolicy) -> dict[str, pd.Series]:
    """Code and args of each row; equal cases are worded once."""
    tier = places_of(tiers, policy.codes)
    named, rated = [*codes, ""], [*policy.codes, ""]  # place -1 = none
    case = (way * len(named) + rank) * len(rated) + tier
    _, first, of_row = np.unique(case, return_index=True, return_inverse=True)
    told = [_reason(int(way[row]), named[rank[row]], rated[tier[row]], policy) for row in first.tolist()]
    return {
        "reason_code": pd.Series([code for code, _ in told], dtype=str).take(of_row).reset_index(drop=True),
        "reason_args": pd.Series([args for _, args in told], dtype=str).take(of_row).reset_index(drop=True),
    }


def _reason(way: int, segment: str, tier: str, policy: TierPolicy) -> tuple[str, str]:
    """Figures that move from day to day are left out: an unchanged segment has the same reason tomorrow."""
    common = {"segment": segment, "tier": tier, "valid_from": policy.valid_from.isoformat()}
    if way == _NONE:
        code = "segment.stays" if segment else "segment.none"
        kept = common if segment else {name: common[name] for name in ("tier", "valid_from")}
        return code, reason_args(code, **kept)
    if policy.segment[way].fits_all:
        return "segment.rest", reason_args("segment.rest", **common)
    return "segment.fits", reason_args("segment.fits", conditions=_conditions(policy.segment[way]), **common)


def _conditions(segment: Segment) -> str:
    """What the definition asks, as reasons carry it: `growth>=50; revenue_class=A,B; wallet_share<20%`."""
    parts = [f"tier={','.join(segment.tiers)}"] if segment.tiers else []
    parts += [f"revenue_class={','.join(segment.revenue_class)}"] if segment.revenue_class else []
    parts += [f"margin_class={','.join(segment.margin_class)}"] if segment.margin_class else []
    for condition in segment.when:
        parts += [f"{condition.fact}>={_limit(condition.fact, condition.start)}"] if condition.start is not None else []
        parts += [f"{condition.fact}<{_limit(condition.fact, condition.below)}"] if condition.below is not None else []
    return "; ".join(parts)


def _limit(fact: str, value: Decimal) -> str:
    """The limit as the policy has it, a share in percent: 0.20 is 20%."""
    if MEASURES.get(fact) != "share":
        return f"{value:f}"
    text = f"{value * 100:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
