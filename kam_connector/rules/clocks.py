"""The two clocks of a complaint, read from its status log: until when, how much of it is used, and was it missed.

Time counts by the team's calendar, and only while the complaint is worked on:

- the response clock runs from intake to the first answer (or the end) and never pauses;
- the resolution clock stands while the customer is waited for, and between an end and a reopening; waiting for a
  supplier goes on counting and is shown apart;
- the target is that of the tier at intake, by the policy of that day, whatever a later file says. A change that asks
  for more shortens it to the new target, but leaves at least `upgrade_rest_hours` from the change on; nothing lengthens
  it later, or makes late what was in time;
- late is strictly after the deadline.

Nothing is stored: the same log gives the same clocks on any day (`StatusLog.now`).

Worked figure (tiering_complaints.md, W21): target 24 h, tier raised after 9 h to one with 8 h, 2 h left at least: due
after max(8, 9 + 2) = 11 h. W15: received Friday 10:00 with 8 h, waiting Friday 17:00 to Monday 10:00: due Monday 12:00.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import pandas as pd

from kam_connector.calendars import (
    HOUR,
    BusinessCalendar,
    Moments,
    find_deadlines,
    load_zone,
    to_moment,
    worked_between,
    year_of,
)
from kam_connector.findings import Finding
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.privileges import Service
from kam_connector.rules.decisions import Boxed, Decisions, Flags, Whole
from kam_connector.rules.status_log import (
    ASKED,
    CLOSED,
    ENDED,
    NEVER,
    RESOLVED,
    RESPONDED,
    SUPPLIER,
    WAITING,
    StatusLog,
)
from kam_connector.rules.targets import target_times
from kam_connector.texts import Text

CLOCKS = ("response", "resolution")
LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Promise:
    """What customers were promised who complained from a day on: the targets, and what each tier is owed."""

    since: date
    policy: ComplaintPolicy
    services: Mapping[str, Service]


@dataclass(frozen=True, slots=True)
class Terms:
    """What clocks run by: the policy in force, what each tier is owed by it, the calendar that counts.

    `promises`: what was promised on earlier days, the oldest first, each until the next; without any the policy in
    force counts for all. A complaint that came in before the first of them has that. `zone`: the company's, in which
    the day of intake is told; "": that of the calendar.
    """

    policy: ComplaintPolicy
    services: Mapping[str, Service]
    calendar: BusinessCalendar
    promises: tuple[Promise, ...] = ()
    zone: str = ""

    def dated(self) -> tuple[Promise, ...]:
        """The promises, at least one."""
        return self.promises or (Promise(self.policy.valid_from, self.policy, self.services),)

    def places(self, received: Moments) -> Whole:
        """Which of the promises counts for complaints of these moments: that of the day of intake."""
        zone = load_zone(self.zone or self.calendar.zone)
        begins = [to_moment(datetime.combine(each.since, time(), zone)) for each in self.dated()]
        place: Whole = np.maximum(np.searchsorted(begins, received, side="right") - 1, 0)
        return place


def run_clocks(log: StatusLog, terms: Terms) -> Decisions:
    """Two rows a complaint, response before resolution, in the order of the log.

    Columns: complaint, clock, tier, type, severity (at intake), valid_from (of the policy of that day), target, used,
    paused, supplier (working time as timedelta64[us]; what waited for the supplier is used as well), due_at,
    breached_at (datetime64[us], UTC; NaT where it was not missed), ended_at (NaT while it runs), state (running,
    paused, met, breached). While it is paused, due_at is the deadline if the customer answered now. Requirements S2-56,
    S4-75; W13 to W22.
    """
    if not len(log.complaints):
        return Decisions(_frame(log, [], np.zeros(0, dtype=object)))
    place = terms.places(log.events["at"].to_numpy()[_firsts(log)])
    *times, rest = _promised(log, terms, place[log.events["place"].to_numpy()])
    clocks = [_response(log, terms.calendar, times[0], rest), _resolution(log, terms.calendar, times[1], rest)]
    since = np.array([each.policy.valid_from.isoformat() for each in terms.dated()], dtype=object)[place]
    return Decisions(_frame(log, clocks, since), tuple(_find_uncovered(log, clocks, terms.calendar)))


def _promised(log: StatusLog, terms: Terms, place: Whole) -> tuple[Moments, Moments, Moments]:
    """For each event the times until answer and settlement that it asks for, and what it leaves at least.

    `place`: which promise counts for the event's complaint.
    """
    asked = log.events[list(ASKED)]
    found = tuple(np.zeros(len(asked), dtype=np.int64) for _ in range(3))
    for number, promise in enumerate(terms.dated()):
        rows = place == number
        mine = asked if rows.all() else asked[rows]
        found[0][rows], found[1][rows] = target_times(mine, promise.policy, promise.services)
        found[2][rows] = int(promise.policy.complaints.upgrade_rest_hours * HOUR)
    return found[0], found[1], found[2]


@dataclass(frozen=True, slots=True)
class _Clock:
    """One clock of every complaint, in microseconds; `end` is LATEST while it runs."""

    target: Moments
    used: Moments
    paused: Moments
    supplier: Moments
    due: Moments
    end: Moments
    is_waiting: Flags


def _response(log: StatusLog, calendar: BusinessCalendar, times: Moments, rest: Moments) -> _Clock:
    """From intake to the first answer; who settles or closes has answered."""
    events, first = log.events, _firsts(log)
    place, at = events["place"].to_numpy(), events["at"].to_numpy()
    answers = np.isin(events["code"].to_numpy(), (RESPONDED, RESOLVED, CLOSED))
    end = np.minimum.reduceat(np.where(answers, at, LATEST), first)
    start = at[first]
    asks = (times < times[first][place]) & (at < end[place])
    used_at = worked_between(calendar, start[place[asks]], at[asks])
    target = _shortened(times[first], place[asks], np.maximum(times[asks], used_at + rest[asks]))
    none = np.zeros(len(first), dtype=np.int64)
    used = worked_between(calendar, start, np.minimum(end, log.now))
    due = find_deadlines(calendar, start, target)
    return _Clock(target, used, none, none, due, end, none.astype(bool))


def _resolution(log: StatusLog, calendar: BusinessCalendar, times: Moments, rest: Moments) -> _Clock:
    """From intake to the end, the stretches that count one after the other."""
    runs, first = log.stretches, _firsts(log)
    place, mode = runs["place"].to_numpy(), runs["mode"].to_numpy()
    begin = np.searchsorted(place, np.arange(len(first)))
    worked = worked_between(calendar, runs["start"].to_numpy(), runs["end"].to_numpy())
    counted = np.where(np.isin(mode, (WAITING, ENDED)), 0, worked)
    before = _sum_before(counted, place, begin)
    last = np.append(begin[1:], len(runs)) - 1
    end = np.where(mode[last] == ENDED, runs["start"].to_numpy()[last], LATEST)
    target = _shortened(times[first], *_upgrades(log, calendar, times, rest, before))
    return _Clock(
        target=target,
        used=np.add.reduceat(counted, begin),
        paused=np.add.reduceat(np.where(mode == WAITING, worked, 0), begin),
        supplier=np.add.reduceat(np.where(mode == SUPPLIER, worked, 0), begin),
        due=_reached(log, calendar, target, counted, before),
        end=end,
        is_waiting=mode[last] == WAITING,
    )


def _upgrades(
    log: StatusLog, calendar: BusinessCalendar, times: Moments, rest: Moments, before: Moments
) -> tuple[Whole, Moments]:
    """The complaints that were asked to be faster while they were open, and the target that each change allows."""
    place, at = log.events["place"].to_numpy(), log.events["at"].to_numpy()
    is_open = (log.events["mode"] != ENDED).to_numpy()
    asks = (times < times[_firsts(log)][place]) & is_open
    within = log.events["stretch"].to_numpy()[asks]
    stands = log.stretches["mode"].to_numpy()[within] == WAITING
    since = np.where(stands, at[asks], log.stretches["start"].to_numpy()[within])
    used_at = before[within] + worked_between(calendar, since, at[asks])
    return place[asks], np.maximum(times[asks], used_at + rest[asks])


def _shortened(target: Moments, place: Whole, allowed: Moments) -> Moments:
    """The targets, each lowered to the least that a change allows."""
    shorter = target.copy()
    np.minimum.at(shorter, place, allowed)
    return shorter


def _reached(log: StatusLog, calendar: BusinessCalendar, target: Moments, counted: Moments, before: Moments) -> Moments:
    """When each target is used up: in the first counting stretch that goes on after that moment, else from the end on.

    A target that is used up at the very moment at which a stretch ends is due when counting goes on.
    """
    runs = log.stretches
    place, start, end = (runs[name].to_numpy() for name in ("place", "start", "end"))
    left = target[place] - before
    fits = ~np.isin(runs["mode"].to_numpy(), (WAITING, ENDED)) & (left >= 0) & (left <= counted)
    due = find_deadlines(calendar, start[fits], left[fits])
    kept = due < end[fits]
    hits, first = np.unique(place[fits][kept], return_index=True)
    last = np.append(np.flatnonzero(place[1:] != place[:-1]), len(place) - 1)
    stand = np.where(runs["mode"].to_numpy()[last] == ENDED, start[last], log.now)
    found = find_deadlines(calendar, stand, np.maximum(target - before[last] - counted[last], 0))
    found[hits] = due[kept][first]
    return found


def _firsts(log: StatusLog) -> Whole:
    """Where the events of each complaint begin."""
    return np.searchsorted(log.events["place"].to_numpy(), np.arange(len(log.complaints))).astype(np.int64)


def _sum_before(counted: Moments, place: Whole, begin: Whole) -> Moments:
    """What counted before each stretch of its complaint."""
    whole = np.cumsum(counted) - counted
    before: Moments = whole - whole[begin][place]
    return before


def _frame(log: StatusLog, clocks: list[_Clock], since: Boxed) -> pd.DataFrame:
    count = len(log.complaints)
    intake = log.events[list(ASKED)].iloc[_firsts(log)].astype(str).reset_index(drop=True)
    parts = []
    for name, clock in zip(CLOCKS, clocks or [_NO_CLOCK] * 2, strict=True):
        late = np.minimum(clock.end, log.now) > clock.due
        state = np.select([late, clock.end != LATEST, clock.is_waiting], ["breached", "met", "paused"], "running")
        parts.append(pd.DataFrame({
            "complaint": log.complaints, "clock": name, **intake, "valid_from": since, "target": _span(clock.target),
            "used": _span(clock.used), "paused": _span(clock.paused), "supplier": _span(clock.supplier),
            "due_at": _utc(clock.due), "breached_at": _utc(clock.due).where(late),
            "ended_at": _utc(clock.end).where(clock.end != LATEST), "state": state,
        }))  # fmt: skip
    order = np.arange(2 * count).reshape(2, -1).T.ravel()
    return pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)


_NONE = np.zeros(0, dtype=np.int64)
_NO_CLOCK = _Clock(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE.astype(bool))


def _span(values: Moments) -> pd.Series:
    return pd.Series(values.astype("timedelta64[us]"))


def _utc(moments: Moments) -> pd.Series:
    return pd.Series(np.where(moments == LATEST, NEVER, moments).astype("datetime64[us]")).dt.tz_localize("UTC")


def _find_uncovered(log: StatusLog, clocks: list[_Clock], calendar: BusinessCalendar) -> Iterator[Finding]:
    """One finding a year that clocks run in and of which the official days off are not known."""
    if calendar.covered is None:
        return
    first = year_of(int(log.events["at"].min()))
    last = year_of(max(int(np.maximum(clock.due, np.minimum(clock.end, log.now)).max()) for clock in clocks))
    for year in range(first, last + 1):
        if not calendar.covered[0] <= year <= calendar.covered[1]:
            text = _PAST if year < calendar.covered[0] else _UNCOVERED
            yield Finding("warning", "rules.clocks", str(year), text, {"year": year})


_PAST = Text("The official days off of {year} are in no table: only the calendar's own count. Look whether the moments"
             " of that year are right.")  # fmt: skip
_UNCOVERED = Text("The official days off of {year} are not known yet: only the calendar's own table counts. Update the"
                  " package chinesecalendar when they are announced.")  # fmt: skip
