"""search, read, search_read, search_count, fields_get, has_access, get_installed, as Odoo 19 answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .domains import compile_domain, fields_in
from .faults import bad_field, crash, forbidden, missing
from .login import Caller
from .schema import FieldSpec
from .store import Row, Store, is_visible


def search(store: Store, caller: Caller, model: str, domain: Sequence[Any], **options: Any) -> list[int]:
    """The ids of the rows that meet `domain`. Options: limit, order (only by id)."""
    return [int(row["id"]) for row in _found(store, caller, model, domain, **options)]


def search_count(store: Store, caller: Caller, model: str, domain: Sequence[Any]) -> int:
    """How many rows meet `domain`."""
    return len(_found(store, caller, model, domain))


def search_read(
    store: Store, caller: Caller, model: str, domain: Sequence[Any], fields: Sequence[str], **options: Any
) -> list[Row]:
    """The rows that meet `domain`, with the wanted fields. Options: as search, and load."""
    load = options.pop("load", "_classic_read")
    return _cells(store, caller, model, _found(store, caller, model, domain, **options), fields, load)


def read(
    store: Store, caller: Caller, model: str, ids: Sequence[int], fields: Sequence[str], load: str = "_classic_read"
) -> list[Row]:
    """The wanted fields of the rows of `ids`; ids that are gone are left out, hidden ones are a fault."""
    caller.check(model, "read")
    rows = [store.tables[model][row_id] for row_id in ids if row_id in store.tables[model]]
    for row in rows:
        if not is_visible(model, row, caller.companies):
            raise forbidden(f"Uh-oh! Looks like you have stumbled upon some top-secret records. ({model}: {row['id']})")
    return _cells(store, caller, model, rows, fields, load)


def fields_get(store: Store, caller: Caller, model: str, attributes: Sequence[str] = ()) -> dict[str, Row]:
    """The fields that the caller may see, with the wanted attributes."""
    specs = store.schema.models[model].values()
    shown = [spec for spec in specs if (model, spec.name) not in caller.hidden]
    return {spec.name: _traits(spec, attributes) for spec in shown}


def has_access(_: Store, caller: Caller, model: str, ids: Sequence[int], operation: str) -> bool:
    """Whether the caller has the right to do the operation with the model."""
    if ids or operation not in ("read", "create", "write", "unlink"):
        raise crash("NotImplementedError", "the sandbox answers has_access for a whole model and the four verbs only")
    return (model, operation) not in caller.denied


def context_get(_: Store, caller: Caller, model: str) -> dict[str, Any]:
    """Who is calling."""
    if model != "res.users":
        raise crash("AttributeError", f"The method '{model}.context_get' does not exist")
    return {"lang": "en_US", "tz": "UTC", "uid": caller.uid}


def get_installed(store: Store, _: Caller, model: str) -> list[list[str]]:
    """Code and name of the installed languages."""
    if model != "res.lang":
        raise crash("AttributeError", f"The method '{model}.get_installed' does not exist")
    return [[row["code"], row["name"]] for row in store.tables[model].values() if row["active"]]


def check_object_reference(store: Store, caller: Caller, model: str, module: str, xml_id: str) -> list[Any]:
    """Model and id of the record with this XML id; False for the id of one that the caller does not see."""
    if model != "ir.model.data":
        raise crash("AttributeError", f"The method '{model}.check_object_reference' does not exist")
    for row in store.tables[model].values():
        if (row["module"], row["name"]) == (module, xml_id):
            other = store.tables[row["model"]].get(row["res_id"])
            seen = other is not None and is_visible(row["model"], other, caller.companies)
            return [row["model"], row["res_id"] if seen else False]
    raise crash("ValueError", f"External ID not found in the system: {module}.{xml_id}")


def existing(store: Store, caller: Caller, model: str, ids: Sequence[int]) -> list[Row]:
    """The rows of `ids`, all of them. Raises Odoo's MissingError."""
    for row_id in ids:
        row = store.tables[model].get(row_id)
        if row is None or not is_visible(model, row, caller.companies):
            raise missing(model, row_id, caller.uid)
    return [store.tables[model][row_id] for row_id in ids]


def _found(
    store: Store,
    caller: Caller,
    model: str,
    domain: Sequence[Any],
    limit: int | None = None,
    order: str = "id",
) -> list[Row]:
    caller.check(model, "read")
    if order != "id":
        raise crash("NotImplementedError", f"the sandbox sorts by id only, not by {order!r}")
    test = compile_domain(store, model, domain)
    hides_archived = caller.active_test and "active" in store.schema.models[model] and "active" not in fields_in(domain)
    rows: list[Row] = []
    for row in store.visible(model, caller.companies):
        if test(row) and (row["active"] or not hides_archived if hides_archived else True):
            rows.append(row)
            if limit is not None and len(rows) >= limit:
                break
    return rows


def _cells(
    store: Store, caller: Caller, model: str, rows: Sequence[Row], fields: Sequence[str], load: str
) -> list[Row]:
    specs = store.schema.models[model]
    for name in fields:
        if name not in specs:
            raise bad_field(model, name)
        if (model, name) in caller.hidden:
            raise forbidden(f"You do not have enough rights to access the field {name!r} on {model}.")
        if name == "display_name":
            raise crash("NotImplementedError", f"the sandbox does not compute {model}.{name}")
    if load != "" and any(specs[name].type == "many2one" for name in fields):
        raise crash("NotImplementedError", "the sandbox reads many2one fields with load='' only")
    names = dict.fromkeys(["id", *fields])
    return [{name: row[name] for name in names} for row in rows]


def _traits(spec: FieldSpec, attributes: Sequence[str]) -> Row:
    traits: Row = {
        "type": spec.type,
        "store": spec.stored,
        "readonly": spec.readonly,
        "required": spec.required,
        "company_dependent": spec.company_dependent,
        "name": spec.name,
    }
    if spec.relation:
        traits["relation"] = spec.relation
    wanted = attributes or tuple(traits)
    return {name: value for name, value in traits.items() if name in wanted}
