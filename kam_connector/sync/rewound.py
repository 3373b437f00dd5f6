"""Is the ERP older than the mirror: a restored backup, or a read replica that lags behind (R-21, R-23)?

A row's `write_date` only ever grows. Each look at an ERP tells of everything written since a little before the newest
row that the mirror knows: of the rows that the mirror has in that window each must still be so, or have been deleted.
One that is still there but was written earlier than the mirror knows says that the ERP went back in time. Where all
of a model's window went back or is gone, it is called suspect; a single row may have been mended by SQL.

    The mirror knows invoice 70, written on Friday 18:00. A backup of Thursday is restored on Saturday. The ERP then
    has no invoice 70, and customer 7, whose Friday's change is lost, was written on Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kam_connector.errors import SuspectData
from kam_connector.mirror import comparing
from kam_connector.mirror.comparing import There
from kam_connector.sync.looks import Look
from kam_connector.sync.storing import Job


@dataclass(frozen=True, slots=True)
class Window:
    """Of one model the newest rows that the mirror has: how many are still so or gone, and some older in the ERP."""

    model: str
    kept: int
    gone: int
    older: tuple[int, ...]


def find_rewound(job: Job, looks: Sequence[Look]) -> list[Window]:
    """The models whose newest known rows all went back in time or are gone, with at least one that went back."""
    doubtful = [look for look in looks if look.reading.exists and not look.is_silent]
    windows = [_window(job, look, look.there) for look in doubtful if look.there is not None]
    return [window for window in windows if window.older and not window.kept]


def refuse_rewound(windows: Sequence[Window]) -> None:
    """Nothing when the ERP is not older than the mirror, else SuspectData naming the models."""
    if not windows:
        return
    raise SuspectData(
        "The ERP is older than the mirror: {rows} were written later than the ERP now says. Was a backup restored?",
        next_step="Nothing was marked or written. If this is the right database, run `kam sync rebuild`.",
        rows=", ".join(f"{window.model} {window.older[0]}" for window in windows),
    )


def _window(job: Job, look: Look, there: There) -> Window:
    page = look.changes
    kept, gone, older = comparing.rewound(
        job.mirror.db,
        look.reading.entry.table.name,
        look.window,
        page.table.select(["id", "write_date"]),
        None if page.complete else page.last_id,
        there,
    )
    return Window(look.reading.model, kept, gone, tuple(older))
