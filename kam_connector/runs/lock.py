"""One run at a time: a kernel lock that ends with its process, however that ends.

The file names the holder (pid, start) for the message of a second run; the lock itself is `flock`, so kill -9
frees it and a stale file means nothing (R-45).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kam_connector.errors import LockedError, StorageError


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the run lock, and since when (ISO, UTC)."""

    pid: int
    since: str
    step: str = ""


@contextmanager
def hold(path: Path) -> Iterator[int]:
    """The lock is held inside the block; a `LockedError` names the holder when somebody else has it."""
    descriptor = _open(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(path) or Holder(0, "an unknown moment")
            raise LockedError(other.pid, other.since) from None
        _write(descriptor, Holder(os.getpid(), datetime.now(UTC).isoformat(timespec="seconds")))
        yield descriptor
    finally:
        os.close(descriptor)


def note_step(descriptor: int, step: str) -> None:
    """`kam status` can say which step the holder is at."""
    holder = _parse(os.pread(descriptor, 4096, 0).decode(errors="replace"))
    if holder:
        _write(descriptor, Holder(holder.pid, holder.since, step))


def find_holder(path: Path) -> Holder | None:
    """Who holds the lock now, or None; asks the kernel, not the file."""
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        return _read(path)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StorageError(
            f"The run lock {path} cannot be opened: {error.strerror}.", next_step="Fix the folder's rights or space."
        ) from error


def _write(descriptor: int, holder: Holder) -> None:
    text = json.dumps({"pid": holder.pid, "since": holder.since, "step": holder.step}).encode()
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text, 0)
    except OSError as error:
        raise StorageError(
            f"The run lock cannot be written: {error.strerror}.", next_step="Free some space."
        ) from error


def _read(path: Path) -> Holder | None:
    return _parse(path.read_text(encoding="utf-8", errors="replace"))


def _parse(text: str) -> Holder | None:
    try:
        fields = json.loads(text)
        return Holder(int(fields["pid"]), str(fields["since"]), str(fields.get("step", "")))
    except (ValueError, KeyError, TypeError):
        return None
