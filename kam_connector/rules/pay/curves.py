"""What a component's brackets earn for each credit: in four modes, over a line, a document or a span of periods.

Every mode but "crossing" is a function F of what has accumulated, so that nothing depends on the order of the credits
or on how they come in batches: a credit earns F(after) - F(before). A reversal that is recomputed stands in the
accumulator of its original and earns in its own period what the original would lose (incentives.md, E22: with 5 % to
1,000 and 10 % of everything above, 2,000 less 600 leave 140.00).

- marginal: each slice at its own rate; 4 % to 150,000, 6 % above: after 145,000 a deal of 20,000 earns 1,100.00 (E1);
- whole: the rate that was reached counts for everything; what earlier periods earned at another rate is made up;
- interpolated: an amount reached in proportion across each bracket (E4);
- crossing: the deal that crosses takes the higher rate entirely, in the order of days (E7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.money import Currency
from kam_connector.policy.components import Component
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Boxed, Flags, Whole, boxed
from kam_connector.rules.pay.exact import fine_of, rate_units, ratio, whole
from kam_connector.rules.pay.returns import take_back
from kam_connector.rules.pay.slices import Slices, join_slices
from kam_connector.rules.pay.spans import kind_of, span_of
from kam_connector.rules.pay.tables import Bracket, brackets_of, reached

FACTOR_ONE = rate_units(Decimal(1))


@dataclass(frozen=True, slots=True)
class Cut:
    """The credits of one component and currency in the order in which they accumulate.

    `bucket` numbers the accumulator of each row, `order` the rows of each in turn; `returns` are reversals that do not
    go through the brackets.
    """

    rows: pd.DataFrame
    place: Whole
    bucket: Whole
    stage: Whole
    base: Whole
    home: Whole
    counted: Whole
    returns: Flags
    brackets: Sequence[Bracket]
    component: Component


def cut_credits(
    rows: pd.DataFrame, chosen: Flags, component: Component, plan: Plan, currency: Currency, quota: Whole
) -> Slices:
    """The slices of one component for the chosen rows of `Prepared.rows`, all in one currency; `quota` of each row.

    Slices name their row by its place; a level reached (mode "whole" with amounts) has no row of its own and names the
    last one that led to it.
    """
    cut = _accumulate(rows, chosen, component, plan, currency, quota)
    if not len(cut.place):
        return join_slices([])
    if component.mode == "whole" and component.brackets[0].amount is not None:
        made = [_levels(cut, currency)]
    elif component.mode == "whole":
        made = _whole(cut)
    elif component.mode == "crossing":
        made = _crossing(cut)
    else:
        made = _marginal(cut)
    slices = _scaled(join_slices(made), rows)
    if not cut.returns.any():
        return slices
    return join_slices([slices, take_back(slices, rows, cut.place[cut.returns])])


def _accumulate(
    rows: pd.DataFrame, chosen: Flags, component: Component, plan: Plan, currency: Currency, quota: Whole
) -> Cut:
    """The rows by accumulator, the earlier ones first."""
    span = span_of(rows["day"].to_numpy(dtype="datetime64[D]"), kind_of(component, plan))
    home = rows["home"].to_numpy(dtype=np.int64)
    keeps = plan.clawback.policy != "recompute" or component.mode == "crossing"
    reversal = home != np.arange(len(rows))
    place = np.flatnonzero(chosen)
    bucket = _bucket(rows, place, span, component)
    order = np.lexsort((rows["credit_id"].to_numpy()[place], rows["day"].to_numpy()[place], bucket))
    place, bucket = place[order], bucket[order]
    base = rows["base_minor"].to_numpy(dtype=np.int64)[place]
    returns = np.asarray(reversal[place] & keeps & chosen[home[place]], dtype=bool)
    stays = plan.clawback.policy == "money_only" or component.mode == "whole"
    counted = np.where(returns & stays, 0, base).astype(np.int64)
    stage = rows["stage"].to_numpy(dtype=np.int64)[place]
    brackets = brackets_of(component, currency, quota[place])
    return Cut(rows, place, bucket, stage, base, home[place], counted, returns, brackets, component)


def _bucket(rows: pd.DataFrame, place: Whole, span: Whole, component: Component) -> Whole:
    """The number of the accumulator that each of the rows at `place` fills."""
    home = rows["home"].to_numpy(dtype=np.int64)[place]
    keys = [rows["company_id"].to_numpy()[place]]
    keys.append(rows["team"].to_numpy()[place] if component.kind == "team" else rows["payee_id"].to_numpy()[place])
    if component.basis == "line":
        keys.append(home)
    elif component.basis == "document":
        keys.append(rows["family"].to_numpy()[place])
    else:
        keys.append(span[home])
    frame = pd.DataFrame({str(number): key for number, key in enumerate(keys)})
    return np.asarray(frame.groupby(list(frame.columns), sort=True).ngroup(), dtype=np.int64)


def _running(cut: Cut) -> tuple[Whole, Whole]:
    """What has accumulated before and after each row."""
    after = pd.Series(cut.counted).groupby(cut.bucket).cumsum().to_numpy(dtype=np.int64)
    return after - cut.counted, after


def _marginal(cut: Cut) -> list[Slices]:
    before, after = _running(cut)
    made = []
    for bracket in cut.brackets:
        low, high = bracket.inside(before), bracket.inside(after)
        part = high - low
        hit = (part != 0) & ~cut.returns
        if hit.any():
            earned = bracket.earned(high) - bracket.earned(low)
            made.append(_slices(cut, hit, part[hit], earned[hit], bracket, _name(cut)))
    return made


def _name(cut: Cut) -> str:
    if cut.component.mode == "interpolated":
        return "commission.reached"
    return "commission.flat" if len(cut.brackets) == 1 else "commission.slice"


def _crossing(cut: Cut) -> list[Slices]:
    before, after = _running(cut)
    number = reached(np.where(cut.counted < 0, before, after), cut.brackets, cut.component.edge)
    return [
        _slices(cut, hit, cut.base[hit], bracket.earned(cut.base)[hit], bracket, "commission.crossing")
        for each, bracket in enumerate(cut.brackets)
        if (hit := (number == each) & ~cut.returns).any()
    ]


def _whole(cut: Cut) -> list[Slices]:
    """Each row at the rate that its accumulator has reached at the end of its period, and what that changes before."""
    _, after = _running(cut)
    last = np.r_[(cut.bucket[1:] != cut.bucket[:-1]) | (cut.stage[1:] != cut.stage[:-1]), True]
    ends = np.flatnonzero(last)
    number = reached(after, cut.brackets, cut.component.edge)[ends]
    of_row = np.searchsorted(ends, np.arange(len(cut.place)))
    code = "commission.flat" if len(cut.brackets) == 1 else "commission.whole"
    made = [
        _slices(cut, hit, cut.base[hit], bracket.earned(cut.base)[hit], bracket, code)
        for each, bracket in enumerate(cut.brackets)
        if (hit := (number[of_row] == each) & ~cut.returns).any()
    ]
    bucket = cut.bucket[ends]
    moved = np.flatnonzero((bucket[1:] == bucket[:-1]) & (number[1:] != number[:-1])) + 1
    return made + [_made_up(cut, ends, number, int(group)) for group in moved]


def _made_up(cut: Cut, ends: Whole, number: Whole, group: int) -> Slices:
    """What the rows of earlier periods earn more, or less, because another rate is reached now."""
    start = int(np.searchsorted(cut.bucket, cut.bucket[ends[group]]))
    earlier = np.arange(start, int(ends[group - 1]) + 1)
    hit = np.zeros(len(cut.place), dtype=bool)
    hit[earlier] = ~cut.returns[earlier]
    new, old = cut.brackets[int(number[group])], cut.brackets[int(number[group - 1])]
    earned = new.earned(cut.base) - old.earned(cut.base)
    made = _slices(cut, hit, cut.base[hit], earned[hit], new, "commission.made_up")
    stage = np.full(int(hit.sum()), cut.stage[ends[group]], dtype=np.int64)
    return made.with_changes(stage=stage, rate=boxed([new.rate - old.rate] * len(stage)))


def _levels(cut: Cut, currency: Currency) -> Slices:
    """The amount of the level that each accumulator has reached at the end of a period, less that of the one before."""
    _, after = _running(cut)
    last = np.r_[(cut.bucket[1:] != cut.bucket[:-1]) | (cut.stage[1:] != cut.stage[:-1]), True]
    number = reached(after, cut.brackets, cut.component.edge)
    amounts = boxed([fine_of(line.amount or Decimal(0)) for line in cut.component.brackets])
    ends = np.flatnonzero(last)
    level = amounts[number[ends]]
    same = np.r_[False, cut.bucket[ends][1:] == cut.bucket[ends][:-1]]
    before = boxed([0, *level[:-1]])
    change = level - np.where(same, before, 0)
    kept = change != 0
    hit = np.zeros(len(cut.place), dtype=bool)
    hit[ends[kept]] = True
    made = _slices(cut, hit, after[hit], change[kept], cut.brackets[0], "commission.level")
    lows = np.array([bracket.lower[hit] for bracket in cut.brackets])
    highs = np.array([bracket.ends[hit] for bracket in cut.brackets])
    chosen = (number[hit], np.arange(int(hit.sum())))
    rates = boxed([Decimal(0)] * int(hit.sum()))
    return made.with_changes(slice_from=lows[chosen], slice_to=highs[chosen], rate=rates)


def _slices(cut: Cut, hit: Flags, base: Whole, amount: Boxed, bracket: Bracket, reason: str) -> Slices:
    count = len(base)
    return Slices(
        place=cut.place[hit], stage=cut.stage[hit], base=base.astype(np.int64), slice_from=bracket.lower[hit],
        slice_to=bracket.ends[hit], rate=boxed([bracket.rate] * count), amount=amount, reason=boxed([reason] * count),
    )  # fmt: skip


def _scaled(slices: Slices, rows: pd.DataFrame) -> Slices:
    """The slices times the factor of each row's tier."""
    factor = rows["factor"].to_numpy(dtype=np.int64)[slices.place]
    if not len(factor) or bool((factor == FACTOR_ONE).all()):
        return slices
    amount = ratio(slices.amount, whole(factor), FACTOR_ONE)
    rate = [
        each if by == FACTOR_ONE else each * Decimal(by) / FACTOR_ONE
        for each, by in zip(slices.rate, factor.tolist(), strict=True)
    ]
    return slices.with_changes(amount=amount, rate=boxed(rate))
