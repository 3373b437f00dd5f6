"""A copy of the open book that can be restored: online, complete, in one 0600 file.

Copying a live file may tear it; SQLite's backup does not. The copy is written beside its target, checked,
and only then takes the target's name, so that an older good backup stays until the new one is whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from kam_connector.errors import StorageError
from kam_connector.ledger.events import Head
from kam_connector.ledger.failures import storage_failures
from kam_connector.ledger.files import prepare_file, sync_folder
from kam_connector.texts import Text

if TYPE_CHECKING:
    from kam_connector.ledger.store import Ledger


def backup(ledger: Ledger, target: Path) -> Head:
    """The head of the copy that now stands at `target`; StorageError leaves an older copy untouched."""
    if target.exists() and target.samefile(ledger.path):
        raise StorageError(
            "{target} is the ledger itself.", next_step="Name another file for the backup.", target=target
        )
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        prepare_file(part)
        with storage_failures(part, Text("copy")):
            copy_database(ledger.connection, part)
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return ledger.head()


def copy_database(source: apsw.Connection, part: Path) -> None:
    """The empty file `part` is a whole copy, checked and on the disk. Raises apsw.Error."""
    copy = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        with copy.backup("main", source, "main") as work:
            while not work.done:
                work.step(1000)
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        answer = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if answer != ("ok",):
            raise apsw.CorruptError(str(answer))
    finally:
        copy.close()
    handle = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
