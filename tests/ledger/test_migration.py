"""A book of the first format becomes one of the present format, at whatever moment the upgrade dies (R-50)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw
import pytest

from kam_connector import crashpoints, ledger
from kam_connector.ledger import Ledger
from kam_connector.ledger.encoding import NO_HASH, canonical, hash_event
from kam_connector.ledger.schema import APPLICATION_ID, SCHEMA_VERSION, STEPS
from kam_connector.writeback.journal import read_journal

OUTBOX = {"state": "confirmed", "run": "r1", "model": "kam.score", "company_id": 1, "key": "score:11:2026-06-30",
          "action": "create", "fields": ["score"], "fingerprint": "f" * 32, "why": "created", "id": 7, "version": 1,
          "touched": False}  # fmt: skip


@pytest.fixture
def former(path: Path) -> Path:
    """A book as the first format wrote it, made with its own statements: two events, one of them of the outbox."""
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    connection = apsw.Connection(str(path))
    for statement in STEPS[1].values():
        connection.execute(statement)
    previous = NO_HASH
    for seq, (kind, key, payload) in enumerate(
        [("tier", "1:42", {"tier": "gold"}), ("outbox", f"kam.score:1:score:11:2026-06-30:{'f' * 32}", OUTBOX)], start=1
    ):
        text = canonical(payload)
        digest = hash_event(seq, kind, key, text, 1, previous)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, 1, ?, ?)", (seq, kind, key, text, previous, digest))
        previous = digest
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=1")
    connection.close()
    return path


def check(book: Ledger) -> None:
    assert ledger.verify(book) == []
    assert book.latest("tier", "1:42") == {"tier": "gold"}
    [line] = read_journal(book).values()
    assert (line.state, line.id, line.version, line.change.key) == ("confirmed", 7, 1, "score:11:2026-06-30")


def test_a_book_of_the_first_format_is_read_as_it_is_and_brought_up_to_date_by_a_writer(former: Path) -> None:
    with ledger.open(former, read_only=True) as book:
        assert book.connection.pragma("user_version") == 1
        check(book)
        assert book.aside("former") == []
    with ledger.open(former) as book:
        assert book.connection.pragma("user_version") == SCHEMA_VERSION
        check(book)
        assert book.append("run", "r", {}) == 3
    copy = former.with_name("ledger.sqlite.format-1")
    with ledger.open(copy, read_only=True) as kept:
        assert kept.connection.pragma("user_version") == 1
        assert kept.head().seq == 2
    assert copy.stat().st_mode & 0o777 == 0o600


def test_r50_a_kill_at_every_moment_of_the_upgrade_leaves_a_whole_book(former: Path, tmp_path: Path) -> None:
    moment, died = 0, True
    while died:
        moment += 1
        folder = tmp_path / f"m{moment}"
        shutil.copytree(former.parent, folder)
        died = _dies(folder / former.name, moment)
        with ledger.open(folder / former.name) as book:
            check(book)
            assert book.append("run", "r", {}) == 3
    assert moment > 2


def _dies(path: Path, moment: int) -> bool:
    child = os.fork()
    if child == 0:
        os.environ["KAM_CRASH_AT"] = f"*:{moment}"
        crashpoints._passed.clear()
        ledger.open(path).close()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_the_copy_of_the_former_format_is_made_once(former: Path) -> None:
    copy = former.with_name("ledger.sqlite.format-1")
    copy.write_bytes(b"the copy of the first try")
    ledger.open(former).close()
    assert copy.read_bytes() == b"the copy of the first try"


def test_notes_aside_are_replaced_as_a_whole_and_stand_outside_the_chain(book: Ledger) -> None:
    book.append_many([ledger.Entry("run", "a", {})], aside={"former": ["1", "2"]})
    book.append_many([ledger.Entry("run", "b", {})], aside={"former": ["3"], "other": ["x"]})
    assert (book.aside("former"), book.aside("other"), book.aside("none")) == (["3"], ["x"], [])
    assert ledger.verify(book) == []
