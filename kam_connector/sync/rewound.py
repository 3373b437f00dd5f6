"""Is the ERP older than the mirror: a restored backup, or a read replica that lags behind (R-21, R-23)?

A row's `write_date` only ever grows. Each look at an ERP asks for everything written since a little before the newest
row that the mirror knows: of the rows that the mirror has in that window each must come back, or have been deleted.
One that is still there but was written earlier than the mirror knows says that the ERP went back in time. Where all
of a model's window went back or is gone, it is called suspect; a single row may have been mended by SQL.

    The mirror knows invoice 70, written on Friday 18:00. A backup of Thursday is restored on Saturday. The ERP then
    has no invoice 70, and customer 7, whose Friday's change is lost, was written on Monday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kam_connector.erp.lanes import Page
from kam_connector.errors import SuspectData
from kam_connector.mirror import comparing
from kam_connector.sync.looks import Look, present
from kam_connector.sync.storing import Job


@dataclass(frozen=True, slots=True)
class Window:
    """Of one model the rows that the mirror has since the look's beginning: still so, gone, or older in the ERP."""

    model: str
    kept: int
    gone: int
    older: tuple[int, ...]


def find_rewound(job: Job, looks: Sequence[Look]) -> list[Window]:
    """The models whose newest known rows all went back in time or are gone, with at least one that went back."""
    windows = [_window(job, look) for look in looks if look.there is not None and look.reading.exists]
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


def _window(job: Job, look: Look) -> Window:
    known = comparing.written_since(job.mirror.db, look.reading.entry.table.name, look.since)
    page = look.changes
    came = dict(zip(*(page.table.column(name).to_pylist() for name in ("id", "write_date")), strict=True))
    kept = {one for one, moment in known.items() if _is_kept(came, one, moment, page)}
    lacking = [one for one in known if one not in kept]
    there = present(job, look, lacking) if lacking else set()
    older = tuple(one for one in lacking if one in there)
    return Window(look.reading.model, len(kept), len(lacking) - len(older), older)


def _is_kept(came: Mapping[int, datetime | None], one: int, moment: datetime, page: Page) -> bool:
    """Whether the row came back as new as it was, or may still come on a later page."""
    if one not in came:
        return not page.complete and one > page.last_id
    now = came[one]
    return now is not None and now.replace(tzinfo=UTC) >= moment
