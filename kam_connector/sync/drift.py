"""What the ERP's own fields became since the last run: gone, come, of another type; said by name, and what follows.

A table whose fields have changed is read whole again: a field that comes, or goes, moves no `write_date`. Where a
field is missing without which no rule can work, the run stops before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kam_connector.erp.fields import Field
from kam_connector.errors import AccessRefused
from kam_connector.findings import Finding
from kam_connector.mirror import Column, Kind
from kam_connector.sync.catalogue import Entry, Version, erp_names
from kam_connector.sync.describing import Described, Fields, names

ACCEPTED: Mapping[Kind, frozenset[str]] = {
    "id": frozenset({"integer"}),
    "ref": frozenset({"many2one"}),
    "int": frozenset({"integer", "many2one_reference"}),
    "text": frozenset({"char", "text", "selection", "html", "reference"}),
    "flag": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "moment": frozenset({"datetime"}),
    "money": frozenset({"monetary", "float"}),
    "number": frozenset({"float", "monetary", "integer"}),
    "rate": frozenset({"float", "monetary", "integer"}),
}
"""Which types of the ERP a column of each kind takes."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is told, and which streams (tables) have to be read whole."""

    findings: tuple[Finding, ...]
    streams: frozenset[str]


def is_usable(column: Column, field: Field | None, part: str) -> bool:
    """Whether the field can fill the column: there, of a fitting type, and a column of the ERP's own database."""
    if field is None or field.type not in ACCEPTED[column.kind]:
        return False
    return field.stored or (part == "company" and field.company_dependent)


def find_drift(described: Described, entries: Sequence[Entry], version: Version) -> Drift:
    """What changed between the last run and this one; nothing for a model that no run has seen yet."""
    findings: list[Finding] = []
    streams: set[str] = set()
    for entry in entries:
        now = described.models.get(entry.model, {})
        findings += _misfits(entry, now, version)
        if entry.model not in described.before:
            continue
        changes = _changes(entry, described.before[entry.model], now, version)
        if changes:
            findings += _told(entry, now, changes)
            streams.add(entry.table.stream)
    return Drift(tuple(findings), frozenset(streams))


def refuse_unworkable(described: Described, entries: Sequence[Entry], version: Version) -> None:
    """Nothing when the rules can work, else AccessRefused naming the models and fields that they need."""
    gone = [entry.model for entry in entries if entry.needed and not described.models.get(entry.model)]
    if gone:
        raise AccessRefused(
            "The ERP has no {models} that this login may see.",
            next_step="Install Odoo's Invoicing app, or run `kam doctor` to see which right is missing.",
            models=", ".join(gone),
        )
    lacking = [name for entry in entries if entry.needed for name in _lacking(entry, described, version)]
    if lacking:
        raise AccessRefused(
            "The ERP has no field {fields} as the rules need it: it was renamed, changed its type, or may not be read.",
            next_step="Look at it in the ERP; `kam erp capabilities` shows what this login sees. Nothing was written.",
            fields=names(lacking),
        )


def _lacking(entry: Entry, described: Described, version: Version) -> Iterator[str]:
    fields = described.models[entry.model]
    lent = {borrowed.field for borrowed in entry.borrowed}
    for column, name in erp_names(entry, version):
        must = (column.required or column.field in entry.essential) and column.field not in lent
        if must and not is_usable(column, fields.get(name), ""):
            yield f"{entry.model}.{name}"


def _misfits(entry: Entry, fields: Fields, version: Version) -> Iterator[Finding]:
    """Fields that are there but cannot fill their column, at every run."""
    for column, name in erp_names(entry, version):
        field = fields.get(name)
        if field is not None and field.stored and field.type not in ACCEPTED[column.kind]:
            yield Finding(
                "error",
                f"sync.{entry.table.name}",
                f"{entry.model}.{name}",
                "The field {field} of {model} is of the type {type}, which does not fit: it is left empty.",
                {"field": name, "model": entry.model, "type": field.type},
            )


def _changes(entry: Entry, before: Fields, now: Fields, version: Version) -> dict[str, tuple[str, str]]:
    """Field to its former and present type ("" where it cannot be used), of those that differ."""
    found = {}
    for column, name in erp_names(entry, version):
        former, present = (
            fields[name].type if is_usable(column, fields.get(name), entry.table.part) else ""
            for fields in (before, now)
        )
        if former != present:
            found[name] = (former, present)
    return found


def _told(entry: Entry, now: Fields, changes: Mapping[str, tuple[str, str]]) -> Iterator[Finding]:
    source = f"sync.{entry.table.name}"
    if not now:
        text = "The ERP no longer has {model}: was its module uninstalled, or the right to read it withdrawn?"
        yield Finding("warning", source, entry.model, text, {"model": entry.model})
        return
    for name, (former, present) in sorted(changes.items()):
        values = {"field": name, "model": entry.model, "former": former, "present": present}
        record = f"{entry.model}.{name}"
        if former and present:
            text = "The field {field} of {model} was {former} and is {present} now: every row is read again."
            yield Finding("warning", source, record, text, values)
        elif former and name not in now:
            text = "The field {field} of {model} is gone from the ERP, or may no longer be read: it is empty now."
            yield Finding("warning", source, record, text, values)
