"""Which levels of the escalation ladder the clocks of complaints have reached, and at which moment.

A level is a percentage of the target in working time, of the clock as it is: what is waited for the customer does not
count, and a target that a change has shortened brings every level nearer. A level is reached as soon as its share is
used up, at that very minute. A clock that has ended reaches nothing any more.

Worked figure (tiering_complaints.md, W15): 8 h, received Friday 10:00, waiting Friday 17:00 to Monday 10:00: 75 % are
the 6 h that end on Friday 17:00; 100 % are reached on Monday 12:00, 125 % on Monday 15:00 (lunch from 12 to 13).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.calendars import BusinessCalendar, Moments, find_deadlines, worked_between
from kam_connector.policy.escalation import CLOCKS
from kam_connector.rules.clocks import Terms
from kam_connector.rules.proofs import answer_stretches
from kam_connector.rules.status_log import ENDED, WAITING, StatusLog

COLUMNS = ("complaint", "clock", "tier", "level", "percent", "role", "target", "reached_at")


def reach_levels(log: StatusLog, clocks: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """A row a level that a clock which still runs or stands has reached, by complaint, clock and level.

    `clocks`: `rules.clocks.run_clocks` of the same log. Columns: COLUMNS; level from 1 on, target as in the clocks,
    reached_at (datetime64[us], UTC). Requirement S4-77.
    """
    running = clocks[clocks["ended_at"].isna()]
    rungs = _rungs(running["tier"].drop_duplicates().tolist(), terms)
    found = running.merge(rungs, on=["clock", "tier"])
    target, used = (found[name].to_numpy().astype("timedelta64[us]").astype(np.int64) for name in ("target", "used"))
    need = np.maximum(target * found["percent"].to_numpy(dtype=np.int64) // 100, 1)  # at intake nothing is used yet
    reached = found[need <= used].assign(need=need[need <= used]).reset_index(drop=True)
    moments = _moments(reached, log, terms.calendar)
    at = pd.Series(moments.astype("datetime64[us]")).dt.tz_localize("UTC")
    rows = reached.assign(reached_at=at, place=log.complaints.get_indexer(pd.Index(reached["complaint"])))
    rows["after"] = rows["clock"].map({name: number for number, name in enumerate(CLOCKS)})
    ordered: pd.DataFrame = rows.sort_values(["place", "after", "level"], ignore_index=True)[list(COLUMNS)]
    return ordered


def _rungs(tiers: list[str], terms: Terms) -> pd.DataFrame:
    """clock, tier, level, percent, role: the ladders of the tiers that occur."""
    rows = [
        (clock, tier, level, percent, role)
        for tier in tiers
        for clock in CLOCKS
        for level, (percent, role) in enumerate(
            terms.policy.ladder(clock, tier, terms.services[tier].sla_class if tier in terms.services else ""), start=1
        )
    ]
    return pd.DataFrame(rows, columns=["clock", "tier", "level", "percent", "role"])


def _moments(reached: pd.DataFrame, log: StatusLog, calendar: BusinessCalendar) -> Moments:
    """When each row's `need` (microseconds of working time, above zero) was used up."""
    if reached.empty:
        return np.zeros(0, dtype=np.int64)
    runs = log.stretches[~log.stretches["mode"].isin((WAITING, ENDED))]
    spans = pd.concat([answer_stretches(log).assign(clock="response"), runs.assign(clock="resolution")])
    spans = spans.assign(complaint=log.complaints[spans["place"].to_numpy(dtype=np.int64)])
    spans = spans[spans["complaint"].isin(reached["complaint"])].sort_values(["place", "clock", "start"])
    spans["worked"] = worked_between(calendar, *(spans[name].to_numpy(dtype=np.int64) for name in ("start", "end")))
    spans["before"] = spans.groupby(["place", "clock"])["worked"].cumsum() - spans["worked"]
    asked = reached[["complaint", "clock", "need"]].reset_index(names="row")
    hits = asked.merge(spans[["complaint", "clock", "start", "worked", "before"]], on=["complaint", "clock"])
    left = hits["need"] - hits["before"]
    hits = hits[(left > 0) & (left <= hits["worked"])].sort_values("row")
    start, need, before = (hits[name].to_numpy(dtype=np.int64) for name in ("start", "need", "before"))
    return find_deadlines(calendar, start, need - before)
