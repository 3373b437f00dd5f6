"""The way into an ERP without the addon: custom fields of the customer, activities on it.

Fields are written with absolute values, by the fastest way that the ERP has (`field_writes`). Before a group is written
it is read: a customer whose fields are no more what the plan saw was changed by somebody and is a conflict; one that
is as wanted already (an answer that was lost) is done. An activity has no key of its own: its summary ends in a mark
(`KAM 9001-reminder1`), by which it is found again after a lost answer; it is taken away only while it is as made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kam_connector.writeback.channels import Session
from kam_connector.writeback.field_writes import QUIET, FieldWrites
from kam_connector.writeback.leases import Lease
from kam_connector.writeback.marks import mark_of, open_activities
from kam_connector.writeback.plans import Answer, Change
from kam_connector.writeback.writers import Registered, Writer

ACTIVITY_BATCH = 500


class PlainChannel:
    """Grouped writes of custom fields, batches of activities."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lease = Lease(session)
        self.fields = FieldWrites(session)

    def register(self, writer: Writer) -> Registered:
        """The lease is ours; it is looked at again before each call that writes."""
        return self.lease.take(writer)

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        """Partners by the way they are written; activities by what is done to them."""
        partners = [change for change in changes if change.model == "res.partner"]
        activities: dict[str, list[Change]] = {}
        for change in changes:
            if change.model != "res.partner":
                activities.setdefault(change.action, []).append(change)
        return [
            *self.fields.groups(partners),
            *(part for group in activities.values() for part in _parts(group)),
        ]

    def apply(self, changes: Sequence[Change], run: str) -> list[Answer]:
        """One answer a change; Odoo does a group whole or not at all."""
        self.lease.check()
        if changes[0].model == "res.partner":
            return self.fields.write(changes)
        if changes[0].action == "remove":
            return self._remove(changes)
        if "res_model_id" not in changes[0].values:
            return [self._schedule(change) for change in changes]
        ids = self.session.create("mail.activity", [dict(change.values) for change in changes], context=QUIET)
        return [Answer(change, "created", number, 1) for change, number in zip(changes, ids, strict=True)]

    def find(self, changes: Sequence[Change], run: str) -> dict[str, Answer]:
        """Activities by customer and mark. Field writes are not looked up: writing reads before it writes."""
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
        ids = self.session.call("res.partner", "activity_schedule", place, **values, context=QUIET)
        return Answer(change, "created", int(ids[0]), 1)

    def _remove(self, changes: Sequence[Change]) -> list[Answer]:
        """Those that a person has changed since they were made stay; `former` holds the mark of how they were made."""
        marks = open_activities(self.session, [change.id for change in changes])
        answers = [_removal(change, marks.get(change.id)) for change in changes]
        self.session.unlink("mail.activity", [answer.change.id for answer in answers if answer.status == "removed"])
        return answers


def _removal(change: Change, mark: str | None) -> Answer:
    if mark is None:
        return Answer(change, "unchanged", change.id, 2)
    return Answer(change, "removed" if mark == change.former["mark"] else "conflict", change.id, 2)


def _parts(group: list[Change]) -> list[list[Change]]:
    size = ACTIVITY_BATCH
    if group[0].action == "create" and "res_model_id" not in group[0].values:
        size = 1  # scheduled one by one: a group that breaks in the middle would be made twice
    ordered: list[Any] = sorted(group, key=lambda change: (change.id, change.key))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
