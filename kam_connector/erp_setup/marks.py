"""Which records of the ERP were made here: each has an XML id `kam_external.<name>` (module name, then its own).

Odoo drops the XML id together with its record, and never touches ids of a module that is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kam_connector.erp import Session
from kam_connector.writeback.tags import MODULE

MODEL = "ir.model.data"


@dataclass(frozen=True, slots=True)
class Mark:
    """One record that was made here: `id` is that of the record, `row` that of the mark."""

    name: str
    model: str
    id: int
    row: int


def read_marks(session: Session) -> dict[str, Mark]:
    """The records that were made here and still exist, by name."""
    rows = session.search_read(MODEL, [("module", "=", MODULE)], ["name", "model", "res_id"])
    marks = [Mark(row["name"], row["model"], row["res_id"], row["id"]) for row in rows]
    alive = _alive(session, marks)
    return {mark.name: mark for mark in marks if (mark.model, mark.id) in alive}


def made_user(session: Session) -> int:
    """The id of the service user that was made here, 0 where there is none."""
    mark = read_marks(session).get("user")
    return mark.id if mark else 0


def set_marks(session: Session, model: str, records: Mapping[str, int]) -> None:
    """The records of `model` are known as made here, each under its name."""
    rows = session.search_read(MODEL, [("module", "=", MODULE), ("name", "in", list(records))], ["name"])
    found = {row["name"]: row["id"] for row in rows}
    for name, row in found.items():
        session.write(MODEL, [row], {"model": model, "res_id": records[name]})
    missing = [name for name in records if name not in found]
    if missing:
        own = {"module": MODULE, "noupdate": True, "model": model}
        session.create(MODEL, [{**own, "name": name, "res_id": records[name]} for name in missing])


def _alive(session: Session, marks: list[Mark]) -> set[tuple[str, int]]:
    by_model: dict[str, list[int]] = {}
    for mark in marks:
        by_model.setdefault(mark.model, []).append(mark.id)
    return {
        (model, number) for model, ids in by_model.items() for number in session.search_ids(model, [("id", "in", ids)])
    }
