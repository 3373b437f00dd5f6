"""One model's changes since its watermark, page by page; each page and the place reached are one commit.

`write_date` is the start of the writing transaction and comes in whole seconds, so that the lower bound is always
`>=` and lies LAG before the watermark (`rpc.md` 2.1, 2.2). The watermark never passes the server's time at the start
of the pull: a row that changed behind our back while we read on is read again next time. An interrupted pull goes on
after its last committed page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kam_connector.crashpoints import crash_point
from kam_connector.mirror import PullState, state
from kam_connector.sync.reading import Reading, Row, read_pages
from kam_connector.sync.storing import Job, store_page

LAG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pulled:
    """Rows fetched, and of these the new or different ones."""

    read: int = 0
    changed: int = 0

    def __add__(self, other: Pulled) -> Pulled:
        return Pulled(self.read + other.read, self.changed + other.changed)


def pull_changes(job: Job, reading: Reading, *, full: bool) -> Pulled:
    """Every change of the model up to the job's start is in the mirror and the watermark says so."""
    known = state.read(job.mirror.db, reading.model)
    done = _pull_from(job, reading, _begin(job, known, full=full))
    if known.unfinished:  # what changed on pages that were read before the interruption
        done += _pull_from(job, reading, _begin(job, state.read(job.mirror.db, reading.model), full=False))
    return done


def _pull_from(job: Job, reading: Reading, place: PullState) -> Pulled:
    condition = [] if place.since is None else [("write_date", ">=", state.text(place.since))]
    total = _count(job, reading, condition)
    done = Pulled()
    for page in read_pages(job.source, reading, condition, job.companies, after_id=place.after_id or 0):
        place = replace(place, after_id=int(page[-1]["id"]))
        done += _commit(job, reading, page, place)
        if job.progress is not None:
            job.progress(reading.model, done.read, total)
    _finish(job, reading, place)
    return done


def _begin(job: Job, known: PullState, *, full: bool) -> PullState:
    if known.unfinished and (known.since is None or not full):
        return known
    watermark = known.watermark
    future = watermark is not None and watermark > job.started  # the server's clock was set back
    whole = full or watermark is None or future
    since = None if whole or watermark is None else watermark - LAG
    return PullState(watermark, after_id=0, started=job.started, since=since)


def _commit(job: Job, reading: Reading, page: list[Row], place: PullState) -> Pulled:
    with job.mirror.transaction():
        changed = store_page(job, reading.entry, page)
        crash_point("sync.page")
        state.save(job.mirror.db, reading.model, place)
    crash_point("sync.committed")
    return Pulled(len(page), changed)


def _finish(job: Job, reading: Reading, place: PullState) -> None:
    """The pull of the model is over; nothing is written when that is known already."""
    reached = PullState(_watermark(job, reading, place))
    if state.read(job.mirror.db, reading.model) == reached:
        return
    with job.mirror.transaction():
        state.save(job.mirror.db, reading.model, reached)
        crash_point("sync.watermark")


def _watermark(job: Job, reading: Reading, place: PullState) -> datetime | None:
    """The newest change that the mirror holds, at most the start of this pull."""
    table = reading.entry.table.name
    found = job.mirror.db.execute(
        f"SELECT strftime(max(_write_date AT TIME ZONE 'UTC'), '%Y-%m-%d %H:%M:%S') FROM \"{table}\""  # noqa: S608
    ).fetchone()
    newest = state.parse_moment(found[0]) if found else None
    if newest is None or place.started is None:
        return place.watermark
    return min(newest, place.started)


def _count(job: Job, reading: Reading, condition: list[Any]) -> int:
    """How many rows there are to read; asked only when somebody watches."""
    if job.progress is None:
        return 0
    return len(job.source.search_ids(reading.model, [*condition, *reading.domain], companies=job.companies))
