"""Taking a push back: what it changed gets its former values, what it made goes, where nobody has been since.

What a later run has written since stays as that run left it, and is said; where that run was itself taken back, the
record is again as this push left it, and follows. A night that counted how far a target is reached, of which nobody has
changed anything, has not written the target. What belonged to a customer who was merged into another belongs to
that one now, and stays too.

With the addon the version decides: a record that anybody has written since is a conflict and stays. Without it, and
for tags and partner levels, the fields must still hold what was written; an activity must still be as made. What the
push itself took away (an activity of a settled task) does not come back. An undo is a push like any other, with its
journal; it can be taken back itself. The next night decides afresh: change the policy or stop the nights before, else
it writes the same again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kam_connector.errors import InputError
from kam_connector.ledger import Ledger, fingerprint
from kam_connector.ledger.merges import survivors
from kam_connector.texts import COMMA, Lines
from kam_connector.writeback.channels import Session
from kam_connector.writeback.destinations import BY_MODEL
from kam_connector.writeback.former import Former, UndoList, pushes_kept, read_undo_list
from kam_connector.writeback.journal import OPEN, Line, names_vanished, note_state, read_journal
from kam_connector.writeback.places import is_of_places
from kam_connector.writeback.plans import Change, Held, Outcome, Plan, Route
from kam_connector.writeback.pushing import push

UNDONE = "undone"
"""Why a change of a push that was taken back is moot."""
_WRITTEN = OPEN | {"confirmed"}


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: `plan` is what it sent, `outcome` what became of it."""

    plan: Plan
    outcome: Outcome


def plan_undo(ledger: Ledger, *, run: str | None = None) -> Plan:
    """What takes the push of `run` back, None for the last; writes nothing. `held`: what stays as it is, and why.

    InputError when nothing was pushed, or what the push replaced is not known (any more).
    """
    return _plan(_list_of(ledger, run), ledger)


def _list_of(ledger: Ledger, run: str | None) -> UndoList:
    kept = pushes_kept(ledger)
    if not kept:
        raise InputError(
            "There is nothing to take back: no run has written to the ERP yet.",
            next_step="See what the next run would write: `kam writeback plan`.",
        )
    listed = read_undo_list(ledger, run or kept[-1])
    if listed is None:
        raise InputError(
            "Run {run} cannot be taken back. The runs that can be are {known}.",
            next_step="Name one of them with `--run`; without it the last one is taken back.",
            run=run,
            known=Lines(kept, COMMA),
        )
    return listed


def _plan(listed: UndoList, ledger: Ledger) -> Plan:
    lines, heirs = read_journal(ledger), survivors(ledger)
    written: dict[tuple[str, int, str], list[Line]] = {}
    for line in lines.values():
        written.setdefault(line.change.record, []).append(line)
    known = [(item, lines[item.journal_key]) for item in reversed(listed.changes) if item.journal_key in lines]
    taken = [_take_back(item, line, written[line.change.record], listed, heirs) for item, line in known]
    changes = tuple(each for each in taken if isinstance(each, Change))
    return Plan(listed.route, changes, held=tuple(each for each in taken if isinstance(each, Held)))


def _take_back(
    item: Former, line: Line, of_record: Sequence[Line], listed: UndoList, heirs: Mapping[int, int]
) -> Change | Held | None:
    """The change that takes the line back, or why the record stays; nothing where there is nothing to take back.

    `of_record`: every line about the record. `heirs` as `ledger.merges.survivors`.
    """
    version = _version_now(line, of_record) if line.run == listed.run else None
    if version is None:
        return Held(*line.change.record, "rewritten", tuple(line.change.values))
    change = _reverse(item, line, version, listed.route)
    if change is not None and names_vanished(change.key, heirs):
        return Held(*change.record, "merged", tuple(line.change.values))
    return change


def _version_now(line: Line, of_record: Sequence[Line]) -> int | None:
    """The version of the record as this line left it; None where a later run has written it and was not taken back."""
    later = [other for other in of_record if other.place > line.place]
    taken_back = {_mark(other) for other in later if (other.state, other.why) == ("moot", UNDONE)}
    passed = [other for other in later if other.change.fingerprint in taken_back or _is_count(other, line)]
    if any(other.state in _WRITTEN and other not in passed for other in later):
        return None
    return max([line.version, *(other.version for other in passed)])


def _is_count(later: Line, line: Line) -> bool:
    """Whether the later one only counted what is reached of what this one wrote, and no person has changed it since."""
    destination = BY_MODEL.get(line.change.model)
    if destination is None or not destination.people_win or later.change.touched or later.change.action != "update":
        return False
    counted = destination.unsealed
    return later.change.values.keys() <= counted and bool(line.change.values.keys() - counted)


def undo(session: Session, ledger: Ledger, *, undone: str | None = None, run: str) -> Undone:
    """The push of the run `undone` (None: the last) is taken back by the run `run`. Errors: as `plan_undo`, `push`."""
    lines, listed = read_journal(ledger), _list_of(ledger, undone)
    plan = _plan(listed, ledger)
    outcome = push(plan, session, ledger, run=run)
    back = {answer.change.record for answer in outcome.of("updated", "unchanged", "removed")}
    places = [line.place for line in lines.values() if line.run == listed.run and line.change.record in back]
    note_state(ledger, "moot", places, run, why=UNDONE)
    return Undone(plan, outcome)


def _reverse(item: Former, line: Line, version: int, route: Route) -> Change | None:
    """The change that takes this one back; nothing for one that did nothing or cannot be taken back."""
    if line.state != "confirmed" or line.why not in ("created", "updated"):
        return None
    change = replace(line.change, id=line.id, version=version, fingerprint=_mark(line))
    if line.why == "created":
        former: Mapping[str, Any] = {"mark": line.change.fingerprint} if change.model == "mail.activity" else {}
        return replace(change, action="remove", values={}, former=former)
    by_version = route == "addon" and not is_of_places(change)  # elsewhere `former` is what must still be there
    return replace(
        change, action="update", values=item.values, former=item.written, version=version if by_version else 0
    )


def _mark(line: Line) -> str:
    return fingerprint({"undo of": line.change.fingerprint, "version": line.version})
