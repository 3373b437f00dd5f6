"""Which tables stand in the file, made from `tables.py`; a file of another kind or a newer version is refused.

A table whose definition has changed is dropped together with its pull state: the next pull fills it again, and says
so. That is the whole migration, because the mirror is only a copy.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from kam_connector.errors import StorageError
from kam_connector.mirror.columns import SQL_TYPES, Table
from kam_connector.mirror.side_tables import COMPANY_TABLES
from kam_connector.mirror.tables import TABLES
from kam_connector.texts import Text

APPLICATION = "kam-connector mirror"
VERSION = 2
FIXED_TABLES = (*TABLES, *COMPANY_TABLES)
RENEWED = "renewed"
_SYSTEM = '_write_date TIMESTAMPTZ, "_seen_run" VARCHAR NOT NULL, "_deleted" BOOLEAN NOT NULL'
_OWN_TABLES = (
    "CREATE TABLE IF NOT EXISTS _meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _tables (name VARCHAR NOT NULL, definition VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _pull"
    " (model VARCHAR NOT NULL, watermark VARCHAR, after_id BIGINT, started VARCHAR, since VARCHAR)",
    "CREATE TABLE IF NOT EXISTS _check (model VARCHAR NOT NULL, kind VARCHAR NOT NULL, moment VARCHAR, detail VARCHAR)",
    "CREATE TABLE IF NOT EXISTS _tombstone (name VARCHAR NOT NULL, id BIGINT NOT NULL, moment VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _pointer (vanished BIGINT NOT NULL, name VARCHAR NOT NULL, id BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _merged (vanished BIGINT NOT NULL, survivor BIGINT NOT NULL, moment VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS quarantine"
    " (model VARCHAR NOT NULL, id BIGINT NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, run VARCHAR)",
    "CREATE TABLE IF NOT EXISTS control_total"
    " (company_id BIGINT NOT NULL, account_id BIGINT NOT NULL, day DATE NOT NULL, balance_minor BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS partner_group"
    " (partner_id BIGINT NOT NULL, group_id BIGINT NOT NULL, cyclic BOOLEAN NOT NULL)",
    "CREATE TABLE IF NOT EXISTS partner_tag (partner_id BIGINT NOT NULL, tag VARCHAR NOT NULL)",
)
_REBUILD = Text("Run `kam sync rebuild` to make it again.")


def check(db: duckdb.DuckDBPyConnection, path: Path, *, read_only: bool) -> None:
    """The file is a mirror of this version with all tables; an empty file has become one (not with `read_only`)."""
    present = _present(db)
    if present and "_meta" not in present:
        raise StorageError("{path} is a database of something else, not a mirror.", next_step=_REBUILD, path=path)
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


def define(db: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """The table stands in the file as it is defined; False when it already did."""
    if _definitions(db).get(table.name) == definition(table):
        return False
    _drop(db, table.name, table.stream)
    db.execute(definition(table))
    db.execute("INSERT INTO _tables VALUES (?, ?)", [table.name, definition(table)])
    return True


def stored_side_tables(db: duckdb.DuckDBPyConnection) -> list[Table]:
    """The side tables that the file has, custom ones without their columns."""
    custom = [name for name in _definitions(db) if name.endswith("_custom")]
    by_name = {table.name: table for table in TABLES}
    return [
        *COMPANY_TABLES,
        *(Table(by_name[name.removesuffix("_custom")].model, (), "custom") for name in sorted(custom)),
    ]


def retire(db: duckdb.DuckDBPyConnection, part: str, wanted: set[str]) -> list[str]:
    """Side tables of that part that are not `wanted` any more are gone; their names."""
    fixed = {table.name for table in FIXED_TABLES}
    found = [name for name in _definitions(db) if name.endswith(f"_{part}") and name not in fixed | wanted]
    for name in found:
        _drop(db, name, "")
    return found


def _make(db: duckdb.DuckDBPyConnection, *, new: bool) -> None:
    for statement in _OWN_TABLES:
        db.execute(statement)
    if new:
        db.execute("INSERT INTO _meta VALUES ('application', ?), ('version', ?)", [APPLICATION, str(VERSION)])
    known = _definitions(db)
    renewed = [table.name for table in FIXED_TABLES if known.get(table.name) != definition(table) and define(db, table)]
    if renewed and not new:
        before = dict(db.execute("SELECT key, value FROM _meta").fetchall())
        named = sorted({*json.loads(before.get(RENEWED, "[]")), *renewed})
        db.execute("DELETE FROM _meta WHERE key IN ('version', ?)", [RENEWED])
        db.execute("INSERT INTO _meta VALUES ('version', ?), (?, ?)", [str(VERSION), RENEWED, json.dumps(named)])


def _drop(db: duckdb.DuckDBPyConnection, name: str, stream: str) -> None:
    db.execute(f'DROP TABLE IF EXISTS "{name}"')
    db.execute("DELETE FROM _tables WHERE name = ?", [name])
    db.execute("DELETE FROM _tombstone WHERE name = ?", [name])
    db.execute("DELETE FROM _pull WHERE model = ? OR starts_with(model, ? || '@')", [stream, stream])


def _refuse_foreign(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    named = dict(db.execute("SELECT key, value FROM _meta").fetchall())
    if named.get("application") != APPLICATION:
        raise StorageError("{path} is a database of something else, not a mirror.", next_step=_REBUILD, path=path)
    if int(named.get("version", "0")) > VERSION:
        raise StorageError(
            "The mirror {path} was made by a newer kam-connector (layout {version}, known here: {newest}).",
            next_step="Upgrade kam-connector, or run `kam sync rebuild`.",
            path=path,
            version=named["version"],
            newest=VERSION,
        )


def _refuse_outdated(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    known = _definitions(db)
    if any(known.get(table.name) != definition(table) for table in FIXED_TABLES):
        raise StorageError(
            "The mirror {path} was made by an older kam-connector.",
            next_step="Run `kam sync run` to bring it up.",
            path=path,
        )


def _present(db: duckdb.DuckDBPyConnection) -> set[str]:
    found = db.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    return {str(row[0]) for row in found}


def _definitions(db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in db.execute("SELECT name, definition FROM _tables").fetchall()}
