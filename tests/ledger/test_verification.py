from pathlib import Path

import apsw
import pytest

from kam_connector import ledger
from kam_connector.ledger.encoding import hash_event

FIELDS = {
    "kind": "'other'",
    "key": "'other'",
    "payload": "payload || ' '",
    "payload_version": "payload_version + 1",
    "prev_hash": "hash",
    "hash": "replace(hash, substr(hash, 1, 1), 'z')",
}


def _tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and any SQLite can do."""
    other = apsw.Connection(str(path))
    for name in ("event_no_update", "event_no_delete", "event_next_only"):
        other.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        other.execute(statement)
    other.close()


def _bad_events(book: ledger.Ledger, head: ledger.Head | None = None) -> set[int]:
    return {problem.seq for problem in ledger.verify(book, head)} - {0}


def test_a_sound_book_has_no_problem(three_events):
    assert ledger.verify(three_events, three_events.head()) == []


def test_an_empty_book_is_sound(book):
    assert ledger.verify(book, book.head()) == []


@pytest.mark.parametrize("seq", [1, 2, 3])
@pytest.mark.parametrize("field", FIELDS)
def test_every_changed_field_of_every_event_is_found(three_events, path, field, seq):
    _tamper(path, f"UPDATE event SET {field} = {FIELDS[field]} WHERE seq = {seq}")
    assert seq in _bad_events(three_events)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_removed_event_is_found(three_events, path, seq):
    _tamper(path, "PRAGMA foreign_keys=OFF", f"DELETE FROM event WHERE seq = {seq}")
    assert seq in _bad_events(three_events)


def test_two_swapped_events_are_found(three_events, path):
    _tamper(
        path,
        "PRAGMA foreign_keys=OFF",
        "UPDATE event SET seq = 9 WHERE seq = 1",
        "UPDATE event SET seq = 1 WHERE seq = 2",
        "UPDATE event SET seq = 2 WHERE seq = 9",
    )
    assert {1, 2} <= _bad_events(three_events)


def test_a_tail_cut_off_is_found_against_the_known_head(three_events, path):
    head = three_events.head()
    _tamper(path, "DELETE FROM event WHERE seq = 3")
    assert _bad_events(three_events) == set()
    assert _bad_events(three_events, head) == {3}


def test_a_rewritten_book_is_found_against_the_known_head(three_events, path):
    """Somebody changes the last payout and computes every hash anew."""
    head = three_events.head()
    last = list(three_events.events())[-1]
    forged = hash_event(3, last.kind, last.key, '{"tier":"gold"}', 2, last.prev_hash)
    _tamper(path, f"UPDATE event SET payload = '{{\"tier\":\"gold\"}}', hash = '{forged}' WHERE seq = 3")
    assert _bad_events(three_events) == set()
    assert _bad_events(three_events, head) == {3}


def test_missing_guards_are_told(three_events, path):
    _tamper(path)
    messages = [problem.message for problem in ledger.verify(three_events)]
    assert len(messages) == 3
    assert all("missing or was changed" in message for message in messages)


def test_flipped_pages_are_found_or_harmless(path, tmp_path):
    """Each 4 KiB page of a copy is damaged once: opening refuses or verify tells, never a wrong answer."""
    with ledger.open(path) as book:
        book.append_many([ledger.Entry("run", f"r{n}", {"n": n, "text": "x" * 90}) for n in range(200)])
        states = book.states("run")
        ledger.backup(book, tmp_path / "copy")
    content = (tmp_path / "copy").read_bytes()
    for page in range(len(content) // 4096):
        (tmp_path / "bad").unlink(missing_ok=True)
        broken = bytearray(content)
        for position in range(page * 4096 + 2048, page * 4096 + 2112):
            broken[position] ^= 0xFF
        (tmp_path / "bad").write_bytes(broken)
        (tmp_path / "bad").chmod(0o600)
        assert _refuses_or_tells(tmp_path / "bad") or _states(tmp_path / "bad") == states


def _refuses_or_tells(path: Path) -> bool:
    from kam_connector.errors import StorageError

    try:
        with ledger.open(path) as book:
            return bool(ledger.verify(book))
    except StorageError:
        return True


def _states(path: Path) -> dict[str, object]:
    with ledger.open(path) as book:
        return dict(book.states("run"))
