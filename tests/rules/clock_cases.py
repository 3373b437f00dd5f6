"""Clocks of events that are written as in the worked cases: Shanghai time, nine to six, lunch from twelve to one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.calendars import BusinessCalendar, Hours
from kam_connector.policy import ComplaintPolicy
from kam_connector.rules.clocks import Terms, run_clocks
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.status_log import StatusLog, read_log

ZONE = "Asia/Shanghai"
DAY = (Hours(540, 720), Hours(780, 1080))
PLAIN = BusinessCalendar(ZONE, (DAY,) * 5 + ((), ()))
NATIONAL_DAY = tuple((date(2025, 10, day), ()) for day in range(1, 9))
CHINA = BusinessCalendar(ZONE, PLAIN.week, (*NATIONAL_DAY, (date(2025, 9, 28), DAY), (date(2025, 10, 11), DAY)))
Event = tuple[str, str, str] | tuple[str, str, str, str]
"""complaint, moment in Shanghai, event, and the tier where it is said."""


def targets(*hours: tuple[str, str], **complaints: Any) -> ComplaintPolicy:
    """A policy with (tier, hours to settle) lines, the first answer within a quarter; the last is for everybody."""
    lines = [
        {"tier": tier, "response_hours": str(Decimal(hours) / 4), "resolution_hours": hours} for tier, hours in hours
    ]
    return ComplaintPolicy.model_validate({
        "complaints": {"valid_from": date(2020, 1, 1), **complaints}, "target": lines,
        "week": [{"days": ["mon"], "from": "09:00", "to": "18:00"}],
    })  # fmt: skip


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz=ZONE)


def log_of(events: Iterable[Event], now: str) -> StatusLog:
    rows = [dict(zip(("complaint", "at", "event", "tier"), event, strict=False)) for event in events]
    frame = pd.DataFrame(rows, columns=["complaint", "at", "event", "tier"])
    frame["at"] = pd.to_datetime(frame["at"]).dt.tz_localize(ZONE)
    return read_log(frame, at(now).value // 1000)


def clocks(events: Iterable[Event], now: str, policy: ComplaintPolicy, calendar: BusinessCalendar = PLAIN) -> Decisions:
    log = log_of(events, now)
    ran = run_clocks(log, Terms(policy, {}, calendar))
    return Decisions(ran.frame, (*log.findings, *ran.findings))


def clock(name: str, events: Iterable[Event], now: str, policy: ComplaintPolicy,
          calendar: BusinessCalendar = PLAIN) -> dict[str, Any]:  # fmt: skip
    """The one complaint's clock with that name; hours as numbers, moments in Shanghai."""
    frame = clocks(events, now, policy, calendar).frame
    (row,) = frame[frame["clock"] == name].to_dict("records")
    for span in ("target", "used", "paused", "supplier"):
        row[span] = row[span] / pd.Timedelta(hours=1)
    for moment in ("due_at", "breached_at", "ended_at"):
        row[moment] = "" if pd.isna(row[moment]) else f"{row[moment].tz_convert(ZONE):%Y-%m-%d %H:%M}"
    return row
