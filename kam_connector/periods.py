"""Calendar periods: a month, a quarter or a year, and days that are months apart.

>>> parse_period("2026-03").end, parse_period("2026-Q1").start, period_of(date(2026, 6, 30), "quarter").code
(datetime.date(2026, 3, 31), datetime.date(2026, 1, 1), '2026-Q2')
>>> add_months(date(2025, 8, 31), 6)
datetime.date(2026, 2, 28)
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from kam_connector.errors import InputError

PeriodKind = Literal["month", "quarter", "year"]
MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}

_PATTERN = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """`code` as a person writes it; `start` and `end` are both inside."""

    kind: PeriodKind
    code: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of that month when it has no such day."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def months_until(last: date, months: int) -> tuple[date, date]:
    """First and last day of so many months that end with `last`: whole ones when a month ends with it.

    Three months until 30 June begin on 1 April, until 29 June on 30 March.
    """
    after = last + timedelta(days=1)
    first = add_months(after, -months) if after.day == 1 else add_months(last, -months) + timedelta(days=1)
    return first, last


def period_of(day: date, kind: PeriodKind) -> Period:
    """The period of that kind in which the day lies."""
    length = MONTHS[kind]
    first = (day.month - 1) // length * length + 1
    start = date(day.year, first, 1)
    code = {"month": f"{day:%Y-%m}", "quarter": f"{day.year:04d}-Q{(first + 2) // 3}", "year": f"{day.year:04d}"}
    return Period(kind, code[kind], start, add_months(start, length) - timedelta(days=1))


def parse_period(text: str) -> Period:
    """The period that "2026-03", "2026-Q1" or "2026" names. Errors: `InputError` for anything else."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise InputError(
            '"{text}" is not a period.',
            next_step="Write a month 2026-03, a quarter 2026-Q1 or a year 2026.",
            text=text,
        )
    year = int(found["year"])
    if found["month"]:
        return period_of(date(year, int(found["month"]), 1), "month")
    if found["quarter"]:
        return period_of(date(year, int(found["quarter"]) * 3, 1), "quarter")
    return period_of(date(year, 1, 1), "year")


def next_period(period: Period) -> Period:
    """The period of the same kind that begins the day after."""
    return period_of(period.end + timedelta(days=1), period.kind)


def previous_period(period: Period) -> Period:
    """The period of the same kind that ends the day before."""
    return period_of(period.start - timedelta(days=1), period.kind)
