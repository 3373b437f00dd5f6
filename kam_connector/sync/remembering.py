"""What a pull notes for the next one and for `kam sync status`: which checks each model passed when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from kam_connector.erp.lanes.addon import MODEL
from kam_connector.findings import Finding
from kam_connector.mirror import Mirror, state
from kam_connector.sync.reading import Reading
from kam_connector.sync.source import Source
from kam_connector.sync.storing import Job

SWEEP, STAMPS, SUMS, LANE = "sweep", "stamps", "sums", "lane"
"""Kinds of checks: ids compared (detail: the companies), every `write_date`, sums by group; and the lane it came by."""

_PROVEN = "proven"


def trust(source: Source, mirror: Mirror) -> None:
    """The lanes that earlier pulls held against plain rows need no new proof."""
    source.lanes.trust(json.loads(state.get(mirror.db, _PROVEN) or "[]"))


def lanes_left(source: Source) -> list[Finding]:
    """Which models do not come by the fastest lane, and why: slower, and nothing else."""
    text = "{model} is not read by the lane {lane}: {why}."
    return [
        Finding("info", "sync.lanes", one.model, text, {"model": one.model or MODEL, "lane": one.lane, "why": one.why})
        for one in source.lanes.notes
    ]


def is_first_of_day(mirror: Mirror, started: datetime) -> bool:
    """Whether no pull of this calendar day (of the server's clock, UTC) made the daily checks yet."""
    done = [moment for moment, _ in state.checked(mirror.db, STAMPS).values() if moment is not None]
    return not done or max(done).date() < started.date()


def note(job: Job, readings: Iterable[Reading], summed: Iterable[str], *, daily: bool) -> None:
    """These models were swept just now for the job's companies; with `daily` every check was made."""
    swept = [reading.model for reading in readings if not reading.is_side]
    companies = ", ".join(map(str, job.companies))
    proven = json.dumps(sorted(job.source.lanes.proven))
    with job.mirror.transaction():
        state.note_check(job.mirror.db, SWEEP, job.started, dict.fromkeys(swept, companies))
        lanes = {reading.model: job.source.lanes.lane_of(reading.model) for reading in readings if reading.exists}
        state.note_check(job.mirror.db, LANE, job.started, dict(lanes))
        if daily:
            state.note_check(job.mirror.db, STAMPS, job.started, dict.fromkeys(swept, companies))
            state.note_check(job.mirror.db, SUMS, job.started, dict.fromkeys(summed, companies))
        if state.get(job.mirror.db, _PROVEN) != proven:
            state.put(job.mirror.db, _PROVEN, proven)
