"""Business time: the worked cases W13 to W18 of tiering_complaints.md, zones, edges, properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.calendars import BusinessCalendar, Hours, add_business_time, business_time_between
from kam_connector.errors import PolicyError

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (Hours(9 * 60, 12 * 60), Hours(13 * 60, 18 * 60))
NATIONAL_DAY = tuple((date(2025, 10, day), ()) for day in range(1, 9))
MAKE_UP = ((date(2025, 9, 28), DAY), (date(2025, 10, 11), DAY))
CHINA = BusinessCalendar("Asia/Shanghai", (DAY,) * 5 + ((), ()), NATIONAL_DAY + MAKE_UP)
PLAIN = BusinessCalendar("Asia/Shanghai", (DAY,) * 5 + ((), ()))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("case", "calendar", "start", "hours", "due"),
    [
        ("W13, over the national holiday", CHINA, "2025-09-30 17:00", 8, "2025-10-09 17:00"),
        ("W13, a make-up Saturday is worked", CHINA, "2025-09-30 17:00", 24, "2025-10-11 17:00"),
        ("W14, a make-up Sunday is worked", CHINA, "2025-09-26 16:30", 8, "2025-09-28 16:30"),
        ("W14, without the make-up day", PLAIN, "2025-09-26 16:30", 8, "2025-09-29 16:30"),
        ("W15, planned with the pause of two hours", PLAIN, "2025-09-12 10:00", 10, "2025-09-15 12:00"),
        ("W18, the end of a day is inside", PLAIN, "2025-09-12 09:00", 8, "2025-09-12 18:00"),
        ("W18, one from the lunch break", PLAIN, "2025-09-12 12:20", 1, "2025-09-12 14:00"),
        ("W18, no hours: the next working instant", PLAIN, "2025-09-12 18:20", 0, "2025-09-15 09:00"),
        ("no hours within working time: now", PLAIN, "2025-09-12 10:10", 0, "2025-09-12 10:10"),
        ("to the end of the morning", PLAIN, "2025-09-12 09:00", 3, "2025-09-12 12:00"),
        ("received in the night", PLAIN, "2025-09-12 03:00", 1, "2025-09-12 10:00"),
    ],
)
def test_deadlines(case: str, calendar: BusinessCalendar, start: str, hours: int, due: str) -> None:
    assert add_business_time(calendar, at(start), hours) == at(due), case


def test_a_pause_counts_in_business_hours() -> None:
    paused = business_time_between(PLAIN, at("2025-09-12 17:00"), at("2025-09-15 10:00"))
    assert paused == timedelta(hours=2)


def test_what_the_erp_sends_is_utc() -> None:
    received = datetime(2025, 9, 26, 8, 30, tzinfo=UTC)
    assert add_business_time(CHINA, received, 8) == at("2025-09-28 16:30")
    with pytest.raises(ValueError, match="time zone"):
        add_business_time(CHINA, datetime(2025, 9, 26, 8, 30), 8)


def test_daylight_saving_does_not_move_the_office_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = BusinessCalendar("Europe/Berlin", (DAY,) * 5 + ((), ()))
    due = add_business_time(calendar, at("2026-03-27 17:00", berlin), 2)
    assert due == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    assert due.astimezone(berlin).hour == 10


def test_round_the_clock_counts_the_hour_that_the_clock_skips() -> None:
    always = BusinessCalendar("Europe/Berlin", ((Hours(0, 1440),),) * 7)
    sunday = business_time_between(
        always, at("2026-03-29 00:00", ZoneInfo("Europe/Berlin")), at("2026-03-30 00:00", ZoneInfo("Europe/Berlin"))
    )
    assert sunday == timedelta(hours=23)


@pytest.mark.parametrize(
    ("hours", "day", "worked"),
    [
        (Hours(150, 300), "2026-03-29", 120),  # 02:30 is skipped: from the jump at 03:00 to 05:00
        (Hours(60, 150), "2026-03-29", 60),  # 01:00 until the jump
        (Hours(120, 180), "2026-03-29", 0),  # the skipped hour itself
        (Hours(150, 300), "2026-10-25", 210),  # from the first 02:30 over the repeated hour to 05:00
        (Hours(60, 150), "2026-10-25", 90),  # to the first 02:30
        (Hours(0, 1440), "2026-10-25", 1500),
    ],
)
def test_work_that_begins_or_ends_while_the_clocks_change(hours: Hours, day: str, worked: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = BusinessCalendar("Europe/Berlin", ((hours,),) * 7)
    begin = at(f"{day} 00:00", berlin)
    end = at(f"{day} 23:59", berlin) + timedelta(minutes=1)
    assert business_time_between(calendar, begin, end) == timedelta(minutes=worked)


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    """Samoa went from 29 to 31 December 2011."""
    calendar = BusinessCalendar("Pacific/Apia", (DAY,) * 7)
    apia = ZoneInfo("Pacific/Apia")
    begin, end = at("2011-12-29 00:00", apia), at("2012-01-01 00:00", apia)
    assert business_time_between(calendar, begin, end) == timedelta(hours=16)


def test_a_calendar_in_which_nobody_works_is_refused() -> None:
    with pytest.raises(PolicyError, match="no working hours"):
        BusinessCalendar("Asia/Shanghai", ((),) * 7)


def test_a_deadline_that_is_never_reached_is_refused() -> None:
    with pytest.raises(PolicyError, match="too few working hours"):
        add_business_time(PLAIN, at("2025-09-12 09:00"), 10**6)


def test_years_that_are_off_altogether_have_no_working_time() -> None:
    day, closed = date(2023, 1, 1), []
    while day.year < 2028:
        closed.append((day, ()))
        day += timedelta(days=1)
    idle = BusinessCalendar("Asia/Shanghai", (DAY,) * 5 + ((), ()), tuple(closed))
    begin, end = at("2025-03-03 09:00"), at("2025-06-02 09:00")
    assert business_time_between(idle, begin, end) == timedelta(0)
    assert add_business_time(idle, begin, 2) == at("2028-01-03 11:00")


def test_hours_that_overlap_are_refused() -> None:
    with pytest.raises(PolicyError, match="overlap"):
        BusinessCalendar("Asia/Shanghai", ((Hours(540, 720), Hours(700, 800)),) + ((),) * 6)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(PolicyError, match="Mars/Olympus"):
        BusinessCalendar("Mars/Olympus", (DAY,) * 7)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.integers(0, 400), st.integers(1, 60))
def test_without_holidays_whole_weeks_shift_the_deadline_equally(start: datetime, hours: int, weeks: int) -> None:
    shift = timedelta(weeks=weeks)
    assert add_business_time(PLAIN, start + shift, hours) == add_business_time(PLAIN, start, hours) + shift


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.integers(1, 400))
def test_between_start_and_deadline_lies_exactly_the_time_allowed(start: datetime, hours: int) -> None:
    due = add_business_time(CHINA, start, hours)
    assert business_time_between(CHINA, start, due) == timedelta(hours=hours)


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.integers(0, 100), st.integers(0, 100))
def test_more_hours_are_never_due_earlier(start: datetime, hours: int, more: int) -> None:
    assert add_business_time(CHINA, start, hours + more) >= add_business_time(CHINA, start, hours)
