"""The clocks of 200,000 complaints with 1,200,000 events over the years 2023 to 2025 of China's real calendar, on one
core: beside a plain loop in Python, row by row and day by day, over some of them, which must come to the same.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from rig.errors import RigError

from benchmarks import document
from kam_connector import policy
from kam_connector.calendars import HOUR, BusinessCalendar
from kam_connector.policy import CalendarTable, privileges_of
from kam_connector.rules.clocks import Terms, run_clocks
from kam_connector.rules.proofs import prove_clocks
from kam_connector.rules.status_log import read_log

COMPLAINTS, SAMPLE = 200_000, 1_000
STORY = ("received", "responded", "waiting_customer", "customer_message", "waiting_supplier", "resolved")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LOOP, CLOCKS, PROOFS = "plain loop over a sample", "log and clocks", "log, clocks, proof lines"


def measure(rounds: int) -> str:
    """The table, in Markdown. Raises RigError where the loop and the engine do not agree."""
    machine = document.machine()
    terms, events = make_terms(), make_events(COMPLAINTS)
    loop, engine = _seconds(lambda: loop_over(events.head(SAMPLE * len(STORY)), terms)), lambda: _run(events, terms)
    _compare(events.head(SAMPLE * len(STORY)), terms)
    found = {
        LOOP: (2 * SAMPLE, loop),
        CLOCKS: (2 * COMPLAINTS, statistics.median(_seconds(engine) for _ in range(rounds))),
        PROOFS: (2 * COMPLAINTS, statistics.median(_seconds(lambda: _prove(events, terms)) for _ in range(rounds))),
    }
    lines = ["| way | clocks | seconds | clocks/s | to the loop |", "|---|---|---|---|---|"]
    base = found[LOOP][0] / found[LOOP][1]
    for way, (count, seconds) in found.items():
        lines.append(f"| {way} | {count:,} | {seconds:.2f} | {count / seconds:,.0f} | {count / seconds / base:,.1f} |")
    return (
        f"## Clocks of complaints\n\n{COMPLAINTS:,} complaints, {len(events):,} events, 2023 to 2025, Monday to Friday"
        " 9 to 12 and 13 to 18 with China's holidays and make-up days, shipped targets, one core; median of"
        f" {rounds}. The loop counts day by day and comes to the same deadlines and hours. {machine}.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def make_terms() -> Terms:
    """The shipped targets, and China's calendar with lunch."""
    stretches = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": begin, "to": end}
                 for begin, end in (("09:00", "12:00"), ("13:00", "18:00"))]  # fmt: skip
    table = CalendarTable.model_validate({"zone": "Asia/Shanghai", "country": "CN", "week": stretches})
    in_force = policy.load().at(date(2025, 12, 31))
    return Terms(in_force.complaints, privileges_of(in_force.tiers.tier), table.calendar())


def make_events(complaints: int) -> pd.DataFrame:
    """Six events a complaint, as STORY, at any minute of the three years."""
    dice = np.random.default_rng(7)
    begin, minutes = np.datetime64("2023-01-01", "m"), 1_040 * 1440
    intake = dice.integers(0, minutes, complaints)
    later = np.sort(dice.integers(1, 50 * 1440, (complaints, len(STORY) - 1)), axis=1)
    at = intake[:, None] + np.concatenate([np.zeros((complaints, 1), dtype=np.int64), later], axis=1)
    first = np.arange(complaints * len(STORY)) % len(STORY) == 0
    words = (["gold", "silver", "bronze"], ["low", "medium", "high", "critical"])
    tiers, severities = (np.array(names)[dice.integers(0, len(names), len(first))] for names in words)
    return pd.DataFrame({
        "complaint": np.repeat(np.arange(complaints), len(STORY)), "event": np.tile(STORY, complaints),
        "at": pd.Series((begin + at.ravel()).astype("datetime64[us]")).dt.tz_localize("UTC"),
        "type": "", "tier": np.where(first, tiers, ""), "severity": np.where(first, severities, ""),
    })  # fmt: skip


def _run(events: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    return run_clocks(read_log(events, _now()), terms).frame


def _prove(events: pd.DataFrame, terms: Terms) -> None:
    log = read_log(events, _now())
    run_clocks(log, terms)
    prove_clocks(log, terms.calendar)


def _now() -> int:
    return int(NOW.timestamp()) * 1_000_000


def _seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _compare(events: pd.DataFrame, terms: Terms) -> None:
    ours = _run(events, terms)
    theirs = loop_over(events, terms)
    mine = list(zip(ours["due_at"], ours["used"], strict=True))
    if len(mine) != len(theirs) or any(a[0] != b[0] or a[1] != b[1] for a, b in zip(mine, theirs, strict=True)):
        raise RigError("The loop and the engine do not agree.", "deadlines or hours differ", "look at both")


def loop_over(events: pd.DataFrame, terms: Terms) -> list[tuple[datetime, timedelta]]:
    """Deadline and used time of both clocks of each complaint, as anybody would write it for one complaint."""
    from kam_connector.rules.targets import place_of_target

    found = []
    for _, rows in events.groupby("complaint", sort=False):
        at = [moment.to_pydatetime() for moment in rows["at"]]
        first = rows.iloc[0]
        place = place_of_target(terms.policy, terms.services, first["tier"], first["type"], first["severity"])
        target = terms.policy.target[place]
        for hours, stretches in ((target.response_hours, [(at[0], at[1])]),
                                 (target.resolution_hours, [(at[0], at[2]), (at[3], at[5])])):  # fmt: skip
            allowed = timedelta(microseconds=int(hours * HOUR))
            used, due = timedelta(), None
            for begin, end in stretches:
                worked = _between(terms.calendar, begin, end)
                if due is None and used + worked >= allowed:
                    reached = _after(terms.calendar, begin, allowed - used)
                    due = reached if reached < end else None
                used += worked
            found.append((due or _after(terms.calendar, stretches[-1][1], allowed - used), used))
    return found


def _spans(calendar: BusinessCalendar, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The working stretches from the day of `begin` on, without an end."""
    zone, exceptions = ZoneInfo(calendar.zone), dict(calendar.exceptions)
    day = begin.astimezone(zone).date()
    while True:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for hours in exceptions.get(day, calendar.hours_of(day)):
            yield midnight + timedelta(minutes=hours.start), midnight + timedelta(minutes=hours.end)
        day += timedelta(days=1)


def _between(calendar: BusinessCalendar, begin: datetime, end: datetime) -> timedelta:
    worked = timedelta()
    for start, stop in _spans(calendar, begin):
        if start >= end:
            return worked
        worked += max(min(stop, end) - max(start, begin), timedelta())
    return worked


def _after(calendar: BusinessCalendar, begin: datetime, left: timedelta) -> datetime:
    for start, stop in _spans(calendar, begin):
        here = max(start, begin)
        if stop > here and stop - here >= left:
            return here + left
        left -= max(stop - here, timedelta())
    raise AssertionError("the stretches have no end")
