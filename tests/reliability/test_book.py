"""R-70, R-71: a ledger that somebody has changed, and hashes that do not depend on how a figure was worked out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import apsw
import pytest

from kam_connector import ledger
from kam_connector.ledger import encoding

Tried = Callable[[int], None]
COLUMNS = ("kind", "key", "payload", "payload_version", "prev_hash", "hash")


@pytest.fixture
def book_file(tmp_path: Path) -> tuple[Path, ledger.Head]:
    """A closed ledger of 24 events in one file, and its head as it stands on a printed report."""
    path = tmp_path / "whole" / "ledger.sqlite"
    with ledger.open(path) as book:
        for number in range(12):
            book.append("payout", f"7:flat:2026-06:{number}", {"payout_minor": 1286 + number, "rate": Decimal("0.03")})
            book.append("outbox", f"kam.payout:{number}", {"state": "confirmed", "n": number}, remark="said the ERP")
        head = book.head()
        book.connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    return path, head


def tampered(path: Path, folder: Path, *statements: str) -> Path:
    """A copy changed past the triggers, as anybody with the file and a SQLite can."""
    copy = shutil.copyfile(path, folder / "tampered.sqlite")
    copy.chmod(0o600)
    other = apsw.Connection(str(copy))
    other.execute("PRAGMA foreign_keys=OFF")
    other.execute("PRAGMA recursive_triggers=OFF")
    triggers = other.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        other.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        other.execute(statement)
    for _, sql in triggers:  # back in their place, so that only the chain tells
        other.execute(str(sql))
    other.close()
    return copy


def first_bad(path: Path, head: ledger.Head | None = None) -> int | None:
    with ledger.open(path) as book:
        problems = ledger.verify(book, head)
    path.unlink()
    return problems[0].seq if problems else None


@pytest.mark.long
def test_r70_every_changed_field_of_every_event_is_found(
    book_file: tuple[Path, ledger.Head], tmp_path: Path, tried: Tried
) -> None:
    path, head = book_file
    assert first_bad(tampered(path, tmp_path), head) is None  # no false alarm
    for seq in range(1, head.seq + 1):
        for column in COLUMNS:
            new = "payload_version + 1" if column == "payload_version" else f"'0' || substr({column}, 2) || 'x'"
            copy = tampered(path, tmp_path, f"UPDATE event SET {column} = {new} WHERE seq = {seq}")
            assert first_bad(copy) == seq, (seq, column)
            tried(1)


@pytest.mark.long
def test_r70_removed_swapped_and_cut_off_events_are_found(
    book_file: tuple[Path, ledger.Head], tmp_path: Path, tried: Tried
) -> None:
    path, head = book_file
    for seq in range(1, head.seq + 1):
        gone = tampered(path, tmp_path, f"DELETE FROM event WHERE seq = {seq}")
        assert first_bad(gone, head) == seq
        cut = tampered(path, tmp_path, f"DELETE FROM event WHERE seq >= {seq}")
        assert first_bad(cut) is None  # the chain alone cannot tell: the head that is kept elsewhere does
        cut = tampered(path, tmp_path, f"DELETE FROM event WHERE seq >= {seq}")
        assert first_bad(cut, head) == seq
        tried(3)
    for seq in range(1, head.seq):
        moves = [(seq, 999), (seq + 1, seq), (999, seq + 1)]
        swaps = [f"UPDATE event SET seq = {new} WHERE seq = {old}" for old, new in moves]
        assert first_bad(tampered(path, tmp_path, *swaps), head) == seq
        tried(1)


def test_r70_a_book_rewritten_with_fitting_hashes_is_found_against_the_printed_head(
    book_file: tuple[Path, ledger.Head], tmp_path: Path, tried: Tried
) -> None:
    """Who recomputes every hash behind his change makes a sound chain, but not the head that was printed."""
    path, head = book_file
    for seq in (1, 12, head.seq):
        copy = tampered(path, tmp_path, f"UPDATE event SET payload = '{{\"payout_minor\":1}}' WHERE seq = {seq}", *())
        other = apsw.Connection(str(copy))
        triggers = other.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            other.execute(f"DROP TRIGGER {name}")
        previous = encoding.NO_HASH
        for row in other.execute("SELECT seq, kind, key, payload, payload_version FROM event ORDER BY seq").fetchall():
            number, kind, key, payload, version = row
            digest = encoding.hash_event(number, kind, key, payload, version, previous)
            other.execute("UPDATE event SET prev_hash = ?, hash = ? WHERE seq = ?", (previous, digest, number))
            previous = digest
        for _, sql in triggers:
            other.execute(str(sql))
        other.close()
        with ledger.open(copy) as book:
            assert ledger.verify(book) == []
            assert [problem.seq for problem in ledger.verify(book, head)] == [head.seq]
        tried(1)


def equal_money_hashes_alike(hash_of: Callable[[Any], str], amounts: list[tuple[Any, Any]]) -> None:
    """The scenario: one amount, worked out in two ways, has one hash."""
    assert [pair for pair in amounts if hash_of(pair[0]) != hash_of(pair[1])] == []


def test_r71_hash_of_an_amount_does_not_depend_on_how_it_was_worked_out(tried: Tried) -> None:
    cent = Decimal("0.01")
    pairs = [(a * cent + b * cent, (a + b) * cent) for a in range(60) for b in range(60)]
    equal_money_hashes_alike(lambda amount: encoding.fingerprint({"amount": amount}), pairs)
    with pytest.raises(TypeError):
        encoding.fingerprint({"amount": 0.1 + 0.2})
    tried(len(pairs))


def test_r71_broken_variant_hash_of_a_float_is_caught(tried: Tried) -> None:
    pairs = [(a / 100 + b / 100, (a + b) / 100) for a in range(60) for b in range(60)]
    allowed = frozenset({*encoding._READY, float})
    with mock.patch.object(encoding, "_READY", allowed), pytest.raises(AssertionError):
        equal_money_hashes_alike(lambda amount: encoding.fingerprint({"amount": amount}), pairs)
    tried(1)
