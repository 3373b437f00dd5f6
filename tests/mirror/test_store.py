"""The mirror's file: private, recognised, whole or refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from kam_connector import mirror
from kam_connector.errors import LockedError, StorageError
from kam_connector.mirror import state
from kam_connector.mirror.tables import TABLES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror.duckdb"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_mirror_has_every_table_of_the_catalogue_empty(path: Path) -> None:
    with mirror.open(path) as store:
        for table in TABLES:
            assert store.ibis.table(table.name).count().execute() == 0
            assert {"id", "_write_date", "_seen_run", "_deleted"} <= set(store.ibis.table(table.name).columns)
        for own in ("quarantine", "control_total", "partner_group"):
            assert store.ibis.table(own).count().execute() == 0


def test_the_file_and_its_log_are_readable_by_their_owner_only(path: Path) -> None:
    with mirror.open(path) as store:
        with store.transaction():
            state.put(store.db, "a", "b")
        assert {found.name: mode(found) for found in path.parent.iterdir()} == {
            "mirror.duckdb": 0o600,
            "mirror.duckdb.wal": 0o600,
        }
    assert mode(path) == 0o600


def test_a_mirror_left_open_to_others_is_closed_to_them(path: Path) -> None:
    mirror.open(path).close()
    path.chmod(0o666)
    mirror.open(path).close()
    assert mode(path) == 0o600


def test_the_usual_file_mode_is_back_after_closing(path: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.touch()
    mirror.open(path).close()
    after = tmp_path / "after"
    after.touch()
    assert mode(before) == mode(after)


def test_reading_a_mirror_that_is_not_there_names_the_next_step(path: Path) -> None:
    with pytest.raises(StorageError, match=r"There is no mirror .* Run `kam sync run` first"):
        mirror.open(path, read_only=True)
    assert not path.exists()


def test_a_damaged_file_is_refused_with_the_way_to_a_new_one(path: Path) -> None:
    path.write_bytes(b"no database at all " * 500)
    for read_only in (True, False):
        with pytest.raises(StorageError, match=r"mirror.duckdb.*kam sync rebuild"):
            mirror.open(path, read_only=read_only)


def test_a_truncated_mirror_is_refused(path: Path) -> None:
    mirror.open(path).close()
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StorageError):
        mirror.open(path)


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StorageError):
        mirror.open(path)


def test_a_database_of_something_else_is_refused_and_untouched(path: Path) -> None:
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE theirs AS SELECT 1 AS one")
    with pytest.raises(StorageError, match="of something else"):
        mirror.open(path)
    with duckdb.connect(str(path)) as other:
        assert other.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("theirs",)]


def test_a_mirror_of_a_newer_version_is_refused(path: Path) -> None:
    with mirror.open(path) as store:
        state.put(store.db, "version", "3")
    with pytest.raises(StorageError, match=r"newer kam-connector \(layout 3, known here: 2\)"):
        mirror.open(path)


def test_a_table_of_an_older_layout_is_made_anew_and_its_model_read_whole(path: Path) -> None:
    with mirror.open(path) as store:
        state.save(store.db, "sale.order", mirror.PullState(state.parse_moment("2026-06-30 21:00:00")))
        state.save(store.db, "res.partner", mirror.PullState(state.parse_moment("2026-06-30 21:00:00")))
        store.db.execute("UPDATE _tables SET definition = 'older' WHERE name = 'sale_order'")
    with pytest.raises(StorageError, match="older kam-connector"):
        mirror.open(path, read_only=True)
    with mirror.open(path) as store:
        assert store.watermark("sale.order") is None
        assert store.watermark("res.partner") == state.parse_moment("2026-06-30 21:00:00")


def test_a_second_process_is_told_who_has_it_open(path: Path) -> None:
    script = "import sys; from pathlib import Path; from kam_connector import mirror; mirror.open(Path(sys.argv[1]))"
    with mirror.open(path):
        answer = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=120, check=False
        )
    assert "LockedError: Another kam run is at work (process " in answer.stderr


def test_a_failed_transaction_leaves_nothing(path: Path) -> None:
    with mirror.open(path) as store:
        with pytest.raises(TypeError), store.transaction():  # noqa: PT012
            state.put(store.db, "half", "done")
            state.put(store.db)  # type: ignore[call-arg]
        assert state.get(store.db, "half") is None
        with store.transaction():
            state.put(store.db, "whole", "done")
    with mirror.open(path, read_only=True) as store:
        assert state.get(store.db, "whole") == "done"


def test_the_error_of_a_locked_file_is_a_lock_and_not_damage(path: Path) -> None:
    from kam_connector.mirror.store import storage_errors

    with pytest.raises(LockedError, match="process 4711"), storage_errors(path):
        raise duckdb.IOException("Could not set lock on file: Conflicting lock is held in python (PID 4711)")


def test_a_full_disk_is_told_as_storage_and_what_was_committed_stays(path: Path) -> None:
    mirror.open(path).close()
    answer = subprocess.run(
        [sys.executable, "-m", "tests.mirror.filling", str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    done, exit_code, message = answer.stdout.split(" ", 2)
    assert int(done) > 0
    assert exit_code == "4"
    assert "cannot be read or written" in message
    assert "Free some disk space" in message
    with mirror.open(path) as store:
        assert store.db.execute("SELECT count(*) FROM crm_team").fetchone() == (int(done) * 500,)


def test_a_discarded_mirror_is_gone_with_its_log(path: Path) -> None:
    mirror.open(path).close()
    path.with_name("mirror.duckdb.wal").write_bytes(b"")
    mirror.discard(path)
    mirror.discard(path)
    assert list(path.parent.iterdir()) == []
