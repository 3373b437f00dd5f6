"""Until when complaints are to be answered and settled: company by company, each by its own calendar and day's end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from kam_connector.errors import PolicyError
from kam_connector.facts import complaint_events
from kam_connector.facts.live import live
from kam_connector.findings import Finding
from kam_connector.policy import Policy, PolicyInForce, privileges_of
from kam_connector.rules.clocks import Promise
from kam_connector.rules.deadlines import complaint_deadlines, join_levels
from kam_connector.rules.decisions import Decisions
from kam_connector.runs.frames import to_frame
from kam_connector.runs.schedules import clockwork_of, owner_lines
from kam_connector.runs.sources import Sources
from kam_connector.texts import Text


def decide_deadlines(sources: Sources, complaints: pd.DataFrame, policy: PolicyInForce, as_of: date) -> Decisions:
    """`rules.deadlines.complaint_deadlines` of every company that has complaints, at its `moment_of` the day.

    Complaints of one company that run by different calendars (`runs.schedules`) stand one group after the other.
    """
    services = privileges_of(policy.tiers.tier)
    if complaints.empty:
        return complaint_deadlines(complaints, policy.complaints, {}, sources.now, privileges=services)
    parts, promises = list[Decisions](), promises_until(sources.policy, as_of)
    events = to_frame(complaint_events.complaint_events(sources.con, as_of, sources.zones))
    places, doubts = owner_lines(sources.con, complaints["user_id"], policy.complaints)
    runs_by = list(zip(complaints["company_id"].tolist(), places, strict=True))
    for company, place in sorted(set(runs_by)):
        mine = complaints[[each == (company, place) for each in runs_by]].reset_index(drop=True)
        at = moment_of(sources, company, as_of)
        try:
            works = clockwork_of(sources, company, place, policy.complaints)
            doubts += works.findings
            decided = complaint_deadlines(
                mine, policy.complaints, {company: works.calendar}, at,
                privileges=services, events=events, promises=promises, zone=sources.zones[company].key,
            )  # fmt: skip
        except PolicyError as error:
            decided = Decisions(mine.head(0), (_unusable(sources, company, error),))
        parts.append(decided)
    frames = [part.frame for part in parts if len(part.frame)] or [parts[0].frame]
    said = [*doubts, *(found for part in parts for found in part.findings)]
    found = dict.fromkeys(said)  # what holds for a year is said once
    levels = join_levels([part.detail for part in parts])
    return Decisions(pd.concat(frames, ignore_index=True), tuple(found), detail=levels)


def promises_until(policy: Policy, day: date) -> tuple[Promise, ...]:
    """What customers were promised on the days up to `day`: a complaint keeps the targets of the day of its intake."""
    turns = policy.turns(day)
    return tuple(Promise(each.day, each.complaints, privileges_of(each.tiers.tier)) for each in turns)


def moment_of(sources: Sources, company: int, as_of: date) -> datetime:
    """By when an open complaint of the company is late or not: the end of its day, or now."""
    end = datetime.combine(as_of + timedelta(days=1), time(), sources.zones[company]).astimezone(UTC)
    return min(end, sources.now)


def _unusable(sources: Sources, company: int, error: PolicyError) -> Finding:
    """The finding of a company whose schedule gives no calendar; the others' clocks go on."""
    names = to_frame(live(sources.con, "res_company").select("id", "name"))
    text = Text(
        "The complaints of {company} get no deadline: {error} Look at its working schedule and days off in the ERP, and"
        " at complaints.toml."
    )
    name = dict(zip(names["id"].tolist(), names["name"].tolist(), strict=True)).get(company, company)
    return Finding("error", "rules.deadlines", str(company), text, {"company": name, "error": error})
