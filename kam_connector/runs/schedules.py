"""By which calendar the clocks of each complaint run: that of the owner's team or of the owner, else the company's."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from ibis import BaseBackend

from kam_connector.calendars import BusinessCalendar, add_business_time
from kam_connector.errors import PolicyError
from kam_connector.facts import people, work_hours
from kam_connector.findings import Finding
from kam_connector.policy import ComplaintPolicy
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.rules.work_calendars import (
    build_calendar,
    find_strangers,
    has_hours,
    place_of_calendar,
    schedule_calendar,
)
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources
from kam_connector.texts import Text

NO_LINE = -1


@dataclass(frozen=True, slots=True)
class Clockwork:
    """A calendar, whose hours these are, and why it is not the one that was asked for."""

    calendar: BusinessCalendar
    whose: Text
    findings: tuple[Finding, ...] = ()


def owner_lines(con: BaseBackend, owners: pd.Series, policy: ComplaintPolicy) -> tuple[list[int], list[Finding]]:
    """For each complaint the place of the `[[calendar]]` that fits its owner (a user's id), or NO_LINE.

    Findings: teams and users of the policy that nobody is.
    """
    users, lines = ids_of(owners).tolist(), policy.calendar
    if not lines:
        return [NO_LINE] * len(users), []
    working, active = to_frame(people.worker_teams(con)), to_frame(people.logins(con))
    team_of = dict(zip(working["user_id"].tolist(), words_of(working["team"]), strict=True))
    login_of = dict(zip(active["user_id"].tolist(), words_of(active["login"]), strict=True))
    place = {
        user: place_of_calendar(lines, team_of.get(user, ""), login_of.get(user, "")) for user in dict.fromkeys(users)
    }
    return [place[user] for user in users], find_strangers(lines, team_of.values(), login_of.values())


def clockwork_of(sources: Sources, company: int, place: int, policy: ComplaintPolicy) -> Clockwork:
    """The calendar of that line of `[[calendar]]` for complaints of the company; without a line the company's.

    A schedule that the ERP does not have, has twice or that has no hours is a finding, and the company's counts.
    Errors: `PolicyError` where the company's own schedule gives no calendar.
    """
    own = Text("The hours that count are those of the company.")
    if place == NO_LINE:
        return Clockwork(calendar_of(sources, company, policy), own)
    wanted = policy.calendar[place].schedule
    try:
        return Clockwork(_named_calendar(sources, company, wanted, policy), _whose(place, wanted))
    except PolicyError as error:
        text = Text(
            'The schedule "{schedule}" of [[calendar]] in complaints.toml does not count, the company\'s does: {error}'
            " Look at the working schedules in the ERP."
        )
        finding = Finding("warning", "rules.work_calendars", wanted, text, {"schedule": wanted, "error": error})
        return Clockwork(calendar_of(sources, company, policy), own, (finding,))


def calendar_of(sources: Sources, company: int, policy: ComplaintPolicy) -> BusinessCalendar:
    """When the company works."""
    return build_calendar(sources.zones[company].key, *_read(sources.con, company), policy)


def _whose(place: int, schedule: str) -> Text:
    values = {"schedule": schedule, "place": place + 1}
    return Text('The hours that count are those of the schedule "{schedule}", by [[calendar]] number {place}.', values)


def _named_calendar(sources: Sources, company: int, wanted: str, policy: ComplaintPolicy) -> BusinessCalendar:
    """The schedule of that name: the company's, else one of all companies. Errors: `PolicyError`."""
    table = work_hours.schedules(sources.con)
    found = to_frame(table.filter(table.schedule == wanted))
    own = found[found["company_id"] == company]
    named = own if len(own) else found[found["company_id"].isna()]
    if len(named) != 1:
        raise PolicyError(
            "The company has {count} of this name.", next_step="Give each schedule its own name.", count=len(named)
        )
    hours, off = _read(sources.con, company, int(named["calendar_id"].iloc[0]))
    if not has_hours(hours):
        raise PolicyError("Nobody works in it.", next_step="Enter its hours in the ERP.")
    zone = named["zone"].iloc[0]
    calendar = schedule_calendar(zone if isinstance(zone, str) else "UTC", hours, off, policy)
    add_business_time(calendar, sources.now, 1)  # refuses a schedule whose last day is over
    return calendar


def _read(con: BaseBackend, company: int, schedule: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hours and days off of the company's schedule, or of that one."""
    hours, off = work_hours.work_hours(con, schedule), work_hours.days_off(con, schedule)
    return hours.filter(hours.company_id == company).to_pandas(), off.filter(off.company_id == company).to_pandas()
