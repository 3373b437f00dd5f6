"""Is this still the ERP that the mirror was made from, and does the login still see the same companies (R-20, R-21)?

Two marks of a database: its uuid (only administrators may read it) and the creation time of its first company. Those
that were seen both times must agree. A backup that was restored has the same marks, but rows that are older than the
mirror knows them: that is looked for in `rewound.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kam_connector.erp.fields import Field
from kam_connector.erp.lanes import Wish
from kam_connector.errors import ErpError, SuspectData
from kam_connector.mirror import Mirror, state
from kam_connector.sync.source import Source
from kam_connector.texts import Text

UUID, FIRST_COMPANY = "uuid", "first company"
_WISHES: Mapping[str, tuple[str, list[Any], str]] = {
    FIRST_COMPANY: ("res.company", [], "create_date"),
    UUID: ("ir.config_parameter", [("key", "=", "database.uuid")], "value"),
}
_TOLD = {UUID: Text("uuid"), FIRST_COMPANY: Text("first company")}
_TYPES = {"create_date": "datetime", "value": "text"}


def check_identity(source: Source, mirror: Mirror) -> None:
    """The mirror belongs to this database and keeps its marks. Raises SuspectData when it belongs to another."""
    known = _load(mirror, "identity")
    seen = read_marks(source, known)
    for mark, value in seen.items():
        if value and known.get(mark, value) not in (value, ""):
            raise SuspectData(
                "This is not the database that the mirror was made from: its {mark} is another one.",
                next_step="Is this meant to be? Run `kam sync rebuild`; else correct `database` and `url` in kam.toml.",
                mark=_TOLD[mark],
            )
    _keep(mirror, "identity", {**known, **{mark: value for mark, value in seen.items() if value or mark not in known}})


def check_companies(source: Source, mirror: Mirror) -> tuple[int, ...]:
    """The companies of the login. Raises SuspectData when one that it saw before is no longer among them."""
    companies = tuple(sorted(source.capabilities.companies))
    lost = sorted(set(_load(mirror, "companies").get("ids", [])) - set(companies))
    if lost:
        raise SuspectData(
            "The login no longer sees company {companies}: its records would look deleted.",
            next_step="Give the company back to the user, or run `kam sync rebuild` if it is to be left out.",
            companies=", ".join(map(str, lost)),
        )
    _keep(mirror, "companies", {"ids": list(companies)})
    return companies


def read_marks(source: Source, known: Mapping[str, str]) -> Mapping[str, str]:
    """The marks by name; an empty one that this login may not see. A mark known to be hidden is not asked again."""
    wanted = [mark for mark in _WISHES if known.get(mark) != ""]
    try:
        return _read(source, wanted)
    except ErpError:
        return _read(source, [FIRST_COMPANY]) | {UUID: ""}


def _read(source: Source, marks: list[str]) -> dict[str, str]:
    wishes = []
    for mark in marks:
        model, domain, field = _WISHES[mark]
        source.remember_fields(model, {field: Field(_TYPES[field], stored=True)})
        wishes.append(Wish(model, domain, (field,), limit=1))
    pages = source.lanes.first_pages(wishes)
    found = {}
    for mark, wish, page in zip(marks, wishes, pages, strict=True):
        rows = page.table.to_pylist()
        value = rows[0][wish.fields[0]] if rows else None
        found[mark] = f"{rows[0]['id']} {value}" if value else ""
    return found


def _load(mirror: Mirror, key: str) -> dict[str, Any]:
    return dict(json.loads(state.get(mirror.db, key) or "{}"))


def _keep(mirror: Mirror, key: str, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, sort_keys=True)
    if state.get(mirror.db, key) != text:
        with mirror.transaction():
            state.put(mirror.db, key, text)
