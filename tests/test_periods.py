"""Months, quarters, years; days that are months apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.errors import InputError
from kam_connector.periods import add_months, months_until, next_period, parse_period, period_of, previous_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(text: str, start: date, end: date) -> None:
    period = parse_period(text)
    assert (period.start, period.end, period.code) == (start, end, text)
    assert start in period
    assert end in period


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-3", "2026-Q5", "26-03", "", "0000", "March"])
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InputError, match="2026-Q1"):
        parse_period(text)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 1, 15), date(2026, 7, 15)),
        (date(2025, 8, 31), date(2026, 2, 28)),
        (date(2025, 12, 31), date(2026, 6, 30)),
        (date(2026, 3, 1), date(2026, 9, 1)),
    ],
)
def test_six_months_later(day: date, later: date) -> None:
    assert add_months(day, 6) == later


@settings(max_examples=50, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2200, 1, 1)), st.sampled_from(["month", "quarter", "year"]))
def test_periods_follow_each_other_without_a_gap(day: date, kind: str) -> None:
    period = period_of(day, kind)  # type: ignore[arg-type]
    assert day in period
    assert (next_period(period).start - period.end).days == 1
    assert previous_period(next_period(period)) == period
    assert parse_period(period.code) == period


@pytest.mark.parametrize(
    ("last", "months", "first"),
    [
        (date(2026, 6, 30), 3, date(2026, 4, 1)), (date(2026, 6, 29), 3, date(2026, 3, 30)),
        (date(2026, 5, 30), 3, date(2026, 3, 1)), (date(2026, 2, 28), 1, date(2026, 2, 1)),
        (date(2028, 2, 28), 12, date(2027, 3, 1)), (date(2028, 2, 29), 12, date(2027, 3, 1)),
        (date(2026, 12, 31), 12, date(2026, 1, 1)),
    ],
)  # fmt: skip
def test_so_many_months_end_with_their_day(last: date, months: int, first: date) -> None:
    assert months_until(last, months) == (first, last)
