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
from kam_connector.sync.presence import AS_TOLD, NO_ROWS, NOTHING, find_unchanged, tell_digests, which_rows
from kam_connector.sync.reading import Reading, named_today, wish_of
from kam_connector.sync.storing import Job

CROWD = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """One table: its changes since then (first page; all rows of a small one), and which rows its model has.

    `there` is None for a side table: its rows are those of the model's own. A model that the ERP lacks has no rows.
    Of the rows that the mirror knows as written at or after `window`, changes and `there` tell whether they still are.
    A model whose digest is the mirror's, with no row that the mirror knows as written since then, has no such changes:
    nobody asks for them.
    """

    reading: Reading
    since: datetime
    window: datetime
    changes: Page
    there: There | None

    @property
    def is_silent(self) -> bool:
        """Whether the ERP has exactly the rows that the mirror has, each as it was written."""
        return self.there is AS_TOLD and not self.changes.table.num_rows


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
    spans = [_span(job, reading, told) for reading in readings]
    silent = _silent(job, readings, spans, told)
    asked = [place for place, reading in enumerate(readings) if place not in silent]
    whole = {place for place in asked if not readings[place].is_side and readings[place].model in small}
    wishes = [
        wish_of(readings[place], [] if place in whole else condition_since(spans[place][0]), job.companies)
        for place in asked
    ]
    pages = dict(zip(asked, job.source.lanes.first_pages(wishes), strict=True))
    return [
        _silence(reading, spans[place])
        if place in silent
        else _look(reading, spans[place], pages[place], is_whole=place in whole)
        for place, reading in enumerate(readings)
    ]


def _span(job: Job, reading: Reading, told: Mapping[str, Blocks]) -> tuple[datetime, datetime]:
    """From when on changes are read, and the beginning of the look's window."""
    window = since_of(job, reading)
    if reading.model in told:
        return max(window, settled_of(job, reading)), window
    since = max(window, settled_of(job, reading)) if _is_crowded(job, reading, window) else window
    return since, since


def _silent(
    job: Job, readings: Sequence[Reading], spans: Sequence[tuple[datetime, datetime]], told: Mapping[str, Blocks]
) -> frozenset[int]:
    """The places of the readings of which nothing can have changed: as told, and no known row is as new as that."""
    own = {reading.model: reading.entry.table.name for reading in readings if not reading.is_side}
    unchanged = find_unchanged(job, [reading for reading in readings if not reading.is_side], told)
    return frozenset(
        place
        for place, (reading, (since, _)) in enumerate(zip(readings, spans, strict=True))
        if reading.model in unchanged and not comparing.written_since(job.mirror.db, own[reading.model], since)
    )


def _silence(reading: Reading, span: tuple[datetime, datetime]) -> Look:
    """The look at a table of which nothing changed."""
    return Look(reading, *span, Page(NO_ROWS, 0, complete=True), None if reading.is_side else AS_TOLD)


def _look(reading: Reading, span: tuple[datetime, datetime], page: Page, *, is_whole: bool) -> Look:
    there = There(page.table) if is_whole and page.complete else None
    return Look(reading, *span, named_today(reading, page), there)


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
