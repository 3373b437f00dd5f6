"""What the outbox holds: how much went well, what waits, and what was refused with the ERP's own sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from kam_connector.ledger import Ledger
from kam_connector.texts import Words
from kam_connector.writeback.journal import KIND, OPEN, Line, note_state, read_journal
from kam_connector.writeback.sentences import unpack_sentence


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that needs a person (quarantined) or the next run (unknown, sent, planned)."""

    journal_key: str
    state: str
    model: str
    company_id: int
    key: str
    run: str
    message: Words


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """`counts`: state to number of changes; `waiting`: the open and the quarantined ones, by journal key."""

    counts: dict[str, int]
    waiting: tuple[Waiting, ...]


def read_status(ledger: Ledger) -> OutboxStatus:
    """The outbox as it stands."""
    lines, remarks = read_journal(ledger), ledger.remarks(KIND)
    waiting = [
        _waiting(key, line, unpack_sentence(remarks.get(key, "")))
        for key, line in lines.items()
        if line.state in OPEN or line.state == "quarantined"
    ]
    return OutboxStatus(dict(Counter(line.state for line in lines.values())), tuple(waiting))


def retry(ledger: Ledger, *, run: str, keys: Collection[str] | None = None) -> int:
    """How many quarantined changes are released: the next plan sends them again. `keys`: record or journal keys."""
    released = [
        line.place
        for key, line in read_journal(ledger).items()
        if line.state == "quarantined" and (keys is None or key in keys or line.change.key in keys)
    ]
    note_state(ledger, "moot", released, run, why="released")
    return len(released)


def _waiting(key: str, line: Line, message: Words) -> Waiting:
    record = line.change.record
    return Waiting(key, line.state, *record, line.run, message)
