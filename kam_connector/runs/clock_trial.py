"""`kam complaints sla`: the clocks of a file of status events by a calendar of one's own; no ERP is asked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pandas as pd

from kam_connector.calendars import load_zone, to_moment
from kam_connector.findings import Finding
from kam_connector.inputs.status_events import read_events
from kam_connector.policy import Policy, privileges_of
from kam_connector.policy.calendar_file import read_calendar
from kam_connector.policy.intake import ComplaintType, Severity
from kam_connector.rules.clocks import CLOCKS, Terms, run_clocks
from kam_connector.rules.proofs import prove_clocks
from kam_connector.rules.status_log import EVENTS, read_log
from kam_connector.runs.deadlines import promises_until
from kam_connector.runs.proof_texts import proof_texts
from kam_connector.runs.result import Result, Row
from kam_connector.runs.tables import hours_text
from kam_connector.texts import Text

CODES = {
    "event": tuple(event for event in EVENTS if event != "changed"),
    "type": get_args(ComplaintType),
    "severity": get_args(Severity),
}
STATES = ("running", "paused", "met", "breached")


@dataclass(frozen=True, slots=True)
class ClockFiles:
    """The user's files, the policy with the targets, and the moment: the end of `as_of`, without a day `now`."""

    calendar: Path
    events: Path
    policy: Policy
    as_of: date | None
    now: datetime


def try_clocks(files: ClockFiles) -> Result:
    """A row a clock, response before resolution, complaints in the order of the file; totals: how many are how far.

    Moments are in the zone of the calendar, hours are working hours. Errors: `InputError`, `PolicyError`.
    """
    calendar = read_calendar(files.calendar)
    zone = load_zone(calendar.zone)
    events, doubts = read_events(files.events, zone, CODES)
    now = files.now if files.as_of is None else _end_of(files.as_of, zone)
    day = now.astimezone(zone).date() if files.as_of is None else files.as_of
    in_force = files.policy.at(day)
    terms = Terms(in_force.complaints, privileges_of(in_force.tiers.tier), calendar, promises_until(files.policy, day))
    log = read_log(events, to_moment(now))
    ran = run_clocks(log, terms)
    proofs = proof_texts(prove_clocks(log, calendar), zone)
    rows = [_row(row, zone, proofs) for row in ran.frame.to_dict("records")]
    return Result(
        "complaints sla",
        rows=rows,
        totals=_totals(ran.frame),
        findings=(*doubts, *_find_strangers(events, in_force.tiers.codes), *log.findings, *ran.findings),
        as_of=files.as_of,
        policy=f"complaints {in_force.complaints.valid_from.isoformat()}",
    )


def _find_strangers(events: pd.DataFrame, known: Sequence[str]) -> list[Finding]:
    """A finding for each tier of the file that the policy does not have, at the first line with it."""
    strange = events[~events["tier"].isin(("", *known))].drop_duplicates("tier")
    text = Text(
        'Tier "{tier}" is not in the policy: only the targets for everybody fit it. Known tiers: {known}. Correct the'
        " file or tiers.toml."
    )
    return [
        Finding("warning", "events", record, text, {"tier": tier, "known": ", ".join(known)})
        for record, tier in zip(strange["record"], strange["tier"], strict=True)
    ]


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _row(row: Mapping[Hashable, Any], zone: ZoneInfo, proofs: Mapping[tuple[Any, str], list[Text]]) -> Row:
    """One clock as CONTRACTS names its columns."""
    return {
        "complaint": row["complaint"], "clock": row["clock"], "target_hours": hours_text(row["target"]),
        "used_hours": hours_text(row["used"]), "paused_hours": hours_text(row["paused"]),
        "supplier_hours": hours_text(row["supplier"]), "due_at": _moment(row["due_at"], zone), "state": row["state"],
        "breached_at": _moment(row["breached_at"], zone),
        "proof": proofs.get((row["complaint"], row["clock"]), []),
    }  # fmt: skip


def _moment(moment: pd.Timestamp, zone: ZoneInfo) -> str | None:
    return None if pd.isna(moment) else moment.tz_convert(zone).isoformat(timespec="seconds")


def _totals(clocks: pd.DataFrame) -> list[Row]:
    """How many clocks of each kind are in which state."""
    counts = clocks.groupby(["clock", "state"]).size().to_dict()
    return [
        {"clock": name, **{state: int(counts.get((name, state), 0)) for state in STATES}} for name in CLOCKS if counts
    ]
