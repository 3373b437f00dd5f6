"""What the records of the last push held before, kept aside in the book until the next one: the undo list.

It stands outside the chain and is replaced as a whole, in the same transaction that plans the changes. It holds ids,
figures and codes, as the plan does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kam_connector.ledger import Ledger
from kam_connector.writeback.plans import Change, Route

KIND = "former"
RUN_MODEL = "kam.run"
_PART = 1000


@dataclass(frozen=True, slots=True)
class Former:
    """One change of the last push: what its fields held before, and what was written; nothing for a new record."""

    journal_key: str
    values: Mapping[str, Any]
    written: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UndoList:
    """The last push that can be taken back, its changes in the order of sending."""

    run: str
    route: Route
    changes: tuple[Former, ...]


def former_values(route: Route, changes: Sequence[Change], run: str) -> dict[str, list[str]]:
    """The notes to put aside; none for the run's own record, which is no change of figures."""
    kept = [change for change in changes if change.model != RUN_MODEL]
    if not kept:
        return {}
    rows = [[change.journal_key, dict(change.former), _written(change)] for change in kept]
    parts = [rows[start : start + _PART] for start in range(0, len(rows), _PART)]
    return {KIND: [json.dumps({"run": run, "route": route, "rows": part}) for part in parts]}


def read_undo_list(ledger: Ledger) -> UndoList | None:
    """What the last push changed; None when there is nothing."""
    notes = [json.loads(text) for text in ledger.aside(KIND)]
    if not notes:
        return None
    rows = tuple(Former(*row) for note in notes for row in note["rows"])
    return UndoList(notes[0]["run"], notes[0]["route"], rows)


def _written(change: Change) -> dict[str, Any]:
    """What was sent to a record that was there: what an undo replaces, and so what an undo of the undo restores."""
    return dict(change.values) if change.former else {}
