"""Which share of a document is paid, and which is lost; what of an earned amount that releases.

Reconciliations differ: cash pays; a credit note makes the document smaller; a write-off loses its part for good, unless
the plan keeps it; an exchange difference is nothing; money that no bank statement shows yet waits, unless the plan
counts it (incentives.md 2.6). 10 in cash and 90 written off of an invoice of 100 at 10 % release 1.00 and forfeit 9.00
(E21). What is released until a day is the whole times the paid share, and the period's part is the difference to what
was released before: 100.00 of an invoice paid in thirds is 33.33, 33.34 and 33.33 (E12). A credit note of 50 that was
matched with an invoice of 1,000, and is a credit of -50 itself, leaves 950 to be paid: at 10 % and all paid, 100 and
-5.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Boxed, Flags, Whole, boxed, days_of, ids_of
from kam_connector.rules.pay.exact import ratio, whole
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.notes import is_further, note_ids, reversals
from kam_connector.rules.pay.slices import Slices
from kam_connector.rules.pay.spans import span_of
from kam_connector.texts import Text

WAITING = Text(
    "Payments that no bank statement shows yet ({count}): plan {plan} lets them wait. To pay by them, "
    'too, write pending = "count" in [cash].'
)


@dataclass(frozen=True, slots=True)
class Levels:
    """How far documents are settled at the end of each period in which something happened, by family and period.

    `paid` and `lost` of `total`, in smallest units of the document's currency; total is at least one.
    """

    family: Whole
    stage: Whole
    paid: Whole
    lost: Whole
    total: Whole


@dataclass(frozen=True, slots=True)
class Released:
    """What slices release: `slice` (its place), `stage`, `released` and `lost` (fine amounts)."""

    slice: Whole
    stage: Whole
    released: Boxed
    lost: Boxed


def paying_kinds(plan: Plan) -> list[str]:
    """The kinds of reconciliations that count as cash."""
    return ["cash", *(["pending"] if plan.cash.pending == "count" else [])]


def find_waiting(rows: pd.DataFrame, plan: Plan, given: Given) -> list[Finding]:
    """The finding that payments of these credits wait for the bank, where the plan asks what came in."""
    asks = {gate.fact for gate in plan.gate} & {"collection_rate", "overdue_share"} or plan.modifiers.days_to_pay
    if plan.cash.pending == "count" or not (asks or plan.credit.source == "cash"):
        return []
    pending = given.cash[given.cash["kind"] == "pending"]
    count = int(pending["document_id"].isin(rows["document_id"].unique()).sum())
    text = Text(WAITING.template, {"count": count, "plan": plan.code})
    return [Finding("info", "rules.pay", plan.code, text)] if count else []


def settle_documents(rows: pd.DataFrame, plan: Plan, given: Given) -> Levels:
    """The levels of all documents that the credits `rows` come from."""
    if not len(given.cash) and plan.credit.source != "cash":
        return Levels(*(np.zeros(0, dtype=np.int64) for _ in fields(Levels)))
    totals = document_totals(rows)
    cash = given.cash[days_of(given.cash["date"]) <= np.datetime64(given.as_of, "D")]
    cash = cash[cash["document_id"].isin(rows["family"].unique())]
    amount = cash["amount_minor"].to_numpy(dtype=np.int64)
    family = ids_of(cash["document_id"])
    begun = totals.groupby("family")["stage"].min().reindex(family).to_numpy(dtype=np.int64)
    moved = pd.DataFrame({
        "family": family, "stage": np.maximum(span_of(days_of(cash["date"]), plan.plan.period), begun),
        "total": np.where(_is_further_credit(cash, totals), -amount, 0),
        "paid": np.where(cash["kind"].isin(paying_kinds(plan)), amount, 0),
        "lost": np.where(cash["kind"] == "write_off", amount, 0),
    })  # fmt: skip
    every = pd.concat([totals.assign(paid=0, lost=0), moved], ignore_index=True)
    sums = every.groupby(["family", "stage"], sort=True)[["total", "paid", "lost"]].sum()
    upto = sums.groupby(level="family").cumsum().reset_index()
    return _bounded(upto, plan)


def _is_further_credit(cash: pd.DataFrame, totals: pd.DataFrame) -> Flags:
    """Which matches are of a credit note that is a credit itself, and does not reverse the document anyway.

    What such a note takes back is taken back by itself; what pays nobody for it is money that never came in.
    """
    own = totals.loc[totals["kind"] == "credit_note", "document_id"].unique()
    return np.asarray(is_further(cash, reversals(totals), "document_id") & np.isin(note_ids(cash), own), dtype=bool)


def _bounded(upto: pd.DataFrame, plan: Plan) -> Levels:
    """Paid and lost within the document's total; a document that is nothing any more counts as paid."""
    total = upto["total"].to_numpy(dtype=np.int64)
    paid = np.clip(upto["paid"].to_numpy(dtype=np.int64), 0, np.maximum(total, 0))
    lost = np.clip(upto["lost"].to_numpy(dtype=np.int64), 0, np.maximum(total, 0) - paid)
    if plan.cash.bad_debt == "keep":
        paid, lost = paid + lost, np.zeros_like(lost)
    if plan.cash.release == "full":
        paid = np.where(paid + lost < total, 0, paid)
    gone = total <= 0
    return Levels(
        upto["family"].to_numpy(dtype=np.int64), upto["stage"].to_numpy(dtype=np.int64), np.where(gone, 1, paid), lost,
        np.where(gone, 1, total),
    )  # fmt: skip


def document_totals(rows: pd.DataFrame) -> pd.DataFrame:
    """document_id, kind, family, stage, total: what each document adds to what its family is to be paid.

    The document's own total, tax included, where it is known, else the net amount of its credits; of a document that
    reverses several others each gets the part that its net amount has.
    """
    sized = rows.assign(size=rows["document_total_minor"].abs())
    parts = (
        sized.groupby(["document_id", "family"], sort=True)
        .agg(kind=("kind", "first"), stage=("stage", "min"), weight=("weight", "sum"), size=("size", "max"))
        .reset_index()
    )
    net = parts.groupby("document_id")["weight"].transform("sum").to_numpy(dtype=np.int64)
    weight = parts["weight"].to_numpy(dtype=np.int64)
    size = parts["size"].to_numpy(dtype=np.int64)
    gross = ratio(whole(size), whole(np.abs(weight)), whole(np.maximum(np.abs(net), 1))).astype(np.int64)
    total = np.where((size == 0) | (net == 0), weight, np.sign(weight) * gross)
    return parts[["document_id", "kind", "family", "stage"]].assign(total=total)


def release(slices: Slices, rows: pd.DataFrame, levels: Levels) -> Released:
    """What each slice releases and loses, in which periods: nothing before its own, the difference later."""
    family = rows["family"].to_numpy(dtype=np.int64)[slices.place]
    first = np.searchsorted(levels.family, family, side="left")
    count = np.searchsorted(levels.family, family, side="right") - first
    which = np.repeat(np.arange(len(slices)), count)
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
    stage = np.maximum(levels.stage[at], slices.stage[which])
    last = np.r_[(which[1:] != which[:-1]) | (stage[1:] != stage[:-1]), True][: len(which)]
    which, at, stage = which[last], at[last], stage[last]
    amount = slices.amount[which]
    total = whole(levels.total[at])
    paid, lost = (ratio(amount, whole(column[at]), total) for column in (levels.paid, levels.lost))
    same = np.r_[False, which[1:] == which[:-1]][: len(which)]
    return Released(which, stage, _change(paid, same), _change(lost, same))


def _change(values: Boxed, same: np.ndarray) -> Boxed:
    """The difference of each to the one before, of the same slice."""
    before = boxed([0, *values[:-1]]) if len(values) else values
    changed: Boxed = values - np.where(same, before, 0)
    return changed
