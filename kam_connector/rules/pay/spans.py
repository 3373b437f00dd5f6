"""Periods as whole numbers, counted from the year 0: the one after is one more. And what a quota is in one of them.

A quota of 120,000 a year is 10,000 in each month by months, and 10,191.78 in January by days. A plan in force for a
part of the span has the same part of it; brackets on attainment follow, rates do not (incentives.md 2.4).
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from kam_connector.money import Currency, round_ratio
from kam_connector.periods import MONTHS, Period, PeriodKind, period_of
from kam_connector.policy.components import Component
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Days, Whole


def span_of(days: Days, kind: PeriodKind) -> Whole:
    """The number of the period of that kind in which each day lies; no day: that of the year 0."""
    months = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return np.asarray(months // MONTHS[kind], dtype=np.int64)


def period_at(number: int, kind: PeriodKind) -> Period:
    """The period of that number."""
    year, month0 = divmod(number * MONTHS[kind], 12)
    return period_of(date(year, month0 + 1, 1), kind)


def number_of(day: date, kind: PeriodKind) -> int:
    """The number of the period of that kind in which the day lies."""
    return (day.year * 12 + day.month - 1) // MONTHS[kind]


def kind_of(component: Component, plan: Plan) -> PeriodKind:
    """How long the component's brackets fill."""
    return plan.plan.period if component.accumulate == "period" else component.accumulate


def last_stage(span: int, kind: PeriodKind, stage_kind: PeriodKind) -> int:
    """The plan's last period of a span."""
    return number_of(period_at(span, kind).end, stage_kind)


def quota_minor(plan: Plan, span: int, kind: PeriodKind, currency: Currency) -> int:
    """The plan's quota of a span, in smallest units, at least one; for a part in force that part of it."""
    if plan.quota is None or plan.quota.amount is None:
        return 1
    amount = Fraction(plan.quota.amount) * part_in_force(plan, span, kind, plan.quota.period, plan.quota.prorate)
    return max(int(round_ratio(amount.numerator * 10**currency.digits, amount.denominator, 0)), 1)


def part_in_force(plan: Plan, span: int, kind: PeriodKind, of: PeriodKind, prorate: str) -> Fraction:
    """How many periods of the kind `of` the part of the span is in which the plan is in force."""
    period = period_at(span, kind)
    first = max(period.start, plan.valid_from)
    last = min(period.end, plan.plan.valid_to or period.end)
    return _share_of(first, last, of, prorate)


def _share_of(first: date, last: date, kind: PeriodKind, prorate: str) -> Fraction:
    """How many of the quota's own periods the days from `first` to `last` are; a month begun is a whole one."""
    if prorate == "months":
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        return Fraction(months, MONTHS[kind])
    share, day = Fraction(0), first
    while day <= last:
        period = period_of(day, kind)
        end = min(period.end, last)
        share += Fraction((end - day).days + 1, (period.end - period.start).days + 1)
        day = end + timedelta(days=1)
    return share
