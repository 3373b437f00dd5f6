"""Tags of partners on the wire: commands that add one tag and take others away, never a whole list.

Customers whose tags change alike go in one call. Before each group the partners are read: one that is as wanted is
left alone, one that has lost what the plan saw was changed by somebody and is a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence

from kam_connector.ledger import fingerprint
from kam_connector.writeback.channels import Session
from kam_connector.writeback.field_writes import GROUP_BATCH, QUIET
from kam_connector.writeback.plans import Answer, Change
from kam_connector.writeback.tags import FIELD

ADD, TAKE_AWAY = 4, 3
"""Odoo's commands for one record of a list, the same from 14 to 19."""
_MODEL = "res.partner"


def group_tags(changes: Sequence[Change]) -> list[list[Change]]:
    """Changes that add and take away the same tags together, each group in the order of ids."""
    alike: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda change: change.id):
        mark = fingerprint({"after": change.values[FIELD], "before": change.former[FIELD]})
        alike.setdefault(mark, []).append(change)
    return [
        group[start : start + GROUP_BATCH] for group in alike.values() for start in range(0, len(group), GROUP_BATCH)
    ]


def write_tags(session: Session, changes: Sequence[Change]) -> list[Answer]:
    """One answer a change of one group of `group_tags`."""
    domain = [("id", "in", [change.id for change in changes])]
    rows = session.search_read(_MODEL, domain, [FIELD], limit=len(changes))
    now = {int(row["id"]): set(row[FIELD] or ()) for row in rows}
    answers = [_look(change, now.get(change.id)) for change in changes]
    due = [answer.change.id for answer in answers if answer.status == "updated"]
    if due:
        session.write(_MODEL, due, {FIELD: _commands(changes[0])}, context=QUIET)
    return answers


def _look(change: Change, now: set[int] | None) -> Answer:
    """What is to be done with a partner that carries `now`: `updated` means that it is to be written."""
    if now is None:
        return Answer(change, "gone", change.id)
    wanted, former = set(change.values[FIELD]), set(change.former[FIELD])
    if wanted <= now and not (former - wanted) & now:
        return Answer(change, "unchanged", change.id, 1)
    return Answer(change, "updated" if former <= now else "conflict", change.id, 1)


def _commands(change: Change) -> list[list[int]]:
    wanted, former = change.values[FIELD], change.former[FIELD]
    return [
        *([ADD, tag] for tag in wanted if tag not in former),
        *([TAKE_AWAY, tag] for tag in former if tag not in wanted),
    ]
