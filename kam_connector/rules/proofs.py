"""Which hours a clock counted, line by line, so that anybody can add them up again.

A stretch that counts is told day by day: what was worked on its first day, on the whole days between as one line, on
its last day. A stretch that does not count is one line, with the working hours that it left out. The lines that count
add up to `used` of `rules.clocks`, those of the customer's pauses to `paused`.

Worked figure (tiering_complaints.md, W13): received Tuesday 2025-09-30 17:00, settled Thursday 2025-10-09 17:00, lunch
from 12 to 13: Tuesday 17:00 to 18:00 is 1 h, Thursday 09:00 to 17:00 is 7 h, together 8 h.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.calendars import BusinessCalendar, Moments, Timeline, timeline_between, worked_between
from kam_connector.rules.clocks import CLOCKS, LATEST
from kam_connector.rules.status_log import (
    CLOSED,
    ENDED,
    RECEIVED,
    RESOLVED,
    RESPONDED,
    RUNNING,
    SUPPLIER,
    WAITING,
    StatusLog,
)

KINDS = {RUNNING: "counted", SUPPLIER: "supplier", WAITING: "paused"}


def prove_clocks(log: StatusLog, calendar: BusinessCalendar) -> pd.DataFrame:
    """The lines of both clocks of every complaint of the log, by complaint, clock and time.

    Columns: complaint, clock, kind (counted; supplier: counted while a supplier was waited for; paused: not counted),
    start, end (datetime64[us], UTC), days (working days that it touches), worked (working time, timedelta64[us]).
    Requirement S4-75.
    """
    runs = log.stretches[log.stretches["mode"] != ENDED]
    parts = pd.concat([answer_stretches(log).assign(clock=0), runs.assign(clock=1)], ignore_index=True)
    parts = parts[parts["start"] < parts["end"]].sort_values(["place", "clock", "start"], ignore_index=True)
    if parts.empty:
        return _lines(log, parts.assign(days=0), calendar)
    found = _by_day(parts, timeline_between(calendar, parts["start"].min(), parts["end"].max()))
    return _lines(log, found.sort_values(["place", "clock", "start"], kind="stable"), calendar)


def answer_stretches(log: StatusLog) -> pd.DataFrame:
    """From each intake to the first answer, or to now: place, start, mode, end, as the stretches of the log."""
    events = log.events
    answers = events["at"].where(events["code"].isin((RESPONDED, RESOLVED, CLOSED)), LATEST)
    ends = answers.groupby(events["place"]).min().clip(upper=log.now).to_numpy()
    intake = events.loc[events["code"] == RECEIVED, ["place", "at"]].rename(columns={"at": "start"})
    return intake.assign(end=ends, mode=RUNNING)


def _lines(log: StatusLog, parts: pd.DataFrame, calendar: BusinessCalendar) -> pd.DataFrame:
    start, end = parts["start"].to_numpy(dtype=np.int64), parts["end"].to_numpy(dtype=np.int64)
    return pd.DataFrame({
        "complaint": log.complaints[parts["place"].to_numpy(dtype=np.int64)],
        "clock": np.array(CLOCKS)[parts["clock"].to_numpy(dtype=np.int64)],
        "kind": parts["mode"].map(KINDS).to_numpy(), "start": _utc(start), "end": _utc(end),
        "days": parts["days"].to_numpy(dtype=np.int64),
        "worked": worked_between(calendar, start, end).astype("timedelta64[us]"),
    })  # fmt: skip


def _by_day(parts: pd.DataFrame, line: Timeline) -> pd.DataFrame:
    """The pauses as they are; what counts cut to working time: first day, whole days between, last day."""
    first = np.searchsorted(line.ends, parts["start"].to_numpy(), side="right")
    last = np.searchsorted(line.starts, parts["end"].to_numpy(), side="left") - 1
    touches, stands = first <= last, (parts["mode"] == WAITING).to_numpy()
    days = np.where(touches, line.days[last] - line.days[np.minimum(first, last)] + 1, 0)
    worked = touches & ~stands
    return pd.concat([
        parts[stands].assign(days=days[stands]), *_cut(parts[worked].assign(days=1), line, first[worked], last[worked])
    ])  # fmt: skip


def _cut(parts: pd.DataFrame, line: Timeline, first: Moments, last: Moments) -> list[pd.DataFrame]:
    """The parts between their first and their last working span: one to three lines each."""
    begin, finish = line.days[first], line.days[last]
    starts = np.maximum(parts["start"].to_numpy(), line.starts[first])
    ends = np.minimum(parts["end"].to_numpy(), line.ends[last])
    several, long = finish > begin, finish > begin + 1
    next_day, last_day = np.searchsorted(line.days, begin, side="right"), np.searchsorted(line.days, finish)
    return [
        parts.assign(start=starts, end=np.where(several, line.ends[next_day - 1], ends)),
        parts[long].assign(start=line.starts[next_day[long]], end=line.ends[last_day[long] - 1],
                           days=(finish - begin - 1)[long]),
        parts[several].assign(start=line.starts[last_day[several]], end=ends[several]),
    ]  # fmt: skip


def _utc(moments: Moments) -> pd.Series:
    return pd.Series(moments.astype("datetime64[us]")).dt.tz_localize("UTC")
