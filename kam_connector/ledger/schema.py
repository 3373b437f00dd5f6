"""The tables of the book, the triggers that forbid change, the pragmas of a connection.

`event` is the chain. `remark` holds sentences of others that may name a person (why the ERP refused a
record); it is not part of the chain and may be erased (R-75). Triggers stop every update, delete and every
insert that is not the next link, also the silent delete of `INSERT OR REPLACE`. `aside` holds notes that are
replaced as a whole (the values before the last push, for an undo): they prove nothing and need not last.

A format is the statements of all steps up to its number; a file of an older format gets the missing steps when it
is opened for writing (`migration.py`).
"""

from __future__ import annotations

import apsw

APPLICATION_ID = 0x4B414D4C  # "KAML"
SCHEMA_VERSION = 2
BUSY_MILLISECONDS = 10_000

_FIRST = {
    "event": """CREATE TABLE event(
 seq INTEGER PRIMARY KEY,
 kind TEXT NOT NULL,
 key TEXT NOT NULL,
 payload TEXT NOT NULL,
 payload_version INTEGER NOT NULL,
 prev_hash TEXT NOT NULL,
 hash TEXT NOT NULL UNIQUE
) STRICT""",
    "event_by_key": "CREATE INDEX event_by_key ON event(kind, key, seq)",
    "remark": """CREATE TABLE remark(
 seq INTEGER PRIMARY KEY REFERENCES event(seq),
 sentence TEXT NOT NULL
) STRICT""",
    "event_no_update": """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no event is changed'); END""",
    "event_no_delete": """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no event is removed'); END""",
    "event_next_only": """CREATE TRIGGER event_next_only BEFORE INSERT ON event
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
 OR NEW.prev_hash IS NOT coalesce((SELECT hash FROM event ORDER BY seq DESC LIMIT 1), hex(zeroblob(32)))
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an event is the next link of the chain'); END""",
}


STEPS: dict[int, dict[str, str]] = {
    1: _FIRST,
    2: {
        "event_by_kind": "CREATE INDEX event_by_kind ON event(kind)",
        "aside": """CREATE TABLE aside(
 kind TEXT NOT NULL,
 part INTEGER NOT NULL,
 text TEXT NOT NULL,
 PRIMARY KEY(kind, part)
) STRICT""",
    },
}


def tables_of(version: int) -> dict[str, str]:
    """Name to statement of every table, index and trigger that a file of this format has."""
    return {name: sql for step, tables in STEPS.items() if step <= version for name, sql in tables.items()}


def prepare_connection(connection: apsw.Connection) -> None:
    """Durable commits, erased bytes, enforced references on this connection."""
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    mode = "WAL" if is_wal_safe(apsw.sqlite_lib_version()) else "DELETE"
    for pragma in (
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "recursive_triggers=ON",
        "secure_delete=ON",
        f"journal_mode={mode}",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def is_wal_safe(version: str) -> bool:
    """False for SQLite with the WAL-reset race: 3.7.0 to 3.51.2, mended in 3.50.7 and 3.44.6."""
    parts = tuple(int(part) for part in version.split("."))[:3]
    if parts >= (3, 51, 3):
        return True
    return (3, 50, 7) <= parts < (3, 51, 0) or (3, 44, 6) <= parts < (3, 45, 0)
