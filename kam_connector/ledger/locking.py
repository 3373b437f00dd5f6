"""One connector works with a book at a time: a kernel lock that ends with its process (R-45).

The run lock keeps two runs of one home apart; this one keeps the book, wherever it lies and whoever opened it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kam_connector.errors import LockedError, StorageError


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Nobody else is inside such a block for the book at `path`; LockedError names who is."""
    descriptor = _open(path.with_name(f"{path.name}.lock"))
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _, since = os.pread(descriptor, 100, 0).decode("ascii", "replace").partition(" ")
            raise LockedError(int(pid) if pid.isdigit() else 0, since or "an unknown moment") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StorageError(
            "The lock {path} cannot be opened: {why}.",
            next_step="Check the disk and the rights of the folder (0700), then run the same command again.",
            path=path,
            why=error,
        ) from error
