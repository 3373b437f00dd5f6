"""Named moments at which a test may kill the process, to prove that the next run converges (R-41).

`KAM_CRASH_AT="writeback.sent:3"` kills this process with SIGKILL the third time that it passes that moment.
Without the variable, passing one costs a dictionary look-up.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Nothing, or the sudden end of this process when a test asked for it."""
    wanted = os.environ.get("KAM_CRASH_AT")
    if not wanted:
        return
    _passed[name] += 1
    if wanted in (f"{name}:{_passed[name]}", f"*:{_passed.total()}"):
        os.kill(os.getpid(), signal.SIGKILL)
