"""Which rows of the large models the ERP has, without asking for them all.

Nobody reads four million ids to learn that all are still there. The addon tells how many rows there are, the sum of
their ids and a sum over their `write_date`: of the whole model, and where these differ from the mirror's, of each block
of ids; only blocks that differ are asked for row by row. Without it, how many rows a model has and the mean of their
ids are held against the mirror's, and all its ids are asked for where these differ; on each day's first run every
`write_date`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from kam_connector.erp.lanes import Blocks, Page, Wish
from kam_connector.mirror import comparing
from kam_connector.mirror.comparing import There
from kam_connector.sync import marks
from kam_connector.sync.reading import Reading
from kam_connector.sync.storing import Job

STAMPS = ("write_date",)
STAMPS_A_PAGE = 50_000
FEW_STAMPS = 1500
BLOCK_ROWS = 65_536
NOTHING = pa.table({"id": pa.array([], pa.int64())})
NO_ROWS = NOTHING.append_column("write_date", pa.array([], pa.timestamp("s")))
AS_TOLD = There(NOTHING, frozenset(), is_stamped=True)
_AS_EXPECTED = There(NOTHING, frozenset())
_NEAR = 0.5

Coming = tuple[Reading, pa.Table]
"""A table, and the rows that are about to be stored there (id, write_date)."""


def tell_digests(job: Job, readings: Sequence[Reading]) -> dict[str, Blocks]:
    """By model what all its rows come to, of those models of which the ERP tells it."""
    told = _tell(job, readings, None, {**marks.known_digests(job.mirror), **job.told})
    job.told.update({model: blocks for model, blocks in told.items() if blocks.mark})
    return told


def find_unchanged(job: Job, readings: Sequence[Reading], told: Mapping[str, Blocks]) -> frozenset[str]:
    """The models whose rows come to what the mirror's do as they are: none is new, gone or was written since."""
    asked = [reading for reading in readings if reading.model in told]
    return frozenset(reading.model for reading in asked if not _differing(job, reading, NO_ROWS, told))


def which_rows(job: Job, changes: Sequence[Coming], told: Mapping[str, Blocks], *, stamps: bool) -> dict[str, There]:
    """By stream, once these changes are stored; with `stamps` no other `write_date` is missed."""
    wrong = [
        (reading, rows) for reading, rows in changes if reading.model in told and _differing(job, reading, rows, told)
    ]
    blocks = _tell(job, [reading for reading, _ in wrong], BLOCK_ROWS, {})
    suspects = {reading.model for reading, _ in wrong}
    right = {reading.stream for reading, _ in changes if reading.model in told and reading.model not in suspects}
    by_blocks = [(reading, rows) for reading, rows in wrong if reading.model in blocks]
    others = [
        (reading, rows) for reading, rows in changes if reading.stream not in right and reading.model not in blocks
    ]
    return {
        **dict.fromkeys(right, AS_TOLD),
        **_by_blocks(job, by_blocks, blocks),
        **(_by_stamps(job, others) if stamps else _by_totals(job, others)),
    }


def _tell(
    job: Job, readings: Sequence[Reading], block_rows: int | None, known: Mapping[str, Blocks]
) -> dict[str, Blocks]:
    wishes = [_wish(job, reading) for reading in readings]
    told = job.source.lanes.blocks(wishes, block_rows, known) if wishes else []
    return {reading.model: blocks for reading, blocks in zip(readings, told, strict=True) if blocks is not None}


def _by_blocks(job: Job, changes: Sequence[Coming], told: Mapping[str, Blocks]) -> dict[str, There]:
    different = {reading.stream: _differing(job, reading, rows, told) for reading, rows in changes}
    wishes = [_block(_wish(job, reading), number) for reading, _ in changes for number in different[reading.stream]]
    pages = job.source.lanes.first_pages(wishes)
    tables = (_to_the_end(job, wish, page) for wish, page in zip(wishes, pages, strict=True))
    return {
        stream: There(
            pa.concat_tables([next(tables) for _ in found]) if found else NOTHING,
            frozenset(found),
            BLOCK_ROWS,
            is_stamped=True,
        )
        for stream, found in different.items()
    }


def _differing(job: Job, reading: Reading, rows: pa.Table, told: Mapping[str, Blocks]) -> list[int]:
    """The numbers of the blocks that are not as the ERP told them."""
    blocks = told[reading.model]
    return comparing.differing_blocks(job.mirror.db, reading.entry.table.name, rows, blocks.table, blocks.block_rows)


def _block(wish: Wish, number: int) -> Wish:
    """The wish for the rows of one block, as one page."""
    first = number * BLOCK_ROWS
    domain = [*wish.domain, ("id", ">=", first), ("id", "<", first + BLOCK_ROWS)]
    return replace(wish, domain=domain, limit=BLOCK_ROWS + 1)


def _by_totals(job: Job, changes: Sequence[Coming]) -> dict[str, There]:
    return {reading.stream: _by_total(job, reading, rows) for reading, rows in changes}


def _by_total(job: Job, reading: Reading, changes: pa.Table) -> There:
    """All ids, unless as many rows with the same sum of ids are expected."""
    wish = _wish(job, reading)
    told = job.source.lanes.totals(wish)
    rows, ids = comparing.totals(job.mirror.db, reading.entry.table.name, changes)
    if told is not None and told.rows == rows and abs(told.mean_id * rows - ids) < _NEAR:
        return _AS_EXPECTED
    return There(pa.table({"id": job.source.lanes.ids(wish)}))


def _by_stamps(job: Job, changes: Sequence[Coming]) -> dict[str, There]:
    """Every row's id and `write_date`."""
    tables = [reading.entry.table.name for reading, _ in changes]
    counts = comparing.live_counts(job.mirror.db, tables)
    limits = [STAMPS_A_PAGE if counts[table][0] > FEW_STAMPS else None for table in tables]
    wishes = [replace(_wish(job, reading), limit=limit) for (reading, _), limit in zip(changes, limits, strict=True)]
    pages = job.source.lanes.first_pages(wishes)
    return {
        reading.stream: There(_to_the_end(job, wish, page))
        for (reading, _), wish, page in zip(changes, wishes, pages, strict=True)
    }


def _wish(job: Job, reading: Reading) -> Wish:
    return Wish(reading.model, list(reading.domain), STAMPS, job.companies)


def _to_the_end(job: Job, wish: Wish, first: Page) -> pa.Table:
    tables = [first.table]
    if not first.complete:
        tables += [page.table for page in job.source.lanes.pages(replace(wish, after_id=first.last_id))]
    return pa.concat_tables(tables)
