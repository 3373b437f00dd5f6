"""Rows that are gone from the ERP leave the mirror too, after a while, and their bytes with them (R-93).

A deleted row stays as a tombstone until its retention is over. DuckDB keeps the bytes of deleted and of changed rows
in its file, so that the file is written anew (`Mirror.rewrite`) once something was dropped, or once a changed row has
been there for the retention: whoever was deleted or made anonymous in the ERP is then in no byte of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from kam_connector.mirror import state
from kam_connector.mirror.comparing import live_counts

_SINCE = "unerased_since"


def note_tombstones(db: duckdb.DuckDBPyConnection, tables: Sequence[str], at: datetime) -> None:
    """Each deleted row of `tables` has the moment when it was first found deleted; others have none any more."""
    noted = {str(row[0]) for row in db.execute("SELECT DISTINCT name FROM _tombstone").fetchall()}
    counts = live_counts(db, tables)
    for table in [table for table in tables if counts[table][1] or table in noted]:
        gone = f'SELECT id FROM "{table}" WHERE _deleted'  # noqa: S608
        db.execute(f"DELETE FROM _tombstone WHERE name = ? AND id NOT IN ({gone})", [table])  # noqa: S608
        db.execute(
            f"INSERT INTO _tombstone SELECT DISTINCT ?, id, ? FROM ({gone}) "  # noqa: S608
            "WHERE id NOT IN (SELECT id FROM _tombstone WHERE name = ?)",
            [table, state.text(at), table],
        )


def purge(db: duckdb.DuckDBPyConnection, before: datetime) -> int:
    """Rows found deleted at or before that moment are dropped; how many."""
    limit = state.text(before)
    found = db.execute("SELECT DISTINCT name FROM _tombstone WHERE moment <= ?", [limit]).fetchall()
    dropped = 0
    for (table,) in found:
        doomed = "SELECT id FROM _tombstone WHERE name = ? AND moment <= ?"
        gone = db.execute(f'DELETE FROM "{table}" WHERE _deleted AND id IN ({doomed})', [table, limit]).fetchone()  # noqa: S608
        dropped += int(gone[0]) if gone else 0
        db.execute("DELETE FROM _tombstone WHERE name = ? AND moment <= ?", [table, limit])
    return dropped


def note_change(db: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """From now on the file may hold bytes of rows that are other ones now; the first such moment counts."""
    if state.get(db, _SINCE) is None:
        state.put(db, _SINCE, str(state.text(at)))


def changed_since(db: duckdb.DuckDBPyConnection) -> datetime | None:
    """Since when the file may hold bytes that no row has any more; None for a file just written."""
    return state.parse_moment(state.get(db, _SINCE))


def forget_change_in(db: duckdb.DuckDBPyConnection, database: str) -> None:
    """In the attached `database`, just written, nothing is left to be erased."""
    db.execute(f'DELETE FROM "{database}"._meta WHERE key = ?', [_SINCE])  # noqa: S608
