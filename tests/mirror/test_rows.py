"""Rows in the mirror: only differences are written; tombstones and quarantine come and go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from kam_connector import mirror
from kam_connector.mirror import Mirror, Rejected, rows
from kam_connector.mirror.tables import BY_MODEL

TEAM = BY_MODEL["crm.team"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Mirror]:
    with mirror.open(tmp_path / "mirror.duckdb") as opened:
        yield opened


def teams(**names: str | None) -> pa.Table:
    """Teams by "t<id>" and name."""
    ids = [int(key[1:]) for key in names]
    empty: list[Any] = [None] * len(ids)
    columns = {"id": ids, "name": list(names.values()), "user_id": empty, "company_id": empty}
    content = {**columns, "active": [True] * len(ids), "_write_date": empty}
    return pa.table(content, schema=TEAM.arrow_schema())


def content(store: Mirror) -> list[tuple[Any, ...]]:
    return store.db.execute("SELECT id, name, _seen_run, _deleted FROM crm_team ORDER BY id").fetchall()


def test_only_new_and_different_rows_are_written(store: Mirror) -> None:
    assert store.upsert("crm_team", teams(t1="North", t2="South"), "run 1") == 2
    assert store.upsert("crm_team", teams(t1="North", t2="South"), "run 2") == 0
    assert store.upsert("crm_team", teams(t1="North", t2="West", t3=None), "run 3") == 2
    assert content(store) == [
        (1, "North", "run 1", False),
        (2, "West", "run 3", False),
        (3, None, "run 3", False),
    ]


def test_an_empty_page_changes_nothing(store: Mirror) -> None:
    assert store.upsert("crm_team", teams(), "run 1") == 0


def test_a_value_that_becomes_empty_is_a_difference(store: Mirror) -> None:
    store.upsert("crm_team", teams(t1="North"), "run 1")
    assert store.upsert("crm_team", teams(t1=None), "run 2") == 1
    assert store.upsert("crm_team", teams(t1=None), "run 3") == 0


def test_a_deleted_row_keeps_its_values_and_comes_back_when_seen_again(store: Mirror) -> None:
    store.upsert("crm_team", teams(t1="North", t2="South"), "run 1")
    assert store.tombstone("crm_team", [1, 99], "run 2") == 1
    assert store.tombstone("crm_team", [1], "run 3") == 0
    assert content(store)[0] == (1, "North", "run 2", True)
    assert rows.live_ids(store.db, "crm_team") == [2]
    assert store.upsert("crm_team", teams(t1="North"), "run 4") == 1
    assert rows.live_ids(store.db, "crm_team") == [1, 2]


def test_a_mended_row_leaves_the_quarantine_and_others_stay(store: Mirror) -> None:
    bad = [Rejected(1, "name", "is not readable text"), Rejected(2, "name", "is not readable text")]
    rows.quarantine(store.db, "crm.team", [1, 2, 3], bad, "run 1")
    rows.quarantine(store.db, "crm.team", [1, 3], [], "run 2")
    assert rows.quarantined(store.db, "crm.team") == [bad[1]]
    assert rows.quarantined(store.db, "res.partner") == []


def test_a_row_that_stays_bad_keeps_its_first_run(store: Mirror) -> None:
    bad = [Rejected(1, "name", "is not readable text")]
    rows.quarantine(store.db, "crm.team", [1], bad, "run 1")
    rows.quarantine(store.db, "crm.team", [1], bad, "run 2")
    assert store.db.execute("SELECT run FROM quarantine").fetchall() == [("run 1",)]
    other = [Rejected(1, "user_id", "is not a record's id")]
    rows.quarantine(store.db, "crm.team", [1], other, "run 3")
    assert rows.quarantined(store.db, "crm.team") == other


def test_derived_tables_are_written_only_when_they_differ(store: Mirror) -> None:
    schema = pa.schema([("partner_id", pa.int64()), ("group_id", pa.int64()), ("cyclic", pa.bool_())])
    group = pa.table({"partner_id": [1, 2], "group_id": [1, 1], "cyclic": [False, False]}, schema=schema)
    assert rows.replace_all(store.db, "partner_group", group)
    assert not rows.replace_all(store.db, "partner_group", group)
    assert rows.replace_all(store.db, "partner_group", group.slice(0, 1))
    assert store.db.execute("SELECT * FROM partner_group").fetchall() == [(1, 1, False)]


def test_references_find_the_rows_that_point_at_a_record(store: Mirror) -> None:
    store.upsert("crm_team", teams(t1="North", t2="South"), "run 1")
    store.db.execute("UPDATE crm_team SET user_id = 7 WHERE id = 2")
    assert TEAM.references("res.users") == ("user_id",)
    assert rows.referring_ids(store.db, "crm_team", ["user_id"], [7, 8]) == [2]
    assert rows.referring_ids(store.db, "crm_team", ["user_id", "company_id"], [8]) == []
