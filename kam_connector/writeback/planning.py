"""The plan: what is wanted minus what the mirror shows. This is also the dry run: it writes nothing anywhere.

Whole columns are compared at once; only rows that differ are looked at one by one. Two wanted records of
one key with different content are a contradiction (R-60) and stop everything before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector.errors import Contradiction
from kam_connector.ledger import Ledger
from kam_connector.writeback.activities import made_activities
from kam_connector.writeback.comparison import Difference, Existing, find_differences
from kam_connector.writeback.current import INDEX, Current, Tables, parent_of, read_current
from kam_connector.writeback.destinations import BY_MODEL, WARNING, WITH_ADDON, Destination
from kam_connector.writeback.digits import Digits, read_digits
from kam_connector.writeback.history import without_repeats
from kam_connector.writeback.journal import Line, by_record
from kam_connector.writeback.plans import Change, Desired, Held, Plan
from kam_connector.writeback.playbooks import without_made
from kam_connector.writeback.wanted import in_form, lost_subjects

_ORDER = {destination.model: position for position, destination in enumerate(WITH_ADDON)}
_Record = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the plan compares with: the mirror, the journal, the digits of money."""

    tables: Tables
    lines: Mapping[_Record, Sequence[Line]]
    digits: Digits


def plan_records(
    desired: Sequence[Desired], con: BaseBackend, ledger: Ledger, *, activities: Desired | None = None
) -> Plan:
    """What has to change in an ERP that has the addon.

    `con` is the mirror's connection, as pulled before the decisions. `activities`: the tasks of the early warnings as
    they are made without the addon; those that were made so are left out of the records. Errors: Contradiction.
    """
    tables = Tables(con)
    known = Known(tables, by_record(ledger), read_digits(tables))
    if activities is not None:
        made = made_activities(activities.frame, tables, known.lines)
        desired = [without_made(item, made) if item.model == WARNING.model else item for item in desired]
    parts = [_plan_model(item, known) for item in sorted(desired, key=lambda item: _ORDER[item.model])]
    return Plan(
        "addon",
        tuple(change for part in parts for change in part.changes),
        sum(part.unchanged for part in parts),
        tuple(held for part in parts for held in part.held),
    )


def _plan_model(desired: Desired, known: Known) -> Plan:
    destination = BY_MODEL[desired.model]
    current = read_current(known.tables, destination)
    wanted = in_form(desired, destination)
    refuse_contradictions(desired.model, wanted)
    lost = lost_subjects(desired, wanted, current.records, destination)
    closed = _closed_parents(destination, known)
    if closed is not None:
        belongs = _parents(wanted, destination).isin(closed)
        refuse_other_content(find_differences(wanted[belongs], current.records, destination, known.digits), destination)
        wanted = wanted[~belongs]
        lost = lost[~_parents(current.records.reindex(lost.index), destination).isin(closed)]
    if destination.history:
        wanted, repeats = without_repeats(wanted, current.records, destination)
    else:
        repeats = 0
    differences = find_differences(wanted, current.records, destination, known.digits)
    emptied = find_differences(lost, current.records, destination, known.digits, compare=("owned", "initial"))
    drafted = [
        *(_draft(item, destination, current, known) for item in differences),
        *(_draft_lost(item, destination, known) for item in emptied),
    ]
    same = len(wanted) - len(differences) + repeats
    return _collect(drafted, same)


def refuse_contradictions(model: str, wanted: pd.DataFrame) -> None:
    """Contradiction when two wanted records have one key."""
    twice = wanted.index[wanted.index.duplicated()]
    if len(twice):
        company, key = twice[0]
        raise Contradiction(
            "The decisions want {model} {key} of company {company} twice ({count} such keys); nothing was sent.",
            next_step="Please report it with the run's number: `kam status`.",
            model=model,
            key=key,
            company=company,
            count=len(twice),
        )


def refuse_other_content(differences: Sequence[Difference], destination: Destination) -> None:
    """Contradiction when a record that people have approved is wanted with other content under the same key."""
    for item in differences:
        if item.existing is None:
            continue
        raise Contradiction(
            "The ERP holds {model} {key} of company {company} as approved, and the decisions want other {fields} under "
            "the same key; nothing was sent.",
            next_step="Withdraw the approval in the ERP, or restore the ledger that decided it (`kam verify`).",
            model=destination.model,
            key=item.key,
            company=item.company_id,
            fields=", ".join(sorted(item.values)),
        )


def _collect(drafted: Sequence[Change | Held | None], same: int) -> Plan:
    changes = tuple(item for item in drafted if isinstance(item, Change))
    held = tuple(item for item in drafted if isinstance(item, Held))
    return Plan("addon", changes, same + sum(item is None for item in drafted), held)


def _closed_parents(destination: Destination, known: Known) -> pd.Index[Any] | None:
    """The parent records that belong to people now (approved payouts); None where there are no parents."""
    above = parent_of(destination)
    if above is None or above.writable_while is None:
        return None
    state, allowed = above.writable_while
    parents = read_current(known.tables, above).records
    return parents.index[~parents[state].isin(allowed)] if state in parents else parents.index[:0]


def _parents(rows: pd.DataFrame, destination: Destination) -> pd.MultiIndex:
    names = rows[destination.parent] if destination.parent in rows else [""] * len(rows)
    return pd.MultiIndex.from_arrays([rows.index.get_level_values(0), names], names=INDEX)


def _draft(item: Difference, destination: Destination, current: Current, known: Known) -> Change | Held:
    """The change that makes the record as wanted, or why it is held."""
    record = (destination.model, item.company_id, item.key)
    lines = known.lines.get(record, ())
    if item.existing is None and not _is_made(item, destination):
        return Held(*record, "gone", tuple(item.values))
    if item.existing is None and not destination.remade and _was_there(record, current, lines):
        return Held(*record, "gone", tuple(item.values))
    if _is_kept_back(item, destination):
        if destination.sealed:
            refuse_other_content([item], destination)
        return Held(*record, "closed", tuple(item.values))
    return _change(item, destination, lines)


def _is_made(item: Difference, destination: Destination) -> bool:
    return destination.made and (not destination.made_with or bool(item.values.get(destination.made_with)))


def _draft_lost(item: Difference, destination: Destination, known: Known) -> Change | Held | None:
    """The change of a record whose subject is gone; nothing when people have closed it already."""
    lines = known.lines.get((destination.model, item.company_id, item.key), ())
    if item.existing is None or _is_closed(item.existing, destination):
        return None
    if destination.untouched_only and _is_touched(item.existing, lines):
        return Held(destination.model, item.company_id, item.key, "closed", tuple(item.values))
    return _change(item, destination, lines)


def _change(item: Difference, destination: Destination, lines: Sequence[Line]) -> Change | Held:
    if any(line.state == "quarantined" and line.change.fingerprint == item.fingerprint for line in lines):
        return Held(destination.model, item.company_id, item.key, "quarantined", tuple(item.values))
    there = item.existing
    touched = there is not None and _is_touched(there, lines)
    if touched and destination.people_win and item.values.keys() - destination.unsealed:
        fields = tuple(item.values)
        return Held(destination.model, item.company_id, item.key, "edited", fields, item.values, item.former)
    return Change(
        destination.model,
        item.company_id,
        item.key,
        "create" if there is None else "update",
        item.values,
        item.fingerprint,
        0 if there is None else there.id,
        0 if there is None else max(there.version, _confirmed_version(lines)),
        touched,
        item.former,
    )


def _was_there(record: _Record, current: Current, lines: Sequence[Line]) -> bool:
    """True for a record that a person deleted; one that `kam writeback undo` took back may be made again."""
    if any(line.why == "undone" for line in lines):
        return any(line.state == "confirmed" and line.change.action == "create" for line in lines)
    return record[1:] in current.gone or any(line.state == "confirmed" for line in lines)


def _is_closed(there: Existing, destination: Destination) -> bool:
    return destination.writable_while is not None and there.state not in destination.writable_while[1]


def _is_kept_back(item: Difference, destination: Destination) -> bool:
    """Whether people have closed the record, and more of it differs than where it stands."""
    if item.existing is None or not _is_closed(item.existing, destination):
        return False
    return bool(item.values.keys() - destination.unsealed)


def _is_touched(there: Existing, lines: Sequence[Line]) -> bool:
    """True when somebody else has changed the record, now or before an earlier change of ours."""
    return there.version > _confirmed_version(lines) or any(line.change.touched for line in lines)


def _confirmed_version(lines: Sequence[Line]) -> int:
    return max((line.version for line in lines if line.state == "confirmed"), default=0)
