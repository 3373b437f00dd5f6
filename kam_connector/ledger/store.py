"""`Ledger`: the open book. One writer, one transaction an append, nothing ever changed.

One worked figure: `append("payout", "7:ka-2026:2026-03:1", {"payout_minor": 128550})` returns the number of
the event (1 in an empty book), and from then on `latest("payout", "7:ka-2026:2026-03:1")` is that payload.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import apsw

from kam_connector.crashpoints import crash_point
from kam_connector.errors import StorageError
from kam_connector.ledger.encoding import NO_HASH, canonical, hash_event
from kam_connector.ledger.events import Entry, Event, Head, Payload
from kam_connector.ledger.failures import storage_failures
from kam_connector.ledger.files import check_file, prepare_file
from kam_connector.ledger.migration import bring_up_to_date
from kam_connector.ledger.schema import APPLICATION_ID, SCHEMA_VERSION, prepare_connection
from kam_connector.texts import Text

_LAST_UP_TO_A_DAY = """SELECT key, payload, max(json_extract(payload, '$.as_of') || printf(' %020d', seq)) FROM event
 WHERE kind = ? AND json_extract(payload, '$.as_of') <= ? GROUP BY key ORDER BY key"""
"""SQLite takes the columns beside a max() from the row that has it."""

_LAST_OF_EACH_KEY = """SELECT key, payload FROM event
 WHERE seq IN (SELECT max(seq) FROM event WHERE kind = ? GROUP BY key) ORDER BY key"""


class Ledger:
    """The open book; close it, or use it as a context manager."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        self.path = path
        self.connection = connection

    def append(
        self, kind: str, key: str, payload: Mapping[str, Any], *, payload_version: int = 1, remark: str = ""
    ) -> int:
        """The number of the event that now stands on the disk."""
        return self.append_many([Entry(kind, key, payload, payload_version, remark)])[0]

    def append_many(self, entries: Iterable[Entry], *, aside: Mapping[str, Sequence[str]] | None = None) -> list[int]:
        """The numbers of the events, all of them on the disk or, after an error, none.

        `aside`: kind to the notes that replace those of the kind, in the same transaction.
        """
        texts = [(entry, canonical(entry.payload)) for entry in entries]
        if not texts:
            return []
        with storage_failures(self.path, Text("write {count} events into", {"count": len(texts)})):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                numbers = self._insert(texts)
                self._replace_aside(aside or {})
                crash_point("ledger.append")
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        crash_point("ledger.committed")
        return numbers

    def aside(self, kind: str) -> list[str]:
        """The notes of the kind that were last put aside, in their order."""
        with storage_failures(self.path, Text("read")):
            if not self.connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'aside'").fetchone():
                return []  # a file of the first format, opened for reading
            rows = self.connection.execute("SELECT text FROM aside WHERE kind = ? ORDER BY part", (kind,)).fetchall()
        return [str(text) for (text,) in rows]

    def append_changed(self, entries: Iterable[Entry]) -> list[int]:
        """Like `append_many`, without the entries that say what already is the latest of their key."""
        return self.append_many(
            entry for entry in entries if self._latest_text(entry.kind, entry.key) != canonical(entry.payload)
        )

    def latest(self, kind: str, key: str) -> Payload | None:
        """The last payload of this kind and key, None when there is none."""
        text = self._latest_text(kind, key)
        return None if text is None else _payload(text)

    def history(self, kind: str, key: str) -> list[Payload]:
        """Every payload of this kind and key, in the order of writing."""
        query = "SELECT payload FROM event WHERE kind = ? AND key = ? ORDER BY seq"
        with storage_failures(self.path, Text("read")):
            return [_payload(str(text)) for (text,) in self.connection.execute(query, (kind, key))]

    def states(self, kind: str) -> dict[str, Payload]:
        """Key to last payload, for every key of the kind."""
        with storage_failures(self.path, Text("read")):
            rows = self.connection.execute(_LAST_OF_EACH_KEY, (kind,)).fetchall()
        return {str(key): _payload(str(text)) for key, text in rows}

    def states_on(self, kind: str, day: date) -> dict[str, Payload]:
        """Key to the payload in force on that day, for kinds whose payloads have their day as `as_of` (ISO).

        The latest day decides, not the moment of writing; of several written for one day the last.
        """
        with storage_failures(self.path, Text("read")):
            rows = self.connection.execute(_LAST_UP_TO_A_DAY, (kind, day.isoformat())).fetchall()
        return {str(key): _payload(str(text)) for key, text, _ in rows}

    def events(self, kind: str | None = None, *, after: int = 0) -> Iterator[Event]:
        """Every event in the order of writing, of one kind if named, with a number above `after`."""
        query = "SELECT seq, kind, key, payload, payload_version, prev_hash, hash FROM event WHERE seq > ?"
        bindings: tuple[int | str, ...] = (after,)
        if kind is not None:
            query, bindings = f"{query} AND kind = ?", (after, kind)
        with storage_failures(self.path, Text("read")):
            for row in self.connection.execute(f"{query} ORDER BY seq", bindings):
                yield _event(row)

    def remarks(self, kind: str) -> dict[str, str]:
        """Key to the sentence that stands beside the key's last event, where there is one."""
        query = """SELECT event.key, remark.sentence FROM event JOIN remark USING (seq)
 WHERE seq IN (SELECT max(seq) FROM event WHERE kind = ? GROUP BY key)"""
        with storage_failures(self.path, Text("read")):
            return {str(key): str(sentence) for key, sentence in self.connection.execute(query, (kind,))}

    def erase_remarks(self) -> int:
        """The number of sentences erased, their bytes too; the chain stays as it is."""
        with storage_failures(self.path, Text("erase remarks of")):
            count = int(self.connection.execute("SELECT count(*) FROM remark").fetchone()[0])  # type: ignore[index]
            self.connection.execute("DELETE FROM remark")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    def head(self) -> Head:
        """The last event's number and hash; 0 and zeros for an empty book."""
        with storage_failures(self.path, Text("read")):
            row = self.connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(int(row[0]), str(row[1])) if row else Head(0, NO_HASH)

    def close(self) -> None:
        """The file is closed; closing twice does nothing."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _insert(self, texts: list[tuple[Entry, str]]) -> list[int]:
        head = self.head()
        rows: list[tuple[int, str, str, str, int, str, str]] = []
        prev_hash = head.hash
        for seq, (entry, text) in enumerate(texts, start=head.seq + 1):
            digest = hash_event(seq, entry.kind, entry.key, text, entry.payload_version, prev_hash)
            rows.append((seq, entry.kind, entry.key, text, entry.payload_version, prev_hash, digest))
            prev_hash = digest
        numbers = [row[0] for row in rows]
        remarks = [(seq, entry.remark) for seq, (entry, _text) in zip(numbers, texts, strict=True) if entry.remark]
        self.connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.connection.executemany("INSERT INTO remark VALUES (?, ?)", remarks)
        return numbers

    def _replace_aside(self, aside: Mapping[str, Sequence[str]]) -> None:
        for kind, notes in aside.items():
            self.connection.execute("DELETE FROM aside WHERE kind = ?", (kind,))
            rows = [(kind, part, text) for part, text in enumerate(notes)]
            self.connection.executemany("INSERT INTO aside VALUES (?, ?, ?)", rows)

    def _roll_back(self) -> None:
        if self.connection.in_transaction:  # a full disk already rolled back by itself
            self.connection.execute("ROLLBACK")

    def _latest_text(self, kind: str, key: str) -> str | None:
        query = "SELECT payload FROM event WHERE kind = ? AND key = ? ORDER BY seq DESC LIMIT 1"
        with storage_failures(self.path, Text("read")):
            row = self.connection.execute(query, (kind, key)).fetchone()
        return None if row is None else str(row[0])


def open_ledger(path: Path, *, read_only: bool = False) -> Ledger:
    """The book at `path`, made if it is not there (never by a reader).

    StorageError: no access, open to others, damaged, of another program, or of a newer kam.
    """
    if read_only:
        check_file(path)
    else:
        prepare_file(path)
    with storage_failures(path, Text("open")):
        flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
        connection = apsw.Connection(str(path), flags=flags)
        try:
            _check_identity(path, connection)
            if not read_only:
                prepare_connection(connection)
                bring_up_to_date(path, connection)
        except BaseException:
            connection.close()
            raise
    return Ledger(path, connection)


def _check_identity(path: Path, connection: apsw.Connection) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables == (0,):
        return
    if connection.pragma("application_id") != APPLICATION_ID:
        raise StorageError(
            "The file {path} is not a kam ledger.", next_step="Move it away, or set KAM_HOME elsewhere.", path=path
        )
    version = connection.pragma("user_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise StorageError(
            "The ledger {path} was written by a newer kam (format {version}, not {known}).",
            next_step="Install the newer kam-connector again.",
            path=path,
            version=version,
            known=SCHEMA_VERSION,
        )


def _event(row: tuple[Any, ...]) -> Event:
    seq, kind, key, payload, payload_version, prev_hash, digest = row
    return Event(seq, kind, key, _payload(payload), payload_version, prev_hash, digest)


def _payload(text: str) -> Payload:
    payload: Payload = json.loads(text)
    return payload
