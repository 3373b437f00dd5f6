"""What the ERP shows of every model: what changed lately, and which rows there are at all.

Nothing is stored before all of it is there and believed, so that a suspect answer leaves the mirror as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kam_connector.erp.lanes import Blocks, Page
from kam_connector.errors import AccessRefused
from kam_connector.mirror import comparing
from kam_connector.mirror.comparing import There
from kam_connector.sync.incremental import condition_since, settled_of, since_of
from kam_connector.sync.presence import NOTHING, tell_digests, which_rows
from kam_connector.sync.reading import Reading, named_today, wish_of
from kam_connector.sync.storing import Job

CROWD = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """One table: its changes since then (first page; all rows of a small one), and which rows its model has.

    `there` is None for a side table: its rows are those of the model's own. A model that the ERP lacks has no rows.
    Of the rows that the mirror knows as written at or after `window`, changes and `there` tell whether they still are.
    """

    reading: Reading
    since: datetime
    window: datetime
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


def present(job: Job, look: Look, ids: Collection[int]) -> set[int]:
    """Of these ids those that the ERP has."""
    if look.there is None:
        return set()
    asked = {one for one in ids if look.there.covers(one)}
    found = asked & set(look.there.rows.column("id").to_pylist()) if asked else set()
    return found | comparing.live_among(job.mirror.db, look.reading.entry.table.name, set(ids) - asked)


def live_counts(job: Job, readings: Sequence[Reading]) -> dict[str, tuple[int, int]]:
    """By table the live rows and the tombstones of the mirror."""
    return comparing.live_counts(job.mirror.db, dict.fromkeys(reading.entry.table.name for reading in readings))


def _look_together(job: Job, readings: Sequence[Reading], *, stamps: bool) -> list[Look]:
    """Digests come first: what is written between them and the changes makes its block differ, and nothing is lost."""
    counts = live_counts(job, readings)
    own = [reading for reading in readings if not reading.is_side]
    small = {one.model for one in own if counts[one.entry.table.name][0] <= job.options.small_rows}
    told = tell_digests(job, [reading for reading in own if reading.model not in small])
    looks = _changes(job, readings, small, told)
    large = [one for one in looks if one.there is None and not one.reading.is_side]
    coming = [(one.reading, one.changes.table.select(["id", "write_date"])) for one in large]
    there = which_rows(job, coming, told, stamps=stamps)
    return [replace(one, there=there.get(one.reading.stream, one.there)) for one in looks]


def _changes(job: Job, readings: Sequence[Reading], small: Collection[str], told: Mapping[str, Blocks]) -> list[Look]:
    """What changed lately; a small table whole, so that its ids are known as well."""
    whole = [not reading.is_side and reading.model in small for reading in readings]
    windows = [since_of(job, reading) for reading in readings]
    since = [
        max(window, settled_of(job, reading)) if reading.model in told or _is_crowded(job, reading, window) else window
        for reading, window in zip(readings, windows, strict=True)
    ]
    windows = [
        window if reading.model in told else moment
        for reading, window, moment in zip(readings, windows, since, strict=True)
    ]
    wishes = [
        wish_of(reading, [] if all_rows else condition_since(moment), job.companies)
        for reading, moment, all_rows in zip(readings, since, whole, strict=True)
    ]
    pages = job.source.lanes.first_pages(wishes)
    return [
        Look(reading, moment, window, named_today(reading, page), There(page.table) if one and page.complete else None)
        for reading, moment, window, page, one in zip(readings, since, windows, pages, whole, strict=True)
    ]


def _is_crowded(job: Job, reading: Reading, since: datetime) -> bool:
    """Whether very many known rows were written since then at once, by an import or an upgrade."""
    return comparing.written_since(job.mirror.db, reading.entry.table.name, since) > CROWD


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
    page = Page(NOTHING, 0, complete=True)
    return Look(reading, job.started, job.started, page, None if reading.is_side else There(NOTHING))
