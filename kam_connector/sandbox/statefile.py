"""Changes kept on disk, a line a call, so that a killed process starts again where it was.

The first line says which company the changes belong to; a line that a kill has cut short is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .store import Row, Store
from .writing import add_custom_field

Changed = Mapping[tuple[str, int], Row | None]


def open_state(path: Path, store: Store) -> int:
    """A descriptor for `append`; the store has all changes of earlier processes. Raises ValueError."""
    mark = _mark(store)
    lines = _whole_lines(path)
    if lines and json.loads(lines[0]) != mark:
        raise ValueError(f"{path} holds the state of another company: delete it")
    for line in lines[1:]:
        _replay(store, json.loads(line))
    path.write_text("".join(f"{line}\n" for line in lines or [json.dumps(mark)]), encoding="utf-8")
    return os.open(path, os.O_WRONLY | os.O_APPEND)


def append(descriptor: int, changed: Changed) -> None:
    """The changes of one call are on disk."""
    entry = [[model, row_id, row] for (model, row_id), row in changed.items()]
    os.write(descriptor, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
    os.fsync(descriptor)


def _whole_lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return text[: text.rfind("\n") + 1].splitlines()


def _mark(store: Store) -> dict[str, Any]:
    return {"rows": {model: [len(rows), store.highest[model]] for model, rows in sorted(store.tables.items())}}


def _replay(store: Store, entry: list[Any]) -> None:
    for model, row_id, row in entry:
        if row is None:
            store.tables[model].pop(row_id, None)
            continue
        is_new_field = model == "ir.model.fields" and row_id not in store.tables[model]
        store.tables[model][row_id] = row
        store.highest[model] = max(store.highest[model], row_id)
        if is_new_field:
            add_custom_field(store, row)
