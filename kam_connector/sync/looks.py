"""What the ERP shows of every model at one moment: what changed lately, and which rows there are at all.

Asked in one go: with the addon that is one call and one database snapshot. Nothing is stored before all of it is
there and believed, so that a suspect answer leaves the mirror as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from kam_connector.erp.lanes import Page, Wish
from kam_connector.errors import AccessRefused
from kam_connector.mirror import comparing
from kam_connector.sync.incremental import condition_since, since_of
from kam_connector.sync.reading import Reading, named_today, wish_of
from kam_connector.sync.storing import Job

STAMPS = ("write_date",)
STAMPS_A_PAGE = 50_000
FEW_STAMPS = 1500


@dataclass(frozen=True, slots=True)
class Look:
    """One table: its changes since then (first page; all rows of a small one), and all ids of its model (with
    `write_date` if asked for).

    `there` is None for a side table: its rows are those of the model's own. A model that the ERP lacks has no rows.
    """

    reading: Reading
    since: datetime
    changes: Page
    there: pa.Table | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The looks, and the models that the ERP refused to show with the error that says why."""

    looks: tuple[Look, ...]
    refused: dict[str, AccessRefused]


def look(job: Job, readings: Sequence[Reading], *, stamps: bool) -> Looked:
    """All `readings` as the ERP has them now; with `stamps` every row's `write_date`, not only its id."""
    shown = [reading for reading in readings if reading.exists]
    try:
        looks = _look_together(job, shown, stamps=stamps)
        refused: dict[str, AccessRefused] = {}
    except AccessRefused:
        looks, refused = _look_one_by_one(job, shown, stamps=stamps)
    lacking = [_empty(job, reading) for reading in readings if not reading.exists]
    return Looked((*looks, *lacking), refused)


def _look_together(job: Job, readings: Sequence[Reading], *, stamps: bool) -> list[Look]:
    looks = _changes(job, readings)
    lacking = [one.reading for one in looks if one.there is None and not one.reading.is_side]
    there = dict(zip((reading.stream for reading in lacking), _all_ids(job, lacking, stamps=stamps), strict=True))
    return [replace(one, there=there.get(one.reading.stream, one.there)) for one in looks]


def _changes(job: Job, readings: Sequence[Reading]) -> list[Look]:
    """What changed lately; a small table whole, so that its ids are known as well."""
    since = [since_of(job, reading) for reading in readings]
    counts = live_counts(job, readings)
    small = [
        not reading.is_side and counts[reading.entry.table.name][0] <= job.options.small_rows for reading in readings
    ]
    wishes = [
        wish_of(reading, [] if whole else condition_since(moment), job.companies)
        for reading, moment, whole in zip(readings, since, small, strict=True)
    ]
    pages = job.source.lanes.first_pages(wishes)
    return [
        Look(reading, moment, named_today(reading, page), page.table if whole and page.complete else None)
        for reading, moment, whole, page in zip(readings, since, small, pages, strict=True)
    ]


def live_counts(job: Job, readings: Sequence[Reading]) -> dict[str, tuple[int, int]]:
    """By table the live rows and the tombstones of the mirror."""
    return comparing.live_counts(job.mirror.db, dict.fromkeys(reading.entry.table.name for reading in readings))


def _all_ids(job: Job, readings: Sequence[Reading], *, stamps: bool) -> list[pa.Table]:
    """A table of all ids of each model, with `write_date` where `stamps` are wanted."""
    fields = STAMPS if stamps else ()
    wishes = [Wish(reading.model, list(reading.domain), fields, job.companies) for reading in readings]
    if not stamps:
        return [pa.table({"id": ids}) for ids in job.source.lanes.ids(wishes)]
    counts = live_counts(job, readings)
    known = [counts[reading.entry.table.name][0] for reading in readings]
    wishes = [
        replace(wish, limit=STAMPS_A_PAGE if count > FEW_STAMPS else None)
        for wish, count in zip(wishes, known, strict=True)
    ]
    pages = job.source.lanes.first_pages(wishes)
    return [_to_the_end(job, wish, page) for wish, page in zip(wishes, pages, strict=True)]


def _to_the_end(job: Job, wish: Wish, first: Page) -> pa.Table:
    tables = [first.table]
    if not first.complete:
        tables += [page.table for page in job.source.lanes.pages(replace(wish, after_id=first.last_id))]
    return pa.concat_tables(tables)


def _look_one_by_one(
    job: Job, readings: Sequence[Reading], *, stamps: bool
) -> tuple[list[Look], dict[str, AccessRefused]]:
    """Each model alone, so that one that is refused does not keep the others from being read (R-19)."""
    looks: list[Look] = []
    refused: dict[str, AccessRefused] = {}
    for reading in readings:
        try:
            looks += _look_together(job, [reading], stamps=stamps)
        except AccessRefused as error:
            refused.setdefault(reading.model, error)
    return [one for one in looks if one.reading.model not in refused], refused


def _empty(job: Job, reading: Reading) -> Look:
    """The look at what the ERP lacks."""
    nothing = pa.table({"id": pa.array([], pa.int64())})
    page = Page(nothing, 0, complete=True)
    return Look(reading, job.started, page, None if reading.is_side else nothing)
