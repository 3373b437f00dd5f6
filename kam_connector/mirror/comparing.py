"""What the mirror has and the ERP has not, and the other way round: a table's live rows beside what the ERP told.

`there` is an Arrow table with the column `id` (int64) and, where the ERP was asked for it, `write_date` (timestamp,
UTC without a zone). Whole tables are compared inside DuckDB, so that a million ids cost a fraction of a second.

`changes` is such a table of rows that are about to be stored: digests are those of the live rows as they will be then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from kam_connector.mirror.rows import registered

_LIVE = 'SELECT id, _write_date FROM "{table}" WHERE NOT _deleted'
_EXPECTED = (
    "SELECT id, _write_date AT TIME ZONE 'UTC' AS write_date "
    'FROM "{table}" ANTI JOIN _changes USING (id) WHERE NOT _deleted '
    "UNION ALL SELECT id, write_date FROM _changes"
)


def live_counts(db: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By table how many rows are live, and how many are tombstones."""
    each = [
        f"SELECT '{table}', count(*) FILTER (NOT _deleted), count(*) FILTER (_deleted) FROM \"{table}\""  # noqa: S608
        for table in tables
    ]
    found = db.execute(" UNION ALL ".join(each)).fetchall() if each else []
    return {str(table): (int(live), int(deleted)) for table, live, deleted in found}


def differing_blocks(
    db: duckdb.DuckDBPyConnection, table: str, changes: pa.Table, told: pa.Table, block_rows: int
) -> list[int]:
    """Of the blocks of `block_rows` ids those that are not as `told` (columns block, rows, ids, stamps), rising.

    `ids` is the sum of a block's ids, `stamps` that of their seconds since 1970 times 1 + id % block_rows.
    """
    with registered(db, "_changes", changes), registered(db, "_told", told):
        return _ids(
            db,
            f"WITH mine AS (SELECT id // {block_rows} AS block, count(*) AS rows, sum(id) AS ids, "  # noqa: S608
            f"sum(coalesce(epoch(write_date)::BIGINT, 0) * (1 + id % {block_rows})) AS stamps "
            f"FROM ({_EXPECTED.format(table=table)}) GROUP BY 1) "
            "SELECT coalesce(mine.block, _told.block) FROM mine FULL JOIN _told USING (block) "
            "WHERE mine.rows IS DISTINCT FROM _told.rows OR mine.ids <> _told.ids OR mine.stamps <> _told.stamps "
            "ORDER BY 1",
        )


def totals(db: duckdb.DuckDBPyConnection, table: str, changes: pa.Table) -> tuple[int, int]:
    """How many rows are live, and the sum of their ids."""
    with registered(db, "_changes", changes):
        found = db.execute(f"SELECT count(*), coalesce(sum(id), 0) FROM ({_EXPECTED.format(table=table)})").fetchone()  # noqa: S608
    return (int(found[0]), int(found[1])) if found else (0, 0)


def vanished_ids(
    db: duckdb.DuckDBPyConnection, table: str, there: pa.Table, blocks: Collection[int] | None, block_rows: int
) -> list[int]:
    """Live rows that are not among `there`, by id; of these blocks of ids only, where they are given."""
    if blocks is not None and not blocks:
        return []
    within = "" if blocks is None else f"WHERE id // {block_rows} IN ({', '.join(map(str, blocks))}) "
    with registered(db, "_there", there):
        return _ids(
            db,
            f"SELECT id FROM ({_LIVE.format(table=table)}) ANTI JOIN _there USING (id) {within}ORDER BY id",  # noqa: S608
        )


def live_among(db: duckdb.DuckDBPyConnection, table: str, ids: Iterable[int]) -> set[int]:
    """Of these ids those of live rows."""
    with registered(db, "_wanted", pa.table({"id": pa.array(list(ids), pa.int64())})):
        return set(_ids(db, f"SELECT id FROM ({_LIVE.format(table=table)}) SEMI JOIN _wanted USING (id)"))  # noqa: S608


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
