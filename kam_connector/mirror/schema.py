"""Which tables stand in the file, made from `tables.py`; a file of another kind or a newer version is refused.

A table whose definition has changed is dropped together with its pull state: the next pull fills it again. That is
the whole migration, because the mirror is only a copy.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from kam_connector.errors import StorageError
from kam_connector.mirror.columns import SQL_TYPES, Table
from kam_connector.mirror.tables import TABLES

APPLICATION = "kam-connector mirror"
VERSION = 1
_SYSTEM = '_write_date TIMESTAMPTZ, "_seen_run" VARCHAR NOT NULL, "_deleted" BOOLEAN NOT NULL'
_OWN_TABLES = (
    "CREATE TABLE IF NOT EXISTS _meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _tables (name VARCHAR NOT NULL, definition VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _pull"
    " (model VARCHAR NOT NULL, watermark VARCHAR, after_id BIGINT, started VARCHAR, since VARCHAR)",
    "CREATE TABLE IF NOT EXISTS quarantine"
    " (model VARCHAR NOT NULL, id BIGINT NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, run VARCHAR)",
    "CREATE TABLE IF NOT EXISTS control_total"
    " (company_id BIGINT NOT NULL, account_id BIGINT NOT NULL, day DATE NOT NULL, balance_minor BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS partner_group"
    " (partner_id BIGINT NOT NULL, group_id BIGINT NOT NULL, cyclic BOOLEAN NOT NULL)",
)
_REBUILD = "Run `kam sync rebuild` to make it again."


def check(db: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """The file is a mirror of this version with all tables; an empty file has become one (not with `read_only`)."""
    present = _present(db)
    if present and "_meta" not in present:
        raise StorageError(f"{path} is a database of something else, not a mirror.", next_step=_REBUILD)
    if present:
        _refuse_foreign(db, path)
    if read_only:
        _refuse_outdated(db, path)
        return
    db.execute("BEGIN TRANSACTION")
    _make(db, new=not present)
    db.execute("COMMIT")


def definition(table: Table) -> str:
    """The SQL that makes `table`; two equal ones hold the same columns."""
    columns = ", ".join(f'"{column.name}" {SQL_TYPES[column.kind]}' for column in table.columns)
    return f'CREATE TABLE "{table.name}" (id BIGINT NOT NULL, {columns}, {_SYSTEM})'


def _make(db: duckdb.DuckDBPyConnection, *, new: bool) -> None:
    for statement in _OWN_TABLES:
        db.execute(statement)
    if new:
        db.execute("INSERT INTO _meta VALUES ('application', ?), ('version', ?)", [APPLICATION, str(VERSION)])
    known = _definitions(db)
    for table in TABLES:
        if known.get(table.name) != definition(table):
            _renew(db, table)


def _renew(db: duckdb.DuckDBPyConnection, table: Table) -> None:
    db.execute(f'DROP TABLE IF EXISTS "{table.name}"')
    db.execute(definition(table))
    db.execute("DELETE FROM _tables WHERE name = ?", [table.name])
    db.execute("DELETE FROM _pull WHERE model = ?", [table.model])
    db.execute("INSERT INTO _tables VALUES (?, ?)", [table.name, definition(table)])


def _refuse_foreign(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    named = dict(db.execute("SELECT key, value FROM _meta").fetchall())
    if named.get("application") != APPLICATION:
        raise StorageError(f"{path} is a database of something else, not a mirror.", next_step=_REBUILD)
    if int(named.get("version", "0")) > VERSION:
        raise StorageError(
            f"The mirror {path} was made by a newer kam-connector (layout {named['version']}, known here: {VERSION}).",
            next_step="Upgrade kam-connector, or run `kam sync rebuild`.",
        )


def _refuse_outdated(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    known = _definitions(db)
    if any(known.get(table.name) != definition(table) for table in TABLES):
        raise StorageError(
            f"The mirror {path} was made by an older kam-connector.", next_step="Run `kam sync run` to bring it up."
        )


def _present(db: duckdb.DuckDBPyConnection) -> set[str]:
    found = db.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    return {str(row[0]) for row in found}


def _definitions(db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in db.execute("SELECT name, definition FROM _tables").fetchall()}
