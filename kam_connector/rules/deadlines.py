"""Until when the complaints of the ERP are to be answered and settled, whether that was missed, and why.

The clocks are those of `rules.clocks`, by the calendar of each company; here they are laid side by side, a row a
complaint, with the reason that a person reads. Late means strictly after the deadline (tiering_complaints.md, W13 to
W22): due 12:00, answered 12:00 is in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd

from kam_connector.calendars import HOUR, BusinessCalendar, to_moment
from kam_connector.findings import Finding
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.privileges import Service
from kam_connector.rules.clocks import CLOCKS, Promise, Terms, run_clocks
from kam_connector.rules.complaint_events import events_of
from kam_connector.rules.decisions import Decisions, column_or, ids_of, require_columns
from kam_connector.rules.ladders import reach_levels
from kam_connector.rules.proofs import prove_clocks
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.rules.status_log import NEVER, moments_of, read_log
from kam_connector.texts import Text

COLUMNS = ("complaint_id", "company_id", "customer_id", "severity", "state", "received_at")
LEVEL_COLUMNS = ("company_id", "complaint_id", "clock", "level", "percent", "role", "target", "reached_at", "seen_at")
NO_LEVELS = pd.DataFrame(columns=list(LEVEL_COLUMNS)).astype({
    "company_id": "int64", "complaint_id": "int64", "level": "int64", "percent": "int64",
    "target": "timedelta64[us]", "reached_at": "datetime64[us, UTC]", "seen_at": "datetime64[us, UTC]",
})  # fmt: skip


def complaint_deadlines(
    complaints: pd.DataFrame,
    policy: ComplaintPolicy,
    calendars: Mapping[int, BusinessCalendar],
    at: datetime,
    *,
    privileges: Mapping[str, Service],
    events: pd.DataFrame | None = None,
    promises: tuple[Promise, ...] = (),
    zone: str = "",
) -> Decisions:
    """A row a complaint, company by company, with its two clocks side by side.

    `complaints`: COLUMNS and where known type, tier (at intake; without one none counts, whatever the customer's is
    today), responded_at, resolved_at, closed_at (moments without a zone are UTC), ends_later; `calendars` by company;
    `at` is the moment, with zone, by which an open complaint is late or not; `privileges` from `privileges_of`, for the
    class of service that a tier is owed; `events` as `facts.complaint_events`: what the ERP's log noted; `promises` as
    and `zone` as `clocks.Terms`: targets are those of the day of intake, the ladder is that of `policy`.

    Columns: complaint_id, company_id, customer_id, tier, severity; for response and resolution each <clock>_target and
    <clock>_used (working time, timedelta64[us]), <clock>_due (datetime64, UTC), <clock>_breached and <clock>_ended
    (bool), <clock>_state (running, paused, met, breached); paused, supplier (working time of the resolution clock);
    reason_code, reason_args. One without a moment of intake or a company calendar is a finding and has no row, so is
    one that was received after `at`. `detail` has LEVEL_COLUMNS: the levels of the escalation ladder that the clocks
    have reached, as `rules.ladders.reach_levels`, and `at` as seen_at.
    Requirements S2-56, S4-75.
    """
    require_columns(complaints, COLUMNS, "complaints")
    received, now = moments_of(complaints["received_at"]), to_moment(at)
    usable = (received != NEVER) & np.isin(ids_of(complaints["company_id"]), list(calendars))
    findings = [_unusable(key) for key in complaints["complaint_id"][~usable]]
    findings += _find_early(complaints[usable & (received > now)])
    rows = _filled(complaints[usable & (received <= now)].reset_index(drop=True))
    parts, reached, company = list[pd.DataFrame](), [NO_LEVELS], ids_of(rows["company_id"])
    for key in np.unique(company).tolist():
        terms = Terms(policy, privileges, calendars[key], promises, zone)
        log = read_log(events_of(rows[company == key], events), now)
        ran = run_clocks(log, terms)
        findings += [*log.findings, *ran.findings]
        parts.append(_with_reasons(rows[_ABOUT].merge(_side_by_side(ran.frame), on="complaint_id"), terms))
        levels = reach_levels(log, ran.frame, terms).rename(columns={"complaint": "complaint_id"})
        reached.append(levels.assign(company_id=key, seen_at=pd.Timestamp(at))[list(LEVEL_COLUMNS)])
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_EMPTY)
    return Decisions(frame, (*findings, *_find_undated(rows)), detail=join_levels(reached))


def prove_deadlines(
    complaints: pd.DataFrame, terms: Terms, at: datetime, events: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clocks of one company's complaints as `clocks.run_clocks`, and their hours as `proofs.prove_clocks`.

    `complaints`, `at`, `events` as `complaint_deadlines`; what was received after `at` has no row. Requirement S4-75.
    """
    log = read_log(events_of(_filled(complaints), events), to_moment(at))
    return run_clocks(log, terms).frame, prove_clocks(log, terms.calendar)


def join_levels(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The levels of all companies, one below the other."""
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else NO_LEVELS


_ABOUT = ["complaint_id", "company_id", "customer_id", "tier", "severity"]
_BOTH = [f"{clock}_{name}" for clock in CLOCKS for name in ("target", "used", "due", "breached", "state", "ended")]
_EMPTY = [*_ABOUT, *_BOTH, "paused", "supplier", "reason_code", "reason_args"]


def _filled(rows: pd.DataFrame) -> pd.DataFrame:
    """The complaints with what their targets are chosen by; "" is no tier, no type."""
    empty = {"tier": "", "type": "", "severity": "medium"}
    return rows.assign(**{name: column_or(rows, name, value) for name, value in empty.items()})


def _side_by_side(clocks: pd.DataFrame) -> pd.DataFrame:
    """A row a complaint with the columns of both of its clocks."""
    columns: dict[str, pd.Series] = {}
    for name in CLOCKS:
        clock = clocks[clocks["clock"] == name].reset_index(drop=True)
        columns |= {
            "complaint_id": clock["complaint"], "valid_from": clock["valid_from"],
            "paused": clock["paused"], "supplier": clock["supplier"],
            f"{name}_target": clock["target"], f"{name}_used": clock["used"], f"{name}_due": clock["due_at"],
            f"{name}_breached": clock["state"] == "breached", f"{name}_state": clock["state"],
            f"{name}_ended": clock["ended_at"].notna(),
        }  # fmt: skip
    return pd.DataFrame(columns)


def _with_reasons(frame: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """The rows with what became of both clocks, in words."""
    late = [frame[f"{name}_breached"] for name in CLOCKS]
    waits, done = ((frame["resolution_state"] == state) for state in ("paused", "met"))
    names = np.select([late[0] & late[1], late[0], late[1], waits, done],
                      ["both_late", "response_late", "resolution_late", "paused", "met"], "running")  # fmt: skip
    figures = pd.DataFrame({
        "tier": frame["tier"], "severity": frame["severity"], "zone": terms.calendar.zone,
        **{f"{name}_hours": frame[f"{name}_target"].map(_hours) for name in CLOCKS},
        "valid_from": frame["valid_from"],
    }).to_dict("records")  # fmt: skip
    codes = [f"complaint.{name}" for name in names.tolist()]
    args = [
        reason_args(code, **{key: row[key] for key in REASONS[code]}) for code, row in zip(codes, figures, strict=True)
    ]
    return frame.drop(columns="valid_from").assign(reason_code=codes, reason_args=args)


def _hours(span: pd.Timedelta) -> str:
    """Hours as a decimal without needless zeros: 1.5."""
    return f"{(Decimal(span.value) / (HOUR * 1000)).quantize(Decimal('0.0001')).normalize():f}"


def _unusable(key: object) -> Finding:
    text = Text(
        "The complaint has no moment of intake, or its company has no calendar: it gets no deadline. Enter in the ERP"
        " when it was received."
    )
    return Finding("warning", "rules.deadlines", str(key), text)


def _find_early(rows: pd.DataFrame) -> list[Finding]:
    text = Text(
        "The complaint is said to be received at {at}, which is still to come: until then it has no deadline. Correct"
        " the moment if it is wrong."
    )
    said = pd.to_datetime(rows["received_at"], utc=True).dt.strftime("%Y-%m-%d %H:%M:%SZ")
    return [
        Finding("warning", "rules.deadlines", str(key), text, {"at": at})
        for key, at in zip(rows["complaint_id"], said, strict=True)
    ]


def _find_undated(rows: pd.DataFrame) -> list[Finding]:
    ends = pd.DataFrame({name: column_or(rows, name, pd.NaT) for name in ("resolved_at", "closed_at")})
    ended = rows["state"].isin(("closed", "reviewed")) & ~column_or(rows, "ends_later", False).astype(bool)
    undated = ended & ends.isna().all(axis=1)
    text = Text(
        "The complaint is closed without a moment of resolution: whether it was in time is not known. Enter in the ERP"
        " when it was settled."
    )
    return [Finding("warning", "rules.deadlines", str(key), text) for key in rows.loc[undated, "complaint_id"]]
