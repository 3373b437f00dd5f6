"""After a pull: rows that have been gone for long leave the mirror, and with them their bytes (R-93)."""

from __future__ import annotations

from collections.abc import Sequence

from kam_connector.mirror import erasing
from kam_connector.sync.reading import Reading
from kam_connector.sync.storing import Job


def erase_old(job: Job, readings: Sequence[Reading]) -> int:
    """Tombstones whose time is over are dropped; how many. The file is written anew where it holds other bytes."""
    tables = sorted({reading.entry.table.name for reading in readings})
    before = job.started - job.options.erase_after
    with job.mirror.transaction():
        erasing.note_tombstones(job.mirror.db, tables, job.started)
        dropped = erasing.purge(job.mirror.db, before)
    changed = erasing.changed_since(job.mirror.db)
    if dropped or (changed is not None and changed <= before):
        job.mirror.rewrite()
    return dropped
