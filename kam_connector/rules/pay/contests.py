"""Contests: prizes for who sold most in a span of periods, with ties, a least result and a budget.

Decided when the span is over. Two who are level share the prizes of their two places (300 and 200 are 250 each), or
each has the better one; then the next place is left out. More than the budget is never paid: all prizes shrink alike
(S4-38).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.money import Currency, allocate, round_to_minor
from kam_connector.policy.components import Component
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Flags, Whole
from kam_connector.rules.pay.exact import decimal_of, fine_of, rate_units, ratio, whole
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.lines import Line
from kam_connector.rules.pay.spans import kind_of, last_stage, period_at, span_of

_SPAN = ["company_id", "pay_currency", "span"]


def contest_lines(
    rows: pd.DataFrame,
    chosen: Flags,
    component: Component,
    code: str,
    plan: Plan,
    currency: Currency,
    given: Given,
    quota: Whole,
) -> Iterator[Line]:
    """The prizes of every span that is over, by company; `chosen` are the credits that count, in one currency."""
    kind = kind_of(component, plan)
    inside = rows[chosen]
    spans = span_of(inside["day"].to_numpy(dtype="datetime64[D]"), kind)
    sums = inside.assign(span=spans, quota=quota[chosen]).groupby([*_SPAN, "payee_id"], sort=True)
    totals = sums.agg(base_minor=("base_minor", "sum"), quota=("quota", "first")).reset_index()
    for _, table in totals.groupby(_SPAN, sort=True):
        company, money, span = (int(table[name].iloc[0]) for name in _SPAN)
        if period_at(span, kind).end > given.as_of:
            continue
        able = table[table["base_minor"] >= _least(component, table["quota"].to_numpy(dtype=np.int64), currency)]
        able = able.sort_values(["base_minor", "payee_id"], ascending=[False, True])
        stage = last_stage(span, kind, plan.plan.period)
        for (payee, base), place, prize in _ranked(able, component):
            figures: dict[str, str | int] = {"amount": f"{decimal_of(prize):f}", "place": place, "count": len(able)}
            yield Line(company, payee, money, stage, code, prize, prize, "bonus.prize", figures, base=base)


def _least(component: Component, quota: Whole, currency: Currency) -> Whole:
    """The least result with which each may win: an amount, or a part of his quota."""
    if component.on == "amount":
        return np.full_like(quota, max(round_to_minor(component.minimum, currency), 1))
    part = ratio(whole(quota), rate_units(component.minimum), rate_units(Decimal(1)))
    return np.maximum(part.astype(np.int64), 1)


def _ranked(able: pd.DataFrame, component: Component) -> list[tuple[tuple[int, int], int, int]]:
    """Who wins (payee and base), at which place, how much (fine)."""
    prizes = [fine_of(prize) for prize in component.prizes]
    won: list[tuple[tuple[int, int], int, int]] = []
    first = 0
    for _, level in able.groupby("base_minor", sort=False):
        size = len(level)
        if first >= len(prizes):
            break
        pool = sum(prizes[first : first + size])
        each = allocate(pool, [1] * size) if component.ties == "share" else [prizes[first]] * size
        who = zip(level["payee_id"].tolist(), level["base_minor"].tolist(), strict=True)
        won += [(row, first + 1, prize) for row, prize in zip(who, each, strict=True)]
        first += size
    budget = fine_of(component.budget) if component.budget is not None else None
    total = sum(prize for _, _, prize in won)
    if budget is None or total <= budget:
        return won
    smaller = allocate(budget, [prize for _, _, prize in won])
    return [(row, place, prize) for (row, place, _), prize in zip(won, smaller, strict=True)]
