"""The calendar by which a company's clocks run: its schedule in the ERP, and the policy's exceptions above it.

Odoo cannot say that a Saturday is worked in exchange for a holiday: such days stand in complaints.toml, or come with
its `country`. Where the ERP has no hours at all, those of the policy count.

Worked figure (tiering_complaints.md, W14): the schedule works Monday to Friday; [[workday]] 2025-09-28 makes a
complaint of Friday 16:30 with 8 h due on that Sunday at 16:30, not on Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from kam_connector.calendars import BusinessCalendar, Hours, cut_hours, load_zone
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.official import official_days
from kam_connector.rules.decisions import require_columns

DAY = 1440


def build_calendar(zone: str, hours: pd.DataFrame, off: pd.DataFrame, policy: ComplaintPolicy) -> BusinessCalendar:
    """The calendar of one company in its zone.

    `hours`: weekday, turn, hour_from, hour_to as `facts.work_hours.work_hours`; `off`: date_from, date_to (UTC) as
    `facts.work_hours.days_off`; both of this company alone. Stretches that overlap are one; where none has an extent
    the policy's week counts. Requirement S4-75.
    """
    require_columns(hours, ("weekday", "turn", "hour_from", "hour_to"), "hours")
    require_columns(off, ("date_from", "date_to"), "off")
    country = policy.complaints.country
    week = _weeks(hours)
    if policy.complaints.hours == "policy" or not any(week):
        return policy.in_zone(zone, country)
    base = BusinessCalendar(zone, week)
    official = official_days(country, next(filter(None, week))).days if country else {}
    exceptions: dict[date, tuple[Hours, ...]] = {}
    for day, begin, end in _cuts(off, load_zone(zone)):
        exceptions[day] = cut_hours(exceptions.get(day, official.get(day, base.hours_of(day))), begin, end)
    return policy.above(BusinessCalendar(zone, base.week, tuple(sorted(exceptions.items()))), country)


def _weeks(hours: pd.DataFrame) -> tuple[tuple[Hours, ...], ...]:
    """Seven days, or fourteen where some hours are worked in every second week only."""
    turns = (0, 1) if hours["turn"].notna().any() else (0,)
    lines = [
        (None if pd.isna(turn) else int(turn), int(weekday), round(begin * 60), round(end * 60))
        for turn, weekday, begin, end in zip(
            hours["turn"], hours["weekday"], hours["hour_from"], hours["hour_to"], strict=True
        )
    ]
    return tuple(
        _united(Hours(begin, end) for own, on, begin, end in lines if on == weekday and own in (None, turn))
        for turn in turns
        for weekday in range(7)
    )


def _united(stretches: Iterator[Hours]) -> tuple[Hours, ...]:
    """The stretches in their order, those that touch or overlap as one; one without an extent is none."""
    found: list[Hours] = []
    for each in sorted((each for each in stretches if each.start < each.end), key=lambda each: each.start):
        if found and each.start <= found[-1].end:
            found[-1] = Hours(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


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
