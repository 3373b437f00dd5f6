"""Since when a debt is doubtful: case Y of collections.md, the day before, the day, the day after."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from kam_connector.periods import add_months
from kam_connector.rules.doubtful import is_doubtful, last_day_of_grace


def grace(due: str, rule: str) -> str:
    return str(last_day_of_grace(np.array([due], dtype="datetime64[D]"), rule)[0])


@pytest.mark.parametrize(
    ("due", "rule", "last_day"),
    [
        ("2026-01-15", "180d", "2026-07-14"), ("2026-01-15", "6m", "2026-07-15"), ("2025-08-31", "6m", "2026-02-28"),
        ("2025-12-31", "6m", "2026-06-30"), ("2026-03-01", "6m", "2026-09-01"), ("2026-03-01", "180d", "2026-08-28"),
        ("2027-08-31", "6m", "2028-02-29"),
    ],
)  # fmt: skip
def test_more_than_six_months_begins_the_day_after(due: str, rule: str, last_day: str) -> None:
    assert grace(due, rule) == last_day
    day = np.datetime64(last_day, "D")
    days = np.array([due], dtype="datetime64[D]")
    assert [bool(is_doubtful(days, day + n, rule)[0]) for n in (-1, 0, 1)] == [False, False, True]


def test_calendar_months_are_those_of_the_periods() -> None:
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(1500)]
    found = last_day_of_grace(np.array(days, dtype="datetime64[D]"), "6m")
    assert found.tolist() == [add_months(day, 6) for day in days]


def test_no_due_date_is_never_doubtful() -> None:
    assert not is_doubtful(np.array(["NaT"], dtype="datetime64[D]"), np.datetime64("2026-06-30"), "180d")[0]
