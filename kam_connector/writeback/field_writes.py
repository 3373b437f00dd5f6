"""The custom fields of customers, written by the fastest way that this ERP has.

Measured on Odoo 19 against one `write` a record (docs/benchmarks.md): customers with equal values in one call are about
a hundred times as fast, `web_save_multi` (Odoo 19 and later, 500 a call, all values different) about 50 times, `load`
about 3 times. So equal
values go together; of what is left, each with values of its own, `web_save_multi` where it is there, else `load`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kam_connector.errors import ErpDefect, RecordRefused, UnknownOutcome
from kam_connector.ledger import fingerprint
from kam_connector.writeback.channels import Session
from kam_connector.writeback.plans import Answer, Change

QUIET = {"tracking_disable": True, "mail_activity_quick_update": True, "mail_create_nosubscribe": True}
GROUP_BATCH = 1000
ROWS_BATCH = 500
TOGETHER = 10
"""From this many customers with equal values on, one `write` for all of them is the fastest."""
_MODEL = "res.partner"


class FieldWrites:
    """Writes of custom fields over one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        """Equal values together, the others by their fields; each in the order of ids."""
        equal: dict[str, list[Change]] = {}
        for change in changes:
            equal.setdefault(_values_mark(change), []).append(change)
        single: dict[tuple[str, ...], list[Change]] = {}
        for group in equal.values():
            if len(group) < TOGETHER:
                for change in group:
                    single.setdefault(tuple(sorted(change.values)), []).append(change)
        together = [group for group in equal.values() if len(group) >= TOGETHER]
        return [
            *(part for group in together for part in _parts(group, GROUP_BATCH)),
            *(part for group in single.values() for part in _parts(group, ROWS_BATCH)),
        ]

    def write(self, changes: Sequence[Change]) -> list[Answer]:
        """One answer a change; what somebody changed meanwhile is a conflict, what is as wanted is left alone."""
        now = self._read(changes)
        answers = [_look(change, now.get(change.id)) for change in changes]
        due = [answer.change for answer in answers if answer.status == "updated"]
        if due:
            self._send(due)
        return answers

    def _read(self, changes: Sequence[Change]) -> dict[int, dict[str, Any]]:
        names = sorted({name for change in changes for name in change.values})
        domain = [("id", "in", [change.id for change in changes])]
        rows = self.session.search_read(_MODEL, domain, names, limit=len(changes))
        return {int(row["id"]): row for row in rows}

    def _send(self, changes: Sequence[Change]) -> None:
        first = changes[0].values
        if all(change.values == first for change in changes):
            self.session.write(_MODEL, [change.id for change in changes], dict(first), context=QUIET)
        elif self.session.version >= (19, 0):
            self._save_multi(changes)
        else:
            self._load(changes)

    def _save_multi(self, changes: Sequence[Change]) -> None:
        ids, values = [change.id for change in changes], [dict(change.values) for change in changes]
        try:
            self.session.call(_MODEL, "web_save_multi", ids, values, {"id": {}}, context=QUIET)
        except (ErpDefect, RecordRefused) as error:
            if "web_save_multi" not in str(error):
                raise
            self._load(changes)  # the module `web` is not there

    def _load(self, changes: Sequence[Change]) -> None:
        names = sorted(changes[0].values)
        rows = [[str(change.id), *(_text(change.values[name]) for name in names)] for change in changes]
        answer = self.session.call(_MODEL, "load", [".id", *names], rows, context=QUIET)
        if not isinstance(answer, dict):
            raise UnknownOutcome(
                "Odoo's import answered nothing that can be read.",
                next_step="The next run looks what became of it.",
            )
        if not answer.get("ids"):
            told = [str(message.get("message", "")) for message in answer.get("messages", [])]
            raise RecordRefused("{why}", why=" ".join(told) or "Odoo's import refused the rows.")


def _look(change: Change, now: dict[str, Any] | None) -> Answer:
    """What is to be done with a customer whose fields are `now` so: `updated` means that it is to be written."""
    if now is None:
        return Answer(change, "gone", change.id)
    if all(_same(now[name], value) for name, value in change.values.items()):
        return Answer(change, "unchanged", change.id, 1)
    if all(_same(now[name], value) for name, value in change.former.items()):
        return Answer(change, "updated", change.id, 1)
    return Answer(change, "conflict", change.id)


def _same(there: Any, value: Any) -> bool:
    """Equal, with nothing, False, 0 and "" alike, and figures to nine digits behind the point."""
    if isinstance(there, float) or isinstance(value, float):
        return abs(float(there or 0) - float(value or 0)) < 1e-9 * max(1.0, abs(float(value or 0)))
    return bool((there or False) == (value or False))


def _text(value: Any) -> str:
    """A value as a cell of an import file."""
    return "" if value is False else repr(value) if isinstance(value, float) else str(value)


def _values_mark(change: Change) -> str:
    return fingerprint({name: str(value) for name, value in change.values.items()})


def _parts(group: list[Change], size: int) -> list[list[Change]]:
    ordered = sorted(group, key=lambda change: change.id)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
