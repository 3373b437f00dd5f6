"""What this pull reads: the catalogue, values that depend on the company, custom fields of the policy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kam_connector.findings import Finding
from kam_connector.mirror import Mirror, state
from kam_connector.mirror.side_tables import CUSTOM_KINDS, custom_table
from kam_connector.sync import drift
from kam_connector.sync.catalogue import CATALOGUE, COMPANY_ENTRIES, Entry, Version, erp_names, side_entry
from kam_connector.sync.describing import Described, describe, keep
from kam_connector.sync.options import Options
from kam_connector.sync.reading import Reading, plan_reading
from kam_connector.sync.storing import Job

MODELS = tuple(entry.model for entry in CATALOGUE)


@dataclass(frozen=True, slots=True)
class Plan:
    """The readings in the order of the pull, what is to be told, and whether it rests on remembered descriptions."""

    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]
    is_remembered: bool


def plan_pull(job: Job, *, anew: bool) -> Plan:
    """The readings of this pull; tables whose fields have changed are read whole. Raises AccessRefused (see drift)."""
    version = job.source.version
    described = describe(job.source, job.mirror, _wanted(job.options, version), job.started, anew=anew)
    drift.refuse_unworkable(described, CATALOGUE, version)
    fixed = (*CATALOGUE, *COMPANY_ENTRIES)
    drifted = drift.find_drift(described, fixed, version)
    custom, findings = _custom_entries(job.mirror, job.options, described)
    with job.mirror.transaction():
        for stream in drifted.streams:
            state.forget(job.mirror.db, stream)
    keep(job.mirror, described)
    readings = [plan_reading(entry, described.models[entry.model], version) for entry in (*CATALOGUE, *custom)]
    sides = [
        plan_reading(entry, described.models[entry.model], version, company)
        for entry in COMPANY_ENTRIES
        for company in job.companies
    ]
    return Plan((*readings, *sides), (*drifted.findings, *findings), not described.asked_all)


def _wanted(options: Options, version: Version) -> dict[str, frozenset[str]]:
    """By model the names of all fields that some table takes from it."""
    found: dict[str, set[str]] = {model: {"write_date"} for model in MODELS}
    for entry in (*CATALOGUE, *COMPANY_ENTRIES):
        found[entry.model] |= {name for _, name in erp_names(entry, version)}
    for model, field in _custom_names(options):
        found[model].add(field)
    return {model: frozenset(fields) for model, fields in found.items()}


def _custom_names(options: Options) -> list[tuple[str, str]]:
    """(model, field) of the custom fields whose model is pulled."""
    pairs = [name.rpartition(".") for name in options.custom_fields]
    return [(model, field) for model, _, field in pairs if model in MODELS]


def _custom_entries(mirror: Mirror, options: Options, described: Described) -> tuple[list[Entry], list[Finding]]:
    """An entry for each model with custom fields, its table made; a finding for each field that cannot be mirrored."""
    usable: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    findings = [_unpulled(name) for name in options.custom_fields if name.rpartition(".")[0] not in MODELS]
    for model, name in _custom_names(options):
        field = described.models[model].get(name)
        if field is None or not field.stored or field.type not in CUSTOM_KINDS:
            findings.append(_unusable(model, name, field.type if field else "", stored=bool(field and field.stored)))
        else:
            usable[model][name] = (field.type, field.relation)
    tables = [custom_table(model, fields) for model, fields in sorted(usable.items())]
    for table in tables:
        mirror.define(table)
    mirror.retire("custom", {table.name for table in tables})
    return [side_entry(table) for table in tables], findings


def _unpulled(name: str) -> Finding:
    text = "The custom field {field} of sync.toml belongs to a model that is not pulled."
    return Finding("warning", "sync.custom", name, text, {"field": name})


def _unusable(model: str, name: str, kind: str, *, stored: bool) -> Finding:
    record = f"{model}.{name}"
    if not kind:
        text = "The ERP has no field {field}, which sync.toml names, or this login may not read it."
    elif not stored:
        text = "The field {field}, which sync.toml names, is not stored in the ERP: changes of it could not be seen."
    else:
        text = "The field {field}, which sync.toml names, is of the type {type}, which is not mirrored."
    return Finding("warning", "sync.custom", record, text, {"field": record, "type": kind})
