"""The outbox: what was planned, sent and answered, as events of the ledger; nothing is sent without its line here.

States of one change (key = model, company, record, content):

    planned -> sent -> confirmed      the ERP answered: done (or: it was so already)
                    -> quarantined    the ERP refused this record; held until `kam writeback retry`
                    -> unknown        the answer was lost; looked up by key, never sent again blindly
                    -> moot           not done and not needed: superseded, conflict, postponed, subject gone
    planned -> moot                   the run ended before it was sent; the next plan decides afresh
    confirmed -> moot                 taken back by `kam writeback undo`

An event stands for many changes: `planned` lists them (payload version 2), every later one points at them by the number
of that event and their place in it. A refusal is an event of its own, so that the ERP's sentence can stand beside it.
Books of the first format have an event a change and state (payload version 1); they are read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from kam_connector.ledger import Entry, Event, Ledger
from kam_connector.ledger.merges import survivors
from kam_connector.writeback.plans import Action, Answer, Change, Status
from kam_connector.writeback.sentences import pack_sentence

FOLLOWING = frozenset({"task", "warning", "case"})
"""Kinds of keys whose work goes on with the customer that took over."""
RENAMED = FOLLOWING | {"customer"}
"""Kinds of keys that the addon writes anew when customers are merged."""
KIND = "outbox"
VERSION = 2
PART = 1000
State = Literal["planned", "sent", "unknown", "confirmed", "quarantined", "moot"]
OPEN: frozenset[State] = frozenset({"planned", "sent", "unknown"})
Place = tuple[int, int]
"""Number of the event that planned a change, and the change's place in it."""

_AFTER_ANSWER: Mapping[Status, State] = {
    "created": "confirmed",
    "updated": "confirmed",
    "unchanged": "confirmed",
    "removed": "confirmed",
    "refused": "quarantined",
    "unknown": "unknown",
    "conflict": "moot",
    "gone": "moot",
    "postponed": "moot",
}


@dataclass(frozen=True, slots=True)
class Line:
    """The last state of one change; `id` and `version` as the ERP answered, 0 where it did not.

    `tries`: how often it was postponed since it last went well.
    """

    state: State
    run: str
    change: Change
    why: str = ""
    id: int = 0
    version: int = 0
    place: Place = (0, 0)
    tries: int = 0


def read_journal(ledger: Ledger) -> dict[str, Line]:
    """Journal key to its last line."""
    reading = _Reading({}, {})
    for event in ledger.events(KIND):
        _READERS[event.payload_version, event.payload["state"] == "planned"](reading, event)
    return reading.lines


def by_record(ledger: Ledger) -> dict[tuple[str, int, str], list[Line]]:
    """Record (model, company, key) to its lines; the key names the customer that stands there after merges."""
    heirs = survivors(ledger)
    found: dict[tuple[str, int, str], list[Line]] = {}
    for line in read_journal(ledger).values():
        model, company, key = line.change.record
        found.setdefault((model, company, key_after_merge(key, heirs)), []).append(line)
    return found


def key_after_merge(key: str, heirs: Mapping[int, int]) -> str:
    """The key under which a task, warning or bad-debt case of a customer goes on after a merge of customers.

    `heirs` as `ledger.merges.survivors`; other keys stay: figures are the survivor's own, history is history.
    """
    kind, *parts = key.split(":")
    if not heirs or kind not in FOLLOWING or not parts[0].isdecimal():
        return key
    customer = int(parts[0])
    return ":".join((kind, str(heirs.get(customer, customer)), *parts[1:]))


def names_vanished(key: str, heirs: Mapping[int, int]) -> bool:
    """Whether the record is one of those that the ERP renames when customers are merged, of a customer that is gone."""
    kind, *parts = key.split(":")
    return kind in RENAMED and parts[0].isdecimal() and int(parts[0]) in heirs


def note_planned(
    ledger: Ledger, changes: Sequence[Change], run: str, *, aside: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Place]:
    """Every change stands in the book; journal key to its place there."""
    groups = _by_model(changes)
    parts = [group[start : start + PART] for group in groups for start in range(0, len(group), PART)]
    entries = [Entry(KIND, f"{run}:{part[0].model}", _planned(part, run), VERSION) for part in parts]
    numbers = ledger.append_many(entries, aside=aside)
    return {
        change.journal_key: (number, place)
        for number, part in zip(numbers, parts, strict=True)
        for place, change in enumerate(part)
    }


def note_state(ledger: Ledger, state: State, places: Iterable[Place], run: str, *, why: str = "") -> None:
    """The changes at these places have this state now."""
    rows = [(place, 0, 0) for place in places]
    if rows:
        ledger.append_many([Entry(KIND, run, _marked(state, run, why, rows), VERSION)])


def note_answers(ledger: Ledger, answers: Iterable[tuple[Place, Answer]], run: str) -> None:
    """Every answer stands in the book; the ERP's own sentence beside the chain, since it may name somebody."""
    grouped: dict[Status, list[tuple[Place, int, int]]] = {}
    single: list[Entry] = []
    for place, answer in answers:
        row = (place, answer.id, answer.version)
        if answer.message:
            payload = _marked(_AFTER_ANSWER[answer.status], run, answer.status, [row])
            single.append(
                Entry(KIND, answer.change.journal_key, payload, VERSION, remark=pack_sentence(answer.message))
            )
        else:
            grouped.setdefault(answer.status, []).append(row)
    entries = [
        Entry(KIND, run, _marked(_AFTER_ANSWER[status], run, status, rows), VERSION) for status, rows in grouped.items()
    ]
    ledger.append_many([*entries, *single])


# --- Payloads ------------------------------------------------------------------------------------------------------


def _by_model(changes: Sequence[Change]) -> list[list[Change]]:
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.model, []).append(change)
    return list(groups.values())


def _planned(changes: Sequence[Change], run: str) -> dict[str, Any]:
    """`changes` has a row a change: company, key, action, place in `fields`, fingerprint, id, version, touched."""
    known: dict[tuple[str, ...], int] = {}
    rows = [
        [
            change.company_id,
            change.key,
            change.action,
            known.setdefault(tuple(change.values), len(known)),
            change.fingerprint,
            change.id,
            change.version,
            change.touched,
        ]
        for change in changes
    ]
    fields = [list(names) for names in known]
    return {"state": "planned", "run": run, "model": changes[0].model, "fields": fields, "changes": rows}


def _marked(state: State, run: str, why: str, rows: Sequence[tuple[Place, int, int]]) -> dict[str, Any]:
    """`places` has the number of the planning event, then a row a change: place, id, version (both or none)."""
    places: dict[str, list[list[int]]] = {}
    for (number, place), record_id, version in rows:
        row = [place, record_id, version] if record_id or version else [place]
        places.setdefault(str(number), []).append(row)
    return {"state": state, "run": run, "why": why, "places": places}


# --- Reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    """The lines so far, and the journal keys of each planning event in their order."""

    lines: dict[str, Line]
    keys: dict[int, list[str]]


def _read_planned(reading: _Reading, event: Event) -> None:
    payload = event.payload
    values = [dict.fromkeys(names) for names in payload["fields"]]
    keys = reading.keys[event.seq] = []
    for place, (company, key, action, fields, fingerprint, record_id, version, touched) in enumerate(
        payload["changes"]
    ):
        change = Change(
            payload["model"], company, key, action, values[fields], fingerprint, record_id, version, touched
        )
        keys.append(change.journal_key)
        before = reading.lines.get(change.journal_key)
        tries = before.tries if before is not None else 0
        line = Line("planned", payload["run"], change, "", record_id, version, (event.seq, place), tries)
        reading.lines[change.journal_key] = line


def _read_marked(reading: _Reading, event: Event) -> None:
    payload = event.payload
    state, run, why = payload["state"], payload["run"], payload["why"]
    for number, rows in payload["places"].items():
        keys = reading.keys[int(number)]
        for place, *answer in rows:
            before = reading.lines[keys[place]]
            record_id, version = answer or (before.id, before.version)
            tries = before.tries + 1 if why == "postponed" else before.tries * (state in OPEN)
            reading.lines[keys[place]] = Line(
                state, run, before.change, why, record_id or before.id, version or before.version, before.place, tries
            )


def _read_first_format(reading: _Reading, event: Event) -> None:
    payload = event.payload
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
    reading.keys[event.seq] = [change.journal_key]
    line = Line(payload["state"], payload["run"], change, payload["why"], payload["id"], payload["version"])
    reading.lines[change.journal_key] = replace(line, place=(event.seq, 0))


_READERS = {
    (1, True): _read_first_format,
    (1, False): _read_first_format,
    (VERSION, True): _read_planned,
    (VERSION, False): _read_marked,
}
