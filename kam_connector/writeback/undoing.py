"""Taking the last push back: what it changed gets its former values, what it made goes, where nobody has been since.

With the addon the version decides: a record that anybody has written since is a conflict and stays. Without it, and
for tags and partner levels, the fields must still hold what was written; an activity must still be as made. What the
push itself took away (an activity of a settled task) does not come back. An undo is a push like any other, with its
journal; it can be taken back itself. The next night decides afresh: change the policy or stop the nights before, else
it writes the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kam_connector.errors import InputError
from kam_connector.ledger import Ledger, fingerprint
from kam_connector.writeback.channels import Session
from kam_connector.writeback.former import Former, UndoList, read_undo_list
from kam_connector.writeback.journal import Line, note_state, read_journal
from kam_connector.writeback.places import is_of_places
from kam_connector.writeback.plans import Change, Outcome, Plan, Route
from kam_connector.writeback.pushing import push


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: `plan` is what it sent, `outcome` what became of it."""

    plan: Plan
    outcome: Outcome


def plan_undo(ledger: Ledger, *, run: str | None = None) -> Plan:
    """What takes the push of `run` back, None for the last; writes nothing. InputError when it is not the last push."""
    return _plan(_list_of(ledger, run), read_journal(ledger))


def _list_of(ledger: Ledger, run: str | None) -> UndoList:
    listed = read_undo_list(ledger)
    if listed is None or run not in (None, listed.run):
        raise InputError(
            "Run {run} cannot be taken back: the last push is {last}.",
            next_step="Only the last push can; `kam writeback status` shows it.",
            run=run or "-",
            last=listed.run if listed else "none",
        )
    return listed


def _plan(listed: UndoList, lines: Mapping[str, Line]) -> Plan:
    drafted = [_reverse(item, lines.get(item.journal_key), listed.route) for item in reversed(listed.changes)]
    return Plan(listed.route, tuple(change for change in drafted if change is not None))


def undo(session: Session, ledger: Ledger, *, undone: str | None = None, run: str) -> Undone:
    """The push of the run `undone` (None: the last) is taken back by the run `run`. Errors: as `plan_undo`, `push`."""
    lines, listed = read_journal(ledger), _list_of(ledger, undone)
    plan = _plan(listed, lines)
    outcome = push(plan, session, ledger, run=run)
    back = {answer.change.record for answer in outcome.of("updated", "unchanged", "removed")}
    places = [line.place for line in lines.values() if line.run == listed.run and line.change.record in back]
    note_state(ledger, "moot", places, run, why="undone")
    return Undone(plan, outcome)


def _reverse(item: Former, line: Line | None, route: Route) -> Change | None:
    """The change that takes this one back; nothing for one that did nothing or cannot be taken back."""
    if line is None or line.state != "confirmed" or line.why not in ("created", "updated"):
        return None
    change = replace(line.change, id=line.id, version=line.version, fingerprint=_mark(line))
    if line.why == "created":
        former: Mapping[str, Any] = {"mark": line.change.fingerprint} if change.model == "mail.activity" else {}
        return replace(change, action="remove", values={}, former=former)
    by_version = route == "addon" and not is_of_places(change)  # elsewhere `former` is what must still be there
    version = line.version if by_version else 0
    return replace(change, action="update", values=item.values, former=item.written, version=version)


def _mark(line: Line) -> str:
    return fingerprint({"undo of": line.change.fingerprint, "version": line.version})
