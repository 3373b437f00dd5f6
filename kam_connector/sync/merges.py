"""Which customer took over from one that vanished: told by the documents, never guessed.

All documents of the vanished customer that are still there stand under one other customer: a merge. They stand under
several: a finding, and nothing is concluded. A customer without documents was deleted, and nobody took over.
"""

from __future__ import annotations

from collections.abc import Sequence

from kam_connector.findings import Finding
from kam_connector.mirror import merging
from kam_connector.mirror.merging import Merge
from kam_connector.sync.storing import Job
from kam_connector.sync.sweep import Loss
from kam_connector.texts import Text

PARTNER = "res.partner"
_UNCLEAR = Text(
    "The customer is gone, and its documents stand under several others now ({survivors}). Nobody takes over its tier "
    "and history: look which one it was, and set a tier by hand where one is missing."
)


def note_losses(job: Job, losses: Sequence[Loss]) -> None:
    """What the vanished customers had is noted; to be called before anything of the looks is stored."""
    vanished = [number for loss in losses if loss.reading.model == PARTNER for number in loss.vanished]
    if vanished:
        with job.mirror.transaction():
            merging.note_documents(job.mirror.db, vanished)


def find_merges(job: Job) -> list[Finding]:
    """The merges that the documents tell of are in the mirror; a finding for each vanished customer that is unclear."""
    if not merging.has_noted(job.mirror.db):
        return []
    heirs = merging.find_heirs(job.mirror.db)
    told = {vanished: sorted(found) for vanished, found in heirs.items() if vanished not in found}
    with job.mirror.transaction():
        for vanished, survivors in told.items():
            if len(survivors) == 1:
                merging.note_merge(job.mirror.db, Merge(vanished, survivors[0], job.started))
        merging.forget_documents(job.mirror.db, list(told))
    return [
        Finding("warning", "sync.res_partner", str(vanished), _UNCLEAR, {"survivors": ", ".join(map(str, survivors))})
        for vanished, survivors in told.items()
        if len(survivors) > 1
    ]
