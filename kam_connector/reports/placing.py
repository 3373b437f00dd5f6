"""`place_file`: a finished file takes its place whole or not at all.

The bytes go to a file of their own beside the target (0600), are flushed to the disk, and only then renamed
over it; a full disk or a kill leaves the old file as it was. A symlink or a folder at the target is
refused.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from kam_connector.errors import InputError, StorageError
from kam_connector.texts import Text


def place_file(target: Path, content: bytes) -> Path:
    """`content` stands in `target`, in one step. Raises StorageError, InputError (a link or folder there)."""
    check_target(target)
    temporary: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".kam-", suffix=".part", dir=target.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(target)
        _flush_folder(target.parent)
    except OSError as error:
        raise StorageError(
            "The report {target} cannot be written: {error}.",
            next_step="An older report there is untouched. Free space or choose another folder for the reports.",
            target=target,
            error=error,
        ) from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
    return target


def check_target(target: Path) -> None:
    """Nothing when a file may be put at `target`; raises InputError for a symlink, folder or device there."""
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(
            "The report cannot be written to {target}: {error}.",
            next_step="Choose another folder for the reports.",
            target=target,
            error=error,
        ) from error
    if not stat.S_ISREG(mode):
        kind = (
            Text("a symbolic link")
            if stat.S_ISLNK(mode)
            else Text("a folder")
            if stat.S_ISDIR(mode)
            else Text("no file")
        )
        raise InputError(
            "The report cannot be written to {target}: it is {kind}.",
            next_step="Remove it or choose another folder for the reports.",
            target=target,
            kind=kind,
        )


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
