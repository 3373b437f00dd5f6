"""create, write, unlink, with Odoo 19's checks of names and values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from .derived import derive, derive_dependents
from .faults import crash, forbidden, missing, refused
from .login import Caller
from .models_kam import KAM, PEOPLE_OWN, SHARED
from .reading import existing
from .schema import FieldSpec
from .store import Row, Store

CREATABLE = frozenset(
    {
        *KAM,
        "ir.attachment",
        "ir.model.data",
        "ir.model.fields",
        "ir.ui.view",
        "kam.appraisal.mark",
        "kam.complaint.evidence",
        "kam.plan.measure",
        "mail.activity",
        "res.partner",
        "res.country.state",
        "res.partner.category",
        "res.partner.industry",
    },
)
_MAGIC = frozenset({"id", "create_date", "write_date"})
_NUMBERS = frozenset({"float", "integer", "monetary"})


def create(store: Store, caller: Caller, model: str, vals_list: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of the new rows."""
    caller.check(model, "create")
    return [_create(store, caller, model, values) for values in vals_list]


def write(store: Store, caller: Caller, model: str, ids: Sequence[int], vals: Mapping[str, Any]) -> bool:
    """All rows of `ids` have these values."""
    caller.check(model, "write")
    rows = existing(store, caller, model, ids)
    checked = _checked(store, caller, model, vals, "KeyError")
    people = PEOPLE_OWN.get(model, frozenset()) | SHARED.get(model, frozenset())
    listed = {name: value for name, value in vals.items() if _is_list(store, model, name)}
    for row in rows:
        lists = {name: commanded(store, caller, model, name, row[name], value) for name, value in listed.items()}
        counted = {"kam_version": row["kam_version"] + 1} if people & set(vals) else {}
        _put(store, caller, model, {**row, **checked, **lists, **counted})
    return True


def unlink(store: Store, caller: Caller, model: str, ids: Sequence[int]) -> bool:
    """The rows of `ids` are gone."""
    caller.check(model, "unlink")
    for row in existing(store, caller, model, ids):
        if model == "ir.model.fields":
            _drop_custom_field(store, row)
        store.drop(model, row["id"])
    return True


def insert(store: Store, caller: Caller, model: str, values: Mapping[str, Any]) -> Row:
    """The new row, with what Odoo fills in; no check of who may set which field."""
    specs = store.schema.models[model]
    row: Row = {name: spec.empty for name, spec in specs.items() if name != "display_name"}
    row.update({"id": store.next_id(model), "create_date": caller.now, **_defaults(store, caller, model), **values})
    if "kam_key" in row and not row["kam_key"]:
        row["kam_key"] = f"{model},{row['id']}"
    _put(store, caller, model, row)
    for name, spec in specs.items():
        if spec.required and row.get(name) is False:
            raise refused(f"The operation cannot be completed: {model} requires a {name}")
    _check_key(store, model, row)
    return row


def change(store: Store, caller: Caller, model: str, row: Row, values: Mapping[str, Any]) -> Row:
    """The row with new values; no check of who may set which field."""
    return _put(store, caller, model, {**row, **values})


def checked_value(store: Store, caller: Caller, model: str, spec: FieldSpec, value: Any) -> Any:
    """`value` as the field keeps it. Raises Odoo's fault for one that it does not take."""
    if value is False or (value == "" and spec.type != "html"):
        return spec.empty
    place = f"{model}.{spec.name}"
    if spec.type == "selection" and spec.words and value not in spec.words:
        raise crash("ValueError", f"Wrong value for {place}: {value!r}")
    if spec.type in ("many2one",):
        return _existing_id(store, caller, spec, value)
    if spec.type == "many2many":
        return commanded(store, caller, model, spec.name, [], value)
    if spec.type in ("date", "datetime"):
        return _moment(spec, value)
    if spec.type in _NUMBERS:
        return _number(spec, value)
    return bool(value) if spec.type == "boolean" else value


def commanded(store: Store, caller: Caller, model: str, name: str, there: Sequence[int], commands: Any) -> list[int]:
    """The list after Odoo's commands: (3, id) takes one away, (4, id) adds one, (6, 0, ids) replaces it."""
    spec = store.schema.models[model][name]
    found = list(there)
    for command, number, *rest in commands:
        if command not in (3, 4, 6):
            raise crash("NotImplementedError", f"the sandbox knows the commands 3, 4 and 6, not {command}")
        named = rest[0] if command == 6 else [number]
        kept = [] if command == 6 else [one for one in found if one != number]
        found = kept if command == 3 else [*kept, *(_existing_id(store, caller, spec, one) for one in named)]
    return sorted(found)


def _is_list(store: Store, model: str, name: str) -> bool:
    return name in store.schema.models[model] and store.schema.models[model][name].type == "many2many"


def _create(store: Store, caller: Caller, model: str, values: Mapping[str, Any]) -> int:
    if model not in CREATABLE:
        raise crash("NotImplementedError", f"the sandbox does not create {model}")
    row = insert(store, caller, model, _checked(store, caller, model, values, "ValueError"))
    if model == "ir.model.fields":
        add_custom_field(store, row)
    return int(row["id"])


def add_custom_field(store: Store, row: Row) -> None:
    """The model has the custom field that the row describes."""
    if not row["name"].startswith("x_"):
        raise refused("Custom fields must have a name that starts with 'x_'!")
    if row["name"] in store.schema.models[row["model"]]:
        raise refused("The operation cannot be completed: Field names must be unique per model.")
    spec = FieldSpec(row["name"], row["ttype"], relation=row["relation"] or "")
    store.schema.models[row["model"]][spec.name] = spec
    for other in store.tables[row["model"]].values():
        other.setdefault(spec.name, spec.empty)


def _drop_custom_field(store: Store, row: Row) -> None:
    del store.schema.models[row["model"]][row["name"]]
    for other in store.tables[row["model"]].values():
        other.pop(row["name"], None)


def _checked(store: Store, caller: Caller, model: str, values: Mapping[str, Any], unknown: str) -> dict[str, Any]:
    specs = store.schema.models[model]
    _check_owner(model, values)
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in specs:
            message = f"{name!r}" if unknown == "KeyError" else f"Invalid field {name!r} in {model!r}"
            raise crash(unknown, message)
        if name in ("datas", "arch"):
            checked[name] = value
        elif specs[name].stored and name not in _MAGIC:
            checked[name] = checked_value(store, caller, model, specs[name], value)
    return checked


def _check_owner(model: str, values: Mapping[str, Any]) -> None:
    """Records of the addon take figures through its endpoint only; people write what people own."""
    if model in KAM:
        own = PEOPLE_OWN.get(model, frozenset()) | SHARED.get(model, frozenset()) | {"company_id"}
        foreign = sorted(set(values) - own)
        if foreign:
            raise forbidden(f"You cannot write {', '.join(foreign)} of {model}: somebody else keeps them.")


def _defaults(store: Store, caller: Caller, model: str) -> dict[str, Any]:
    specs = store.schema.models[model]
    defaults: dict[str, Any] = {"active": True} if "active" in specs else {}
    if model in KAM or model == "ir.attachment":
        defaults["company_id"] = min(caller.companies)
    return {**defaults, **_DEFAULTS.get(model, {}), **({"user_id": caller.uid} if model == "mail.activity" else {})}


_DEFAULTS: dict[str, dict[str, Any]] = {
    "ir.attachment": {"type": "binary", "mimetype": "application/octet-stream"},
    "ir.model.fields": {"state": "manual", "store": True, "copied": True},
    "ir.ui.view": {"mode": "primary"},
    "kam.ageing": {"basis": "due"},
    "kam.appraisal.mark": {"state": "draft"},
    "kam.collection.case": {"state": "open"},
    "kam.collection.task": {"state": "open"},
    "kam.complaint": {"state": "received", "type": "product", "severity": "medium", "name": "/"},
    "kam.plan": {"state": "draft", "plan_version": 1},
    "kam.plan.measure": {"kind": "service", "phase": 1},
    "kam.payout": {"state": "draft", "period_state": "open"},
    "kam.payout.objection": {"state": "open"},
    "kam.promise": {"state": "open", "kind": "promise", "approval": "none"},
    "kam.run": {"state": "running"},
    "kam.stakeholder": {"role": "influences", "attitude": "unknown"},
    "kam.suggestion": {"state": "open", "topic": "other"},
    "kam.target": {"kind": "revenue"},
    "kam.segment": {"sequence": 10},
    "kam.tier": {"sequence": 10},
    "kam.warning": {"state": "open"},
}


def _put(store: Store, caller: Caller, model: str, row: Row) -> Row:
    derive(store, model, row)
    row["write_date"] = caller.now
    store.put(model, row)
    derive_dependents(store, model, row["id"])
    return row


def _check_key(store: Store, model: str, row: Row) -> None:
    if model not in KAM:
        return
    for other in store.tables[model].values():
        same = other["company_id"] == row["company_id"] and other["id"] != row["id"]
        if same and other["kam_key"] == row["kam_key"]:
            raise refused("The operation cannot be completed: The company has a record with this key already.")
        if same and model == "kam.customer" and other["partner_id"] == row["partner_id"]:
            raise refused("The operation cannot be completed: The customer has figures in this company already.")


def _existing_id(store: Store, caller: Caller, spec: FieldSpec, value: Any) -> int:
    if not isinstance(value, int) or value not in store.tables[spec.relation]:
        raise missing(spec.relation, value, caller.uid)
    return value


def _moment(spec: FieldSpec, value: Any) -> str:
    form = "%Y-%m-%d" if spec.type == "date" else "%Y-%m-%d %H:%M:%S"
    text = str(value)[:10] if spec.type == "date" else str(value)
    try:
        return dt.datetime.strptime(text, form).strftime(form)
    except ValueError:
        raise crash("ValueError", f"time data {value!r} does not match format {form!r}") from None


def _number(spec: FieldSpec, value: Any) -> int | float:
    if isinstance(value, str):
        raise crash("ValueError", f"could not convert string to float: {value!r}")
    return int(value) if spec.type == "integer" else float(value)
