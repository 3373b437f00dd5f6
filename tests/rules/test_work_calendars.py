"""The calendar of a company: the ERP's schedule, its days off, and the policy above both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.calendars import BusinessCalendar, Hours
from kam_connector.policy import ComplaintPolicy
from kam_connector.policy.complaints import TeamCalendar
from kam_connector.rules.work_calendars import COLUMNS, build_calendar, find_strangers, place_of_calendar
from tests.rules.clock_cases import DAY, PLAIN, Event, clock, targets

LUNCH = [(9.0, 12.0), (13.0, 18.0)]
HOURS = [(weekday, None, begin, end) for weekday in range(5) for begin, end in LUNCH]
EIGHT = targets(("*", "8"))


def calendar(hours: list[tuple[Any, ...]], off: list[tuple[str, str]] = [], **more: Any) -> BusinessCalendar:  # noqa: B006
    policy = ComplaintPolicy.model_validate({
        "complaints": {"valid_from": date(2020, 1, 1), **more.pop("complaints", {})},
        "target": [{"response_hours": 2, "resolution_hours": 8}],
        "week": [{"days": ["mon"], "from": "10:00", "to": "11:00"}], **more,
    })  # fmt: skip
    lines = pd.DataFrame([(*line, None, None)[:6] for line in hours], columns=list(COLUMNS))
    days = pd.DataFrame(off, columns=["date_from", "date_to"]).apply(pd.to_datetime)
    return build_calendar("Asia/Shanghai", lines, days, policy)


def test_the_schedule_with_its_lunch_break_is_the_week() -> None:
    assert calendar(HOURS).week == PLAIN.week


def test_without_any_hours_in_the_erp_or_where_the_policy_says_so_its_own_week_counts() -> None:
    own = ((Hours(600, 660),), *((),) * 6)
    assert calendar([]).week == own
    assert calendar([(0, None, 0.0, 0.0), (1, None, 18.0, 6.0)]).week == own
    assert calendar(HOURS, complaints={"hours": "policy"}).week == own


def test_hours_in_turn_make_two_weeks_and_those_that_overlap_are_one() -> None:
    found = calendar([(0, 0, 9.0, 12.0), (0, 0, 11.5, 18.0), (0, 1, 9.0, 9.0), (1, 1, 8.5, 24.0)]).week
    assert found == ((Hours(540, 1080),), *((),) * 7, (Hours(510, 1440),), *((),) * 5)


@pytest.mark.parametrize(
    ("begin", "end", "left"),
    [
        ("2025-09-29 16:00:00", "2025-09-30 15:59:59", ()),  # the whole 30th in Shanghai, as Odoo writes it
        ("2025-09-30 00:00:00", "2025-09-30 03:00:00", (Hours(660, 720), Hours(780, 1080))),  # 8 to 11
        ("2025-09-30 06:00:00", "2025-10-01 01:00:00", (Hours(540, 720), Hours(780, 840))),  # from 14:00 on
    ],
)
def test_days_off_are_cut_out_in_the_zone_of_the_calendar(begin: str, end: str, left: tuple[Hours, ...]) -> None:
    assert dict(calendar(HOURS, [(begin, end)]).exceptions)[date(2025, 9, 30)] == left


def test_two_absences_of_one_day_add_up() -> None:
    off = [("2025-09-30 01:00:00", "2025-09-30 02:00:00"), ("2025-09-30 05:00:00", "2025-09-30 10:00:00")]
    assert dict(calendar(HOURS, off).exceptions)[date(2025, 9, 30)] == (Hours(600, 720),)


@pytest.mark.requirement("S4-75")
def test_w14_a_make_up_sunday_of_the_policy_stands_above_the_schedule() -> None:
    events: list[Event] = [("14", "2025-09-26 16:30", "received")]
    with_it = calendar(HOURS, workday=[{"date": date(2025, 9, 28)}])
    assert clock("resolution", events, "2025-09-26 17:00", EIGHT, with_it)["due_at"] == "2025-09-28 16:30"
    assert clock("resolution", events, "2025-09-26 17:00", EIGHT, calendar(HOURS))["due_at"] == "2025-09-29 16:30"


def test_a_part_of_an_official_make_up_day_off_leaves_the_rest() -> None:
    """Saturday 11 October 2025 is worked; the schedule has its afternoon off, 13:00 to 18:00 in Shanghai."""
    off = [("2025-10-11 05:00:00", "2025-10-11 10:00:00")]
    exceptions = dict(calendar(HOURS, off, complaints={"country": "CN"}).exceptions)
    assert exceptions[date(2025, 10, 11)] == (Hours(540, 720),)


def test_official_days_stand_under_the_schedules_days_off_and_neither_gives_the_other_back() -> None:
    """1 October is off whatever the schedule leaves of it; the make-up Sunday that the company does not work is off."""
    off = [("2025-10-01 01:00:00", "2025-10-01 02:00:00"), ("2025-09-27 16:00:00", "2025-09-28 15:59:59")]
    exceptions = dict(calendar(HOURS, off, complaints={"country": "CN"}).exceptions)
    assert (exceptions[date(2025, 10, 1)], exceptions[date(2025, 9, 28)], exceptions[date(2025, 10, 11)]) == (
        (),
        (),
        DAY,
    )


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 2, 13), DAY),  # a Friday
        (date(2026, 2, 7), ()),  # the Saturday before
        (date(2026, 2, 14), (Hours(540, 780),)),  # from the first day on
        (date(2026, 2, 21), (Hours(540, 780),)),  # up to the last
        (date(2026, 2, 28), ()),
        (date(2026, 2, 16), (Hours(480, 720), Hours(780, 1080))),  # a Monday: 8 to 10 beside 9 to 12 are one stretch
    ],
)
def test_hours_that_hold_for_some_days_stand_beside_the_week(day: date, hours: tuple[Hours, ...]) -> None:
    first, last = date(2026, 2, 14), date(2026, 2, 21)
    dated = [(5, None, 9.0, 13.0, first, last), (0, None, 8.0, 10.0, first, last), (6, None, 9.0, 9.0, first, last)]
    assert calendar([*HOURS, *dated]).hours_of(day) == hours


def test_a_dated_line_of_a_second_week_an_open_end_and_a_day_off_within() -> None:
    """Monday 2025-01-06 begins a first week, so Saturday 18 January 2025 is of a second one."""
    found = calendar(
        [*HOURS, (5, 1, 9.0, 13.0, date(2025, 1, 1), None)], [("2025-01-31 16:00:00", "2025-02-01 15:59:59")]
    )
    saturdays = [date(2025, 1, day) for day in (4, 11, 18, 25)]
    assert [found.hours_of(day) for day in saturdays] == [(Hours(540, 780),), (), (Hours(540, 780),), ()]
    assert dict(found.exceptions)[date(2025, 2, 1)] == ()


def test_a_schedule_of_dated_lines_alone_is_one_and_its_make_up_day_has_their_hours() -> None:
    found = calendar([(0, None, 9.0, 13.0, date(2025, 1, 1), None)], workday=[{"date": date(2025, 9, 28)}])
    assert (found.hours_of(date(2025, 9, 29)), dict(found.exceptions)[date(2025, 9, 28)]) == ((Hours(540, 780),),) * 2


@pytest.mark.parametrize(
    ("team", "login", "place"),
    [("Desk", "ann", 0), ("Desk", "bo", 1), ("", "ann", 0), ("Field", "bo", -1), ("", "", -1), ("desk", "", -1)],
)
def test_the_first_calendar_that_fits_the_owner_decides(team: str, login: str, place: int) -> None:
    lines = (TeamCalendar(user="ann", schedule="Ann"), TeamCalendar(team="Desk", schedule="Six days"))
    assert place_of_calendar(lines, team, login) == place


def test_who_is_named_in_a_calendar_and_is_nobody_is_found_once() -> None:
    lines = [TeamCalendar(user="ann", schedule="A"), TeamCalendar(team="Desk", schedule="B"),
             TeamCalendar(team="Desk", user="bo", schedule="C"), TeamCalendar(schedule="D")]  # fmt: skip
    found = find_strangers(lines, {"Field"}, {"bo"})
    assert [each.message for each in found] == [
        "The user ann of [[calendar]] in complaints.toml is no active user: the line never decides.",
        'The sales team "Desk" of [[calendar]] in complaints.toml has nobody: the line never decides.',
    ]
