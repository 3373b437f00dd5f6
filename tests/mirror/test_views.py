"""Expressions that are compiled once: as lazy as ever, also in a mirror that is only read, and never in its file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kam_connector import mirror
from kam_connector.facts.complaints import complaints
from kam_connector.facts.live import live
from kam_connector.mirror.views import as_view
from tests.sync.empty import empty_mirror

ROW = "INSERT INTO res_currency (id, name, decimal_places, _seen_run, _deleted) VALUES (?, ?, 2, 'r', ?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return empty_mirror(tmp_path / "mirror.duckdb")


def names(rows: object) -> list[str]:
    found: list[str] = rows.name.to_pyarrow().to_pylist()  # type: ignore[attr-defined]
    return sorted(found)


def test_rows_that_come_and_go_later_are_seen_and_deleted_ones_are_not(path: Path) -> None:
    with mirror.open(path) as store:
        rows = live(store.ibis, "res_currency")
        assert names(rows) == []
        store.db.executemany(ROW, [(1, "EUR", False), (2, "CNY", False), (3, "DEM", True)])
        assert names(rows) == ["CNY", "EUR"]
        store.db.execute("UPDATE res_currency SET _deleted = true WHERE id = 1")
        assert names(rows) == ["CNY"]


def test_a_mirror_that_is_only_read_keeps_its_views_for_itself(path: Path) -> None:
    with mirror.open(path) as store:
        store.db.execute(ROW, (1, "EUR", False))
        live(store.ibis, "res_currency")
    before = path.read_bytes()
    with mirror.open(path, read_only=True) as store:
        assert names(live(store.ibis, "res_currency")) == ["EUR"]
        found = store.db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary").fetchall()
        assert found == []
    assert path.read_bytes() == before


def test_a_view_has_the_types_of_its_expression(path: Path) -> None:
    with mirror.open(path) as store:
        rows = store.ibis.table("res_currency").mutate(half=lambda t: t.decimal_places / 2, one=1)
        assert as_view(store.ibis, "halves", rows).schema() == rows.schema()


def test_the_same_zones_are_the_same_question(path: Path) -> None:
    day, shanghai = date(2026, 6, 30), ZoneInfo("Asia/Shanghai")
    with mirror.open(path) as store:
        first = complaints(store.ibis, day, {1: shanghai, 2: ZoneInfo("UTC")})
        assert complaints(store.ibis, day, {2: ZoneInfo("UTC"), 1: shanghai}) is first
        assert complaints(store.ibis, day, {1: shanghai}) is not first
        assert complaints(store.ibis, date(2026, 7, 1), {1: shanghai, 2: ZoneInfo("UTC")}) is not first
