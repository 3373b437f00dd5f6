"""One run at a time: a kernel lock that ends with its process, however that ends.

The lock is `flock`, so kill -9 frees it and a stale file means nothing (R-45). The file only names the holder, for the
message of a second run and for `kam status`: process, host, start, step. A process number that meanwhile belongs to
another process is told by the start time that the kernel keeps for it. `kam status` looks by taking a shared lock for
an instant, so a start that meets a held lock looks again before it gives up.

On a network disk neither the lock nor SQLite's write-ahead log is safe: such a folder is refused (R-46).
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from kam_connector.errors import LockedError, StorageError
from kam_connector.runs.disks import network_disk
from kam_connector.texts import Text

_LOOKS, _LOOK_SECONDS = 5, 0.05
_ROOM = Text("Free some space or mend the rights of the folder, then run the same command again.")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the run lock, and how far it is.

    Moments are ISO, UTC. `ticks`: when the kernel says that the process began, 0 where it does not. `model`, `done`,
    `total` and `rate` (rows a second) describe the table that is being read or written.
    """

    pid: int
    since: str
    step: str = ""
    step_since: str = ""
    model: str = ""
    done: int = 0
    total: int = 0
    rate: int = 0
    host: str = ""
    ticks: int = 0


@contextmanager
def hold(path: Path) -> Iterator[int]:
    """The lock is held inside the block; a `LockedError` names the holder when somebody else has it."""
    if disk := network_disk(path.parent):
        raise StorageError(
            "{folder} is on a network disk ({disk}): neither the run lock nor the ledger is safe there.",
            next_step="Set KAM_HOME to a folder on a disk of this machine.",
            folder=path.parent,
            disk=disk,
        )
    descriptor = _open(path)
    try:
        if not _take(descriptor):
            other = find_holder(path) or Holder(0, "an unknown moment")
            raise LockedError(other.pid, other.since)
        _write(descriptor, Holder(os.getpid(), _now(), host=socket.gethostname(), ticks=_ticks(os.getpid())))
        yield descriptor
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def note_step(descriptor: int, step: str, *, total: int = 0) -> None:
    """`kam status` can say which step the holder is at."""
    if holder := _held(descriptor):
        plain = Holder(holder.pid, holder.since, step, _now(), total=total, host=holder.host, ticks=holder.ticks)
        _write(descriptor, plain)


def note_rows(descriptor: int, model: str, done: int, total: int, rate: int) -> None:
    """`kam status` can say how far the step is."""
    if holder := _held(descriptor):
        _write(descriptor, replace(holder, model=model, done=done, total=total, rate=rate))


def find_holder(path: Path) -> Holder | None:
    """Who holds the lock now, or None; asks the kernel, not the file."""
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        holder = _held(descriptor) or Holder(0, "an unknown moment")
        return holder if _is_same(holder) else Holder(0, "an unknown moment")
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    for _ in range(_LOOKS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(_LOOK_SECONDS)
    return False


def _is_same(holder: Holder) -> bool:
    """False when the number belongs to a younger process: the file is of a holder that is gone."""
    if not holder.ticks or holder.host != socket.gethostname():
        return True
    now = _ticks(holder.pid)
    return now in (0, holder.ticks)


def _ticks(pid: int) -> int:
    """When the process began, in the kernel's ticks since the machine's start; 0 where it is not known."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StorageError(
            "The run lock {path} cannot be opened: {reason}.", next_step=_ROOM, path=path, reason=error.strerror
        ) from error


def _write(descriptor: int, holder: Holder) -> None:
    text = json.dumps(asdict(holder)).encode()
    try:
        os.pwrite(descriptor, text, 0)
        os.ftruncate(descriptor, len(text))
    except OSError as error:
        raise StorageError(
            "The run lock cannot be written: {reason}.", next_step=_ROOM, reason=error.strerror
        ) from error


def _held(descriptor: int) -> Holder | None:
    try:
        found = json.loads(os.pread(descriptor, 4096, 0).decode(errors="replace"))
        known = {field.name: found[field.name] for field in fields(Holder) if field.name in found}
        return replace(Holder(int(found["pid"]), str(found["since"])), **known)
    except (ValueError, KeyError, TypeError):
        return None
