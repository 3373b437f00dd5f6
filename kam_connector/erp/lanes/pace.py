"""How many rows the next page has: as many as the server answers in 1 to 2 seconds.

A page that took longer is followed by one of half the size, a whole one that took less by one of twice the size, up
to the lane's largest. Measured on Odoo 19: rows are fastest at about 2,000 a page, columns at 10,000, and through a
distant server at more. A page that the server did not finish teaches for good: no later one is as large.
"""

from __future__ import annotations

from dataclasses import dataclass

SLOW_SECONDS = 2.0
QUICK_SECONDS = 1.0
FEWEST = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """Rows of the first page and of the largest."""

    start: int
    most: int


class Pace:
    """The page size of one model by one lane."""

    def __init__(self, limits: Limits) -> None:
        self.rows = limits.start
        self._most = limits.most

    def told(self, rows: int, seconds: float) -> None:
        """A page of `rows` took `seconds`; one that is not nearly whole teaches nothing about larger ones."""
        if seconds > SLOW_SECONDS:
            self.rows = max(FEWEST, self.rows // 2)
        elif rows * 2 > self.rows and seconds < QUICK_SECONDS:
            self.rows = min(self._most, self.rows * 2)

    def shrink(self) -> None:
        """The page was too much for the server."""
        self.rows = self._most = max(FEWEST, self.rows // 2)

    @property
    def is_least(self) -> bool:
        """No page can be smaller."""
        return self.rows <= FEWEST
