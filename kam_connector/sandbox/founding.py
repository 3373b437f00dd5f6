"""A store from a company's tables, with what every Odoo has beside them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from .models_base import BASE
from .models_kam import CASE_PARTS, CAUSES, KAM, WRITER
from .models_trade import TRADE
from .schema import Schema
from .store import Row, Store, Tables

_ACTIVITY_TYPES = (
    {"id": 2, "name": "Call", "active": True, "res_model": False, "category": "phonecall"},
    {"id": 4, "name": "To-Do", "active": True, "res_model": False, "category": "default"},
)
_FORM = {"id": 1, "name": "res.partner.form", "model": "res.partner", "mode": "primary"}
_FORM_NAME = {"id": 1, "module": "base", "name": "view_partner_form", "model": "ir.ui.view", "res_id": 1}
_ENGLISH = {"id": 1, "name": "English (US)", "code": "en_US", "active": True}


def found_store(tables: Tables, *, addon: bool, login: str) -> tuple[Store, int]:
    """The store and the id of the user `login`. Raises ValueError for what the sandbox does not have."""
    schema = Schema()
    schema.add({**BASE, **TRADE, **({**KAM, **CASE_PARTS, **WRITER} if addon else {})})
    store = Store(schema)
    kept = tables if addon else {model: rows for model, rows in tables.items() if not model.startswith("kam.")}
    store.load({**_fittings(schema, kept), **kept})
    _name_users(store)
    return store, _admit(store, login)


def _fittings(schema: Schema, tables: Tables) -> Mapping[str, list[Row]]:
    """Languages, activity types, parameters, the addon's causes, the descriptions of models and fields."""
    models = [{"id": at, "name": model, "model": model, "state": "base"} for at, model in enumerate(schema.models, 1)]
    causes = [
        {"id": at, "code": code, "name": name, "sequence": 10 * at, "active": True}
        for at, (code, name) in enumerate(CAUSES.items(), 1)
    ]
    return {
        **({"kam.complaint.cause": causes} if "kam.complaint.cause" in schema.models else {}),
        "res.lang": [dict(_ENGLISH)],
        "mail.activity.type": [dict(row) for row in _ACTIVITY_TYPES],
        "ir.ui.view": [dict(_FORM)],
        "ir.model.data": [dict(_FORM_NAME)],
        "ir.config_parameter": [{"id": 1, "key": "database.uuid", "value": _uuid(tables)}],
        "ir.model": models,
        "ir.model.fields": _field_rows(schema, models),
    }


def _field_rows(schema: Schema, models: list[dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    for model in models:
        for spec in schema.models[model["model"]].values():
            rows.append(
                {
                    "id": len(rows) + 1,
                    "name": spec.name,
                    "field_description": spec.name,
                    "model_id": model["id"],
                    "model": model["model"],
                    "ttype": spec.type,
                    "state": "base",
                    "store": spec.stored,
                    "relation": spec.relation or False,
                }
            )
    return rows


def _uuid(tables: Tables) -> str:
    """The same for the same company on every start, another for another."""
    shape = sorted((model, len(rows), rows[-1].get("write_date", "")) for model, rows in tables.items() if rows)
    return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(shape)))


def _admit(store: Store, login: str) -> int:
    """The id of the user `login`, who works for all companies; made where the tables have none."""
    users = store.tables["res.users"]
    companies = sorted(store.tables["res.company"])
    known = [row for row in users.values() if row["login"] == login]
    row = known[0] if known else store.whole("res.users", {"id": _free_id(users), "login": login, "name": login})
    row.update(company_ids=companies, lang="en_US", company_id=companies[0] if companies else False)
    users[row["id"]] = row
    return int(row["id"])


def _name_users(store: Store) -> None:
    """Users have the name of their partner where the tables give none."""
    for user in store.tables["res.users"].values():
        partner = store.tables["res.partner"].get(user["partner_id"])
        user["name"] = user["name"] or (partner["name"] if partner else user["login"])


def _free_id(users: Mapping[int, Row]) -> int:
    return 2 if 2 not in users else max(users) + 1
