"""The way into an ERP without the addon: custom fields of the customer, activities on it.

Fields are written with absolute values, so the same write may safely be sent twice. An activity has no key
of its own: its summary ends in a mark (`KAM 9001-reminder1`), by which it is found again after a lost
answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kam_connector.ledger import fingerprint
from kam_connector.writeback.channels import Session
from kam_connector.writeback.plans import Answer, Change

FIELD_BATCH = 1000
ACTIVITY_BATCH = 500
_QUIET = {"tracking_disable": True, "mail_activity_quick_update": True, "mail_create_nosubscribe": True}


def mark_of(key: str) -> str:
    """The end of an activity's summary: `task:7:9001:reminder1` is marked `(KAM 9001-reminder1)`."""
    _task, _partner, item, step = key.split(":", 3)
    return f"(KAM {item}-{step})"


class PlainChannel:
    """Grouped writes of custom fields, batches of activities."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        """Partners with equal values together, in the order of ids; activities by what is done to them."""
        by_kind: dict[tuple[str, str, str], list[Change]] = {}
        for change in changes:
            same = _values_mark(change) if change.model == "res.partner" else ""
            by_kind.setdefault((change.model, change.action, same), []).append(change)
        return [part for (model, _, _), group in by_kind.items() for part in _parts(model, group)]

    def apply(self, changes: Sequence[Change], run: str) -> list[Answer]:
        """One answer a change; Odoo does a group whole or not at all."""
        if changes[0].model == "res.partner":
            return self._write_partners(changes)
        if changes[0].action == "remove":
            return self._remove(changes)
        if "res_model_id" not in changes[0].values:
            return [self._schedule(change) for change in changes]
        ids = self.session.create("mail.activity", [dict(change.values) for change in changes], context=_QUIET)
        return [Answer(change, "created", number, 1) for change, number in zip(changes, ids, strict=True)]

    def find(self, changes: Sequence[Change], run: str) -> dict[str, Answer]:
        """Activities by customer and mark. Field writes are not looked up: repeating them does no harm."""
        asked = [change for change in changes if (change.model, change.action) == ("mail.activity", "create")]
        if not asked:
            return {}
        partners = sorted({int(change.key.split(":")[1]) for change in asked})
        domain = [("res_model", "=", "res.partner"), ("res_id", "in", partners), ("summary", "like", "(KAM ")]
        rows = self.session.search_read("mail.activity", domain, ["res_id", "summary"], limit=100_000)
        there = {(row["res_id"], str(row["summary"]).rpartition("(")[2]): row["id"] for row in rows}
        found: dict[str, Answer] = {}
        for change in asked:
            place = (int(change.key.split(":")[1]), mark_of(change.key).removeprefix("("))
            if place in there:
                found[change.journal_key] = Answer(change, "created", there[place], 1)
        return found

    def _schedule(self, change: Change) -> Answer:
        """Odoo finds the model's id itself; one call an activity."""
        values = {name: value for name, value in change.values.items() if name != "res_id"}
        place = [change.values["res_id"]]
        ids = self.session.call("res.partner", "activity_schedule", place, **values, context=_QUIET)
        return Answer(change, "created", int(ids[0]), 1)

    def _write_partners(self, changes: Sequence[Change]) -> list[Answer]:
        ids = sorted(change.id for change in changes)
        self.session.write("res.partner", ids, dict(changes[0].values), context=_QUIET)
        return [Answer(change, "updated", change.id, 1) for change in changes]

    def _remove(self, changes: Sequence[Change]) -> list[Answer]:
        ids = [change.id for change in changes]
        there = [row["id"] for row in self.session.search_read("mail.activity", [("id", "in", ids)], ["res_id"])]
        if there:
            self.session.unlink("mail.activity", there)
        return [Answer(change, "removed" if change.id in there else "unchanged", change.id, 2) for change in changes]


def _values_mark(change: Change) -> str:
    return fingerprint({name: str(value) for name, value in change.values.items()})


def _parts(model: str, group: list[Change]) -> list[list[Change]]:
    size = FIELD_BATCH if model == "res.partner" else ACTIVITY_BATCH
    if group[0].action == "create" and "res_model_id" not in group[0].values:
        size = 1  # scheduled one by one: a group that breaks in the middle would be made twice
    ordered: list[Any] = sorted(group, key=lambda change: (change.id, change.key))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
