"""Working hours of a file: lunch breaks, days off, part days, make-up days."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from pydantic import ValidationError

from kam_connector.calendars import Hours
from kam_connector.policy import CalendarTable

TEXT = """zone = "Asia/Shanghai"
[[week]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "12:00"
[[week]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "13:00"
to = "18:00"
[[holiday]]
from = 2025-10-01
to = 2025-10-08
name = "National Day"
[[holiday]]
date = 2025-12-31
from = "15:00"
to = "24:00"
[[workday]]
date = 2025-10-11
[[workday]]
date = 2025-10-08
from = "09:00"
to = "12:00"
"""
DAY = (Hours(540, 720), Hours(780, 1080))


def test_a_calendar_file_says_when_work_is_done() -> None:
    calendar = CalendarTable.model_validate(tomllib.loads(TEXT)).calendar()
    exceptions = dict(calendar.exceptions)
    assert calendar.week == (DAY,) * 5 + ((), ())
    assert exceptions[date(2025, 10, 1)] == exceptions[date(2025, 10, 7)] == ()
    assert exceptions[date(2025, 12, 31)] == (Hours(540, 720), Hours(780, 900))
    assert exceptions[date(2025, 10, 11)] == DAY
    assert exceptions[date(2025, 10, 8)] == (Hours(540, 720),)


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ('from = "15:00"\nto = "24:00"', (Hours(540, 720), Hours(780, 900))),
        ('from = "09:00"\nto = "18:00"', ()),
        ("", DAY),
    ],
)
def test_a_part_of_a_workday_may_be_off_and_a_whole_one_is_worked(part: str, left: tuple[Hours, ...]) -> None:
    lines = f"[[holiday]]\ndate = 2025-10-12\n{part}\n[[workday]]\ndate = 2025-10-12"
    calendar = CalendarTable.model_validate(tomllib.loads(f"{TEXT}\n{lines}")).calendar()
    assert dict(calendar.exceptions)[date(2025, 10, 12)] == left


@pytest.mark.parametrize(
    "lines",
    [
        '[[holiday]]\nname = "never"',
        "[[holiday]]\nfrom = 2025-10-01",
        "[[holiday]]\nfrom = 2025-10-08\nto = 2025-10-01",
        '[[holiday]]\ndate = 2025-10-01\nfrom = "09:00"',
        '[[workday]]\ndate = 2025-10-01\nfrom = "09:00"',
        '[[week]]\ndays = ["mon"]\nfrom = "25:00"\nto = "26:00"',
    ],
)
def test_days_off_without_a_meaning_are_refused(lines: str) -> None:
    with pytest.raises(ValidationError):
        CalendarTable.model_validate(tomllib.loads(f"{TEXT}\n{lines}"))


def test_the_official_days_of_china_come_first_and_the_file_stands_above_them() -> None:
    """National Day 2025 and its make-up days are known without the file; the file moves one of them."""
    text = TEXT.replace('zone = "Asia/Shanghai"', 'zone = "Asia/Shanghai"\ncountry = "CN"')
    calendar = CalendarTable.model_validate(tomllib.loads(text)).calendar()
    exceptions = dict(calendar.exceptions)
    assert exceptions[date(2025, 9, 28)] == exceptions[date(2025, 10, 11)] == DAY
    assert exceptions[date(2025, 1, 1)] == exceptions[date(2026, 10, 7)] == ()
    assert exceptions[date(2025, 10, 8)] == (Hours(540, 720),)
    assert calendar.covered == (2004, 2026)


def test_two_weeks_in_turn_make_fourteen_days() -> None:
    text = TEXT.replace('from = "13:00"', 'turn = "second"\nfrom = "13:00"')
    week = CalendarTable.model_validate(tomllib.loads(text)).calendar().week
    assert week == ((DAY[0],),) * 5 + ((), ()) + (DAY,) * 5 + ((), ())
