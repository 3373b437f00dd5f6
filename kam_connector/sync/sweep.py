"""Which rows the ERP still has: what vanished gets a tombstone, what was missed is read, merged records heal.

Deletions, merges and changes of right leave no `write_date` behind, so that the rows that there are, are compared at
every run. Where every row's `write_date` counts as well (with the addon always, else on each day's first run) a row
that was changed unseen is found too. Many rows vanishing at once are a withdrawn right or another database rather than
deletions: then nothing is marked and the run stops (R-20, R-39).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kam_connector.crashpoints import crash_point
from kam_connector.erp.lanes import Page
from kam_connector.errors import SuspectData
from kam_connector.mirror import comparing, erasing, rows
from kam_connector.sync.looks import Look, live_counts, present
from kam_connector.sync.options import Options
from kam_connector.sync.reading import Reading, read_rows
from kam_connector.sync.report import Pulled
from kam_connector.sync.storing import Job, store_page


@dataclass(frozen=True, slots=True)
class Loss:
    """The ids of one model that the mirror has and the ERP has not, of `known` rows."""

    look: Look
    vanished: tuple[int, ...]
    known: int

    @property
    def reading(self) -> Reading:
        return self.look.reading


@dataclass(frozen=True, slots=True)
class Swept:
    """By model: tombstones set, and rows read again."""

    deleted: dict[str, int]
    pulled: dict[str, Pulled]


def find_losses(job: Job, looks: Sequence[Look]) -> list[Loss]:
    """What vanished, by model; to be asked before anything of the looks is stored, since later rows came after it."""
    counts = live_counts(job, [look.reading for look in looks])
    return [_loss(job, look, counts[look.reading.entry.table.name][0]) for look in looks if look.there is not None]


def refuse_mass_vanish(losses: Sequence[Loss], options: Options) -> None:
    """Nothing when the losses are believable, else SuspectData naming the models."""
    suspect = [loss for loss in losses if _is_suspect(loss, options)]
    if not suspect:
        return
    raise SuspectData(
        "Too much is gone from the ERP at once: {losses}. Was a right, a record rule or a module changed?",
        next_step="Nothing was marked deleted. Check with `kam doctor`; if it is true, run `kam sync rebuild`.",
        losses=", ".join(f"{len(one.vanished)} of {one.known} of {one.reading.model}" for one in suspect),
    )


def sweep(job: Job, readings: Sequence[Reading], losses: Sequence[Loss]) -> Swept:
    """The mirror has exactly the rows of the looks, now that their changes are stored."""
    waiting = rows.quarantined_ids(job.mirror.db)
    swept = Swept({loss.reading.model: _mark(job, readings, loss, waiting) for loss in losses}, {})
    for loss in losses:
        _read(job, readings, swept, loss.reading.model, _unseen(job, loss.look))
    for loss in losses:
        if loss.vanished:
            _heal(job, readings, swept, loss)
    return swept


def _loss(job: Job, look: Look, known: int) -> Loss:
    table, there = look.reading.entry.table.name, look.there
    if there is None or not known:
        return Loss(look, (), known)
    vanished = comparing.vanished_ids(job.mirror.db, table, there)
    return Loss(look, tuple(vanished), known)


def _is_suspect(loss: Loss, options: Options) -> bool:
    gone = len(loss.vanished)
    return loss.reading.entry.guarded and gone > options.vanish_rows and gone > options.vanish_share * loss.known


def _mark(job: Job, readings: Sequence[Reading], loss: Loss, waiting: Mapping[str, set[int]]) -> int:
    """The vanished rows are tombstones, in the side tables too; what waited in quarantine and is gone is forgotten."""
    model, vanished = loss.reading.model, list(loss.vanished)
    set_aside = waiting.get(model, set())
    gone = sorted(set_aside - present(job, loss.look, set_aside)) if set_aside else []
    if not vanished and not gone:
        return 0
    with job.mirror.transaction():
        for table in {reading.entry.table for reading in readings if reading.model == model and reading.is_side}:
            job.mirror.tombstone(table.name, vanished, job.run)
        marked = job.mirror.tombstone(loss.reading.entry.table.name, vanished, job.run)
        rows.quarantine(job.mirror.db, model, gone, (), job.run)
        erasing.note_change(job.mirror.db, job.started)
        crash_point("sync.sweep")
    return marked


def _unseen(job: Job, look: Look) -> list[int]:
    """What the mirror lacks, or has with another `write_date`."""
    if look.there is None or not look.there.rows.num_rows:
        return []
    table, there = look.reading.entry.table.name, look.there.rows
    missed = comparing.missed_ids(job.mirror.db, table, there)
    return sorted({*missed, *comparing.restamped_ids(job.mirror.db, table, there)})


def _heal(job: Job, readings: Sequence[Reading], swept: Swept, loss: Loss) -> None:
    """What points at a vanished record is read again: the merge wizard re-points it without a `write_date` (R-30)."""
    for reading in readings:
        table = reading.entry.table
        columns = table.references(loss.reading.model)
        if columns and reading.exists and not reading.is_side:
            ids = rows.referring_ids(job.mirror.db, table.name, columns, loss.vanished)
            _read(job, readings, swept, reading.model, ids)


def _read(job: Job, readings: Sequence[Reading], swept: Swept, model: str, ids: Sequence[int]) -> None:
    for reading in readings if ids else ():
        if reading.model == model and reading.exists:
            done = read_again(job, reading, ids)
            swept.pulled[reading.stream] = swept.pulled.get(reading.stream, Pulled()) + done


def read_again(job: Job, reading: Reading, ids: Sequence[int]) -> Pulled:
    """The rows `ids` are in the mirror as the ERP has them now."""
    return store_pages(job, reading, read_rows(job.source, reading, ids, job.companies))


def store_pages(job: Job, reading: Reading, pages: Iterable[Page]) -> Pulled:
    """The pages are in the mirror, each a commit."""
    done = Pulled()
    for page in pages:
        with job.mirror.transaction():
            done += Pulled(page.table.num_rows, store_page(job, reading.entry, page))
    return done
