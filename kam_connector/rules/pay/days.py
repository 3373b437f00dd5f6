"""What the days until payment add to a rate, or take from it, payment by payment.

One point more under 30 days, none to 60, one less to 90, two less from there: a commission of 5 % of 10,000 paid on day
29 is 600, on day 30 500, on day 60 400, on day 90 300 (incentives.md, E28). Each payment has the points of its own day,
for the part of the base that it pays; what is not paid has none yet. A payment that bounces takes back the points of
the last payment, whose money it was; with release = "full" there are points when everything is paid, and then all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Flags, Whole, boxed, days_of, ids_of
from kam_connector.rules.pay.cash import Levels, paying_kinds
from kam_connector.rules.pay.exact import FINE, RATE, rate_units, ratio, whole
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.slices import Slices, join_slices
from kam_connector.rules.pay.spans import span_of

ONE = rate_units(Decimal(1))


def payment_slices(
    rows: pd.DataFrame, chosen: Flags, plan: Plan, currency: Currency, given: Given, levels: Levels
) -> Slices:
    """The points of every payment of the chosen rows' documents; `slice_from` and `slice_to` are days."""
    table = plan.modifiers.days_to_pay
    place = np.flatnonzero(chosen)
    if not table or not len(place):
        return join_slices([])
    paid = _payments(rows, plan, given, levels)
    family = rows["family"].to_numpy(dtype=np.int64)[place]
    first = np.searchsorted(paid["family"], family, side="left")
    count = np.searchsorted(paid["family"], family, side="right") - first
    which = np.repeat(np.arange(len(place)), count)
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    row = place[which]
    days = _days_between(rows, row, paid["points_day"].to_numpy(dtype="datetime64[D]")[at], plan)
    starts = np.array([line.start for line in table], dtype=np.int64)
    number = np.clip(np.searchsorted(starts, days, side="right") - 1, 0, None)
    points = boxed([line.points for line in table])
    units = boxed([rate_units(line.points) * 10 ** (FINE - RATE - currency.digits) for line in table])
    base = whole(rows["base_minor"].to_numpy(dtype=np.int64)[row])
    after, before, total = (whole(paid[name].to_numpy(dtype=np.int64)[at]) for name in ("after", "before", "total"))
    amount = ratio(base * units[number], after, total) - ratio(base * units[number], before, total)
    factor = whole(rows["factor"].to_numpy(dtype=np.int64)[row])
    part = ratio(base, after, total) - ratio(base, before, total)
    stage = np.maximum(paid["stage"].to_numpy(dtype=np.int64)[at], rows["stage"].to_numpy(dtype=np.int64)[row])
    made = Slices(
        place=row, stage=stage, base=part.astype(np.int64), slice_from=starts[number],
        slice_to=np.r_[starts[1:], -1][number], rate=points[number], amount=ratio(amount, factor, ONE),
        reason=boxed(["commission.days_to_pay"] * len(row)),
    )  # fmt: skip
    return made.at(np.flatnonzero(made.amount != 0))


def _payments(rows: pd.DataFrame, plan: Plan, given: Given, levels: Levels) -> pd.DataFrame:
    """family, points_day, stage, before, after, total: how much of a document's total each payment paid, or undid."""
    cash = given.cash[given.cash["kind"].isin(paying_kinds(plan))]
    cash = cash.assign(day=days_of(cash["date"]), family=ids_of(cash["document_id"]))
    cash = cash[(cash["day"] <= np.datetime64(given.as_of, "D")) & cash["family"].isin(rows["family"].unique())]
    cash = cash.sort_values(["family", "day", "amount_minor"], kind="stable").reset_index(drop=True)
    known = pd.DataFrame({"family": levels.family, "stage": levels.stage, "total": levels.total})
    begun = known.groupby("family")["stage"].min().reindex(cash["family"]).to_numpy(dtype=np.int64)
    stage = np.maximum(span_of(days_of(cash["day"]), plan.plan.period), begun)
    cash = cash.assign(stage=stage).merge(known, on=["family", "stage"], how="left")
    sum_after = cash.groupby("family")["amount_minor"].cumsum().to_numpy(dtype=np.int64)
    total: Whole = cash["total"].to_numpy(dtype=np.int64)
    after = np.clip(sum_after, 0, total)
    before = np.clip(sum_after - cash["amount_minor"].to_numpy(dtype=np.int64), 0, total)
    cash = _undo_bounces(cash.assign(after=after, before=before, points_day=cash["day"]))
    return _when_full(cash, levels) if plan.cash.release == "full" else cash


def _undo_bounces(cash: pd.DataFrame) -> pd.DataFrame:
    """The payments, those that take money back as parts of the ones that they undo, the last one first."""
    if not (cash["after"] < cash["before"]).any():
        return cash
    rows: list[dict[Hashable, Any]] = []
    for _, own in cash.groupby("family", sort=False):
        parts: list[tuple[int, int, Any]] = []
        for row in own.to_dict("records"):
            if row["after"] < row["before"]:
                rows += _undone(row, parts)
            else:
                rows.append(row)
                parts.append((row["before"], row["after"], row["day"]))
    return pd.DataFrame(rows, columns=cash.columns)


def _undone(row: dict[Hashable, Any], parts: list[tuple[int, int, Any]]) -> Iterator[dict[Hashable, Any]]:
    """One row a part of an earlier payment that is undone, with that one's day; `parts` keeps what is left of them."""
    level, goal = row["before"], row["after"]
    while level > goal and parts:
        low, _, day = parts.pop()
        end = max(low, goal)
        if end > low:
            parts.append((low, end, day))
        if end < level:
            yield {**row, "before": level, "after": end, "points_day": day}
            level = end


def _when_full(cash: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    """The payments of documents that are paid in full, in the period since which they are, or later."""
    known = pd.DataFrame({"family": levels.family, "stage": levels.stage, "full": levels.paid > 0})
    stays = known["full"].iloc[::-1].groupby(known["family"].iloc[::-1]).cummin().sort_index().astype(bool)
    first = known[stays].groupby("family")["stage"].min()
    cash = cash[cash["family"].isin(first.index)]
    since = cash["family"].map(first).to_numpy(dtype=np.int64)
    return cash.assign(stage=np.maximum(cash["stage"].to_numpy(dtype=np.int64), since))


def _days_between(rows: pd.DataFrame, row: Whole, paid: np.ndarray, plan: Plan) -> Whole:
    """Days from the original's document (or due) date to each payment; without a due date from the document's."""
    home = rows["home"].to_numpy(dtype=np.int64)[row]
    start = days_of(rows["date"])
    if plan.modifiers.days_from == "due_date":
        due = days_of(rows["due_date"])
        start = np.where(np.isnat(due), start, due)
    return np.asarray((paid - start[home]).astype(np.int64), dtype=np.int64)
