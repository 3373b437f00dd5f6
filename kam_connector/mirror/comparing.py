"""What the mirror has and the ERP has not, and the other way round: a table's live rows beside a list of ids.

`there` is an Arrow table with the column `id` (int64) and, where the ERP was asked for it, `write_date` (timestamp,
UTC without a zone). Whole tables are compared inside DuckDB, so that a million ids cost a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from kam_connector.mirror.rows import registered

_LIVE = 'SELECT id, _write_date FROM "{table}" WHERE NOT _deleted'


def live_counts(db: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By table how many rows are live, and how many are tombstones."""
    each = [
        f"SELECT '{table}', count(*) FILTER (NOT _deleted), count(*) FILTER (_deleted) FROM \"{table}\""  # noqa: S608
        for table in tables
    ]
    found = db.execute(" UNION ALL ".join(each)).fetchall() if each else []
    return {str(table): (int(live), int(deleted)) for table, live, deleted in found}


def vanished_ids(db: duckdb.DuckDBPyConnection, table: str, there: pa.Table) -> list[int]:
    """Live rows that are not among `there`, by id."""
    with registered(db, "_there", there):
        return _ids(db, f"SELECT id FROM ({_LIVE.format(table=table)}) ANTI JOIN _there USING (id) ORDER BY id")  # noqa: S608


def missed_ids(db: duckdb.DuckDBPyConnection, table: str, there: pa.Table) -> list[int]:
    """What is `there` but not live here, by id."""
    with registered(db, "_there", there):
        return _ids(db, f"SELECT id FROM _there ANTI JOIN ({_LIVE.format(table=table)}) USING (id) ORDER BY id")  # noqa: S608


def restamped_ids(db: duckdb.DuckDBPyConnection, table: str, there: pa.Table) -> list[int]:
    """Live rows whose `write_date` is another one `there`, by id; none where it was not asked for."""
    if "write_date" not in there.column_names:
        return []
    with registered(db, "_there", there):
        return _ids(
            db,
            f"SELECT mine.id FROM ({_LIVE.format(table=table)}) mine JOIN _there USING (id) "  # noqa: S608
            "WHERE (mine._write_date AT TIME ZONE 'UTC') IS DISTINCT FROM _there.write_date ORDER BY mine.id",
        )


def written_since(db: duckdb.DuckDBPyConnection, table: str, since: datetime) -> dict[int, datetime]:
    """Live rows written at or after `since` (the ERP's time): by id, when."""
    query = f"SELECT id, _write_date AT TIME ZONE 'UTC' FROM \"{table}\" WHERE NOT _deleted AND _write_date >= ?"  # noqa: S608
    return {int(one): moment.replace(tzinfo=UTC) for one, moment in db.execute(query, [since]).fetchall()}


def _ids(db: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    found: list[int] = db.execute(query).to_arrow_table().column(0).to_pylist()
    return found
