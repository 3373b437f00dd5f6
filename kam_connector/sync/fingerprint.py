"""Do the rows of the mirror add up to what the ERP adds up itself? Asked on each day's first run.

What changed by SQL moves neither ids nor `write_date`: a repaired amount, a re-pointed document whose old partner is
still there. Counts and sums of every model by partner (or product) and month cost the ERP one query each; groups that
differ are read again, row by row, and compared once more. A change that leaves every sum as it was, and text, stay
unseen until a full pull.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from kam_connector.erp.lanes import Sums
from kam_connector.findings import Finding
from kam_connector.mirror import rows
from kam_connector.sync.amounts import to_minor
from kam_connector.sync.reading import Reading, read_pages
from kam_connector.sync.report import Pulled
from kam_connector.sync.storing import Job
from kam_connector.sync.sweep import store_pages

GROUPS_A_CALL = 50
WHOLE_FROM = 1000
"""From so many differing groups on the whole model is read again."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """What is counted and summed of one model: `by` holds the field that tells the currency of the sums."""

    model: str
    by: tuple[str, ...]
    sums: tuple[str, ...] = ()


PRINTS: tuple[Print, ...] = (
    Print("res.partner", ("company_id", "user_id")),
    Print("sale.order", ("currency_id", "partner_id", "date_order:month"), ("amount_total",)),
    Print("sale.order.line", ("currency_id", "product_id"), ("price_subtotal",)),
    Print(
        "account.move", ("company_id", "partner_id", "date:month"), ("amount_total_signed", "amount_residual_signed")
    ),
    Print("account.move.line", ("company_id", "partner_id", "date:month"), ("balance", "amount_residual")),
    Print("account.partial.reconcile", ("company_id", "max_date:month"), ("amount",)),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows read again by stream, what still differs, and the models that were looked at."""

    pulled: Mapping[str, Pulled]
    findings: tuple[Finding, ...]
    models: tuple[str, ...]


def compare_sums(job: Job, readings: Sequence[Reading]) -> Compared:
    """The mirror adds up to the ERP's own sums, or a finding says where it does not."""
    prints = [(one, reading) for one in PRINTS for reading in readings if _can(one, reading)]
    differing = {one.model: _differing(job, one, theirs) for one, theirs in _asked(job, prints)}
    pulled: dict[str, Pulled] = {}
    again = [(one, reading) for one, reading in prints if differing[one.model]]
    for one, own in again:
        for reading in readings:
            if reading.model == own.model and reading.exists:
                pulled[reading.stream] = _read_groups(job, reading, one, differing[one.model])
    left = {one.model: _differing(job, one, theirs) for one, theirs in _asked(job, again)}
    findings = tuple(_finding(job, reading, left[reading.model]) for _, reading in again if left[reading.model])
    return Compared(pulled, tuple(one for one in findings if one), tuple(one.model for one, _ in prints))


def _can(one: Print, reading: Reading) -> bool:
    """Whether this ERP has, and we mirror, every field of the print."""
    fields = {*(spec.partition(":")[0] for spec in one.by), *one.sums}
    return reading.model == one.model and not reading.is_side and fields <= set(reading.fields)


def _asked(job: Job, prints: Sequence[tuple[Print, Reading]]) -> Iterator[tuple[Print, dict[Key, list[int]]]]:
    """The ERP's own counts and sums (in smallest units) by group."""
    wanted = [Sums(one.model, list(reading.domain), one.sums, one.by, job.companies) for one, reading in prints]
    answers = job.source.lanes.sums(wanted) if wanted else []
    for (one, _), groups in zip(prints, answers, strict=True):
        yield one, _in_units(job, one, groups)


def _in_units(job: Job, one: Print, groups: Sequence[Mapping[str, Any]]) -> dict[Key, list[int]]:
    owners = np.array([group[one.by[0]] or -1 for group in groups], dtype=np.int64)
    digits = job.digits.of_companies(owners) if one.by[0] == "company_id" else job.digits.of_currencies(owners)
    found = {_key(one, group): [int(group["__count"])] for group in groups}
    for name in one.sums:
        units, _ = to_minor(np.array([float(group[name] or 0.0) for group in groups]), digits)
        for group, unit in zip(groups, units, strict=True):
            found[_key(one, group)].append(int(unit))
    return found


def _key(one: Print, group: Mapping[str, Any]) -> Key:
    return tuple(group[spec] or None for spec in one.by)


def _differing(job: Job, one: Print, theirs: Mapping[Key, list[int]]) -> list[Key]:
    """The groups whose count or sums are other ones in the mirror, sorted; among them those that one side lacks."""
    mine = _own(job, one)
    return sorted((key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)), key=str)


def _own(job: Job, one: Print) -> dict[Key, list[int]]:
    keys = [_sql_key(spec) for spec in one.by]
    sums = [f'coalesce(sum("{name}_minor"), 0)::BIGINT' for name in one.sums]
    chosen, table = ", ".join([*keys, "count(*)", *sums]), one.model.replace(".", "_")
    found = job.mirror.db.execute(f'SELECT {chosen} FROM "{table}" WHERE NOT _deleted GROUP BY ALL')  # noqa: S608
    return {row[: len(keys)]: [int(value) for value in row[len(keys) :]] for row in found.fetchall()}


def _sql_key(spec: str) -> str:
    name, _, period = spec.partition(":")
    return f"strftime(date_trunc('{period}', \"{name}\"{_zone(name)}), '%Y-%m-%d')" if period else f'"{name}"'


def _zone(name: str) -> str:
    return " AT TIME ZONE 'UTC'" if name == "date_order" else ""


def _read_groups(job: Job, reading: Reading, one: Print, keys: Sequence[Key]) -> Pulled:
    if len(keys) >= WHOLE_FROM:
        return store_pages(job, reading, read_pages(job.source, reading, [], job.companies))
    done = Pulled()
    for start in range(0, len(keys), GROUPS_A_CALL):
        leaves = [_condition(one, key) for key in keys[start : start + GROUPS_A_CALL]]
        domain = ["|"] * (len(leaves) - 1) + [leaf for condition in leaves for leaf in condition]
        done += store_pages(job, reading, read_pages(job.source, reading, domain, job.companies))
    return done


def _condition(one: Print, key: Key) -> list[Any]:
    leaves: list[Any] = []
    for spec, value in zip(one.by, key, strict=True):
        name, _, period = spec.partition(":")
        if period and value is not None:
            first = date.fromisoformat(value)
            after = (first + timedelta(days=32)).replace(day=1)
            leaves += [(name, ">=", _bound(name, first)), (name, "<", _bound(name, after))]
        else:
            leaves.append((name, "=", value if value is not None else False))
    return ["&"] * (len(leaves) - 1) + leaves


def _bound(name: str, day: date) -> str:
    return f"{day} 00:00:00" if name == "date_order" else day.isoformat()


def _finding(job: Job, reading: Reading, keys: Sequence[Key]) -> Finding | None:
    if rows.quarantined(job.mirror.db, reading.model):  # rows that are set aside are missing in every sum
        return None
    text = "{model}: groups ({count}, the first: {group}) do not add up to the ERP's own sums after being read again."
    shown = ", ".join(str(part) for part in keys[0])
    values = {"model": reading.model, "count": len(keys), "group": shown}
    return Finding("error", f"sync.{reading.entry.table.name}", shown, text, values)
