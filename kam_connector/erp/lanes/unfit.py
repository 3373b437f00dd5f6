"""Why a lane is left: told once a model, never an error of the run, because the next lane takes over."""

from __future__ import annotations

from ...texts import Text


class PageTooLarge(Exception):
    """The lane can answer, but not so many rows at once."""


class LaneUnfit(Exception):
    """The lane cannot answer, or answers differently; `why` is for a person, None where there is no such lane."""

    def __init__(self, why: Text | None) -> None:
        super().__init__(str(why or ""))
        self.why = why
