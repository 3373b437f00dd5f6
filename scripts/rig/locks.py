"""One at a time: a file lock between processes, released by the system when its holder dies."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rig import places

_held: dict[str, int] = {}


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Inside, no other process holds the lock of this name; waits, and says for whom it waits."""
    if _held.get(name):
        yield  # the same process may enter twice: an install inside an install
        return
    path = places.folder("locks") / f"{name}.lock"
    with path.open("a+") as stream:
        _wait(stream, name)
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        _held[name] = os.getpid()
        try:
            yield
        finally:
            del _held[name]


def _wait(stream: TextIO, name: str) -> None:
    """The lock is ours."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        holder = stream.read().strip() or "another process"
        print(f"waiting for process {holder}, which works on {name} ...", file=sys.stderr)
        fcntl.flock(stream, fcntl.LOCK_EX)
