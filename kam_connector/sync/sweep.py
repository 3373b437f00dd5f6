"""Which ids the ERP still has: what vanished gets a tombstone, what was missed is read, merged records heal.

Deletions, merges and changes of right leave no `write_date` behind; a list of ids costs 50 ms for 60,000 rows, so it
is compared at every run (`rpc.md` 2.5). Many rows vanishing at once are a withdrawn right or another database rather
than deletions: then nothing is marked and the run stops (R-20, R-39).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kam_connector.crashpoints import crash_point
from kam_connector.errors import SuspectData
from kam_connector.mirror import rows
from kam_connector.sync.incremental import Pulled
from kam_connector.sync.reading import Reading, read_rows
from kam_connector.sync.storing import Job, store_page

VANISH_SHARE = 0.02
VANISH_ROWS = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids that the mirror has and the ERP does not (`vanished`), and the other way round (`missed`)."""

    reading: Reading
    vanished: tuple[int, ...]
    missed: tuple[int, ...]
    known: int

    @property
    def suspect(self) -> bool:
        """More than VANISH_ROWS rows and more than VANISH_SHARE of the table are gone at once."""
        gone = len(self.vanished)
        return self.reading.entry.guarded and gone > VANISH_ROWS and gone > VANISH_SHARE * self.known


@dataclass(frozen=True, slots=True)
class Swept:
    """By model: tombstones set, and rows read again."""

    deleted: dict[str, int]
    pulled: dict[str, Pulled]


def sweep(job: Job, readings: Sequence[Reading]) -> Swept:
    """The mirror has exactly the ids of the ERP. Raises SuspectData, before anything is marked."""
    differences = [_compare(job, reading) for reading in readings]
    refuse_mass_vanish(differences)
    deleted = {difference.reading.model: _mark(job, difference) for difference in differences}
    pulled = {difference.reading.model: _read(job, difference.reading, difference.missed) for difference in differences}
    for difference in differences:
        if difference.vanished:
            _heal(job, readings, difference, pulled)
    return Swept(deleted, pulled)


def refuse_mass_vanish(differences: Sequence[Difference]) -> None:
    """Nothing when the losses are believable, else SuspectData naming the models."""
    suspect = [difference for difference in differences if difference.suspect]
    if not suspect:
        return
    losses = ", ".join(f"{len(one.vanished)} of {one.known} of {one.reading.model}" for one in suspect)
    raise SuspectData(
        f"Too much is gone from the ERP at once: {losses}. Was a right or a record rule changed?",
        next_step="Nothing was marked deleted. Check with `kam doctor`; if it is true, run `kam sync rebuild`.",
    )


def _compare(job: Job, reading: Reading) -> Difference:
    live = rows.live_ids(job.mirror.db, reading.entry.table.name)
    there = set(_ids_in_erp(job, reading))
    mine = set(live)
    vanished = tuple(sorted(mine - there))
    return Difference(reading, vanished, tuple(sorted(there - mine)), len(live))


def _ids_in_erp(job: Job, reading: Reading) -> list[int]:
    if not reading.exists:
        return []
    return job.source.search_ids(reading.model, list(reading.domain), companies=job.companies)


def _mark(job: Job, difference: Difference) -> int:
    entry = difference.reading.entry
    waiting = {bad.id for bad in rows.quarantined(job.mirror.db, entry.model)}
    gone = sorted(waiting - set(difference.missed))
    if not difference.vanished and not gone:
        return 0
    with job.mirror.transaction():
        marked = job.mirror.tombstone(entry.table.name, list(difference.vanished), job.run)
        rows.quarantine(job.mirror.db, entry.model, gone, (), job.run)
        crash_point("sync.sweep")
    return marked


def _read(job: Job, reading: Reading, ids: Sequence[int]) -> Pulled:
    done = Pulled()
    for page in read_rows(job.source, reading, ids, job.companies) if ids else ():
        with job.mirror.transaction():
            done += Pulled(len(page), store_page(job, reading.entry, page))
    return done


def _heal(job: Job, readings: Sequence[Reading], difference: Difference, pulled: dict[str, Pulled]) -> None:
    """What points at a vanished record is read again: the merge wizard re-points it without a `write_date` (R-30)."""
    for reading in readings:
        table = reading.entry.table
        columns = table.references(difference.reading.model)
        if not columns or not reading.exists:
            continue
        ids = rows.referring_ids(job.mirror.db, table.name, columns, difference.vanished)
        pulled[reading.model] = pulled.get(reading.model, Pulled()) + _read(job, reading, ids)
