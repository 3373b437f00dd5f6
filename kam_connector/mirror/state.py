"""What the mirror knows about its own pulls: watermarks, the place of an unfinished pull, and named values.

Times are the server's, kept as it writes them ('2026-06-30 21:15:00', UTC), so that text order is time order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class PullState:
    """How far one model is read.

    `watermark`: every change up to then is here. While a pull is under way `after_id` is the last id that is
    committed, `started` the server's time at its start, `since` its lower bound (None: all rows).
    """

    watermark: datetime | None = None
    after_id: int | None = None
    started: datetime | None = None
    since: datetime | None = None

    @property
    def unfinished(self) -> bool:
        return self.after_id is not None


def read(db: duckdb.DuckDBPyConnection, model: str) -> PullState:
    """The state of `model`; an empty one before its first pull."""
    row = db.execute("SELECT watermark, after_id, started, since FROM _pull WHERE model = ?", [model]).fetchone()
    if row is None:
        return PullState()
    return PullState(parse_moment(row[0]), row[1], parse_moment(row[2]), parse_moment(row[3]))


def watermark(db: duckdb.DuckDBPyConnection, stream: str) -> datetime | None:
    """Up to when the model (or side table) was read; of several companies the earliest."""
    found = db.execute(
        "SELECT min(watermark) FROM _pull WHERE model = ? OR starts_with(model, ? || '@')", [stream, stream]
    ).fetchone()
    return parse_moment(found[0]) if found else None


def save(db: duckdb.DuckDBPyConnection, model: str, state: PullState) -> None:
    """`read` answers `state` from now on."""
    db.execute("DELETE FROM _pull WHERE model = ?", [model])
    values = [text(state.watermark), state.after_id, text(state.started), text(state.since)]
    db.execute("INSERT INTO _pull VALUES (?, ?, ?, ?, ?)", [model, *values])


def forget_all(db: duckdb.DuckDBPyConnection) -> None:
    """Every model is read whole by the next pull."""
    db.execute("DELETE FROM _pull")


def forget(db: duckdb.DuckDBPyConnection, stream: str) -> None:
    """The model (or side table) is read whole by the next pull."""
    db.execute("DELETE FROM _pull WHERE model = ? OR starts_with(model, ? || '@')", [stream, stream])


def checked(db: duckdb.DuckDBPyConnection, kind: str) -> dict[str, tuple[datetime | None, str]]:
    """By model: when it was last checked in that way (server's time), and with which detail."""
    found = db.execute("SELECT model, moment, detail FROM _check WHERE kind = ?", [kind]).fetchall()
    return {model: (parse_moment(at), detail) for model, at, detail in found}


def note_check(db: duckdb.DuckDBPyConnection, kind: str, at: datetime, details: Mapping[str, str]) -> None:
    """The models of `details` were checked in that way just now."""
    models = list(details)
    db.execute("DELETE FROM _check WHERE kind = ? AND model IN (SELECT unnest(?))", [kind, models])
    db.execute("INSERT INTO _check SELECT unnest(?), ?, ?, unnest(?)", [models, kind, text(at), list(details.values())])


def get(db: duckdb.DuckDBPyConnection, key: str) -> str | None:
    """The named value, None when it was never set."""
    row = db.execute("SELECT value FROM _meta WHERE key = ?", [key]).fetchone()
    return None if row is None else str(row[0])


def put(db: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    """`get` answers `value` from now on."""
    db.execute("DELETE FROM _meta WHERE key = ?", [key])
    db.execute("INSERT INTO _meta VALUES (?, ?)", [key, value])


def drop(db: duckdb.DuckDBPyConnection, key: str) -> None:
    """The named value is not set any more."""
    db.execute("DELETE FROM _meta WHERE key = ?", [key])


def text(moment: datetime | None) -> str | None:
    """The moment as the ERP writes it, in UTC and whole seconds."""
    return None if moment is None else moment.astimezone(UTC).strftime(_FORMAT)


def parse_moment(value: str | None) -> datetime | None:
    """The moment that the ERP wrote, with its zone UTC."""
    return None if value is None else datetime.strptime(value, _FORMAT).replace(tzinfo=UTC)
