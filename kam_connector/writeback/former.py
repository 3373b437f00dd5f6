"""What the records of the last pushes held before, kept aside in the book: the undo lists.

They stand outside the chain and are put aside in the same transaction that plans the changes: a list a push, and one
that names the pushes, the newest last. After KEPT pushes a list goes. They hold ids, figures and codes, as the plan
does.
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
KEPT = 5
"""So many pushes can be taken back."""
_PART = 1000


@dataclass(frozen=True, slots=True)
class Former:
    """One change of a push: what its fields held before, and what was written; nothing for a new record."""

    journal_key: str
    values: Mapping[str, Any]
    written: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UndoList:
    """A push that can be taken back, its changes in the order of sending."""

    run: str
    route: Route
    changes: tuple[Former, ...]


def former_values(ledger: Ledger, route: Route, changes: Sequence[Change], run: str) -> dict[str, list[str]]:
    """The notes to put aside; none for the run's own record, which is no change of figures."""
    kept = [change for change in changes if change.model != RUN_MODEL]
    if not kept:
        return {}
    rows = [[change.journal_key, dict(change.former), _written(change)] for change in kept]
    parts = [rows[start : start + _PART] for start in range(0, len(rows), _PART)]
    pushes = [*(push for push in _pushes(ledger) if push["run"] != run), {"run": run, "route": route}]
    dropped = {_kind(push["run"]): list[str]() for push in pushes[:-KEPT]}
    index = [json.dumps(push) for push in pushes[-KEPT:]]
    return {**dropped, KIND: index, _kind(run): [json.dumps(part) for part in parts]}


def pushes_kept(ledger: Ledger) -> list[str]:
    """The runs whose push can be taken back, the newest last."""
    return [push["run"] for push in _pushes(ledger)]


def read_undo_list(ledger: Ledger, run: str) -> UndoList | None:
    """What the push of `run` changed; None when that is not known (any more)."""
    push = next((push for push in _pushes(ledger) if push["run"] == run), None)
    if push is None:
        return None
    parts = [push["rows"]] if "rows" in push else [json.loads(text) for text in ledger.aside(_kind(run))]
    return UndoList(run, push["route"], tuple(Former(*row) for part in parts for row in part))


def _pushes(ledger: Ledger) -> list[dict[str, Any]]:
    """run and route of each push kept; with its rows where an older version of this connector has written it."""
    notes = [json.loads(text) for text in ledger.aside(KIND)]
    if not any("rows" in note for note in notes):
        return notes
    return [{**notes[0], "rows": [row for note in notes for row in note["rows"]]}]


def _kind(run: str) -> str:
    return f"{KIND}:{run}"


def _written(change: Change) -> dict[str, Any]:
    """What was sent to a record that was there: what an undo replaces, and so what an undo of the undo restores."""
    return dict(change.values) if change.former else {}
