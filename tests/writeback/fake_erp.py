"""A small ERP with the addon's endpoint, kept in one JSON file, so that a killed process leaves what it committed.

Faults are scripted by `faults`: {number of the write call: name}. `drop` commits and loses the answer, `busy` and
`defect` refuse the whole call and commit nothing, `away` refuses before anything was sent.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa

from kam_connector.erp.wire import wire_value
from kam_connector.errors import (
    AccessRefused,
    ErpBusy,
    ErpDefect,
    ErpUnreachable,
    RecordRefused,
    UnknownOutcome,
)
from kam_connector.mirror.tables import BY_MODEL as TABLES
from kam_connector.writeback.destinations import BY_MODEL, PARTNER

PEOPLE = {
    "kam.collection.task": {"user_id", "date_deadline", "state", "cause_code", "note"},
    "kam.customer": {
        "tier_override_id",
        "override_reason",
        "override_until",
        "influence",
        "strategic_fit",
        "service_demand",
        "recommendation",
        "brand_lift",
        "sales_diversity",
        "price_sensitivity",
        "quality_demand",
        "relationship_focus",
        "wallet_estimate",
        "rated_by_id",
        "rated_on",
    },
    "kam.payout": {"state"},
    "kam.warning": {"user_id", "note"},
}
CURRENCIES = {1: ("CNY", 2), 2: ("EUR", 2), 3: ("JPY", 0)}
COMPANIES = {1: 1, 2: 2}
ERRORS = {"busy": ErpBusy, "defect": ErpDefect, "away": ErpUnreachable, "forbidden": AccessRefused}


class FakeErp:
    """The session and the ERP behind it in one object."""

    uid = 2
    version = (19, 0)

    def __init__(self, path: Path, *, addon: bool = True, faults: dict[int, str] | None = None) -> None:
        self.path = path
        self.faults = faults or {}
        self.writes = 0
        self.log: list[tuple[str, str]] = []
        self.bad: set[str] = set()
        self.lacking: set[str] = set()
        self.is_ordinary_user = False
        version = "19.0.1.12.0" if addon else None
        known = SimpleNamespace(version=version, models=frozenset(BY_MODEL)) if addon else None
        self.capabilities = SimpleNamespace(
            addon=known, addon_version=version, companies=(1, 2), check_addon=lambda: None
        )
        self.partner_fields = {field.name for field in PARTNER.fields}
        if not path.exists():
            self._keep({"next": 1, "tables": {"mail.activity.type": {"4": {"id": 4, "icon": "fa-phone"}}}})

    # --- what the session offers

    def fields(self, model: str) -> dict[str, Any]:
        if model in BY_MODEL:
            return dict.fromkeys({field.name for field in BY_MODEL[model].fields} - self.lacking)
        return dict.fromkeys(self.partner_fields if model == "res.partner" else ())

    def forget_fields(self, model: str) -> None:
        """Nothing is kept."""

    def search_read(
        self, model: str, domain: list[Any], fields: list[str], *, after_id: int = 0, limit: int = 2000
    ) -> list[dict[str, Any]]:
        if model == "res.company":
            return [{"id": domain[0][2], "partner_id": 900 + domain[0][2]}]
        if model == "ir.model":
            if self.is_ordinary_user:
                raise AccessRefused("You are not allowed to access 'Models' (ir.model) records.")
            return [{"id": 77, "model": "res.partner"}]
        if model == "mail.activity" and any(leaf[0] == "kam_key" for leaf in domain):
            raise ErpDefect("Invalid field mail.activity.kam_key in condition")
        rows = [row for row in self.rows(model) if row["id"] > after_id and all(_fits(row, leaf) for leaf in domain)]
        return [{"id": row["id"], **{name: _empty(row.get(name)) for name in fields}} for row in rows[:limit]]

    def create(self, model: str, rows: list[dict[str, Any]], *, context: dict[str, Any] | None = None) -> list[int]:
        if rows[0].get("name") == "kam-connector":
            return [self.add(model, **rows[0])]  # the lease: no change of figures, so it counts for no fault
        return self._write_call(model, "create", lambda state: [self._insert(state, model, row) for row in rows])

    def write(
        self, model: str, ids: list[int], values: dict[str, Any], *, context: dict[str, Any] | None = None
    ) -> None:
        if "description" in values:
            self._note(model, ids[0], values)
            return

        def work(state: dict[str, Any]) -> None:
            for number in ids:
                if f"{model}:{number}" in self.bad:
                    raise RecordRefused(f"Record {number} cannot be written.")
                state["tables"][model][str(number)].update(wire_value(values))

        self._write_call(model, "write", work)

    def _note(self, model: str, number: int, values: dict[str, Any]) -> None:
        state = self._load()
        state["tables"][model][str(number)].update(values)
        self._keep(state)

    def unlink(self, model: str, ids: list[int]) -> None:
        if ids:
            self._write_call(model, "unlink", lambda state: [state["tables"][model].pop(str(number)) for number in ids])

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        if (model, method) == ("kam.gateway", "register"):
            return self._register(*args)
        if (model, method) == ("kam.gateway", "apply"):
            target, text, run, generation = wire_value(args)
            return json.dumps(
                self._write_call(target, "apply", lambda state: self._batch(state, target, text, run, generation))
            )
        if (model, method) == ("res.partner", "web_save_multi"):
            ids, values = args[:2]
            return self._write_call(
                model, method, lambda state: self._save(state, model, dict(zip(ids, values, strict=True)))
            )
        if (model, method) == ("res.partner", "load"):
            return self._write_call(model, method, lambda state: self._load_rows(state, model, *args))
        if (model, method) == ("res.partner", "activity_schedule"):
            values = {**kwargs, "res_id": args[0][0], "res_model_id": 77}
            values.pop("context")
            return self._write_call(
                "mail.activity", method, lambda state: [self._insert(state, "mail.activity", values)]
            )
        raise AssertionError(f"{model}.{method} is not in the fake")

    # --- the ERP behind it

    def rows(self, model: str) -> list[dict[str, Any]]:
        table = self._load()["tables"].get(model, {})
        return sorted(table.values(), key=lambda row: row["id"])

    def add(self, model: str, **values: Any) -> int:
        state = self._load()
        number = self._insert(state, model, values)
        self._keep(state)
        return number

    def edit(self, model: str, key: str, **values: Any) -> None:
        """A person edits one record by hand."""
        state = self._load()
        row = next(row for row in state["tables"][model].values() if key in (row.get("kam_key"), str(row["id"])))
        row.update(values)
        row["kam_version"] = row.get("kam_version", 0) + 1
        self._keep(state)

    def delete(self, model: str, key: str) -> None:
        state = self._load()
        table = state["tables"][model]
        number = next(number for number, row in table.items() if row.get("kam_key") == key)
        state.setdefault("deleted", {}).setdefault(model, []).append(table.pop(number))
        self._keep(state)

    def _register(self, instance: str, run: str, known: int, take_over: bool) -> dict[str, Any]:
        state = self._load()
        holder = state.get("writer")
        other = holder is not None and holder["instance"] != instance
        if other and known and not take_over:
            return {"fenced": holder}
        if holder is None or other or holder["run"] != run:
            generation = (holder["generation"] if holder else 0) + 1
            state["writer"] = {"generation": generation, "instance": instance, "run": run, "registered_at": "now"}
            self._keep(state)
        return {"generation": state["writer"]["generation"], "before": holder if other else False}

    def _batch(self, state: dict[str, Any], model: str, text: str, run: str, generation: int) -> Any:
        if state["writer"]["generation"] != generation:
            return {"fenced": state["writer"]}
        return [self._apply(state, model, row, run) for row in json.loads(text)]

    def _save(self, state: dict[str, Any], model: str, rows: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        for number, values in rows.items():
            if f"{model}:{number}" in self.bad:
                raise RecordRefused(f"Record {number} cannot be written.")
            state["tables"][model][str(number)].update(wire_value(values))
        return [{"id": number} for number in rows]

    def _load_rows(self, state: dict[str, Any], model: str, names: list[str], cells: list[list[str]]) -> dict[str, Any]:
        """As Odoo's `load`: texts in, all rows or none."""
        if any(f"{model}:{row[0]}" in self.bad for row in cells):
            return {"ids": False, "messages": [{"message": "A row cannot be written."}]}
        for number, *row in cells:
            values = {name: _typed(name, text) for name, text in zip(names[1:], row, strict=True)}
            state["tables"][model][number].update(values)
        return {"ids": [int(row[0]) for row in cells], "messages": []}

    def _apply(self, state: dict[str, Any], model: str, row: dict[str, Any], run: str) -> dict[str, Any]:
        key = row["key"]
        if message := self._refusal(model, row):
            return {"key": key, "status": "refused", "id": 0, "version": 0, "message": message}
        table = state["tables"].setdefault(model, {})
        links = {name: value for name, value in row["values"].items() if isinstance(value, dict)}
        for name, value in links.items():
            to = BY_MODEL[model].find_field(name).to
            hits = [r["id"] for r in state["tables"].get(to, {}).values() if r["kam_key"] == value["key"]]
            if not hits:
                return {"key": key, "status": "refused", "id": 0, "version": 0, "message": f"no {value['key']}"}
            row["values"][name] = hits[0]
        there = next((r for r in table.values() if (r["company_id"], r["kam_key"]) == (row["company_id"], key)), None)
        if row.get("remove"):
            return self._remove(table, row, there)
        if there is None and row.get("id"):
            return {"key": key, "status": "gone", "id": 0, "version": 0, "message": ""}
        if there is None:
            return self._made(state, model, row, run)
        people = PEOPLE.get(model, set())
        if row["version"] and row["version"] == there["kam_version"] and there.get("state") == "open":
            people = people - {"state"}
        changed = {n: v for n, v in row["values"].items() if n not in people and there.get(n, False) != v}
        if not changed:
            return {
                "key": key,
                "status": "unchanged",
                "id": there["id"],
                "version": there["kam_version"],
                "message": "",
            }
        if row["version"] and row["version"] != there["kam_version"]:
            version = there["kam_version"]
            return {"key": key, "status": "conflict", "id": there["id"], "version": version, "message": "changed"}
        there.update(changed, kam_run=run, kam_version=there["kam_version"] + 1)
        return {"key": key, "status": "updated", "id": there["id"], "version": there["kam_version"], "message": ""}

    def _refusal(self, model: str, row: dict[str, Any]) -> str:
        if {row["key"], f"{model}:{row['key']}"} & self.bad:
            return f"{row['key']} is archived"
        unknown = self.lacking & row["values"].keys()
        return f"The endpoint does not write {min(unknown)} of {model}." if unknown else ""

    def _made(self, state: dict[str, Any], model: str, row: dict[str, Any], run: str) -> dict[str, Any]:
        values = {**row["values"], "company_id": row["company_id"], "kam_key": row["key"]}
        if model == "kam.payout.line":
            values["currency_id"] = state["tables"]["kam.payout"][str(values["payout_id"])]["currency_id"]
        number = self._insert(state, model, {**values, "kam_run": run, "kam_version": 1})
        return {"key": row["key"], "status": "created", "id": number, "version": 1, "message": ""}

    def _remove(self, table: dict[str, Any], row: dict[str, Any], there: dict[str, Any] | None) -> dict[str, Any]:
        answer = {"key": row["key"], "message": "", "id": there["id"] if there else 0, "version": row["version"]}
        if there is None:
            return {**answer, "status": "unchanged"}
        if there["kam_version"] != row["version"]:
            return {**answer, "status": "conflict"}
        del table[str(there["id"])]
        return {**answer, "status": "removed"}

    def _insert(self, state: dict[str, Any], model: str, row: dict[str, Any]) -> int:
        number = int(row.get("id") or state["next"])
        if row.get("res_model_id") == 77:
            row = {**row, "res_model": "res.partner"}
        state["next"] = max(state["next"], number) + 1
        state["tables"].setdefault(model, {})[str(number)] = {"id": number, **wire_value(row)}
        return number

    def _write_call(self, model: str, method: str, work: Any) -> Any:
        self.writes += 1
        self.log.append((model, method))
        fault = self.faults.get(self.writes, "")
        if fault in ERRORS:
            raise ERRORS[fault](f"call {self.writes}: {fault}")
        state = self._load()
        answer = work(state)
        self._keep(state)
        if fault == "drop":
            raise UnknownOutcome(f"call {self.writes}: the answer was lost")
        return answer

    def _load(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.path.read_text())
        return loaded

    def _keep(self, state: dict[str, Any]) -> None:
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(state))
        part.replace(self.path)

    # --- the pull

    def pull(self) -> Any:
        """A mirror of what is there now, with the tables and types of the real one."""
        con = ibis.duckdb.connect()
        currencies = [{"id": n, "name": code, "decimal_places": digits} for n, (code, digits) in CURRENCIES.items()]
        companies = [{"id": n, "currency_id": c, "partner_id": 900 + n} for n, c in COMPANIES.items()]
        rows = {"res.currency": currencies, "res.company": companies}
        deleted = self._load().get("deleted", {})
        for model in ("res.partner", "mail.activity", *BY_MODEL):
            rows[model] = [{**row, "active": row.get("active", True)} for row in self.rows(model)]
            rows[model] += [{**row, "_deleted": True} for row in deleted.get(model, [])]
        for model, found in rows.items():
            make_table(con, TABLES[model], found)
        return con


def make_table(con: Any, table: Any, rows: list[dict[str, Any]]) -> None:
    schema = table.arrow_schema().append(pa.field("_deleted", pa.bool_()))
    kept = [{**_mirrored(table, row), "id": row["id"], "_deleted": row.get("_deleted", False)} for row in rows]
    page = pa.Table.from_pylist(kept, schema=schema)
    con.con.register("page", page)
    con.con.execute(f"CREATE TABLE {table.name} AS SELECT * FROM page")
    con.con.unregister("page")


def _mirrored(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    currency = row.get("currency_id") or COMPANIES.get(row.get("company_id") or 1, 1)
    return {
        column.name: _cell(column.kind, row.get(column.field, False), CURRENCIES[currency][1])
        for column in table.columns
    }


def _cell(kind: str, value: Any, digits: int) -> Any:
    if kind == "flag":
        return bool(value)
    if kind == "money":
        return int((Decimal(repr(float(value))).scaleb(digits)).to_integral_value())
    if kind in ("number", "rate"):
        return Decimal(repr(float(value))).quantize(Decimal("0.000001"))
    if kind == "int":
        return int(value)
    if value is False or value is None:
        return None
    if kind == "date":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if kind == "moment" else value


def _typed(name: str, text: str) -> Any:
    field = PARTNER.find_field(name)
    return float(text or 0) if field.kind == "number" else text or False


def _empty(value: Any) -> Any:
    return None if value is False else value


def _fits(row: dict[str, Any], leaf: Any) -> bool:
    name, operator, wanted = leaf
    value = row.get(name, False)
    if operator == "=":
        return bool(value == wanted)
    if operator == "in":
        return value in wanted
    assert operator == "like", operator
    return wanted in (value or "")
