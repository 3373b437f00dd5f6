"""Rows in and out of one table: only what is new or different is written, so that an idle night changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that cannot stand in its table: which, because of which field, and why (never the value)."""

    id: int
    field: str
    reason: str


def upsert(db: duckdb.DuckDBPyConnection, table: str, page: pa.Table, run: str, key: Sequence[str] = ("id",)) -> int:
    """`page` (the table's Arrow schema) stands in `table`; how many rows were new, different or revived.

    Only the part of the table between the page's ids is looked at: a pull goes by rising id, and a page beyond the
    last row is put in as it is.
    """
    if not page.num_rows:
        return 0
    span = list(pc.min_max(page.column("id")).as_py().values())
    with registered(db, "_page", page):
        if not _count(db.execute(f'SELECT count(*) FROM "{table}" WHERE id BETWEEN ? AND ?', span)):  # noqa: S608
            return _insert(db, table, page, run)
        changed = _find_changed(db, table, page, span, key)
    if not changed.num_rows:
        return 0
    same = " AND ".join(f'new."{name}" = old."{name}"' for name in key)
    with registered(db, "_page", changed):
        db.execute(f'DELETE FROM "{table}" old USING _page new WHERE old.id BETWEEN ? AND ? AND {same}', span)  # noqa: S608
        return _insert(db, table, changed, run)


def _find_changed(
    db: duckdb.DuckDBPyConnection, table: str, page: pa.Table, span: Sequence[int], key: Sequence[str]
) -> pa.Table:
    """The rows of `_page` that are new, different or revived."""
    different = " OR ".join(f'new."{name}" IS DISTINCT FROM old."{name}"' for name in page.column_names)
    same = " AND ".join(f'new."{name}" = old."{name}"' for name in key)
    near = f'(SELECT * FROM "{table}" WHERE id BETWEEN ? AND ?)'  # noqa: S608
    return db.execute(
        f"SELECT new.* FROM _page new LEFT JOIN {near} old ON {same}"  # noqa: S608
        f" WHERE old.id IS NULL OR old._deleted OR {different}",
        list(span),
    ).to_arrow_table()


def _insert(db: duckdb.DuckDBPyConnection, table: str, page: pa.Table, run: str) -> int:
    names = ", ".join(f'"{name}"' for name in page.column_names)
    insert = f'INSERT INTO "{table}" ({names}, _seen_run, _deleted) SELECT {names}, ?, FALSE FROM _page'  # noqa: S608
    return _count(db.execute(insert, [run]))


@contextmanager
def registered(db: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Iterator[None]:
    """Inside, queries see the Arrow table under that name."""
    db.register(name, table)
    try:
        yield
    finally:
        db.unregister(name)


def tombstone(db: duckdb.DuckDBPyConnection, table: str, ids: Sequence[int], run: str) -> int:
    """The rows `ids` of `table` are marked deleted by `run`; how many were not so before."""
    if not ids:
        return 0
    with_ids = f'UPDATE "{table}" SET _deleted = TRUE, _seen_run = ? WHERE NOT _deleted AND id IN (SELECT unnest(?))'  # noqa: S608
    return _count(db.execute(with_ids, [run, list(ids)]))


def replace_all(db: duckdb.DuckDBPyConnection, table: str, content: pa.Table) -> bool:
    """`table` (a derived one, without system columns) holds exactly `content`; False when it already did."""
    with registered(db, "_content", content):
        there = _count(db.execute(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
        lacking = f'SELECT count(*) FROM (FROM _content EXCEPT ALL FROM "{table}")'  # noqa: S608
        if there == content.num_rows and not _count(db.execute(lacking)):  # as many, and none of them is missing
            return False
        db.execute(f'DELETE FROM "{table}"')  # noqa: S608
        db.execute(f'INSERT INTO "{table}" SELECT * FROM _content')  # noqa: S608
        return True


def live_ids(db: duckdb.DuckDBPyConnection, table: str) -> list[int]:
    """The ids of `table` that are not marked deleted, ascending."""
    found = db.execute(f'SELECT id FROM "{table}" WHERE NOT _deleted ORDER BY id').fetchall()  # noqa: S608
    return [int(row[0]) for row in found]


def referring_ids(
    db: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], targets: Sequence[int]
) -> list[int]:
    """The live rows of `table` that point with one of `columns` at one of `targets`."""
    tests = " OR ".join(f'"{column}" IN (SELECT unnest(?))' for column in columns)
    query = f'SELECT id FROM "{table}" WHERE NOT _deleted AND ({tests}) ORDER BY id'  # noqa: S608
    found = db.execute(query, [list(targets) for _ in columns]).fetchall()
    return [int(row[0]) for row in found]


def quarantine(
    db: duckdb.DuckDBPyConnection, model: str, read: Sequence[int], bad: Sequence[Rejected], run: str
) -> None:
    """Of the rows `read` just now exactly those in `bad` are in quarantine; what stays keeps its first run."""
    known = db.execute("SELECT id, field, reason FROM quarantine WHERE model = ?", [model]).fetchall()
    before = {Rejected(*row) for row in known} if known else set()
    now = set(bad)
    freed = [row.id for row in before - now if row.id in set(read)]
    if freed:
        db.execute("DELETE FROM quarantine WHERE model = ? AND id IN (SELECT unnest(?))", [model, freed])
        before = {row for row in before if row.id not in set(freed)}
    for row in sorted(now - before, key=lambda one: (one.id, one.field)):
        db.execute("INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)", [model, row.id, row.field, row.reason, run])


def quarantined_ids(db: duckdb.DuckDBPyConnection) -> dict[str, set[int]]:
    """The rows that wait for mending in the ERP, by model (or side table)."""
    found: dict[str, set[int]] = {}
    for model, row in db.execute("SELECT DISTINCT model, id FROM quarantine").fetchall():
        found.setdefault(str(model), set()).add(int(row))
    return found


def quarantined(db: duckdb.DuckDBPyConnection, model: str) -> list[Rejected]:
    """The rows of `model` that wait for mending in the ERP, by id."""
    found = db.execute(
        "SELECT id, field, reason FROM quarantine WHERE model = ? ORDER BY id, field", [model]
    ).fetchall()
    return [Rejected(int(row[0]), str(row[1]), str(row[2])) for row in found]


def _count(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
