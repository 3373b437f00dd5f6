"""Which connector writes here: the generation of the last registration, as the addon's `kam.writer` keeps it."""

from __future__ import annotations

from typing import Any

from .login import Caller
from .store import Store
from .writing import change, insert

MODEL = "kam.writer"
Answer = dict[str, Any]


def register(store: Store, caller: Caller, asked: tuple[str, str, int], *, take_over: bool) -> Answer:
    """{generation, before} for the (instance, run, last known generation) asked, or {fenced}."""
    instance, run, known = asked
    holder = next(iter(store.tables[MODEL].values()), None)
    values = {"instance": instance, "run": run, "registered_at": caller.now}
    if holder is None:
        return {"generation": insert(store, caller, MODEL, {**values, "generation": 1})["generation"], "before": False}
    is_mine = holder["instance"] == instance
    if not is_mine and known and not take_over:
        return {"fenced": _described(holder)}
    before = False if is_mine else _described(holder)
    if not is_mine or holder["run"] != run:
        holder = change(store, caller, MODEL, holder, {**values, "generation": holder["generation"] + 1})
    return {"generation": holder["generation"], "before": before}


def find_newer(store: Store, generation: int) -> Answer | None:
    """Who fenced this generation off; None when it is the current one."""
    holder = next(iter(store.tables[MODEL].values()), None)
    return _described(holder) if holder is not None and holder["generation"] != generation else None


def _described(holder: Answer) -> Answer:
    return {name: holder[name] for name in ("generation", "instance", "run", "registered_at")}
