"""A night: pull, decide, write back, report, under one lock and in one run record.

Any of the steps may be left out (`steps.py` says which make sense together). A signal ends the night between two calls
or two steps, with everything done so far kept (`stopping`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from kam_connector import stopping, writeback
from kam_connector.errors import InputError, SettingsError
from kam_connector.findings import Finding
from kam_connector.reports import Names
from kam_connector.runs import extraction, known, known_cases, known_escalations, known_warnings, lock
from kam_connector.runs.copies import missing_copies
from kam_connector.runs.decisions import Night, decide
from kam_connector.runs.files import Written, write_reports
from kam_connector.runs.naming import read_names
from kam_connector.runs.objections import find_objected
from kam_connector.runs.pay_late import find_late
from kam_connector.runs.pay_standing import pay_periods
from kam_connector.runs.record import new_run_id, recorded
from kam_connector.runs.restated import record_states
from kam_connector.runs.reviews import record_reviews
from kam_connector.runs.sources import sources_of
from kam_connector.runs.steps import STEPS, Step
from kam_connector.runs.workspace import Workspace, business_days
from kam_connector.sync import Progress, PullReport
from kam_connector.texts import Text
from kam_connector.writeback import Outcome, Plan, Report, RunRecord
from kam_connector.writeback.destinations import BUCKETS

LOG = logging.getLogger(__name__)
Agree = Callable[[Plan], bool]
"""Asked with the plan before anything is written; False means: decide and report only."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do. `as_of` None means each company's own today.

    `unattended`: nobody is at a terminal who would see it fail.
    """

    as_of: date | None = None
    allow_past: bool = False
    full: bool = False
    agree: Agree = field(default=lambda plan: True)
    progress: Progress | None = None
    reports: Path | None = None
    steps: tuple[Step, ...] = STEPS
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a run did. None or empty is what was not asked for; `outcome` is None also when the person did not agree."""

    run: str
    as_of: date
    seconds: float = 0.0
    pull: PullReport | None = None
    nights: tuple[Night, ...] = ()
    names: Names | None = None
    plan: Plan | None = None
    outcome: Outcome | None = None
    files: tuple[Written, ...] = ()
    waiting: tuple[Finding, ...] = ()

    @property
    def planned(self) -> int:
        """How many records a push would change."""
        return len(self.plan.changes) if self.plan else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found wrong in every step taken."""
        pulled = self.pull.findings if self.pull else ()
        decided = [found for night in self.nights for found in (*night.findings, *unknown_buckets(night))]
        return (*pulled, *decided, *self.waiting, *refused(self.outcome))


def run_night(workspace: Workspace, order: Order) -> NightReport:
    """The steps of the order, once. Errors: every `KamError`; the run record then says how far it came."""
    run, started = new_run_id(), datetime.now(UTC)
    with recorded(workspace.ledger, run, "night"):
        report = _run_steps(workspace, order, run)
        if report.outcome is not None:
            _tell_erp(workspace, report, started)
        return report


def _run_steps(workspace: Workspace, order: Order, run: str) -> NightReport:
    begun = time.monotonic()
    pulled = _pull(workspace, order, run) if "sync" in order.steps else None
    days = business_days(workspace, order.as_of)
    if not days:
        raise InputError("The mirror is empty.", next_step="Pull first: `kam sync run`, or `kam run` with every step.")
    con, book = workspace.mirror.ibis, workspace.ledger
    record_reviews(book, con)
    record_states(book, con)
    waiting = (*find_objected(con, book), *find_late(workspace.policy, con, book, days))
    nights: list[Night] = []
    names = plan = outcome = None
    files: list[Written] = []
    if "decide" in order.steps:
        nights, names = _decide(workspace, order, days)
    if "write" in order.steps:
        plan, outcome = _write(workspace, order, nights, run)
    if "report" in order.steps and names is not None:
        _step(workspace, "report")
        files = write_reports(workspace, nights, names, run, order.reports or workspace.settings.places.reports)
    seconds = time.monotonic() - begun
    return NightReport(
        run, max(days.values()), seconds, pulled, tuple(nights), names, plan, outcome, tuple(files), waiting
    )  # fmt: skip


def _pull(workspace: Workspace, order: Order, run: str) -> PullReport:
    workspace.connect()
    _step(workspace, "sync")
    return extraction.pull(workspace, run, full=order.full, verify=False, shown=order.progress)


def _decide(workspace: Workspace, order: Order, days: dict[int, date]) -> tuple[list[Night], Names]:
    if "write" in order.steps:
        _refuse_past(workspace, order, days)
        workspace.connect()
    _step(workspace, "decide")
    nights = [night.complete() for night in decide_nights(workspace, days)]
    record(workspace, nights)
    return nights, read_names(workspace.mirror.ibis, nights[-1].policy, workspace.lang)


def _write(workspace: Workspace, order: Order, nights: list[Night], run: str) -> tuple[Plan, Outcome | None]:
    _step(workspace, "write")
    plan = plan_writeback(workspace, nights)
    if workspace.lock is not None:
        lock.note_step(workspace.lock, "write", total=len(plan.changes))
    agreed = not plan.changes or order.agree(plan)  # an empty push still closes what a killed run left open
    return plan, writeback.push(plan, workspace.connect(), workspace.ledger, run=run) if agreed else None


def decide_nights(workspace: Workspace, days: dict[int, date]) -> list[Night]:
    """The decisions of these companies (by id) at their days, made as they are asked for; nothing is written."""
    return decide(sources_of(workspace), days)


def record(workspace: Workspace, nights: list[Night]) -> None:
    """The tiers, segments, warnings, promises, tasks, cases and escalations of the nights stand in the book."""
    for night in nights:
        known.record_tiers(workspace.ledger, night.rated, night.as_of)
        known_warnings.record_warnings(workspace.ledger, night.warnings, night.as_of)
        known.record_promises(workspace.ledger, night.promises)
        known.record_tasks(workspace.ledger, night.tasks)
        known_cases.record_cases(workspace.ledger, night.cases)
        known_escalations.record_escalations(workspace.ledger, night.escalations, night.as_of)


def plan_writeback(workspace: Workspace, nights: list[Night]) -> Plan:
    """What a push would change in the ERP for all nights together."""
    con, session = workspace.mirror.ibis, workspace.connect()
    lang = "en_US" if workspace.lang == "en" else workspace.lang
    copies = missing_copies(workspace.ledger, con)
    periods = pay_periods(workspace.ledger, con)
    wanted = [
        replace(night.decided(), frozen=copies.sets, frozen_lines=copies.lines, pay_periods=periods) for night in nights
    ]
    places = workspace.settings.tier_places
    shown = wanted if "figures" in places.chosen else [replace(decided, tiers=None) for decided in wanted]
    plans = [
        writeback.make_plan(writeback.desired_records(decided, con), con, workspace.ledger, session, lang=lang)
        for decided in shown
    ]
    further = writeback.plan_places(
        wanted, places, con, workspace.ledger, session=session, route=writeback.route_of(session)
    )
    return _joined([*plans, further])


def refused(outcome: Outcome | None) -> Iterator[Finding]:
    """A finding for each record that the ERP did not take."""
    for answer in outcome.of("refused", "conflict", "unknown", "postponed") if outcome else ():
        record_key = f"{answer.change.model} {answer.change.key}"
        if answer.message:
            yield Finding("warning", "writeback", record_key, "{message}", {"message": answer.message})
        else:
            yield Finding("warning", "writeback", record_key, "The ERP answered: {status}.", {"status": answer.status})


def unknown_buckets(night: Night) -> Iterator[Finding]:
    """A finding when the policy has other buckets than the ERP has fields: their amounts stay on the reports."""
    names = {bucket.column for bucket in night.policy.collections.ageing.columns}
    if names != set(BUCKETS):
        text = Text("The ERP has no fields for the buckets {buckets}: only reports show them.")
        buckets = ", ".join(sorted(names - set(BUCKETS)))
        yield Finding("warning", "writeback", "collections.toml", text, {"buckets": buckets})


def _step(workspace: Workspace, name: Step) -> None:
    stopping.check()
    LOG.info("step %s", name)
    if workspace.lock is not None:
        lock.note_step(workspace.lock, name)


def _refuse_past(workspace: Workspace, order: Order, days: dict[int, date]) -> None:
    today = business_days(workspace, None)
    if order.allow_past or all(day >= today[company] for company, day in days.items()):
        return
    raise SettingsError(
        "{day} is past, and writing back would overwrite what is current.",
        next_step="Add --allow-past if that is what you want, or look with `kam ageing show --as-of`.",
        day=min(days.values()),
    )


def _joined(plans: list[Plan]) -> Plan:
    return Plan(
        plans[0].route,
        tuple(change for plan in plans for change in plan.changes),
        sum(plan.unchanged for plan in plans),
        tuple(held for plan in plans for held in plan.held),
        tuple(dict.fromkeys(text for plan in plans for text in plan.local)),
        tuple(text for plan in plans for text in plan.told),
    )


def _tell_erp(workspace: Workspace, report: NightReport, started: datetime) -> None:
    """The run's record in the ERP, or without the addon the workbooks on the company's partner."""
    if report.plan is not None and report.plan.route == "addon":
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
