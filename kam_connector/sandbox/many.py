"""Many records with values of their own in one call: `web_save_multi` (as the web client of Odoo 19) and `load`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .faults import SandboxFault, crash
from .login import Caller
from .store import Store
from .writing import write


def web_save_multi(
    store: Store, caller: Caller, model: str, ids: Sequence[int], vals_list: Sequence[Any], specification: Any
) -> list[dict[str, int]]:
    """Each record has its own values now, or none has."""
    if len(ids) != len(vals_list):
        raise crash("ValueError", "Expected as many values as records")
    for number, values in zip(ids, vals_list, strict=True):
        write(store, caller, model, [number], values)
    return [{"id": number} for number in ids]


def load(store: Store, caller: Caller, model: str, fields: Sequence[str], data: Sequence[Sequence[str]]) -> Any:
    """As Odoo's import of existing records: the first column is `.id`, all cells are texts, all rows or none."""
    if fields[0] != ".id":
        raise crash("NotImplementedError", "the sandbox loads by .id only")
    mark = store.savepoint()
    try:
        for number, *cells in data:
            write(store, caller, model, [int(number)], _values(store, model, fields[1:], cells))
    except SandboxFault as fault:
        store.restore(mark)
        return {"ids": False, "messages": [{"type": "error", "message": fault.text.strip().splitlines()[-1]}]}
    return {"ids": [int(row[0]) for row in data], "messages": []}


def _values(store: Store, model: str, names: Sequence[str], cells: Sequence[str]) -> Mapping[str, Any]:
    specs = store.schema.models[model]
    numbers = {"float": float, "monetary": float, "integer": int}
    return {
        name: numbers.get(specs[name].type, str)(cell) if cell else False
        for name, cell in zip(names, cells, strict=True)
    }
