"""A whole pull, in order: is it our ERP, changes model by model, sweep, control totals, checks.

A second, small pass follows when the control totals differ from the rows: somebody posted between the two. What
differs then is a finding.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kam_connector.errors import AccessRefused
from kam_connector.findings import Finding
from kam_connector.mirror import Mirror, rows, state
from kam_connector.sync import checks, control, groups, identity
from kam_connector.sync.catalogue import CATALOGUE
from kam_connector.sync.incremental import Pulled, pull_changes
from kam_connector.sync.reading import Reading, plan_reading
from kam_connector.sync.report import ModelPull, Progress, PullReport
from kam_connector.sync.source import Source
from kam_connector.sync.storing import Job, load_digits
from kam_connector.sync.sweep import sweep

_MONEY_MODELS = ("res.currency", "res.company")


@dataclass(slots=True)
class _Tally:
    """What has happened so far, by model."""

    pulled: dict[str, Pulled] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def add(self, model: str, pulled: Pulled, seconds: float = 0.0) -> None:
        self.pulled[model] = self.pulled.get(model, Pulled()) + pulled
        self.seconds[model] = self.seconds.get(model, 0.0) + seconds


def pull(
    source: Source, mirror: Mirror, *, run: str, full: bool = False, progress: Progress | None = None
) -> PullReport:
    """The mirror holds what the ERP holds now; what changed, and what is wrong with it.

    `run` is the run's id, written beside every changed row. With `full` every row is read, not only changes. Raises
    SuspectData (another database, a company or too many rows gone) before anything is marked, AccessRefused for a
    model that the rules cannot do without, and the errors of the session; the next pull goes on where this stopped.
    """
    identity.check_identity(source, mirror)
    companies = identity.check_companies(source, mirror)
    job = Job(source, mirror, run, companies, _server_time(source), load_digits(mirror), progress)
    readings = [plan_reading(source, entry) for entry in CATALOGUE]
    _refuse_missing(readings)
    tally = _Tally()
    job, full = _pull_currencies(job, readings, tally, full=full)
    for reading in readings:
        if reading.model not in _MONEY_MODELS:
            _pull_one(job, reading, tally, full=full)
    _sweep(job, readings, tally)
    _tie_out(job, readings, tally)
    groups.refresh_groups(mirror)
    tally.findings.extend(checks.find_bad_records(mirror))
    return _report(mirror, readings, tally, full=full)


def _server_time(source: Source) -> datetime:
    """The server's clock now, in whole seconds: watermarks are compared with its `write_date`, not with ours (R-36)."""
    offset = source.capabilities.time_offset_seconds or 0.0
    return (datetime.now(UTC) + timedelta(seconds=offset)).replace(microsecond=0)


def _refuse_missing(readings: Sequence[Reading]) -> None:
    missing = [reading.model for reading in readings if reading.entry.needed and not reading.exists]
    if missing:
        raise AccessRefused(
            f"The ERP has no {', '.join(missing)} that this login may see.",
            next_step="Install Odoo's Invoicing app, or run `kam doctor` to see which right is missing.",
        )


def _pull_currencies(job: Job, readings: Sequence[Reading], tally: _Tally, *, full: bool) -> tuple[Job, bool]:
    """Currencies and companies first: money is counted in their digits. Changed digits make the pull a full one."""
    before = job.digits
    for reading in readings:
        if reading.model in _MONEY_MODELS:
            _pull_one(job, reading, tally, full=full)
    job = job.with_digits()
    changed = [one for one, digits in before.by_currency.items() if job.digits.by_currency.get(one, digits) != digits]
    if changed:
        names = ", ".join(map(str, changed))
        note = f"The decimal places of currency {names} have changed: every amount is read again."
        tally.findings.append(Finding("info", "sync.res_currency", names, note))
        with job.mirror.transaction():
            state.forget_all(job.mirror.db)
    return job, full or bool(changed)


def _pull_one(job: Job, reading: Reading, tally: _Tally, *, full: bool) -> None:
    start = time.monotonic()
    if not reading.exists:
        tally.add(reading.model, Pulled())
        return
    try:
        pulled = pull_changes(job, reading, full=full)
    except AccessRefused as error:
        if reading.entry.needed:
            raise
        tally.refused.add(reading.model)
        tally.findings.append(Finding("error", f"sync.{reading.entry.table.name}", reading.model, str(error)))
        pulled = Pulled()
    tally.add(reading.model, pulled, time.monotonic() - start)


def _sweep(job: Job, readings: Sequence[Reading], tally: _Tally) -> None:
    """A refused model is left as it was: what may not be read is not deleted (R-19)."""
    swept = sweep(job, [reading for reading in readings if reading.model not in tally.refused])
    for model, count in swept.deleted.items():
        tally.deleted[model] = tally.deleted.get(model, 0) + count
    for model, pulled in swept.pulled.items():
        tally.add(model, pulled)


def _tie_out(job: Job, readings: Sequence[Reading], tally: _Tally) -> None:
    findings = control.pull_control_totals(job)
    if control.find_differences(job):
        for reading in readings:
            if reading.model.startswith("account."):
                _pull_one(job, reading, tally, full=False)
        _sweep(job, [reading for reading in readings if reading.model.startswith("account.")], tally)
        findings = control.pull_control_totals(job)
    tally.findings.extend([*findings, *control.find_differences(job)])


def _report(mirror: Mirror, readings: Sequence[Reading], tally: _Tally, *, full: bool) -> PullReport:
    models = tuple(
        ModelPull(
            reading.model,
            rows=tally.pulled[reading.model].changed,
            seconds=tally.seconds.get(reading.model, 0.0),
            deleted=tally.deleted.get(reading.model, 0),
            quarantined=len({bad.id for bad in rows.quarantined(mirror.db, reading.model)}),
            read=tally.pulled[reading.model].read,
        )
        for reading in readings
    )
    return PullReport(models, tuple(tally.findings), full)
