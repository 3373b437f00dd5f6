"""Who may read and write the book: a 0600 file of ours in a folder that nobody else writes to.

The file is made before SQLite sees it, because `-wal` and `-shm` copy its mode.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kam_connector.errors import StorageError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def prepare_file(path: Path) -> bool:
    """True when the file was made now; StorageError when others could read or replace it."""
    _prepare_folder(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        check_file(path)
        return False
    except OSError as error:
        raise StorageError(
            "The ledger {path} cannot be made: {error}.",
            next_step="Check {parent}.",
            path=path,
            error=error,
            parent=path.parent,
        ) from error
    sync_folder(path.parent)
    return True


def check_file(path: Path) -> None:
    """Nothing, or the StorageError that says why this file is not to be trusted."""
    try:
        status = path.lstat()
    except OSError as error:
        raise StorageError(
            "There is no ledger at {path}: {error}.", next_step="The first `kam run` makes it.", path=path, error=error
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(
            "The ledger {path} is not a plain file (a link or a folder stands there).",
            next_step="Put the real file there, then `kam verify`.",
            path=path,
        )
    if status.st_uid != os.geteuid():
        raise StorageError(
            "The ledger {path} belongs to user {owner}, not to this one ({user}).",
            next_step="Run kam as the user who owns it.",
            path=path,
            owner=status.st_uid,
            user=os.geteuid(),
        )
    if status.st_mode & _OTHERS:
        raise StorageError(
            "The ledger {path} is open to other users (mode {mode}).",
            next_step="Close it: chmod 600 {path}",
            path=path,
            mode=f"{stat.S_IMODE(status.st_mode):04o}",
        )


def sync_folder(folder: Path) -> None:
    """The folder's list of names is on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except OSError as error:
        raise StorageError(
            "The folder {folder} of the ledger cannot be made: {error}.",
            next_step="Set KAM_HOME to a folder of yours.",
            folder=folder,
            error=error,
        ) from error
    if mode & _OTHERS_WRITE and not mode & stat.S_ISVTX:
        raise StorageError(
            "Other users may write to the folder {folder} of the ledger (mode {mode}).",
            next_step="Close it: chmod 700 {folder}",
            folder=folder,
            mode=f"{stat.S_IMODE(mode):04o}",
        )
