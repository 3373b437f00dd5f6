"""Business time in a zone: when is a deadline that is some working hours away, how much work lies between.

A calendar is a week of working hours (or two weeks in turn), days off and days worked in exchange. Moments are
UTC-aware; the calendar's own zone decides which hours are worked, daylight saving included: what begins or ends within
the hour that spring skips does so when the clock jumps, and within the hour that autumn repeats the first time counts.
The end of a span counts as inside, zero hours lead to the next working instant, and a calendar in which nobody works
is refused instead of searched for ever.

Worked figure (tiering_complaints.md, W13): Monday to Friday 09-12 and 13-18 in Shanghai, 1 to 8 October off,
Saturday 11 October worked. Received Tuesday 2025-09-30 17:00 with 8 hours: 1 hour on Tuesday, 7 on Thursday the
9th, due Thursday 2025-10-09 17:00. With 24 hours: Saturday 2025-10-11 17:00.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from kam_connector.errors import PolicyError

Moments: TypeAlias = npt.NDArray[np.int64]
"""Moments as microseconds since 1970 UTC, or durations in microseconds."""

HOUR = 3_600_000_000
HORIZON_YEARS = 60
"""A deadline further away than this means that the calendar has practically no hours."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a day, in minutes after local midnight; `end` may be 1440."""

    start: int
    end: int


def cut_hours(hours: tuple[Hours, ...], begin: int, end: int) -> tuple[Hours, ...]:
    """What is left of a day's hours without those from minute `begin` to minute `end`."""
    left = [Hours(each.start, min(each.end, begin)) for each in hours]
    left += [Hours(max(each.start, end), each.end) for each in hours]
    return tuple(sorted((each for each in left if each.start < each.end), key=_start_of))


def unite_hours(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """The stretches in their order, those that touch or overlap as one; one without an extent is none."""
    found: list[Hours] = []
    for each in sorted((each for each in hours if each.start < each.end), key=_start_of):
        if found and each.start <= found[-1].end:
            found[-1] = Hours(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class DatedHours:
    """Hours of a weekday (0 is Monday) that are worked from a first to a last day only, of two weeks in their `turn`.

    `first` and `last` may be None: since ever, for ever. `turn` is 0 or 1; None: in every week.
    """

    first: date | None
    last: date | None
    weekday: int
    turn: int | None
    hours: Hours

    def holds_on(self, day: date) -> bool:
        """Whether the hours are worked on that day."""
        week, weekday = divmod(day.toordinal() - 1, 7)
        begun, goes_on = not self.first or self.first <= day, not self.last or day <= self.last
        return begun and goes_on and weekday == self.weekday and self.turn in (None, week % 2)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Working hours of each weekday (Monday first) of one week, or of two in turn; then exceptions by day: () is off.

    The first of two weeks is the one that Odoo calls so, see `hours_of`. `covered` are the first and the last year of
    which the official days off are known; None where nobody asked for them. `dated`: what is worked beside the week
    during some time.
    """

    zone: str
    week: tuple[tuple[Hours, ...], ...]
    exceptions: tuple[tuple[date, tuple[Hours, ...]], ...] = ()
    covered: tuple[int, int] | None = None
    dated: tuple[DatedHours, ...] = ()

    def __post_init__(self) -> None:
        load_zone(self.zone)
        if len(self.week) not in (7, 14) or not (any(self.week) or self.dated):
            raise PolicyError(
                "The calendar has no working hours, so no deadline can be reached.",
                next_step="Add a [[week]] with days, from and to.",
            )
        spans = [*self.week, *(hours for _, hours in self.exceptions), *((each.hours,) for each in self.dated)]
        for hours in spans:
            _refuse_overlap(hours)

    @property
    def usual(self) -> tuple[Hours, ...]:
        """The hours of the first day that is worked: those of a day that is worked in exchange."""
        return next(filter(None, self.week), tuple(each.hours for each in self.dated[:1]))

    def hours_of(self, day: date) -> tuple[Hours, ...]:
        """The hours of a day without its exceptions; of two weeks that of Monday 2025-01-06 is the first."""
        weekly = self.week[(day.toordinal() - 1) % len(self.week)]
        dated = [each.hours for each in self.dated if each.holds_on(day)]
        return unite_hours((*weekly, *dated)) if dated else weekly


@dataclass(frozen=True, slots=True)
class Timeline:
    """The working spans of some years: starts and ends as moments, the working day of each, the work done before it.

    Working days are counted from the beginning of the timeline.
    """

    starts: Moments
    ends: Moments
    days: Moments
    done_before: Moments
    done_after: Moments

    def worked_until(self, moments: Moments) -> Moments:
        """Working time between the beginning of the timeline and each moment; nothing where all its days are off."""
        if not self.starts.size:
            return np.zeros_like(moments)
        place = np.maximum(np.searchsorted(self.starts, moments, side="right") - 1, 0)
        inside = np.clip(moments, self.starts[place], self.ends[place]) - self.starts[place]
        return self.done_before[place] + inside

    def reach(self, starts: Moments, work: Moments) -> Moments | None:
        """The moment at which `work` is done, counted from each start; None when the timeline ends before."""
        target = self.worked_until(starts) + work
        by_work = np.searchsorted(self.done_after, target, side="left")
        by_moment = np.searchsorted(self.ends, starts, side="left")
        place = np.where(work > 0, by_work, by_moment)
        if place.size and place.max() >= self.starts.size:
            return None
        due = self.starts[place] + target - self.done_before[place]
        return np.where(work > 0, due, np.maximum(starts, self.starts[place]))


def load_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Errors: `PolicyError` for a name that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise PolicyError(
            'Time zone "{name}" is not known.', next_step="Write an IANA name such as Asia/Shanghai.", name=name
        ) from cause


def find_deadlines(calendar: BusinessCalendar, starts: Moments, work: Moments) -> Moments:
    """For each start the moment at which that much working time has passed (W13 to W18).

    Errors: `PolicyError` when the calendar has too few hours to get there within 60 years.
    """
    if not starts.size:
        return starts.copy()
    first, last = year_of(int(starts.min())) - 1, year_of(int(starts.max()))
    for ahead in (2, 6, 20, HORIZON_YEARS):
        due = timeline_of(calendar, first, last + ahead).reach(starts, work)
        if due is not None:
            return due
    raise PolicyError(
        "The calendar has too few working hours: a deadline lies more than {years} years away.",
        next_step="Look at [[week]] and [[holiday]].",
        years=HORIZON_YEARS,
    )


def worked_between(calendar: BusinessCalendar, starts: Moments, ends: Moments) -> Moments:
    """Working time from each start to its end; nothing when the end is not after the start."""
    if not starts.size:
        return starts.copy()
    line = timeline_between(calendar, min(starts.min(), ends.min()), max(starts.max(), ends.max()))
    done: Moments = np.maximum(line.worked_until(ends) - line.worked_until(starts), 0)
    return done


def add_business_time(calendar: BusinessCalendar, start: datetime, hours: Decimal | int) -> datetime:
    """The moment, UTC-aware, at which that many working hours have passed since an aware `start`."""
    work = np.array([int(Decimal(hours) * HOUR)], dtype=np.int64)
    due = find_deadlines(calendar, np.array([to_moment(start)], dtype=np.int64), work)
    return _EPOCH + timedelta(microseconds=int(due[0]))


def business_time_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time between two aware moments."""
    a, b = (np.array([to_moment(moment)], dtype=np.int64) for moment in (start, end))
    return timedelta(microseconds=int(worked_between(calendar, a, b)[0]))


def to_moment(moment: datetime) -> int:
    """Microseconds since 1970 UTC. Errors: `ValueError` for a moment without a zone (W16)."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone: what the ERP sends is UTC.")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def timeline_between(calendar: BusinessCalendar, first: int, last: int) -> Timeline:
    """The working spans of the years of two moments and of the years beside them."""
    return timeline_of(calendar, year_of(int(first)) - 1, year_of(int(last)) + 1)


@lru_cache(maxsize=64)
def timeline_of(calendar: BusinessCalendar, first_year: int, last_year: int) -> Timeline:
    """The working spans of those years, both included."""
    zone, exceptions = load_zone(calendar.zone), dict(calendar.exceptions)
    day, spans, worked = date(max(first_year, 1), 1, 1), list[tuple[int, int, int]](), 0
    while day.year <= last_year:
        hours = sorted(exceptions.get(day, calendar.hours_of(day)), key=_start_of)
        edges = [(local_moment(day, each.start, zone), local_moment(day, each.end, zone)) for each in hours]
        spans += [(start, end, worked) for start, end in edges if start < end]
        worked += bool(spans) and spans[-1][2] == worked
        day += timedelta(days=1)
    starts, ends, days = np.array(spans, dtype=np.int64).reshape(-1, 3).T.copy()
    done = np.cumsum(ends - starts)
    return Timeline(starts, ends, days, done - (ends - starts), done)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def year_of(moment: int) -> int:
    """The year of a moment, in UTC."""
    return (_EPOCH + timedelta(microseconds=moment)).year


def local_moment(day: date, minutes: int, zone: ZoneInfo) -> int:
    """The moment at which the clocks of a zone reach so many minutes after that day's midnight.

    A time that the clocks skip is reached when they jump; one that they show twice is reached the first time.
    """
    local = datetime.combine(day + timedelta(days=minutes // 1440), time(minutes % 1440 // 60, minutes % 60))
    reached = local.replace(tzinfo=zone).astimezone(UTC)
    if reached.astimezone(zone).replace(tzinfo=None) == local:
        return to_moment(reached)
    return to_moment(_jump_before(reached, zone))


def _jump_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """When within the last two days the clocks of the zone jumped to the offset that they have at `moment`."""
    begin, offset = moment - timedelta(days=2), moment.astimezone(zone).utcoffset()

    def has_jumped(seconds: int) -> bool:
        return (begin + timedelta(seconds=seconds)).astimezone(zone).utcoffset() == offset

    return begin + timedelta(seconds=bisect_left(range(2 * 86400), True, key=has_jumped))


def _start_of(hours: Hours) -> int:
    return hours.start


def _refuse_overlap(hours: tuple[Hours, ...]) -> None:
    ends = 0
    for span in sorted(hours, key=_start_of):
        if not ends <= span.start < span.end <= 1440:
            raise PolicyError(
                "Working hours overlap or run backwards at {time}.",
                next_step="Let each stretch of a day begin after the one before has ended.",
                time=f"{span.start // 60:02d}:{span.start % 60:02d}",
            )
        ends = span.end
