"""Who has which part of a credit: shares by largest remainder, roles and overlays of the plan.

The shares of one credit sum to its whole to the smallest unit: 100.00 in thirds is 33.34, 33.33 and 33.33. An overlay
comes on top and takes nothing from the others (incentives.md 2.10).
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Boxed, Flags, Whole, boxed, ids_of
from kam_connector.rules.pay.exact import FINE, RATE, rate_units, ratio, sum_at, whole
from kam_connector.texts import Text

ONE = 10**RATE


def share_base(credits: pd.DataFrame, base: Whole, plan: Plan) -> tuple[Whole, list[Finding]]:
    """Each row's part of its credit's base, and what is wrong with the shares of a credit.

    Where the plan has [[split]], a row with one of its roles has that share, divided among the roles that are there.
    """
    top, under, overlay = _shares_of(credits, plan)
    plain = top == under
    if bool(plain.all()):
        return base, []
    part = np.where(plain, base, 0).astype(np.int64)
    credit = credits["credit_id"].to_numpy(dtype=np.int64)
    places = np.flatnonzero(~plain)
    part[places] = _divide(credit[places], base[places], top[places], under[places], overlay[places])
    return part, _find_excess(credit, top, under, overlay)


def parts_of(credits: pd.DataFrame, plan: Plan) -> Whole:
    """Each row's share of its credit, in 10^-12."""
    top, under, _ = _shares_of(credits, plan)
    return ratio(boxed([10**FINE] * len(credits)), top, under).astype(np.int64)


def _shares_of(credits: pd.DataFrame, plan: Plan) -> tuple[Boxed, Boxed, Flags]:
    """The share of each row as an exact fraction (all of one credit with one denominator); whether it is an overlay."""
    own = credits["share"]
    known = {each: rate_units(each) for each in own.unique().tolist()}
    share = own.map(known).to_numpy(dtype=np.int64)
    overlay = np.zeros(len(credits), dtype=bool)
    if not plan.split:
        return whole(share), boxed([ONE] * len(share)), overlay
    lines = {line.role: line for line in plan.split}
    role = credits["role"]
    named = role.isin(list(lines)).to_numpy(dtype=bool)
    units = {key: rate_units(line.share) for key, line in lines.items()}
    split = ids_of(role.map(units))
    overlay = role.map({key: line.overlay for key, line in lines.items()}).fillna(False).to_numpy(dtype=bool)
    ids, place = np.unique(credits["credit_id"].to_numpy(dtype=np.int64), return_inverse=True)
    present = np.zeros(len(ids), dtype=np.int64)
    np.add.at(present, place, np.where(named & ~overlay, split, 0))
    among = np.where(present[place] > 0, present[place], ONE).astype(np.int64)
    filled = np.where(overlay, whole(split) * among, whole(split) * ONE)
    return np.where(named, filled, whole(share) * among), whole(among) * ONE, overlay


def _divide(credit: Whole, base: Whole, top: Boxed, under: Boxed, overlay: Flags) -> Whole:
    """The base by shares: whole units first, the units left over to the largest remainders of each credit."""
    exact = np.abs(whole(base)) * top
    floor = (exact // under).astype(np.int64)
    rest = (exact % under).astype(np.int64)
    order = np.lexsort((np.arange(len(rest)), -rest, overlay, credit))
    ids, place = np.unique(credit, return_inverse=True)
    one = boxed([ONE] * len(ids))
    one[place] = under
    wanted = ratio(sum_at(place, boxed(np.where(overlay, 0, exact)), len(ids)), 1, one)
    given = sum_at(place, boxed(np.where(overlay, 0, floor)), len(ids))
    spare = (wanted - given).astype(np.int64)
    ordered = place[order]
    starts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1] if len(ordered) else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    extra = np.zeros(len(rest), dtype=np.int64)
    extra[order] = (rank < spare[ordered]).astype(np.int64)
    lone = ratio(boxed(exact), 1, under).astype(np.int64)
    size = np.where(overlay, lone, floor + np.where(overlay, 0, extra))
    return np.where(base < 0, -size, size).astype(np.int64)


def _find_excess(credit: Whole, top: Boxed, under: Boxed, overlay: Flags) -> list[Finding]:
    """Credits of which more than the whole is given away."""
    ids, place = np.unique(credit, return_inverse=True)
    given = sum_at(place, boxed(np.where(overlay, 0, top)), len(ids))
    one = boxed([ONE] * len(ids))
    one[place] = under
    return [
        Finding(
            "error", "rules.pay", str(ids[number]),
            Text("The shares of this credit sum to {shares}, more than 1: it is paid more than once.",
                 {"shares": f"{(Decimal(given[number]) / Decimal(one[number])).normalize():f}"}),
        )
        for number in np.flatnonzero(given > one).tolist()
    ]  # fmt: skip
