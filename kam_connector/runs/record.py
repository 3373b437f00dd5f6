"""The run's beginning and end in the book, whichever way it ends (but kill -9, which leaves the beginning alone)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from kam_connector import stopping
from kam_connector.errors import KamError
from kam_connector.ledger import Ledger

RUN = "run"
LOG = logging.getLogger(__name__)


def new_run_id() -> str:
    """A run's id: the moment it began, in UTC, and four digits against twins."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


@contextmanager
def recorded(book: Ledger, run: str, kind: str) -> Iterator[None]:
    """The run stands in the book as running, and at the end as ok, stopped or failed with the kind of the error."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    book.append(RUN, run, {"kind": kind, "state": "running", "started_at": started})
    LOG.info("run %s (%s) begins", run, kind)
    state, reason = "ok", ""
    try:
        yield
    except BaseException as error:
        state = "stopped" if isinstance(error, stopping.Stopped) else "failed"
        reason = str(error) if state == "stopped" else type(error).__name__
        raise
    finally:
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        end = {"kind": kind, "state": state, "started_at": started, "ended_at": ended}
        _note_end(book, run, end | ({"reason": reason} if reason else {}), failing=bool(reason))
        LOG.info("run %s (%s) ends: %s %s", run, kind, state, reason)


def _note_end(book: Ledger, run: str, payload: dict[str, str], *, failing: bool) -> None:
    try:
        book.append(RUN, run, payload)
    except KamError:
        if not failing:  # the first error is the one to tell
            raise
