"""One page of rows into the mirror: borrowed fields filled, converted, good rows in, bad ones into quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kam_connector.mirror import Mirror, rows
from kam_connector.sync.amounts import Digits
from kam_connector.sync.catalogue import Borrowed, Entry
from kam_connector.sync.conversion import convert
from kam_connector.sync.report import Progress
from kam_connector.sync.source import Source


@dataclass(frozen=True, slots=True)
class Job:
    """One pull under way: from where, to where, by which run, for which companies, begun when (server's time)."""

    source: Source
    mirror: Mirror
    run: str
    companies: tuple[int, ...]
    started: datetime
    digits: Digits
    progress: Progress | None = None

    def with_digits(self) -> Job:
        """The same pull with the currencies that the mirror holds now."""
        return replace(self, digits=load_digits(self.mirror))


def load_digits(mirror: Mirror) -> Digits:
    """Decimal places and company currencies as the mirror has them."""
    currencies = mirror.db.execute("SELECT id, decimal_places FROM res_currency WHERE NOT _deleted").fetchall()
    companies = mirror.db.execute("SELECT id, currency_id FROM res_company WHERE NOT _deleted").fetchall()
    return Digits(dict(currencies), dict(companies))


def store_page(job: Job, entry: Entry, page: Sequence[dict[str, Any]]) -> int:
    """The rows of `page` stand in the mirror (call inside a transaction); how many were new or different."""
    for borrowed in entry.borrowed:
        _borrow(job.mirror, page, borrowed)
    converted = convert(page, entry.table, job.digits)
    changed = job.mirror.upsert(entry.table.name, converted.good, job.run)
    job.mirror.tombstone(entry.table.name, [bad.id for bad in converted.bad], job.run)
    rows.quarantine(job.mirror.db, entry.model, converted.ids, converted.bad, job.run)
    return changed


def _borrow(mirror: Mirror, page: Sequence[dict[str, Any]], borrowed: Borrowed) -> None:
    lacking = [row for row in page if row.get(borrowed.field) is None and row.get(borrowed.via) is not None]
    if not lacking:
        return
    known = _look_up(mirror, borrowed, [row[borrowed.via] for row in lacking])
    for row in lacking:
        row[borrowed.field] = known.get(row[borrowed.via])


def _look_up(mirror: Mirror, borrowed: Borrowed, ids: list[int]) -> Mapping[int, int]:
    query = f'SELECT id, "{borrowed.column}" FROM "{borrowed.table}" WHERE id IN (SELECT unnest(?))'  # noqa: S608
    return dict(mirror.db.execute(query, [ids]).fetchall())
