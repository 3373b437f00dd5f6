"""Copies of the book: dated, verified, private, pruned; put back only where nothing is lost unless forced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kam_connector import ledger
from kam_connector.errors import Contradiction, InputError, LockedError
from kam_connector.runs import backups, lock
from kam_connector.settings import Places
from tests.runs import nights

KAM_TOML = '[erp.main]\nurl = "https://erp.example.com"\ndatabase = "production"\nlogin = "kam"\n'


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """An ERP's folder with a book of three events."""
    found = Places(tmp_path / "main")
    found.make()
    write(found, "one", "two", "three")
    return found


def write(places: Places, *keys: str) -> None:
    with ledger.open(places.ledger) as book:
        for key in keys:
            book.append("test", key, {"key": key})


def head(places: Places) -> ledger.Head:
    with ledger.open(places.ledger, read_only=True) as book:
        assert ledger.verify(book) == []
        return book.head()


def test_a_copy_is_dated_private_and_whole(places: Places) -> None:
    made = backups.make_backup(places, 5)
    assert made.head == head(places)
    assert made.path.parent == places.backups
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert places.backups.stat().st_mode & 0o777 == 0o700
    assert backups.find_backups(places) == [made.path]


def test_only_the_newest_stay_and_other_files_are_left(places: Places) -> None:
    places.backups.mkdir()
    (places.backups / "notes.txt").write_text("mine")
    for day in range(1, 6):
        (places.backups / f"ledger-2026010{day}T000000Z.sqlite").write_bytes(b"old")
    made = backups.make_backup(places, 3)
    assert made.removed == 3
    names = sorted(path.name for path in places.backups.iterdir())
    assert names == ["ledger-20260104T000000Z.sqlite", "ledger-20260105T000000Z.sqlite", made.path.name, "notes.txt"]


def test_a_copy_is_made_while_a_run_is_at_work(places: Places) -> None:
    with lock.hold(places.lock), ledger.open(places.ledger) as book:
        book.append("test", "four", {})
        assert backups.make_backup(places, 5).head == book.head()


def test_a_lost_book_comes_back(places: Places) -> None:
    made = backups.make_backup(places, 5)
    places.ledger.unlink()
    done = backups.restore(places, made.path, force=False)
    assert (done.before, done.kept) == (None, None)
    assert head(places).seq == made.head.seq + 1  # the restore is an event itself
    assert places.ledger.stat().st_mode & 0o777 == 0o600


def test_a_damaged_book_is_replaced_and_kept(places: Places) -> None:
    made = backups.make_backup(places, 5)
    places.ledger.write_bytes(b"damaged" * 1000)
    done = backups.restore(places, made.path, force=False)
    assert done.before is None
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"damaged")
    head(places)


def test_a_newer_book_is_not_lost_unless_forced(places: Places) -> None:
    made = backups.make_backup(places, 5)
    write(places, "four", "five")
    newer = head(places)
    with pytest.raises(InputError) as caught:
        backups.restore(places, made.path, force=False)
    assert "events would be missing (2)" in str(caught.value)
    assert head(places) == newer
    done = backups.restore(places, made.path, force=True)
    assert done.before == newer
    assert done.kept is not None
    with ledger.open(done.kept, read_only=True) as old:
        assert old.head() == newer
    with ledger.open(places.ledger) as book:
        assert book.latest("test", "four") is None
        assert book.latest(backups.RESTORE, str(made.head))["replaced"] == str(newer)


def test_the_copy_of_another_book_is_refused(places: Places, tmp_path: Path) -> None:
    other = Places(tmp_path / "other")
    other.make()
    write(other, "a", "b", "c", "d")
    made = backups.make_backup(other, 5)
    write(places, "four", "five")
    with pytest.raises(InputError) as caught:
        backups.restore(places, made.path, force=False)
    assert "another book" in str(caught.value)


def test_a_changed_copy_is_refused_even_when_forced(places: Places) -> None:
    import apsw

    made = backups.make_backup(places, 5)
    connection = apsw.Connection(str(made.path))
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute("""UPDATE event SET payload = '{"key":"2"}' WHERE seq = 2""")
    connection.close()
    before = head(places)
    with pytest.raises(Contradiction):
        backups.restore(places, made.path, force=True)
    assert head(places) == before


def test_nothing_is_restored_under_a_run_at_work(places: Places) -> None:
    made = backups.make_backup(places, 5)
    with lock.hold(places.lock), pytest.raises(LockedError):
        backups.restore(places, made.path, force=True)


def test_the_commands_tell_what_they_did(tmp_path: Path, places: Places) -> None:
    (tmp_path / "kam.toml").write_text(KAM_TOML)
    place = nights.Place(tmp_path)
    made = json.loads(place.kam("backup", "--format", "json").stdout)["rows"][0]
    assert (made["erp"], made["events"]) == ("main", 3)
    write(places, "four")
    listed = json.loads(place.kam("restore", "--format", "json").stdout)["rows"]
    assert [row["file"] for row in listed] == [made["file"]]
    refused = place.kam("restore", made["file"], "--yes")
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    unasked = place.kam("restore", made["file"], "--force")
    assert "Nothing was written" in unasked.stderr
    done = json.loads(place.kam("restore", made["file"], "--force", "--yes", "--format", "json").stdout)["rows"][0]
    assert done["head"].startswith("4:")
    assert Path(done["kept"]).exists()
    assert place.kam("verify").returncode == 0
    gone = place.kam("restore", str(tmp_path / "nowhere"), "--yes")
    assert (gone.returncode, "kam restore" in gone.stderr) == (2, True)
