"""The addon's endpoint `kam.gateway`: upsert by company and key, each row applied or refused for itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .derived import round_money
from .faults import SandboxFault, forbidden, refused
from .login import Caller
from .models_kam import CLOSINGS, KAM, PEOPLE_OWN
from .store import Row, Store
from .writer import find_newer, register
from .writing import change, checked_value, insert

VERSION = "19.0.1.12.0"
_CASE = "kam.complaint"
PROTOCOL = 2
MODEL = "kam.gateway"
MOST_ROWS = 2000
_PROTECTED = frozenset(["kam_key", "kam_run", "kam_version", "company_id", "id", "create_date", "write_date"])
_LOCKED = frozenset({"approved", "paid"})
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Wanted:
    key: str
    company: int
    version: int
    record: int
    values: dict[str, Any]
    is_removal: bool


def info(caller: Caller) -> Answer:
    """Version of the addon, number of the protocol, and the models that `apply` takes."""
    _check_caller(caller)
    return {"version": VERSION, "protocol": PROTOCOL, "models": list(KAM)}


def registered(
    store: Store, caller: Caller, _gateway: str, instance: str, run: str, known: int = 0, take_over: bool = False
) -> Answer:
    """The run's generation, or who fenced this connector off."""
    _check_caller(caller)
    return register(store, caller, (instance, run, known), take_over=take_over)


def applied(store: Store, caller: Caller, _gateway: str, model: str, rows: Any, run: str, generation: int = 0) -> Any:
    """An answer a row, in their order: key, status, id, version, message; as JSON text when the rows came so."""
    _check_caller(caller)
    newer = find_newer(store, generation)
    if isinstance(rows, str):
        return json.dumps({"fenced": newer} if newer else _apply_rows(store, caller, model, json.loads(rows), run))
    return {"fenced": newer} if newer else _apply_rows(store, caller, model, rows, run)


def _apply_rows(store: Store, caller: Caller, model: str, rows: Any, run: str) -> list[Answer]:
    if model not in KAM:
        raise refused(f"The endpoint does not take the model {model}.")
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise refused(f"Send a list of at most {MOST_ROWS} rows.")
    seen: set[tuple[int, str]] = set()
    found = {(row["company_id"], row["kam_key"]): row for row in store.tables[model].values()}
    return [_apply(store, caller, model, raw, run, seen, found) for raw in rows]


def _check_caller(caller: Caller) -> None:
    if (MODEL, "read") in caller.denied:
        raise forbidden("Only the connector's own login may use this endpoint.")


def _apply(
    store: Store,
    caller: Caller,
    model: str,
    raw: Any,
    run: str,
    seen: set[tuple[int, str]],
    found: dict[tuple[int, str], Row],
) -> Answer:
    key = str(raw.get("key") or "") if isinstance(raw, dict) else ""
    mark = store.savepoint()
    try:
        wanted = _parse(store, caller, model, raw)
        if (wanted.company, wanted.key) in seen:
            raise refused("The key stands twice in the batch.")
        seen.add((wanted.company, wanted.key))
        row = store.tables[model].get(wanted.record) if wanted.record else found.get((wanted.company, wanted.key))
        return _upsert(store, caller, model, wanted, row, run)
    except SandboxFault as fault:
        store.restore(mark)
        message = fault.text.strip().splitlines()[-1]
        return {"key": key, "status": "refused", "id": 0, "version": 0, "message": message}


def _parse(store: Store, caller: Caller, model: str, raw: Any) -> _Wanted:
    if not isinstance(raw, dict) or not isinstance(raw.get("values"), dict):
        raise refused("A row is an object with key, company_id, values and version.")
    key, company = raw.get("key"), raw.get("company_id")
    if not isinstance(key, str) or not key.strip():
        raise refused("The row has no key.")
    own = store.tables["res.users"][caller.uid]["company_ids"]
    if not isinstance(company, int) or company not in own:
        raise forbidden(f"The login may not work for the company {company}.")
    values = {name: _value(store, caller, model, name, value, company) for name, value in raw["values"].items()}
    version, record = int(raw.get("version") or 0), int(raw.get("id") or 0)
    return _Wanted(key, company, version, record, values, bool(raw.get("remove")))


def _value(store: Store, caller: Caller, model: str, name: str, value: Any, company: int) -> Any:
    spec = store.schema.models[model].get(name)
    if spec is None or not spec.stored or name in _PROTECTED:
        raise refused(f"The endpoint does not write {name} of {model}.")
    if isinstance(value, Mapping):
        return _by_key(store, spec.relation, name, value, company)
    return checked_value(store, caller, model, spec, value)


def _by_key(store: Store, model: str, name: str, value: Mapping[str, Any], company: int) -> int:
    if model not in KAM or set(value) != {"key"}:
        raise refused(f"{name} takes no reference by key.")
    for row in store.tables[model].values():
        if row["company_id"] == company and row["kam_key"] == value["key"]:
            return int(row["id"])
    raise refused(f"{name}: no record has the key {value['key']}.")


def _upsert(store: Store, caller: Caller, model: str, wanted: _Wanted, row: Row | None, run: str) -> Answer:
    if wanted.is_removal:
        return _remove(store, model, wanted, row)
    if row is None:
        if wanted.record:
            return {"key": wanted.key, "status": "gone", "id": 0, "version": 0, "message": "The record is gone."}
        stamps = {"company_id": wanted.company, "kam_key": wanted.key, "kam_run": run, "kam_version": 1}
        return _answer(wanted.key, "created", insert(store, caller, model, {**wanted.values, **stamps}))
    if row["company_id"] != wanted.company:
        raise forbidden("The record belongs to another company.")
    changes = _changes(store, caller, model, row, wanted)
    if not changes:
        return _answer(wanted.key, "unchanged", row)
    if wanted.version and wanted.version != row["kam_version"]:
        return _answer(wanted.key, "conflict", row, "The record was changed after you read it.")
    stamps = {"kam_run": run, "kam_version": row["kam_version"] + 1}
    return _answer(wanted.key, "updated", change(store, caller, model, row, {**changes, **stamps}))


def _remove(store: Store, model: str, wanted: _Wanted, row: Row | None) -> Answer:
    if row is None:
        return {"key": wanted.key, "status": "unchanged", "id": 0, "version": 0, "message": ""}
    if not row["kam_run"] or row["kam_version"] != wanted.version:
        return _answer(wanted.key, "conflict", row, "The record was changed after you read it.")
    if row.get("state") in _LOCKED:
        raise refused("A signed, approved or paid record cannot be deleted.")
    if model == _CASE:
        _drop_log(store, row)
    store.drop(model, row["id"])
    return _answer(wanted.key, "removed", row)


def _drop_log(store: Store, case: Row) -> None:
    """A case's log goes with it where it says no more than that the case came in."""
    log = [each for each in store.tables[f"{_CASE}.event"].values() if each["complaint_id"] == case["id"]]
    parts = (store.tables[f"{_CASE}.{part}"].values() for part in ("line", "evidence"))
    is_about = case["id"] in (each["complaint_id"] for rows in parts for each in rows)
    if is_about or any(each["event"] != "received" for each in log):
        raise refused(f"People have worked on complaint {case['name']}: it is not taken back.")
    for each in log:
        store.drop(f"{_CASE}.event", each["id"])


def _changes(store: Store, caller: Caller, model: str, row: Row, wanted: _Wanted) -> dict[str, Any]:
    """The values that differ from the row's once they are rounded, without those that people own."""
    kept = PEOPLE_OWN.get(model, frozenset())
    field, old, new = CLOSINGS.get(model, ("", "", ""))
    if wanted.version and (row.get(field), wanted.values.get(field)) == (old, new):
        kept = kept - {field}
    theirs = {name: value for name, value in wanted.values.items() if name not in kept}
    after = {**row, **theirs}
    round_money(store, model, after)
    return {name: theirs[name] for name in theirs if after[name] != row[name] and (after[name] or row[name])}


def _answer(key: str, status: str, row: Row, message: str = "") -> Answer:
    return {"key": key, "status": status, "id": row["id"], "version": row["kam_version"], "message": message}
