"""Until when a complaint is to be answered and settled, and whether that was missed.

Hours are working hours of the company's calendar; the tier is the one at intake. The response clock never pauses.
Late means strictly after the deadline (tiering_complaints.md, W13 to W18): due 12:00, answered 12:00 is in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

import numpy as np
import pandas as pd

from kam_connector.calendars import HOUR, BusinessCalendar, Moments, find_deadlines, to_moment
from kam_connector.findings import Finding
from kam_connector.policy.complaints import ANY, ComplaintPolicy, Target
from kam_connector.policy.privileges import Service
from kam_connector.rules.decisions import Decisions, Flags, boxed, column_or, ids_of, require_columns, words_of
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.texts import Text

COLUMNS = ("complaint_id", "company_id", "customer_id", "severity", "state", "received_at")
ENDED = ("rejected", "closed", "reviewed")
"""States in which no clock runs any more."""
Calendars: TypeAlias = Mapping[int, BusinessCalendar]


def complaint_deadlines(
    complaints: pd.DataFrame,
    tiers: pd.DataFrame,
    policy: ComplaintPolicy,
    calendars: Calendars,
    at: datetime,
    *,
    privileges: Mapping[str, Service],
) -> Decisions:
    """A row a complaint, in the order given, with the deadlines as UTC moments.

    `complaints`: COLUMNS and where known type, tier (at intake), responded_at, resolved_at (moments without a zone
    are UTC); `tiers` from `decide_tiers`, for complaints that have no tier yet; `calendars` by company; `at` is the
    moment, with zone, by which an open complaint is late or not; `privileges` from `privileges_of`, for the class of
    service that a tier is owed.

    Columns: complaint_id, company_id, customer_id, tier, severity, response_hours, resolution_hours, response_due,
    resolution_due (datetime64, UTC), response_breached, resolution_breached (bool), reason_code, reason_args. One
    without a moment of intake or a company calendar is a finding and has no row. Requirements S2-56, S4-75.
    """
    require_columns(complaints, COLUMNS, "complaints")
    received = _moments(complaints["received_at"])
    usable = (received != _NEVER) & np.isin(ids_of(complaints["company_id"]), list(calendars))
    findings = [_unusable(key) for key in complaints["complaint_id"][~usable]]
    rows = _with_tier(complaints[usable].reset_index(drop=True), tiers)
    targets = _targets(rows, policy, privileges)
    clocks = _clocks(rows, received[usable], targets, calendars)
    late = [_late(rows, column, due, to_moment(at)) for column, due in zip(_DONE, clocks, strict=True)]
    reasons = _reasons(rows, targets, late, policy, calendars)
    frame = rows[["complaint_id", "company_id", "customer_id", "tier", "severity"]].assign(
        response_hours=boxed(target.response_hours for target in targets),
        resolution_hours=boxed(target.resolution_hours for target in targets),
        response_due=_utc(clocks[0]), resolution_due=_utc(clocks[1]),
        response_breached=late[0], resolution_breached=late[1],
        reason_code=[code for code, _ in reasons], reason_args=[args for _, args in reasons],
    )  # fmt: skip
    return Decisions(frame, (*findings, *_find_undated(rows)))


_NEVER = np.iinfo(np.int64).min
_DONE = ("responded_at", "resolved_at")


def _moments(values: pd.Series) -> Moments:
    """Microseconds since 1970; _NEVER where there is none. Moments without a zone are UTC."""
    moments = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601" if values.dtype == object else None)
    naive = moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(naive), _NEVER, naive.astype(np.int64))


def _utc(moments: Moments) -> pd.Series:
    return pd.Series(moments.astype("datetime64[us]")).dt.tz_localize("UTC")


def _with_tier(rows: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """The complaints with the tier at intake, else the customer's tier now, else ""."""
    at_intake = column_or(rows, "tier", "")
    rows = rows.assign(severity=column_or(rows, "severity", "medium"), type=column_or(rows, "type", ""))
    if not len(tiers):
        return rows.assign(tier=at_intake)
    keys = ["company_id", "customer_id"]
    now = rows[keys].merge(tiers[[*keys, "tier"]].drop_duplicates(keys), on=keys, how="left")["tier"]
    return rows.assign(tier=at_intake.where(at_intake != "", now.fillna("").to_numpy()))


def _targets(rows: pd.DataFrame, policy: ComplaintPolicy, privileges: Mapping[str, Service]) -> list[Target]:
    """The first line of the table that fits each complaint."""
    known: dict[tuple[str, str, str], Target] = {}
    classes = {tier: service.sla_class for tier, service in privileges.items()}
    cases = list(zip(rows["tier"], rows["severity"], rows["type"], strict=True))
    for case in set(cases):
        known[case] = next(each for each in policy.target if _fits(each, (*case, classes.get(case[0], ""))))
    return [known[case] for case in cases]


def _fits(target: Target, case: tuple[str, ...]) -> bool:
    wanted = (target.tier, target.severity, target.type, target.sla_class)
    return all(want in (ANY, value) for want, value in zip(wanted, case, strict=True))


def _clocks(rows: pd.DataFrame, received: Moments, targets: list[Target], calendars: Calendars) -> list[Moments]:
    """The deadlines to respond and to resolve."""
    hours = [
        np.array([int(target.response_hours * HOUR) for target in targets], dtype=np.int64),
        np.array([int(target.resolution_hours * HOUR) for target in targets], dtype=np.int64),
    ]
    company = ids_of(rows["company_id"])
    due = [np.zeros(len(rows), dtype=np.int64) for _ in hours]
    for key in np.unique(company).tolist():
        own = company == key
        for clock, work in zip(due, hours, strict=True):
            clock[own] = find_deadlines(calendars[key], received[own], work[own])
    return due


def _late(rows: pd.DataFrame, column: str, due: Moments, now: int) -> Flags:
    """Strictly after the deadline: when done, the moment it was done, else now; an ended case does not run on."""
    done = _moments(column_or(rows, column, pd.NaT)) if column in rows else np.full(len(rows), _NEVER)
    running = (done == _NEVER) & ~rows["state"].isin(ENDED).to_numpy()
    return np.where(done != _NEVER, done > due, running & (now > due)).astype(bool)


def _reasons(
    rows: pd.DataFrame, targets: list[Target], late: list[Flags], policy: ComplaintPolicy, calendars: Calendars
) -> list[tuple[str, str]]:
    done = (_moments(column_or(rows, "resolved_at", pd.NaT)) != _NEVER) | rows["state"].isin(ENDED).to_numpy()
    names = np.select([late[0] & late[1], late[0], late[1], done], ["both_late", "response_late", "resolution_late",
                                                                    "met"], "running")  # fmt: skip
    reasons = []
    columns = (words_of(rows["tier"]), words_of(rows["severity"]), ids_of(rows["company_id"]).tolist())
    for name, target, tier, severity, company in zip(names.tolist(), targets, *columns, strict=True):
        code = f"complaint.{name}"
        figures: dict[str, str | int] = {
            "tier": tier, "severity": severity, "zone": calendars[company].zone,
            "response_hours": f"{target.response_hours:f}", "resolution_hours": f"{target.resolution_hours:f}",
            "valid_from": policy.valid_from.isoformat(),
        }  # fmt: skip
        reasons.append((code, reason_args(code, **{key: figures[key] for key in REASONS[code]})))
    return reasons


def _unusable(key: object) -> Finding:
    text = Text("The complaint has no moment of intake, or its company has no calendar: it gets no deadline.")
    return Finding("warning", "rules.deadlines", str(key), text)


def _find_undated(rows: pd.DataFrame) -> list[Finding]:
    undated = rows["state"].isin(("closed", "reviewed")) & column_or(rows, "resolved_at", pd.NaT).isna()
    text = Text("The complaint is closed without a moment of resolution: whether it was in time is not known.")
    return [Finding("warning", "rules.deadlines", str(key), text) for key in rows.loc[undated, "complaint_id"]]
