"""Months and business days of the story, counted from the anchor day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

STORY_MONTHS = 24


def add_months(day: date, months: int) -> date:
    """The first day of the month that lies that many months after the day's month."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def last_day(first: date) -> date:
    """The last day of the month that begins with `first`."""
    return add_months(first, 1) - timedelta(days=1)


@cache
def story_months(anchor: date) -> tuple[date, ...]:
    """First days of the 24 months that end with the anchor's month, oldest first."""
    return tuple(add_months(anchor, i - STORY_MONTHS + 1) for i in range(STORY_MONTHS))


def business_day(day: date) -> date:
    """The day itself, or the Monday after when it falls on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def period(first: date) -> str:
    """The month's name as periods are written: "2026-03"."""
    return f"{first.year}-{first.month:02d}"
