"""Erased persons: gone from the bytes of the mirror's file when the retention is over (R-93)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kam_connector import mirror
from kam_connector.mirror import Mirror
from tests.sync.books import Books
from tests.sync.conftest import LARGE, pull
from tests.sync.empty import empty_mirror

AT_ONCE = dataclasses.replace(LARGE, erase_after=timedelta(0))
SECRET, OTHER = "Quetzalcoatl-Marker-41", "Popocatepetl-Marker-42"
Night = Callable[..., None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return empty_mirror(tmp_path / "mirror.duckdb")


@pytest.fixture
def books() -> Books:
    made = Books()
    made.partner(SECRET)
    made.partner(OTHER)
    return made


def night(path: Path, books: Books, options: object = LARGE) -> None:
    with mirror.open(path) as store:
        pull(books.session(), store, "run", options=options)  # type: ignore[arg-type]


def holds(path: Path, marker: str) -> bool:
    return any(marker.encode() in found.read_bytes() for found in path.parent.iterdir())


def test_a_deleted_person_is_in_no_byte_after_the_retention(path: Path, books: Books) -> None:
    night(path, books)
    books.remove("res.partner", 1)
    night(path, books)
    assert holds(path, SECRET)
    night(path, books, AT_ONCE)
    assert not holds(path, SECRET)
    assert holds(path, OTHER)
    with mirror.open(path, read_only=True) as store:
        assert store.db.execute("SELECT id, _deleted FROM res_partner").fetchall() == [(2, False)]


def test_a_person_made_anonymous_is_in_no_byte_after_the_retention(path: Path, books: Books) -> None:
    night(path, books)
    books.written = "2026-05-01 00:00:00"
    books.change("res.partner", 1, name="Anonymous")
    night(path, books)
    assert holds(path, SECRET)
    night(path, books, AT_ONCE)
    assert not holds(path, SECRET)


def test_an_idle_night_does_not_write_the_file_anew(path: Path, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    night(path, books)
    written: list[Path] = []
    monkeypatch.setattr(Mirror, "rewrite", lambda self: written.append(self.path))
    night(path, books, AT_ONCE)
    assert written == []


def test_a_file_half_written_by_a_killed_run_is_removed(path: Path, books: Books) -> None:
    night(path, books)
    path.with_name("mirror.duckdb.new").write_bytes(SECRET.encode())
    books.remove("res.partner", 1)
    night(path, books)
    night(path, books, AT_ONCE)
    assert not holds(path, SECRET)


def test_the_mirror_is_the_same_and_private_after_it_was_written_anew(path: Path, books: Books) -> None:
    night(path, books)
    with mirror.open(path) as store:
        before = store.db.execute("SELECT id, name FROM res_partner ORDER BY id").fetchall()
        store.rewrite()
        assert store.db.execute("SELECT id, name FROM res_partner ORDER BY id").fetchall() == before
        assert store.ibis.table("res_partner").count().execute() == 2
        pull(books.session(), store, "after")
    assert path.stat().st_mode & 0o777 == 0o600
