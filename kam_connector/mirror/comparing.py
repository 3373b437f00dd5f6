"""What the mirror has and the ERP has not, and the other way round: a table's live rows beside what the ERP told.

`there` is an Arrow table with the column `id` (int64) and, where the ERP was asked for it, `write_date` (timestamp,
UTC without a zone). Whole tables are compared inside DuckDB, so that a million ids cost a fraction of a second.

`changes` is such a table of rows that are about to be stored: digests are those of the live rows as they will be then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from kam_connector.mirror.rows import registered

_FEW = 10
_STAMP_WEIGHTS, _STAMP_MODULUS = 2**16, 2**61 - 1
_LIVE = 'SELECT id, _write_date FROM "{table}" WHERE NOT _deleted'
_SECONDS = "epoch_ms({}) // 1000"  # of a moment with its zone or of one in UTC; AT TIME ZONE costs far more
_EXPECTED = (
    f"SELECT id, {_SECONDS.format('_write_date')} AS seconds "  # noqa: S608
    'FROM "{table}" ANTI JOIN _changes USING (id) WHERE NOT _deleted '
    f"UNION ALL SELECT id, {_SECONDS.format('write_date::TIMESTAMP')} FROM _changes"
)


@dataclass(frozen=True, slots=True)
class There:
    """Which rows of a model the ERP has: `rows` (id, and `write_date` where it was asked for).

    With `blocks` these are the rows of those blocks of `block_rows` ids; of all other blocks it has exactly the rows
    that the mirror will have once the changes are stored, with the same `write_date` where it `is_stamped`.
    """

    rows: pa.Table
    blocks: frozenset[int] | None = None
    block_rows: int = 1
    is_stamped: bool = False

    def covers(self, one: int) -> bool:
        """Whether `rows` would have this id if the ERP had it."""
        return self.blocks is None or one // self.block_rows in self.blocks

    def covering(self, column: str) -> str:
        """The same for a column of ids, in SQL."""
        if self.blocks is None:
            return "true"
        numbers = ", ".join(map(str, sorted(self.blocks)))
        return f"({column} // {self.block_rows} IN ({numbers}))" if numbers else "false"


def live_counts(db: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By table how many rows are live, and how many are tombstones."""
    each = [
        f"SELECT '{table}', count(*) FILTER (NOT _deleted), count(*) FILTER (_deleted) FROM \"{table}\""  # noqa: S608
        for table in tables
    ]
    found = db.execute(" UNION ALL ".join(each)).fetchall() if each else []
    return {str(table): (int(live), int(deleted)) for table, live, deleted in found}


def differing_blocks(
    db: duckdb.DuckDBPyConnection, table: str, changes: pa.Table, told: pa.Table, block_rows: int | None
) -> list[int]:
    """Of the blocks of `block_rows` ids those that are not as `told` (columns block, rows, ids, stamps), rising.

    Without `block_rows` all rows are block 0. `ids` is the sum of a block's ids, `stamps` that of their seconds since
    1970 times 1 + id % 65536, modulo 2**61 - 1.
    """
    block = "0" if block_rows is None else f"id // {block_rows}"
    stamps = f"sum(coalesce(seconds, 0) * (1 + id % {_STAMP_WEIGHTS})) % {_STAMP_MODULUS}"
    with registered(db, "_changes", changes), registered(db, "_told", told):
        return _ids(
            db,
            f"WITH mine AS (SELECT {block} AS block, count(*) AS rows, sum(id) AS ids, {stamps} AS stamps "  # noqa: S608
            f"FROM ({_EXPECTED.format(table=table)}) GROUP BY 1) "
            "SELECT coalesce(mine.block, _told.block) FROM mine FULL JOIN _told USING (block) "
            "WHERE coalesce(mine.rows, 0) <> coalesce(_told.rows, 0) OR mine.ids <> _told.ids "
            "OR mine.stamps <> _told.stamps ORDER BY 1",
        )


def totals(db: duckdb.DuckDBPyConnection, table: str, changes: pa.Table) -> tuple[int, int]:
    """How many rows are live, and the sum of their ids."""
    with registered(db, "_changes", changes):
        found = db.execute(f"SELECT count(*), coalesce(sum(id), 0) FROM ({_EXPECTED.format(table=table)})").fetchone()  # noqa: S608
    return (int(found[0]), int(found[1])) if found else (0, 0)


def vanished_ids(db: duckdb.DuckDBPyConnection, table: str, there: There) -> list[int]:
    """Live rows that the ERP has not, by id."""
    with registered(db, "_there", there.rows):
        return _ids(
            db,
            f"SELECT id FROM ({_LIVE.format(table=table)}) ANTI JOIN _there USING (id) "  # noqa: S608
            f"WHERE {there.covering('id')} ORDER BY id",
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
            f"WHERE {_SECONDS.format('mine._write_date')} "
            f"IS DISTINCT FROM {_SECONDS.format('_there.write_date::TIMESTAMP')} ORDER BY mine.id",
        )


def written_since(db: duckdb.DuckDBPyConnection, table: str, since: datetime) -> int:
    """How many live rows were written at or after `since` (the ERP's time)."""
    query = f'SELECT count(*) FROM "{table}" WHERE NOT _deleted AND _write_date >= ?'  # noqa: S608
    found = db.execute(query, [since]).fetchone()
    return int(found[0]) if found else 0


def rewound(
    db: duckdb.DuckDBPyConnection, table: str, since: datetime, changes: pa.Table, later_than: int | None, there: There
) -> tuple[int, int, list[int]]:
    """Of the live rows written at or after `since` (the ERP's time): how many are still so, how many are gone, and the
    first ids of those that the ERP has as written earlier.

    `changes` are the rows that came (id, write_date), all of them, or only those with ids up to `later_than`.
    """
    has_stamps = "write_date" in there.rows.column_names
    stamp = _SECONDS.format("_there.write_date::TIMESTAMP") if has_stamps else "NULL::BIGINT"
    now = _SECONDS.format("_changes.write_date::TIMESTAMP")
    judged = (
        "SELECT mine.id, "  # noqa: S608
        f"CASE WHEN _changes.id IS NOT NULL THEN coalesce({now} >= mine.written, false) "
        f"WHEN {stamp} IS NOT NULL THEN {stamp} >= mine.written "
        f"ELSE {there.is_stamped} AND NOT {there.covering('mine.id')} "
        f"OR {'false' if later_than is None else f'mine.id > {later_than}'} END AS kept, "
        f"_changes.id IS NOT NULL OR _there.id IS NOT NULL OR NOT {there.covering('mine.id')} AS present "
        f"FROM (SELECT id, {_SECONDS.format('_write_date')} AS written "
        f'FROM "{table}" WHERE NOT _deleted AND _write_date >= ?) mine '
        "LEFT JOIN _changes ON _changes.id = mine.id LEFT JOIN _there ON _there.id = mine.id"
    )
    with registered(db, "_changes", changes), registered(db, "_there", there.rows):
        found = db.execute(
            "SELECT count(*) FILTER (kept), count(*) FILTER (NOT kept AND NOT present), "  # noqa: S608
            f"coalesce(min(id, {_FEW}) FILTER (NOT kept AND present), []) FROM ({judged})",
            [since],
        ).fetchone()
    return (int(found[0]), int(found[1]), list(found[2])) if found else (0, 0, [])


def _ids(db: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    found: list[int] = db.execute(query).to_arrow_table().column(0).to_pylist()
    return found
