"""One table's changes since its watermark, page by page; each page and the place reached are one commit.

`write_date` is the start of the writing transaction and comes in whole seconds, so that the lower bound is always
`>=` and lies the overlap before the watermark (`rpc.md` 2.1, 2.2). The watermark never passes the server's time at the
start of the pull: a row that changed behind our back while we read on is read again next time. An interrupted pull goes
on after its last committed page; what changed on the pages before is in the changes that are read after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kam_connector.crashpoints import crash_point
from kam_connector.erp.lanes import Page
from kam_connector.mirror import PullState, erasing, state
from kam_connector.sync.reading import Reading, read_pages
from kam_connector.sync.remembering import SWEEP
from kam_connector.sync.report import Pulled
from kam_connector.sync.storing import Job, store_page

PERSONAL = frozenset({"res.partner", "res.users", "mail.activity", "crm.team", "account.move", "sale.order"})
"""Models whose texts may name a person: their former content is erased from the file in time."""


def is_whole_due(job: Job, reading: Reading, *, full: bool) -> bool:
    """Whether the table is read page by page before anything else: never read, interrupted, or asked for."""
    known = state.read(job.mirror.db, reading.stream)
    return full or known.watermark is None or known.unfinished or known.watermark > job.started


def pull_whole(job: Job, reading: Reading, *, full: bool) -> Pulled:
    """All rows of the table (or what an interrupted pull had left to read) are in the mirror."""
    place = _begin(job, state.read(job.mirror.db, reading.stream), full=full)
    condition = condition_since(place.since)
    total = _count(job, reading, condition)
    pages = read_pages(job.source, reading, condition, job.companies, after_id=place.after_id or 0)
    return _store_all(job, reading, place, pages, total)


def pull_since(job: Job, reading: Reading, since: datetime, first: Page) -> Pulled:
    """The changes since then are in the mirror: the page `first`, and those that come after it."""
    known = state.read(job.mirror.db, reading.stream)
    place = PullState(known.watermark, after_id=0, started=job.started, since=since)
    pages = [first] if first.table.num_rows else []
    done = _store_all(job, reading, place, pages, 0, finish=first.complete)
    if first.complete:
        return done
    place = replace(place, after_id=first.last_id)
    rest = read_pages(job.source, reading, condition_since(since), job.companies, after_id=first.last_id)
    return done + _store_all(job, reading, place, rest, 0)


def since_of(job: Job, reading: Reading) -> datetime:
    """From which moment on changes are read: the overlap before the watermark."""
    watermark = state.read(job.mirror.db, reading.stream).watermark
    return (watermark or job.started) - job.options.overlap


def settled_of(job: Job, reading: Reading) -> datetime:
    """Up to then no row can have changed since the last complete pull of the model, but for its digest to tell.

    A transaction that ends after that pull began at most the overlap before it.
    """
    last, _ = state.checked(job.mirror.db, SWEEP).get(reading.model, (None, ""))
    return datetime.min.replace(tzinfo=UTC) if last is None else min(last, job.started) - job.options.overlap


def condition_since(since: datetime | None) -> list[Any]:
    """The domain of what was written at or after that moment; all rows without one."""
    return [] if since is None else [("write_date", ">=", state.text(since))]


def _begin(job: Job, known: PullState, *, full: bool) -> PullState:
    if known.unfinished and (known.since is None or not full):
        return known
    return PullState(known.watermark, after_id=0, started=job.started, since=None)


def _store_all(
    job: Job, reading: Reading, place: PullState, pages: Iterable[Page], total: int, *, finish: bool = True
) -> Pulled:
    done = Pulled()
    for page in pages:
        place = replace(place, after_id=page.last_id)
        done += _commit(job, reading, page, place)
        if job.progress is not None and (total or not page.complete):
            job.progress(reading.stream, done.read, max(total, done.read))
    if finish:
        _finish(job, reading, place)
    return done


def _commit(job: Job, reading: Reading, page: Page, place: PullState) -> Pulled:
    with job.mirror.transaction():
        changed = store_page(job, reading.entry, page)
        if changed and place.since is not None and reading.model in PERSONAL:
            erasing.note_change(job.mirror.db, job.started)
        crash_point("sync.page")
        if changed or place.since is None or not page.complete:
            state.save(job.mirror.db, reading.stream, place)
    crash_point("sync.committed")
    return Pulled(page.table.num_rows, changed)


def _finish(job: Job, reading: Reading, place: PullState) -> None:
    """The table is read; nothing is written when that is known already."""
    reached = PullState(_watermark(job, reading, place))
    if state.read(job.mirror.db, reading.stream) == reached:
        return
    with job.mirror.transaction():
        state.save(job.mirror.db, reading.stream, reached)
        crash_point("sync.watermark")


def _watermark(job: Job, reading: Reading, place: PullState) -> datetime | None:
    """The newest change that the mirror holds, at most the start of this pull; for an empty table its first pull's."""
    where = "" if reading.company is None else f"WHERE company_id = {reading.company}"
    found = job.mirror.db.execute(
        "SELECT strftime(max(_write_date) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S') "  # noqa: S608
        f'FROM "{reading.entry.table.name}" {where}'
    ).fetchone()
    newest = state.parse_moment(found[0]) if found else None
    if place.started is None:
        return place.watermark
    return place.watermark or place.started if newest is None else min(newest, place.started)


def _count(job: Job, reading: Reading, condition: list[Any]) -> int:
    """How many rows there are to read; asked only when somebody watches."""
    if job.progress is None:
        return 0
    companies = job.companies if reading.company is None else (reading.company,)
    return job.source.search_count(reading.model, [*condition, *reading.domain], companies=companies)
