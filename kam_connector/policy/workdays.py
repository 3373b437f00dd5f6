"""Working hours as a policy file says them: a week, days off, days worked in exchange.

A day off is `date`, or `from` and `to` days for a longer one, or `date` with hours `from` and `to` for part of a
day. A workday without hours has those of the first working day of the week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from kam_connector.calendars import BusinessCalendar, Hours
from kam_connector.policy.values import Day, Expected, Minutes, Table

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY_NAMES: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Week(Table):
    """Hours that are worked on some weekdays; two of them make a day with a lunch break."""

    days: tuple[DayName, ...] = Field(min_length=1)
    start: Minutes = Field(alias="from")
    end: Minutes = Field(alias="to")


class Holiday(Table):
    """One day off, several in a row, or part of a day."""

    day: Day | None = Field(default=None, alias="date")
    start: Day | Minutes | None = Field(default=None, alias="from")
    end: Day | Minutes | None = Field(default=None, alias="to")
    name: str = ""

    @model_validator(mode="after")
    def _has_one_shape(self) -> Holiday:
        days = [edge for edge in (self.start, self.end) if isinstance(edge, date)]
        if len(days) not in (0, 2) or (self.day is None) != (len(days) == 2):
            raise Expected("a holiday is either one date (with hours from and to) or the days from and to")
        if self.day and (self.start is None) != (self.end is None):
            raise Expected("a part of a day needs both from and to")
        if self.start is not None and self.end is not None and self.end < self.start:  # type: ignore[operator]
            raise Expected("to comes before from")
        return self

    def days(self) -> Iterator[date]:
        """Each day that it touches."""
        first = self.day or self.start
        last = self.day or self.end
        while isinstance(first, date) and isinstance(last, date) and first <= last:
            yield first
            first += timedelta(days=1)


class Workday(Table):
    """A day that is worked although the week says otherwise (make-up day)."""

    day: Day = Field(alias="date")
    start: Minutes | None = Field(default=None, alias="from")
    end: Minutes | None = Field(default=None, alias="to")
    name: str = ""

    @model_validator(mode="after")
    def _has_both_hours(self) -> Workday:
        if (self.start is None) != (self.end is None):
            raise Expected("hours need both from and to")
        return self


class WorkTable(Table):
    """The working hours of a policy file, without a zone."""

    week: tuple[Week, ...] = Field(min_length=1)
    holiday: tuple[Holiday, ...] = ()
    workday: tuple[Workday, ...] = ()

    def in_zone(self, zone: str) -> BusinessCalendar:
        """The calendar in that zone. Errors: `PolicyError` for an unknown zone or hours that overlap."""
        week = tuple(self._hours_of(day) for day in DAY_NAMES)
        exceptions: dict[date, tuple[Hours, ...]] = {}
        for holiday in self.holiday:
            for day in holiday.days():
                exceptions[day] = _without(exceptions.get(day, week[day.weekday()]), holiday)
        for day, hours in self._worked(next(filter(None, week), ())).items():
            exceptions[day] = hours
        return BusinessCalendar(zone, week, tuple(sorted(exceptions.items())))

    def _hours_of(self, day: DayName) -> tuple[Hours, ...]:
        spans = [Hours(line.start, line.end) for line in self.week if day in line.days]
        return tuple(sorted(spans, key=lambda span: span.start))

    def _worked(self, usual: tuple[Hours, ...]) -> dict[date, tuple[Hours, ...]]:
        worked: dict[date, tuple[Hours, ...]] = {}
        for line in self.workday:
            hours = usual if line.start is None or line.end is None else (Hours(line.start, line.end),)
            worked[line.day] = worked.get(line.day, ()) + hours
        return worked


class CalendarTable(WorkTable):
    """A calendar.toml of its own (`kam complaints sla --calendar`): working hours with their zone."""

    zone: str

    def calendar(self) -> BusinessCalendar:
        """The calendar that the file describes."""
        return self.in_zone(self.zone)


def _without(hours: tuple[Hours, ...], holiday: Holiday) -> tuple[Hours, ...]:
    """What is left of a day's hours; nothing when the whole day is off."""
    if not isinstance(holiday.start, int) or not isinstance(holiday.end, int):
        return ()
    cut = [Hours(span.start, min(span.end, holiday.start)) for span in hours]
    cut += [Hours(max(span.start, holiday.end), span.end) for span in hours]
    return tuple(sorted((span for span in cut if span.start < span.end), key=lambda span: span.start))
