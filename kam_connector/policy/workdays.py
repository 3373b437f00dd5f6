"""Working hours as a policy file says them: a week (or two in turn), days off, days worked in exchange.

The official days off of a country, and the days worked in exchange, come first; what the file itself says of a day
stands above them. A day off is `date`, or `from` and `to` days for a longer one, or `date` with hours `from` and `to`
for part of a day. A workday without hours has those of the first working day of the week; a part of it may be off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from kam_connector.calendars import BusinessCalendar, Hours, cut_hours
from kam_connector.policy.official import Country, official_days
from kam_connector.policy.values import Day, Expected, Minutes, Table

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY_NAMES: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Week(Table):
    """Hours that are worked on some weekdays; two of them make a day with a lunch break.

    With `turn` they are worked in every second week only: that of Monday 2025-01-06 is a first one.
    """

    turn: Literal["first", "second"] | None = None
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

    @property
    def hours(self) -> tuple[int, int] | None:
        """The part of its day that is off, in minutes; None where the whole day is."""
        return (self.start, self.end) if isinstance(self.start, int) and isinstance(self.end, int) else None

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

    def in_zone(self, zone: str, country: Country | None = None) -> BusinessCalendar:
        """The calendar in that zone, with the official days off of a country.

        Errors: `PolicyError` for an unknown zone or hours that overlap.
        """
        return self.above(BusinessCalendar(zone, self._weeks()), country)

    def above(self, base: BusinessCalendar, country: Country | None = None) -> BusinessCalendar:
        """The calendar `base` with a country's days off, its own exceptions, and above both those of this table.

        What `base` leaves of an official day off is off; what it takes off an official workday stays off.
        """
        official = official_days(country, base.usual) if country else None
        known = official.days if official else {}
        own = {day: hours for day, hours in base.exceptions if known.get(day) != ()}
        exceptions = {**known, **own}
        exceptions |= {day: () for holiday in self.holiday for day in holiday.days() if holiday.hours is None}
        exceptions |= self._worked(base.usual)
        for holiday in self.holiday:
            if holiday.hours and holiday.day:
                left = exceptions.get(holiday.day, base.hours_of(holiday.day))
                exceptions[holiday.day] = cut_hours(left, *holiday.hours)
        covered = official.covered if official else None
        return replace(base, exceptions=tuple(sorted(exceptions.items())), covered=covered)

    def _weeks(self) -> tuple[tuple[Hours, ...], ...]:
        """Seven days, or fourteen where some hours are worked in every second week only."""
        turns = ("first", "second") if any(line.turn for line in self.week) else ("first",)
        return tuple(self._hours_of(day, turn) for turn in turns for day in DAY_NAMES)

    def _hours_of(self, day: DayName, turn: str) -> tuple[Hours, ...]:
        lines = [line for line in self.week if day in line.days and line.turn in (None, turn)]
        return tuple(sorted((Hours(line.start, line.end) for line in lines), key=lambda span: span.start))

    def _worked(self, usual: tuple[Hours, ...]) -> dict[date, tuple[Hours, ...]]:
        worked: dict[date, tuple[Hours, ...]] = {}
        for line in self.workday:
            hours = usual if line.start is None or line.end is None else (Hours(line.start, line.end),)
            worked[line.day] = worked.get(line.day, ()) + hours
        return worked


class CalendarTable(WorkTable):
    """A calendar.toml of its own (`kam complaints sla --calendar`): working hours with their zone."""

    zone: str
    country: Country | None = None

    def calendar(self) -> BusinessCalendar:
        """The calendar that the file describes."""
        return self.in_zone(self.zone, self.country)
