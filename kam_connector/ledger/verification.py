"""Is every event the one that was written, in its place, and is the tail still there? (R-70)

Changing one field breaks that event's hash; recomputing the hash breaks the next link; recomputing all of
them, or cutting the tail off, is found against a head that was kept elsewhere (the run record in the ERP, a
printed report).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from kam_connector.ledger.encoding import NO_HASH, hash_event
from kam_connector.ledger.events import Head
from kam_connector.ledger.failures import explain_failure
from kam_connector.ledger.schema import tables_of
from kam_connector.ledger.store import Ledger
from kam_connector.texts import Text

# As bytes: a damaged text need not be text any more.
_EVENTS = """SELECT seq, CAST(kind AS BLOB), CAST(key AS BLOB), CAST(payload AS BLOB), payload_version,
 CAST(prev_hash AS BLOB), CAST(hash AS BLOB) FROM event ORDER BY seq"""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at which event; 0 stands for the file as a whole."""

    seq: int
    text: Text

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.text)


def verify(ledger: Ledger, known_head: Head | None = None) -> list[Problem]:
    """Every problem of the book, the first bad event first; empty when it is sound."""
    try:
        problems = [*_file_problems(ledger), *_chain_problems(ledger)]
        if known_head is not None:
            problems.extend(_head_problems(ledger, known_head))
    except apsw.Error as error:
        why, next_step = explain_failure(error)
        values = {"path": ledger.path, "why": why, "next_step": next_step}
        problems = [Problem(0, Text("The ledger {path} cannot be read to its end: {why}. {next_step}", values))]
    return problems


def _file_problems(ledger: Ledger) -> Iterator[Problem]:
    for (answer,) in ledger.connection.execute("PRAGMA integrity_check(20)"):
        if answer != "ok":
            yield Problem(0, Text("The file is damaged: {answer}", {"answer": answer}))
    rows = ledger.connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    found = {str(name): str(statement) for name, statement in rows}
    version = int(str(ledger.connection.pragma("user_version")))
    for name, statement in tables_of(version).items():
        if found.get(name) != statement:
            yield Problem(0, Text("The guard or table {name} is missing or was changed.", {"name": name}))


def _chain_problems(ledger: Ledger) -> Iterator[Problem]:
    expected, previous = 1, NO_HASH
    for row in ledger.connection.execute(_EVENTS):
        texts = tuple(item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in row)
        yield from _event_problems(texts, expected, previous)
        expected, previous = int(texts[0]) + 1, str(texts[6])


def _event_problems(row: tuple[Any, ...], expected: int, previous: str) -> Iterator[Problem]:
    seq, kind, key, payload, payload_version, prev_hash, digest = row
    if seq != expected:
        span = {"first": expected, "last": seq - 1}
        yield Problem(expected, Text("Events {first} to {last} are missing.", span))
    elif prev_hash != previous:
        pair = {"seq": seq, "before": seq - 1}
        yield Problem(seq, Text("Event {seq} does not follow event {before}: the chain is broken between them.", pair))
    if hash_event(seq, kind, key, payload, payload_version, prev_hash) != digest:
        named = {"seq": seq, "kind": kind, "key": key}
        yield Problem(seq, Text("Event {seq} ({kind} {key}) is not what was written: its hash does not fit.", named))


def _head_problems(ledger: Ledger, known: Head) -> Iterator[Problem]:
    last = ledger.head()
    if known.seq > last.seq:
        values = {"known": known.seq, "last": last.seq}
        text = Text("The tail is cut off: event {known} was there, now {last} is last.", values)
        yield Problem(last.seq + 1, text)
        return
    row = ledger.connection.execute("SELECT hash FROM event WHERE seq = ?", (known.seq,)).fetchone()
    if known.seq and row != (known.hash,):
        text = Text("Event {seq} is not the known one: the book was rewritten or forked.", {"seq": known.seq})
        yield Problem(known.seq, text)
