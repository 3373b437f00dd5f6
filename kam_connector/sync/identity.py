"""Is this still the ERP that the mirror was made from, and does the login still see the same companies (R-20, R-21)?

Two marks of a database: its uuid (only administrators may read it) and the creation time of its first company. Those
that were seen both times must agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kam_connector.errors import ErpError, SuspectData
from kam_connector.mirror import Mirror, state
from kam_connector.sync.source import Source

_REBUILD = "If this is meant to be, run `kam sync rebuild`; else correct `database` and `url` in kam.toml."


def check_identity(source: Source, mirror: Mirror) -> None:
    """The mirror belongs to this database and keeps its marks. Raises SuspectData when it belongs to another."""
    known = _load(mirror, "identity")
    seen = read_marks(source)
    for mark, value in seen.items():
        if known.get(mark, value) != value:
            raise SuspectData(
                f"This is not the database that the mirror was made from: its {mark} is another one.",
                next_step=_REBUILD,
            )
    _keep(mirror, "identity", {**known, **seen})


def check_companies(source: Source, mirror: Mirror) -> tuple[int, ...]:
    """The companies of the login. Raises SuspectData when one that it saw before is no longer among them."""
    companies = tuple(sorted(source.capabilities.companies))
    lost = sorted(set(_load(mirror, "companies").get("ids", [])) - set(companies))
    if lost:
        raise SuspectData(
            f"The login no longer sees company {', '.join(map(str, lost))}: its records would look deleted.",
            next_step="Give the company back to the user, or run `kam sync rebuild` if it is to be left out.",
        )
    _keep(mirror, "companies", {"ids": list(companies)})
    return companies


def read_marks(source: Source) -> Mapping[str, str]:
    """The marks that this login may see, by name."""
    marks = {"uuid": _uuid(source), "first company": _first_company(source)}
    return {name: value for name, value in marks.items() if value}


def _uuid(source: Source) -> str:
    if not source.capabilities.has("ir.config_parameter"):
        return ""
    try:
        return _first(source, "ir.config_parameter", [("key", "=", "database.uuid")], "value")
    except ErpError:
        return ""


def _first_company(source: Source) -> str:
    return _first(source, "res.company", [], "create_date")


def _first(source: Source, model: str, domain: list[tuple[str, str, str]], field: str) -> str:
    for page in source.pages(model, domain, [field], limit=1):
        value = page[0].get(field)
        return f"{page[0]['id']} {value}" if value else ""
    return ""


def _load(mirror: Mirror, key: str) -> dict[str, Any]:
    return dict(json.loads(state.get(mirror.db, key) or "{}"))


def _keep(mirror: Mirror, key: str, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, sort_keys=True)
    if state.get(mirror.db, key) != text:
        with mirror.transaction():
            state.put(mirror.db, key, text)
