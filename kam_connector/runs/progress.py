"""How far a run is: in the lock file for `kam status`, once a minute in the log, and wherever a terminal shows it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from kam_connector.runs import lock
from kam_connector.sync import Progress

LOG = logging.getLogger(__name__)
NOTE_SECONDS, LOG_SECONDS = 1.0, 60.0


@dataclass(slots=True)
class Meter:
    """Takes the place of a `Progress`: counts rows a second, model by model."""

    descriptor: int | None
    shown: Progress | None = None
    model: str = ""
    begun: float = 0.0
    before: int = 0
    noted: float = field(default=-NOTE_SECONDS)
    logged: float = field(default_factory=time.monotonic)

    def __call__(self, model: str, done: int, total: int) -> None:
        """`done` of `total` rows of `model` are stored."""
        if self.shown is not None:
            self.shown(model, done, total)
        now = time.monotonic()
        if model != self.model:
            self.model, self.begun, self.before = model, now, done
        rate = int((done - self.before) / (now - self.begun)) if now > self.begun else 0
        if self.descriptor is not None and (now - self.noted >= NOTE_SECONDS or done >= total):
            lock.note_rows(self.descriptor, model, done, total, rate)
            self.noted = now
        if now - self.logged >= LOG_SECONDS:
            LOG.info("%s: %d of %d rows, %d a second", model, done, total, rate)
            self.logged = now
