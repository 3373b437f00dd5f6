"""How fast the ERP is asked: not more than so many calls a second, over one connection.

Odoo Online publishes no limit and closes what it finds too busy; one call a second is what it is asked there unless
`calls_per_second` says otherwise. A server of one's own is asked as fast as it answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable

Sleep = Callable[[float], None]
Clock = Callable[[], float]


class Budget:
    """The moments at which a call may leave: `per_second` of them, 0 for any moment."""

    def __init__(self, per_second: float, *, sleep: Sleep = time.sleep, clock: Clock = time.monotonic) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0

    def wait(self) -> None:
        """The next call may leave now."""
        if not self._gap:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._gap
