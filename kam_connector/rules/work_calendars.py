"""The calendar by which clocks run: a schedule of the ERP with the policy's exceptions above it, and whose it is.

The company's schedule counts, unless a [[calendar]] of complaints.toml names another one for whoever owns the
complaint: a service desk that works on Saturdays has its own deadlines. Who owns it today decides for all of its hours.

Odoo cannot say that a Saturday is worked in exchange for a holiday: such days stand in complaints.toml, or come with
its `country`. Where the ERP has no hours at all, those of the policy count.

Worked figure (tiering_complaints.md, W14): the schedule works Monday to Friday; [[workday]] 2025-09-28 makes a
complaint of Friday 16:30 with 8 h due on that Sunday at 16:30, not on Monday. Where the team works on Saturdays from
09:00 to 13:00, 2 h from Friday 17:00 on are used up on Saturday at 10:00, and not on Monday.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from kam_connector.calendars import BusinessCalendar, DatedHours, Hours, cut_hours, load_zone, unite_hours
from kam_connector.findings import Finding
from kam_connector.policy.complaints import ComplaintPolicy, TeamCalendar
from kam_connector.policy.intake import ANY
from kam_connector.policy.official import official_days
from kam_connector.rules.decisions import require_columns
from kam_connector.texts import Text

DAY = 1440
COLUMNS = ("weekday", "turn", "hour_from", "hour_to", "date_from", "date_to")
"""Of the stretches of a schedule."""


def build_calendar(zone: str, hours: pd.DataFrame, off: pd.DataFrame, policy: ComplaintPolicy) -> BusinessCalendar:
    """The calendar of one company in its zone.

    `hours`, `off` as `schedule_calendar`, both of this company alone. Where no stretch has an extent the policy's week
    counts. Requirement S4-75.
    """
    if policy.complaints.hours == "policy" or not has_hours(hours):
        return policy.in_zone(zone, policy.complaints.country)
    return schedule_calendar(zone, hours, off, policy)


def schedule_calendar(zone: str, hours: pd.DataFrame, off: pd.DataFrame, policy: ComplaintPolicy) -> BusinessCalendar:
    """The calendar of a schedule in that zone.

    `hours`: COLUMNS as `facts.work_hours.work_hours`; `off`: date_from, date_to (UTC) as `facts.work_hours.days_off`.
    Stretches that overlap are one. Errors: `PolicyError` for a schedule in which nobody works.
    """
    require_columns(hours, COLUMNS, "hours")
    require_columns(off, ("date_from", "date_to"), "off")
    country = policy.complaints.country
    is_dated = hours["date_from"].notna() | hours["date_to"].notna()
    base = BusinessCalendar(zone, _weeks(hours[~is_dated]), dated=_dated(hours[is_dated]))
    official = official_days(country, base.usual).days if country else {}
    exceptions: dict[date, tuple[Hours, ...]] = {}
    for day, begin, end in _cuts(off, load_zone(zone)):
        exceptions[day] = cut_hours(exceptions.get(day, official.get(day, base.hours_of(day))), begin, end)
    return policy.above(replace(base, exceptions=tuple(sorted(exceptions.items()))), country)


def has_hours(hours: pd.DataFrame) -> bool:
    """Whether any stretch of a schedule has an extent."""
    return bool((hours["hour_from"] < hours["hour_to"]).any())


def place_of_calendar(lines: Sequence[TeamCalendar], team: str, login: str) -> int:
    """The place of the first line that fits an owner of this team ("": none) and login ("": nobody); -1: none does."""
    fitting = (place for place, line in enumerate(lines) if line.team in (ANY, team) and line.user in (ANY, login))
    return next(fitting, -1)


def find_strangers(lines: Sequence[TeamCalendar], teams: Collection[str], logins: Collection[str]) -> list[Finding]:
    """A finding for each team and user that a line names and nobody is."""
    known = {"team": teams, "user": logins}
    named = dict.fromkeys((kind, getattr(line, kind)) for line in lines for kind in known)
    texts = {
        "team": Text('The sales team "{name}" of [[calendar]] in complaints.toml has nobody: the line never decides.'),
        "user": Text("The user {name} of [[calendar]] in complaints.toml is no active user: the line never decides."),
    }
    return [
        Finding("warning", "rules.work_calendars", name, texts[kind], {"name": name})
        for kind, name in named
        if name not in (ANY, *known[kind])
    ]


def _dated(hours: pd.DataFrame) -> tuple[DatedHours, ...]:
    """The stretches that are worked during some time only."""
    return tuple(
        DatedHours(_day(row["date_from"]), _day(row["date_to"]), int(row["weekday"]), _turn(row["turn"]),
                   _hours(row["hour_from"], row["hour_to"]))
        for row in hours[hours["hour_from"] < hours["hour_to"]].to_dict("records")
    )  # fmt: skip


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _turn(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _hours(begin: Any, end: Any) -> Hours:
    """A stretch of the ERP, in hours of the day, in minutes."""
    return Hours(round(begin * 60), round(end * 60))


def _weeks(hours: pd.DataFrame) -> tuple[tuple[Hours, ...], ...]:
    """Seven days, or fourteen where some hours are worked in every second week only."""
    turns = (0, 1) if hours["turn"].notna().any() else (0,)
    lines = [
        (_turn(turn), int(weekday), _hours(begin, end))
        for turn, weekday, begin, end in zip(
            hours["turn"], hours["weekday"], hours["hour_from"], hours["hour_to"], strict=True
        )
    ]
    return tuple(
        unite_hours(stretch for own, on, stretch in lines if on == weekday and own in (None, turn))
        for turn in turns
        for weekday in range(7)
    )


def _cuts(off: pd.DataFrame, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """Each day that somebody has taken off: the day, from which minute, to which minute."""
    for begin, end in zip(off["date_from"], off["date_to"], strict=True):
        first, last = (_local(moment, zone) for moment in (begin, end))
        day = first.date()
        while day <= last.date():
            yield day, _minute(first) if day == first.date() else 0, _minute(last) if day == last.date() else DAY
            day += timedelta(days=1)


def _local(moment: pd.Timestamp, zone: ZoneInfo) -> datetime:
    utc = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    return utc.tz_convert(zone).to_pydatetime()


def _minute(moment: datetime) -> int:
    """The minute of the day; 23:59:59, by which Odoo means the end of the day, is 1440."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return DAY if seconds == DAY * 60 - 1 else seconds // 60
