"""One start of a run among many at the same moment: a small module, because each start is a process."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from kam_connector.errors import LockedError
from kam_connector.runs import lock


def start(path: Path, gate: Any, said: Any, leave: Any, *, locked: bool) -> None:
    """Waits for the gate, then says whether it works or who holds the lock; works until it is told to leave."""
    hold = lock.hold if locked else lambda path: nullcontext(0)
    gate.wait()
    try:
        with hold(path):
            said.put(("works", os.getpid(), ""))
            leave.wait(60)
    except LockedError as error:
        said.put(("locked", os.getpid(), str(error)))
