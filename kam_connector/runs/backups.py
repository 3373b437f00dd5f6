"""Dated copies of the book, and putting one back.

A copy is made while the book is in use, verified event by event, and only then counts; the oldest go.
A restore never destroys: the book that was there stays beside the new one. It refuses, unless forced, what would lose
events (the book that is there goes on after the copy) or is the copy of another book. Afterwards the book says that it
was restored: what it may have sent since is looked up in the ERP and the mirror before anything is sent (R-51).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kam_connector import ledger
from kam_connector.errors import Contradiction, InputError, KamError, StorageError
from kam_connector.ledger import Head, Ledger
from kam_connector.runs import lock
from kam_connector.settings import Places

RESTORE = "restore"
_COPY = re.compile(r"ledger-\d{8}T\d{6}Z\.sqlite")


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified copy: where it is, the last event in it, how many bytes, how many older ones were removed."""

    path: Path
    head: Head
    size: int
    removed: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the head before (None: there was no readable book) and now, and where the old book is."""

    before: Head | None
    now: Head
    kept: Path | None


def make_backup(places: Places, keep: int, to: Path | None = None) -> Backup:
    """A verified copy of the book in `to`, or in the ERP's own folder of backups. Needs no lock."""
    if not places.ledger.exists():
        raise InputError(
            "There is no ledger at {path} yet.", next_step="The first `kam run` makes it.", path=places.ledger
        )
    folder = to or places.backups
    _make_folder(folder)
    path = folder / f"ledger-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite"
    with ledger.open(places.ledger, read_only=True) as book:
        head = ledger.backup(book, path)
    _verified(path, head)
    return Backup(path, head, path.stat().st_size, _prune(folder, keep))


def find_backups(places: Places) -> list[Path]:
    """The copies in the ERP's own folder, the newest first."""
    return sorted((path for path in _files(places.backups) if _COPY.fullmatch(path.name)), reverse=True)


def restore(places: Places, source: Path, *, force: bool) -> Restored:
    """The book is what `source` holds, under the run lock; what was there stays beside it."""
    if not source.is_file():
        raise InputError("There is no backup at {path}.", next_step="`kam restore` lists them.", path=source)
    places.make()
    with lock.hold(places.lock):
        copied = _verified(source)
        before = _compare(places.ledger, source, copied, force=force)
        fresh = places.ledger.with_name("ledger.sqlite.restored")
        fresh.unlink(missing_ok=True)
        with ledger.open(source, read_only=True) as book:
            ledger.backup(book, fresh)
        kept = _move_aside(places.ledger)
        fresh.replace(places.ledger)
        with ledger.open(places.ledger) as book:
            book.append(RESTORE, str(copied), _note(before, source))
            return Restored(before, book.head(), kept)


def _note(before: Head | None, source: Path) -> dict[str, str]:
    replaced = {"replaced": str(before)} if before else {}
    return {"file": source.name, "at": datetime.now(UTC).isoformat(timespec="seconds"), **replaced}


def _verified(path: Path, wanted: Head | None = None) -> Head:
    """The head of the copy; Contradiction when an event was changed or the copy ends early."""
    with ledger.open(path, read_only=True) as copy:
        problems = ledger.verify(copy, wanted)
        head = copy.head()
    if problems:
        raise Contradiction(
            "The copy {path} is not sound: {problem}",
            next_step="Take an older one; `kam restore` lists them.",
            path=path,
            problem=problems[0].text,
        )
    return head


def _compare(present: Path, source: Path, copied: Head, *, force: bool) -> Head | None:
    """The head of the book that is there; InputError when the copy would lose events or is of another book."""
    if not present.exists():
        return None
    try:
        with ledger.open(present, read_only=True) as book:
            before, same = book.head(), _holds(book, copied)
    except KamError:  # damaged: the very reason for a restore
        return None
    if force:
        return before
    if not same:
        raise InputError(
            "{source} is a copy of another book than {present}, or one of them was changed.",
            next_step="Compare `kam verify` and `kam status`; add --force to restore it all the same.",
            source=source,
            present=present,
        )
    if before.seq > copied.seq:
        raise InputError(
            "{present} is newer than {source}: events would be missing ({count}).",
            next_step="Add --force to restore it all the same; the newer book is kept beside it.",
            present=present,
            source=source,
            count=before.seq - copied.seq,
        )
    return before


def _holds(book: Ledger, head: Head) -> bool:
    """Whether the book has this very event, or ends before it."""
    if head.seq == 0 or book.head().seq < head.seq:
        return True
    return next(book.events(after=head.seq - 1)).hash == head.hash


def _move_aside(path: Path) -> Path | None:
    """Where the book is now that stood there, with its log files; None when there was none."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    return kept


def _prune(folder: Path, keep: int) -> int:
    old = sorted((path for path in _files(folder) if _COPY.fullmatch(path.name)), reverse=True)[keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "The folder {path} cannot be made: {reason}.",
            next_step="Name another with --to.",
            path=folder,
            reason=error,
        ) from error
