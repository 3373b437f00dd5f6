"""A night: pull, decide, write back, report, under one lock and in one run record."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from kam_connector import sync, writeback
from kam_connector.errors import KamError, SettingsError
from kam_connector.findings import Finding
from kam_connector.ledger import Ledger
from kam_connector.reports import Names
from kam_connector.runs import known, lock
from kam_connector.runs.decisions import Night, Sources, decide
from kam_connector.runs.files import Written, write_reports
from kam_connector.runs.naming import read_names
from kam_connector.runs.workspace import Workspace, business_days, zones
from kam_connector.sync import Progress, PullReport
from kam_connector.writeback import Outcome, Plan, Report, RunRecord
from kam_connector.writeback.destinations import BUCKETS

RUN = "run"
Agree = Callable[[Plan], bool]
"""Asked with the plan before anything is written; False means: decide and report only."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do. `as_of` None means each company's own today."""

    as_of: date | None = None
    allow_past: bool = False
    full: bool = False
    agree: Agree = field(default=lambda plan: True)
    progress: Progress | None = None
    reports: Path | None = None


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a run did; `outcome` is None when the person did not agree."""

    run: str
    as_of: date
    seconds: float
    pull: PullReport
    nights: tuple[Night, ...]
    names: Names
    plan: Plan
    outcome: Outcome | None
    files: tuple[Written, ...]
    findings: tuple[Finding, ...]


def run_night(workspace: Workspace, order: Order) -> NightReport:
    """The whole path once. Errors: every `KamError`; the run record then says how far it came."""
    run, started = new_run_id(), datetime.now(UTC)
    with recorded(workspace.ledger, run, "night"):
        return _run_steps(workspace, order, run, started)


def _run_steps(workspace: Workspace, order: Order, run: str, started: datetime) -> NightReport:
    begun = time.monotonic()
    session = workspace.connect()
    _step(workspace, "sync")
    pulled = sync.pull(session, workspace.mirror, full=order.full, run=run, progress=order.progress)
    days = business_days(workspace, order.as_of)
    _refuse_past(workspace, order, days)
    _step(workspace, "decide")
    nights = decide_nights(workspace, days)
    record(workspace, nights)
    names = read_names(workspace.mirror.ibis, nights[-1].policy, workspace.lang)
    _step(workspace, "write back")
    plan = plan_writeback(workspace, nights)
    agreed = not plan.changes or order.agree(plan)  # an empty push still closes what a killed run left open
    outcome = writeback.push(plan, session, workspace.ledger, run=run) if agreed else None
    _step(workspace, "report")
    files = write_reports(workspace, nights, names, run, order.reports or workspace.settings.places.reports)
    decided = [found for night in nights for found in (*night.findings, *unknown_buckets(night))]
    findings = (*pulled.findings, *decided, *refused(outcome))
    report = NightReport(
        run,
        max(days.values()),
        time.monotonic() - begun,
        pulled,
        tuple(nights),
        names,
        plan,
        outcome,
        tuple(files),
        findings,
    )
    if outcome is not None:
        _tell_erp(workspace, report, started)
    return report


def decide_nights(workspace: Workspace, days: dict[int, date]) -> list[Night]:
    """The decisions of these companies (by id) at their days; nothing is recorded or written."""
    return decide(sources_of(workspace), days)


def sources_of(workspace: Workspace) -> Sources:
    """What decisions are made from in this workspace."""
    con = workspace.mirror.ibis
    known_addon = workspace.session is None and not con.table("kam_tier").limit(1).to_pandas().empty
    has_addon = known_addon or (workspace.session is not None and _has_addon(workspace))
    return Sources(con, workspace.ledger, workspace.policy, zones(workspace), has_addon, datetime.now(UTC))


def record(workspace: Workspace, nights: list[Night]) -> None:
    """The tier decisions and tasks of the nights stand in the book."""
    for night in nights:
        known.record_tiers(workspace.ledger, night.tiers, night.as_of)
        known.record_tasks(workspace.ledger, night.tasks)


def plan_writeback(workspace: Workspace, nights: list[Night]) -> Plan:
    """What a push would change in the ERP for all nights together."""
    con, session = workspace.mirror.ibis, workspace.connect()
    lang = "en_US" if workspace.lang == "en" else workspace.lang
    plans = [
        writeback.make_plan(writeback.desired_records(night.decided(), con), con, workspace.ledger, session, lang=lang)
        for night in nights
    ]
    return _joined(plans)


def refused(outcome: Outcome | None) -> Iterator[Finding]:
    """A finding for each record that the ERP did not take."""
    for answer in outcome.of("refused", "conflict", "unknown", "postponed") if outcome else ():
        record_key = f"{answer.change.model} {answer.change.key}"
        yield Finding("warning", "writeback", record_key, answer.message or f"The ERP answered: {answer.status}.")


def unknown_buckets(night: Night) -> Iterator[Finding]:
    """A finding when the policy has other buckets than the ERP has fields: their amounts stay on the reports."""
    names = {bucket.column for bucket in night.policy.collections.ageing.columns}
    if names != set(BUCKETS):
        text = (
            f"The ERP has no fields for the buckets {', '.join(sorted(names - set(BUCKETS)))}: only reports show them."
        )
        yield Finding("warning", "writeback", "collections.toml", text)


def new_run_id() -> str:
    """A run's id: the moment it began, in UTC, and four digits against twins."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


@contextmanager
def recorded(book: Ledger, run: str, kind: str) -> Iterator[None]:
    """The run's beginning and end stand in the book, whichever way it ends (but kill -9)."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    book.append(RUN, run, {"kind": kind, "state": "running", "started_at": started})
    state, reason = "ok", ""
    try:
        yield
    except BaseException as error:
        state, reason = "failed", type(error).__name__
        raise
    finally:
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        end = {"kind": kind, "state": state, "started_at": started, "ended_at": ended}
        _note_end(book, run, end | ({"reason": reason} if reason else {}), failing=bool(reason))


def _note_end(book: Ledger, run: str, payload: dict[str, str], *, failing: bool) -> None:
    try:
        book.append(RUN, run, payload)
    except KamError:
        if not failing:  # the first error is the one to tell
            raise


def _step(workspace: Workspace, name: str) -> None:
    if workspace.lock is not None:
        lock.note_step(workspace.lock, name)


def _refuse_past(workspace: Workspace, order: Order, days: dict[int, date]) -> None:
    today = business_days(workspace, None)
    if order.allow_past or all(day >= today[company] for company, day in days.items()):
        return
    raise SettingsError(
        f"{min(days.values())} is past, and writing back would overwrite what is current.",
        next_step="Add --allow-past if that is what you want, or look with `kam ageing show --as-of`.",
    )


def _has_addon(workspace: Workspace) -> bool:
    return writeback.route_of(workspace.connect()) == "addon"


def _joined(plans: list[Plan]) -> Plan:
    return Plan(
        plans[0].route,
        tuple(change for plan in plans for change in plan.changes),
        sum(plan.unchanged for plan in plans),
        tuple(held for plan in plans for held in plan.held),
        tuple(dict.fromkeys(text for plan in plans for text in plan.local)),
    )


def _tell_erp(workspace: Workspace, report: NightReport, started: datetime) -> None:
    """The run's record in the ERP, or without the addon the workbooks on the company's partner."""
    if report.plan.route == "addon":
        writeback.push_run(
            _run_record(workspace, report, started), _companies(report), workspace.connect(), workspace.ledger
        )
        return
    for written in report.files:
        if written.kind == "ageing":
            attached = Report(written.company_id, "kam-ageing.xlsx", written.path.read_bytes())
            con, book = workspace.mirror.ibis, workspace.ledger
            writeback.attach_report(attached, con, workspace.connect(), book, run=report.run)


def _companies(report: NightReport) -> list[int]:
    return [int(company) for night in report.nights for company in night.companies["company_id"]]


def _run_record(workspace: Workspace, report: NightReport, started: datetime) -> RunRecord:
    return RunRecord(
        name=report.run,
        kind="night",
        started_at=started,
        ended_at=datetime.now(UTC),
        state="findings" if report.findings else "ok",
        as_of=report.as_of,
        policy_version=workspace.policy.hash[:12],
        summary=f"ledger {workspace.ledger.head()}",
        findings_count=len(report.findings),
        written_count=report.outcome.written if report.outcome else 0,
    )
