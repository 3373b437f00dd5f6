import os
import stat
import subprocess
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from kam_connector import ledger
from kam_connector.errors import Contradiction, InputError, StorageError


def test_events_are_numbered_from_one_without_a_gap(book):
    assert book.append_many([ledger.Entry("run", f"r{n}", {"n": n}) for n in range(3)]) == [1, 2, 3]
    assert book.append("run", "r9", {}) == 4


def test_latest_is_the_last_payload_of_its_key(three_events):
    assert three_events.latest("tier", "1:42") == {"tier": "silver", "score": "71.00"}
    assert three_events.latest("tier", "1:43") is None
    assert three_events.latest("payout", "1:42") is None


def test_the_history_of_a_key_has_every_payload_in_order(three_events):
    three_events.append("tier", "1:41", {"tier": "bronze"})
    assert [payload["tier"] for payload in three_events.history("tier", "1:42")] == ["gold", "silver"]
    assert three_events.history("tier", "1:43") == []
    assert three_events.history("payout", "1:42") == []


def test_states_hold_one_payload_a_key(three_events):
    three_events.append("tier", "1:41", {"tier": "bronze"})
    assert three_events.states("tier") == {
        "1:41": {"tier": "bronze"},
        "1:42": {"tier": "silver", "score": "71.00"},
    }
    assert three_events.states("promise") == {}


def test_events_come_in_order_and_by_kind(three_events):
    assert [event.seq for event in three_events.events()] == [1, 2, 3]
    assert [event.seq for event in three_events.events("tier")] == [2, 3]
    assert [event.seq for event in three_events.events("tier", after=2)] == [3]
    assert next(iter(three_events.events())).prev_hash == "0" * 64


def test_only_what_changed_is_appended_when_asked_so(three_events):
    same = ledger.Entry("tier", "1:42", {"score": "71.00", "tier": "silver"})
    other = ledger.Entry("tier", "1:42", {"score": "71.01", "tier": "silver"})
    assert three_events.append_changed([same]) == []
    assert three_events.append_changed([same, other]) == [4]


def test_one_bad_payload_keeps_the_whole_append_out(book):
    with pytest.raises(TypeError, match=r"cannot hold 0\.1"):
        book.append_many([ledger.Entry("a", "1", {"x": 1}), ledger.Entry("a", "2", {"x": 0.1})])
    assert book.head().seq == 0


@pytest.mark.parametrize("bad", [1.5, float("nan"), Decimal("NaN"), Decimal("Infinity"), b"x", {1: 2}, {"a"}])
def test_floats_and_the_like_never_enter_the_book(book, bad):
    with pytest.raises(TypeError):
        book.append("a", "1", {"x": bad})


def test_decimals_days_and_nested_lists_have_one_text(book):
    book.append("a", "1", {"z": [Decimal("1E+3"), (1, None, True)], "d": date(2026, 6, 30)})
    assert book.latest("a", "1") == {"d": "2026-06-30", "z": ["1000", [1, None, True]]}


def test_hostile_texts_come_back_as_they_were(book):
    text = 'a,"b":{\'\\ 中文 \u202e \x00 \ud800'
    book.append("a", "ключ", {"t": text})
    assert book.latest("a", "ключ") == {"t": text}
    assert ledger.verify(book) == []


def test_parts_that_join_alike_hash_differently(tmp_path):
    heads = set()
    for name, key, payload in (("one", "12", {"a": "3"}), ("two", "1", {"a": "23"})):
        with ledger.open(tmp_path / name) as book:
            book.append("k", key, payload)
            heads.add(book.head().hash)
    assert len(heads) == 2


def test_golden_hash_of_encoding_one_never_moves(book):
    """A change of the encoding would make every book of every user look forged: it needs a new tag."""
    book.append("payout", "7:ka-2026:2026-03:1", {"payout_minor": 128550, "amount_exact": Decimal("1285.495")})
    assert str(book.head()) == "1:" + GOLDEN


GOLDEN = "3f5ee3144e155028281a9361783cc17cefb5ad4d9506d9ef09d327e5fec6361b"


def test_head_text_comes_back(three_events):
    assert ledger.parse_head(str(three_events.head())) == three_events.head()


@pytest.mark.parametrize("text", ["", "12", "x:" + "0" * 64, "12:abc"])
def test_a_text_that_is_no_head_is_refused(text):
    with pytest.raises(InputError, match="not a ledger head"):
        ledger.parse_head(text)


def test_file_is_0600_in_a_0700_folder_with_its_wal(three_events, path):
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"ledger.sqlite": 0o600, "ledger.sqlite-wal": 0o600, "ledger.sqlite-shm": 0o600}


def test_pragmas_are_the_durable_ones(book):
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    assert {name: book.connection.pragma(name) for name in wanted} == wanted


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_open_to_others_is_refused_with_the_command_that_closes_it(path, mode):
    ledger.open(path).close()
    path.chmod(mode)
    with pytest.raises(StorageError, match=f"chmod 600 {path}"):
        ledger.open(path)


def test_a_folder_that_others_write_to_is_refused(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(StorageError, match="chmod 700"):
        ledger.open(folder / "ledger.sqlite")


def test_a_link_in_the_place_of_the_book_is_refused(tmp_path, path):
    ledger.open(path).close()
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(StorageError, match="not a plain file"):
        ledger.open(tmp_path / "link")


def test_a_reader_makes_no_book(path):
    with pytest.raises(StorageError, match="no ledger"):
        ledger.open(path, read_only=True)
    assert not path.exists()


def test_a_reader_reads_while_the_writer_writes(three_events, path):
    with ledger.open(path, read_only=True) as reader:
        assert reader.head().seq == 3
        three_events.append("run", "r1", {})
        assert reader.head().seq == 4
        with pytest.raises(StorageError, match="may only be read"):
            reader.append("run", "r2", {})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET payload = '{}' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 3",
        "INSERT OR REPLACE INTO event SELECT seq, 'x', key, '', 1, prev_hash, 'y' FROM event",
        "INSERT INTO event VALUES (5, 'a', 'b', '{}', 1, 'p', 'h')",
        "INSERT INTO event VALUES (4, 'a', 'b', '{}', 1, 'not the head', 'h')",
    ],
)
def test_the_file_itself_refuses_change_even_to_another_program(three_events, path, statement):
    other = apsw.Connection(str(path))
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        other.execute(statement)
    other.close()
    assert ledger.verify(three_events) == []


def test_remarks_stand_outside_the_chain_and_their_bytes_can_be_erased(three_events, path):
    assert three_events.remarks("tier") == {}  # the last event of the key has none
    three_events.append("outbox", "k", {"state": "quarantined"}, remark="CANARY-Wang-Li is archived")
    assert three_events.remarks("outbox") == {"k": "CANARY-Wang-Li is archived"}
    assert three_events.erase_remarks() == 2
    assert three_events.remarks("outbox") == {}
    assert ledger.verify(three_events) == []
    assert b"CANARY" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_newer_format_is_not_opened(path):
    with ledger.open(path) as book:
        book.connection.execute("PRAGMA user_version=99")
    with pytest.raises(StorageError, match="newer kam"):
        ledger.open(path)


def test_another_programs_database_is_not_touched(path):
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE t(x)")
    other.close()
    with pytest.raises(StorageError, match="not a kam ledger"):
        ledger.open(path)


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_says_what_to_do(path, content):
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StorageError, match=r"damaged.*last good backup") as caught:
        ledger.open(path)
    assert caught.value.exit_code == 4


def test_a_full_disk_keeps_the_book_as_it_was(three_events):
    pages = three_events.connection.pragma("page_count")
    three_events.connection.execute(f"PRAGMA max_page_count={pages}")
    many = [ledger.Entry("run", f"r{n}", {"text": "x" * 500}) for n in range(200)]
    with pytest.raises(StorageError, match=r"disk is full.*Free some space"):
        three_events.append_many(many)
    assert three_events.head().seq == 3
    three_events.connection.execute("PRAGMA max_page_count=100000")
    assert three_events.append_many(many)[-1] == 203
    assert ledger.verify(three_events) == []


@pytest.mark.parametrize("limit", [50_000, 70_000, 100_000])
def test_a_write_refused_by_the_system_is_a_storage_error_and_nothing_tears(path, limit):
    """RLIMIT_FSIZE stops the n-th byte of a file: the log of the book, in the middle of an append."""
    code = f"""
        import resource, signal, sys
        from pathlib import Path
        from kam_connector import ledger
        from kam_connector.errors import StorageError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        book = ledger.open(Path({str(path)!r}))
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        try:
            for n in range(1000):
                book.append("run", f"r{{n}}", {{"text": "x" * 400}})
                print(n, flush=True)
        except StorageError as error:
            sys.exit(error.exit_code)
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
    assert run.returncode == 4, run.stderr
    acknowledged = len(run.stdout.split())
    with ledger.open(path) as book:
        assert book.head().seq == acknowledged > 0
        assert ledger.verify(book) == []


def test_kill_at_the_moments_of_an_append_loses_nothing_acknowledged(path):
    code = f"""
        from pathlib import Path
        from kam_connector import ledger
        book = ledger.open(Path({str(path)!r}))
        while True:
            print(book.append("run", "r", {{"head": str(book.head())}}), flush=True)
    """
    for moment, kept in (("ledger.append:4", 3), ("ledger.committed:4", 7)):
        environment = {**os.environ, "KAM_CRASH_AT": moment}
        command = [sys.executable, "-c", textwrap.dedent(code)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert run.returncode == -9, run.stderr
        with ledger.open(path) as book:
            assert book.head().seq == kept
            assert ledger.verify(book) == []


def test_two_writers_take_turns(book, path):
    with ledger.open(path) as second:
        assert [book.append("a", "1", {}), second.append("a", "2", {}), book.append("a", "3", {})] == [
            1,
            2,
            3,
        ]
        second.connection.execute("BEGIN IMMEDIATE")
        book.connection.set_busy_timeout(1)
        with pytest.raises(StorageError, match="another process holds it"):
            book.append("a", "4", {})
        second.connection.execute("ROLLBACK")
    assert book.append("a", "4", {}) == 4


def test_a_change_asked_through_the_book_itself_is_a_contradiction(three_events):
    three_events.connection.execute("DROP TRIGGER event_next_only")
    three_events.connection.execute("CREATE UNIQUE INDEX one_key ON event(kind, key, payload)")
    with pytest.raises(Contradiction, match="kam verify") as caught:
        three_events.append("tier", "1:42", {"tier": "silver", "score": "71.00"})
    assert caught.value.exit_code == 7


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.45.0", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.54.1", True),
    ],
)
def test_wal_is_used_only_where_its_race_is_mended(version, safe):
    from kam_connector.ledger.schema import is_wal_safe

    assert is_wal_safe(version) is safe


def test_backup_is_a_whole_book_of_its_own(three_events, tmp_path: Path):
    target = tmp_path / "backups" / "ledger.sqlite"
    head = ledger.backup(three_events, target)
    three_events.append("run", "later", {})
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [file.name for file in target.parent.iterdir()] == ["ledger.sqlite"]
    with ledger.open(target) as copy:
        assert copy.head() == head
        assert ledger.verify(copy, head) == []
        assert [problem.seq for problem in ledger.verify(copy, three_events.head())] == [4]


def test_a_backup_onto_the_book_itself_is_refused(three_events, path):
    with pytest.raises(StorageError, match="is the ledger itself"):
        ledger.backup(three_events, path)


def test_a_failed_backup_leaves_the_older_one(three_events, tmp_path, monkeypatch):
    target = tmp_path / "backup.sqlite"
    ledger.backup(three_events, target)
    before = target.read_bytes()
    three_events.append("run", "later", {})

    def no_room(source: object, part: object) -> None:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr("kam_connector.ledger.backups.copy_database", no_room)
    with pytest.raises(StorageError, match="disk is full"):
        ledger.backup(three_events, target)
    assert target.read_bytes() == before
    assert not target.with_name("backup.sqlite.part").exists()
