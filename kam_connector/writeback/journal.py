"""The outbox: what was planned, sent and answered, as events of the ledger; nothing is sent without its line here.

States of one change (key = model, company, record, content):

    planned -> sent -> confirmed      the ERP answered: done (or: it was so already)
                    -> quarantined    the ERP refused this record; held until `kam writeback retry`
                    -> unknown        the answer was lost; looked up by key, never sent again blindly
                    -> moot           not done and not needed: superseded, conflict, postponed, subject gone
    planned -> moot                   the run ended before it was sent; the next plan decides afresh
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kam_connector.ledger import Entry, Ledger
from kam_connector.writeback.plans import Action, Answer, Change, Status

KIND = "outbox"
State = Literal["planned", "sent", "unknown", "confirmed", "quarantined", "moot"]
OPEN: frozenset[State] = frozenset({"planned", "sent", "unknown"})

_AFTER_ANSWER: Mapping[Status, State] = {
    "created": "confirmed",
    "updated": "confirmed",
    "unchanged": "confirmed",
    "removed": "confirmed",
    "refused": "quarantined",
    "unknown": "unknown",
    "conflict": "moot",
    "postponed": "moot",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The last state of one change; `id` and `version` as the ERP answered, 0 where it did not."""

    state: State
    run: str
    change: Change
    why: str = ""
    id: int = 0
    version: int = 0


def read_journal(ledger: Ledger) -> dict[str, Line]:
    """Journal key to its last line."""
    return {key: _line(payload) for key, payload in ledger.states(KIND).items()}


def by_record(lines: Iterable[Line]) -> dict[tuple[str, int, str], list[Line]]:
    """Record (model, company, key) to its lines."""
    found: dict[tuple[str, int, str], list[Line]] = {}
    for line in lines:
        found.setdefault(line.change.record, []).append(line)
    return found


def note_changes(ledger: Ledger, state: State, changes: Iterable[Change], run: str, *, why: str = "") -> None:
    """Every change stands in the book with this state."""
    ledger.append_many(Entry(KIND, change.journal_key, _payload(state, run, change, why)) for change in changes)


def note_answers(ledger: Ledger, answers: Iterable[Answer], run: str) -> None:
    """Every answer stands in the book; the ERP's own sentence beside the chain, since it may name somebody."""
    ledger.append_many(_entry(answer, run) for answer in answers)


def _entry(answer: Answer, run: str) -> Entry:
    state = _AFTER_ANSWER[answer.status]
    payload = _payload(state, run, answer.change, answer.status, answer.id, answer.version)
    return Entry(KIND, answer.change.journal_key, payload, remark=answer.message)


def _payload(state: State, run: str, change: Change, why: str, number: int = 0, version: int = 0) -> dict[str, Any]:
    return {
        "state": state,
        "run": run,
        "model": change.model,
        "company_id": change.company_id,
        "key": change.key,
        "action": change.action,
        "fields": sorted(change.values),
        "fingerprint": change.fingerprint,
        "why": why,
        "id": number or change.id,
        "version": version or change.version,
        "touched": change.touched,
    }


def _line(payload: Mapping[str, Any]) -> Line:
    action: Action = payload["action"]
    change = Change(
        model=payload["model"],
        company_id=payload["company_id"],
        key=payload["key"],
        action=action,
        values=dict.fromkeys(payload["fields"]),
        fingerprint=payload["fingerprint"],
        id=payload["id"],
        version=payload["version"],
        touched=payload["touched"],
    )
    return Line(payload["state"], payload["run"], change, payload["why"], payload["id"], payload["version"])
