"""A whole pull, in order: is it our ERP, what is read, tables read whole, changes and sweep, control totals, checks.

Tables that were never read (or not to their end) come first, page by page. Then the ERP is looked at once for all
tables: what changed, and which rows there are; nothing of that is stored before it is believed. What changed while
the first part went on is in the second. The daily checks (every row's `write_date`, sums by partner and month) are
made on the first run of a day of the server's clock, or with `verify`.

A last, small look follows when the control totals differ from the rows: somebody posted between the two.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kam_connector.errors import AccessRefused, ErpDefect
from kam_connector.findings import Finding
from kam_connector.mirror import Mirror, rows, state
from kam_connector.mirror.schema import RENEWED
from kam_connector.sync import checks, control, groups, identity, marks, merges, remembering, tags
from kam_connector.sync.erasure import erase_old
from kam_connector.sync.fingerprint import compare_sums
from kam_connector.sync.incremental import is_whole_due, pull_since, pull_whole
from kam_connector.sync.looks import Look, look
from kam_connector.sync.options import DEFAULT, Options
from kam_connector.sync.planning import Plan, plan_pull
from kam_connector.sync.reading import Reading
from kam_connector.sync.report import Progress, PullReport, Tally
from kam_connector.sync.rewound import find_rewound, refuse_rewound
from kam_connector.sync.source import Source
from kam_connector.sync.storing import Job, load_digits
from kam_connector.sync.sweep import find_losses, refuse_mass_vanish, sweep

_MONEY_MODELS = ("res.currency", "res.company")


def pull(
    source: Source,
    mirror: Mirror,
    *,
    run: str,
    full: bool = False,
    progress: Progress | None = None,
    options: Options = DEFAULT,
) -> PullReport:
    """The mirror holds what the ERP holds now; what changed, and what is wrong with it.

    `run` is the run's id, written beside every changed row. With `full` every row is read, not only changes. Raises
    SuspectData (another or an older database, a company or too many rows gone) before anything is marked,
    AccessRefused for a model or field that the rules cannot do without, and the errors of the session; the next pull
    goes on where this stopped.
    """
    remembering.trust(source, mirror)
    identity.check_identity(source, mirror)
    companies = identity.check_companies(source, mirror)
    job = Job(source, mirror, run, companies, _server_time(source), load_digits(mirror), options, progress)
    daily = options.verify or full or remembering.is_first_of_day(mirror, job.started)
    plan = plan_pull(job, anew=full or options.verify)
    try:
        night = _run(job, plan, full=full, daily=daily)
    except (AccessRefused, ErpDefect):
        if not plan.is_remembered:
            raise
        night = _run(job, plan_pull(job, anew=True), full=full, daily=daily)  # a field known only by heart may be gone
    remembering.note(night.job, night.allowed, night.summed, daily=daily)
    marks.keep_digests(night.job.mirror, night.job.told)
    erase_old(night.job, night.plan.readings)
    return _report(night, full=full)


@dataclass(slots=True)
class _Night:
    """One pull under way: `full` asks for every row, `is_whole` says that all had to be read though nobody asked."""

    job: Job
    plan: Plan
    full: bool
    daily: bool
    tally: Tally = field(default_factory=Tally)
    refused: set[str] = field(default_factory=set)
    summed: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def allowed(self) -> list[Reading]:
        """The readings but those of models that the ERP refuses to show: what may not be read is not deleted (R-19)."""
        return [reading for reading in self.plan.readings if reading.model not in self.refused]


def _run(job: Job, plan: Plan, *, full: bool, daily: bool) -> _Night:
    night = _Night(job, plan, full, daily)
    night.tally.findings += plan.findings
    if full:
        _note_vanished(night)
    _read_whole(night)
    while not _catch_up(night, night.allowed, stamps=daily):
        _read_whole(night)
    tied = _tie_out(night)
    if daily or not tied:
        _compare_sums(night)
    night.tally.findings += control.pull_control_totals(night.job) if not tied else []
    night.tally.findings += control.find_differences(night.job)
    groups.refresh_groups(job.mirror)
    night.tally.findings += tags.refresh_tags(job)
    night.tally.findings += checks.find_bad_records(job.mirror)
    night.tally.findings += remembering.lanes_left(job.source)
    night.tally.findings[:0] = _renewed(job.mirror)
    return night


def _server_time(source: Source) -> datetime:
    """The server's clock now, in whole seconds: watermarks are compared with its `write_date`, not with ours (R-36)."""
    offset = source.capabilities.time_offset_seconds or 0.0
    return (datetime.now(UTC) + timedelta(seconds=offset)).replace(microsecond=0)


def _renewed(mirror: Mirror) -> list[Finding]:
    """What an upgrade of the connector made anew, told once: when all of it has been read."""
    names = json.loads(state.get(mirror.db, RENEWED) or "[]")
    if not names:
        return []
    with mirror.transaction():
        state.drop(mirror.db, RENEWED)
    text = "The mirror has a new layout: {tables} were read anew from the ERP."
    return [Finding("info", "sync.mirror", "", text, {"tables": ", ".join(names)})]


def _note_vanished(night: _Night) -> None:
    """What vanished customers had is noted before every row is read anew."""
    partners = [reading for reading in night.allowed if reading.model == merges.PARTNER and not reading.is_side]
    looked = look(night.job, partners, stamps=False)
    merges.note_losses(night.job, find_losses(night.job, looked.looks))


def _read_whole(night: _Night) -> None:
    """Tables that were never read, or not to their end, are read; with `full` all of them."""
    full, night.full = night.full, False
    for reading in night.plan.readings:
        if reading.exists and reading.model not in night.refused and is_whole_due(night.job, reading, full=full):
            start = time.monotonic()
            try:
                pulled = pull_whole(night.job, reading, full=full)
            except AccessRefused as error:
                _refuse(night, reading.model, error)
                continue
            night.tally.add(reading.stream, pulled, time.monotonic() - start)
        if reading.model == _MONEY_MODELS[-1]:
            _take_digits(night)


def _catch_up(night: _Night, readings: Sequence[Reading], *, stamps: bool) -> bool:
    """What changed since the watermarks is in the mirror, and the ids are the ERP's; False when all must be read."""
    looks = _believable(night, readings, stamps=stamps)
    losses = find_losses(night.job, looks)
    refuse_mass_vanish(losses, night.job.options)
    merges.note_losses(night.job, losses)
    for one in looks:
        if one.reading.exists and not one.is_silent:
            night.tally.add(one.reading.stream, pull_since(night.job, one.reading, one.since, one.changes))
        if one.reading.model == _MONEY_MODELS[-1] and not one.reading.is_side and _take_digits(night):
            return False
    swept = sweep(night.job, readings, losses)
    night.tally.findings += merges.find_merges(night.job)
    night.tally.deleted.update(swept.deleted)
    for stream, pulled in swept.pulled.items():
        night.tally.add(stream, pulled)
    return True


def _believable(night: _Night, readings: Sequence[Reading], *, stamps: bool) -> tuple[Look, ...]:
    """The looks in the order of the readings. Raises SuspectData when the ERP stays older than the mirror."""
    for wait in (*night.job.options.waits, None):
        looked = look(night.job, readings, stamps=stamps)
        for model, error in looked.refused.items():
            _refuse(night, model, error)
        if night.plan.is_remembered and any(one.changes.bad for one in looked.looks):
            raise ErpDefect("A field of the ERP has another type than it had.")
        rewound = find_rewound(night.job, looked.looks)
        if not rewound:
            break
        if wait is None:
            refuse_rewound(rewound)
        else:
            time.sleep(wait)
    order = {reading.stream: place for place, reading in enumerate(readings)}
    return tuple(sorted(looked.looks, key=lambda one: order[one.reading.stream]))


def _refuse(night: _Night, model: str, error: AccessRefused) -> None:
    """The model is left as it was, and told; the pull stops when the rules need it, or when only memory is wrong."""
    entries = [reading.entry for reading in night.plan.readings if reading.model == model and not reading.is_side]
    if night.plan.is_remembered or any(entry.needed for entry in entries):
        raise error
    night.refused.add(model)
    night.tally.findings.append(Finding("error", f"sync.{entries[0].table.name}", model, error.whole))


def _take_digits(night: _Night) -> bool:
    """Money is counted in the digits that the mirror knows now; True when they changed: all amounts must be read."""
    before = night.job.digits
    night.job = night.job.with_digits()
    now = night.job.digits.by_currency
    changed = [one for one, digits in before.by_currency.items() if now.get(one, digits) != digits]
    if not changed:
        return False
    names = ", ".join(map(str, changed))
    text = "The decimal places of currency {currencies} have changed: every amount is read again."
    night.tally.findings.append(Finding("info", "sync.res_currency", names, text, {"currencies": names}))
    night.is_whole = True
    with night.job.mirror.transaction():
        state.forget_all(night.job.mirror.db)
    return True


def _tie_out(night: _Night) -> bool:
    """Whether the rows add up to the ERP's receivable totals, after another look where they did not."""
    findings = control.pull_control_totals(night.job)
    if control.find_differences(night.job):
        accounts = [reading for reading in night.allowed if reading.model.startswith("account.")]
        _catch_up(night, accounts, stamps=False)
        findings = control.pull_control_totals(night.job, anew=True)
    tied = not control.find_differences(night.job)
    night.tally.findings += findings if tied else []
    return tied


def _compare_sums(night: _Night) -> None:
    compared = compare_sums(night.job, night.allowed)
    for stream, pulled in compared.pulled.items():
        night.tally.add(stream, pulled)
    night.tally.findings += compared.findings
    night.summed = compared.models


def _report(night: _Night, *, full: bool) -> PullReport:
    shown = [reading for reading in night.plan.readings if not reading.is_side or reading.exists]
    streams = list(dict.fromkeys(reading.entry.table.stream for reading in shown))
    waiting = {stream: len(ids) for stream, ids in rows.quarantined_ids(night.job.mirror.db).items()}
    return night.tally.report(streams, waiting, full=full or night.is_whole, checked=night.daily)
