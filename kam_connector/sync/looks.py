"""What the ERP shows of every model: what changed lately, and which rows there are at all.

Nobody asks for four million ids to learn that all are still there. The addon tells a few figures for each block of
ids; only blocks that differ from the mirror's are asked for row by row, with every `write_date`. Without it, how many
rows a model has and the mean of their ids are held against the mirror's; all ids are asked for where these differ.

Nothing is stored before all of it is there and believed, so that a suspect answer leaves the mirror as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa

from kam_connector.erp.lanes import Blocks, Page, Wish
from kam_connector.errors import AccessRefused
from kam_connector.mirror import comparing
from kam_connector.sync.incremental import condition_since, since_of
from kam_connector.sync.reading import Reading, named_today, wish_of
from kam_connector.sync.storing import Job

STAMPS = ("write_date",)
STAMPS_A_PAGE = 50_000
FEW_STAMPS = 1500
_NEAR = 0.5
_NOTHING = pa.table({"id": pa.array([], pa.int64())})


@dataclass(frozen=True, slots=True)
class There:
    """Which rows of a model the ERP has: `rows` (id, and `write_date` where it was asked for).

    With `blocks` these are the rows of those blocks of `block_rows` ids; of all other blocks it has exactly the rows
    that the mirror will have once the look's changes are stored.
    """

    rows: pa.Table
    blocks: frozenset[int] | None = None
    block_rows: int = 1

    def covers(self, one: int) -> bool:
        """Whether `rows` would have this id if the ERP had it."""
        return self.blocks is None or one // self.block_rows in self.blocks


_AS_EXPECTED = There(_NOTHING, frozenset())


@dataclass(frozen=True, slots=True)
class Look:
    """One table: its changes since then (first page; all rows of a small one), and which rows its model has.

    `there` is None for a side table: its rows are those of the model's own. A model that the ERP lacks has no rows.
    """

    reading: Reading
    since: datetime
    changes: Page
    there: There | None


@dataclass(frozen=True, slots=True)
class Looked:
    """The looks, and the models that the ERP refused to show with the error that says why."""

    looks: tuple[Look, ...]
    refused: dict[str, AccessRefused]


def look(job: Job, readings: Sequence[Reading], *, stamps: bool) -> Looked:
    """All `readings` as the ERP has them now; with `stamps` no row that was written behind our back is left out."""
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
    there = _which_rows(job, [one for one in looks if one.there is None and not one.reading.is_side], stamps=stamps)
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
        Look(reading, moment, named_today(reading, page), There(page.table) if whole and page.complete else None)
        for reading, moment, whole, page in zip(readings, since, small, pages, strict=True)
    ]


def live_counts(job: Job, readings: Sequence[Reading]) -> dict[str, tuple[int, int]]:
    """By table the live rows and the tombstones of the mirror."""
    return comparing.live_counts(job.mirror.db, dict.fromkeys(reading.entry.table.name for reading in readings))


def present(job: Job, look: Look, ids: Collection[int]) -> set[int]:
    """Of these ids those that the ERP has."""
    if look.there is None:
        return set()
    asked = {one for one in ids if look.there.covers(one)}
    found = asked & set(look.there.rows.column("id").to_pylist()) if asked else set()
    return found | comparing.live_among(job.mirror.db, look.reading.entry.table.name, set(ids) - asked)


def _which_rows(job: Job, looks: Sequence[Look], *, stamps: bool) -> dict[str, There]:
    """By stream; told by blocks where the ERP can, else by every `write_date` (with `stamps`) or by totals."""
    wishes = [Wish(one.reading.model, list(one.reading.domain), STAMPS, job.companies) for one in looks]
    blocks = job.source.lanes.blocks(wishes)
    asked = list(zip(looks, wishes, blocks, strict=True))
    told = [(look, wish, one) for look, wish, one in asked if one is not None]
    untold = [(look, wish) for look, wish, one in asked if one is None]
    return {**_by_blocks(job, told), **(_by_stamps(job, untold) if stamps else _by_totals(job, untold))}


def _by_blocks(job: Job, told: Sequence[tuple[Look, Wish, Blocks]]) -> dict[str, There]:
    different = [
        comparing.differing_blocks(job.mirror.db, *_expected(look), blocks.table, blocks.block_rows)
        for look, _, blocks in told
    ]
    wishes = [
        _within(wish, block * blocks.block_rows, blocks.block_rows)
        for (_, wish, blocks), found in zip(told, different, strict=True)
        for block in found
    ]
    pages = job.source.lanes.first_pages(wishes)
    tables = (_to_the_end(job, wish, page) for wish, page in zip(wishes, pages, strict=True))
    return {
        look.reading.stream: There(
            pa.concat_tables([next(tables) for _ in found]) if found else _NOTHING,
            frozenset(found),
            blocks.block_rows,
        )
        for (look, _, blocks), found in zip(told, different, strict=True)
    }


def _within(wish: Wish, first: int, rows: int) -> Wish:
    """The wish for the rows with `rows` ids from `first` on, as one page."""
    return replace(wish, domain=[*wish.domain, ("id", ">=", first), ("id", "<", first + rows)], limit=rows + 1)


def _by_totals(job: Job, looks: Sequence[tuple[Look, Wish]]) -> dict[str, There]:
    return {look.reading.stream: _by_total(job, look, wish) for look, wish in looks}


def _by_total(job: Job, look: Look, wish: Wish) -> There:
    """All ids, unless as many rows with the same sum of ids are expected."""
    told = job.source.lanes.totals(wish)
    rows, ids = comparing.totals(job.mirror.db, *_expected(look))
    if told is not None and told.rows == rows and abs(told.mean_id * rows - ids) < _NEAR:
        return _AS_EXPECTED
    return There(pa.table({"id": job.source.lanes.ids(wish)}))


def _by_stamps(job: Job, looks: Sequence[tuple[Look, Wish]]) -> dict[str, There]:
    """Every row's id and `write_date`."""
    counts = live_counts(job, [look.reading for look, _ in looks])
    known = [counts[look.reading.entry.table.name][0] for look, _ in looks]
    wishes = [
        replace(wish, limit=STAMPS_A_PAGE if count > FEW_STAMPS else None)
        for (_, wish), count in zip(looks, known, strict=True)
    ]
    pages = job.source.lanes.first_pages(wishes)
    return {
        look.reading.stream: There(_to_the_end(job, wish, page))
        for (look, _), wish, page in zip(looks, wishes, pages, strict=True)
    }


def _expected(look: Look) -> tuple[str, pa.Table]:
    """The look's table in the mirror, and the rows that will be stored there."""
    return look.reading.entry.table.name, look.changes.table.select(["id", "write_date"])


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
    page = Page(_NOTHING, 0, complete=True)
    return Look(reading, job.started, page, None if reading.is_side else There(_NOTHING))
