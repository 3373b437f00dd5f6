"""One page of rows into the mirror: borrowed fields filled, converted, good rows in, bad ones into quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from kam_connector.erp.lanes import Blocks, Page
from kam_connector.mirror import Mirror, rows
from kam_connector.sync.amounts import Digits
from kam_connector.sync.catalogue import Borrowed, Entry
from kam_connector.sync.conversion import convert
from kam_connector.sync.options import DEFAULT, Options
from kam_connector.sync.report import Progress
from kam_connector.sync.source import Source


@dataclass(frozen=True, slots=True)
class Job:
    """One pull under way: from where, to where, by which run, for which companies, begun when (server's time).

    `told`: by model the digest with a mark that the ERP told last in this pull; the mirror keeps it when all is good.
    """

    source: Source
    mirror: Mirror
    run: str
    companies: tuple[int, ...]
    started: datetime
    digits: Digits
    options: Options = DEFAULT
    progress: Progress | None = None
    told: dict[str, Blocks] = field(default_factory=dict, compare=False)

    def with_digits(self) -> Job:
        """The same pull with the currencies that the mirror holds now."""
        return replace(self, digits=load_digits(self.mirror))


def load_digits(mirror: Mirror) -> Digits:
    """Decimal places and company currencies as the mirror has them."""
    currencies = mirror.db.execute("SELECT id, decimal_places FROM res_currency WHERE NOT _deleted").fetchall()
    companies = mirror.db.execute("SELECT id, currency_id FROM res_company WHERE NOT _deleted").fetchall()
    return Digits(dict(currencies), dict(companies))


def store_page(job: Job, entry: Entry, page: Page) -> int:
    """The rows of `page` stand in the mirror (call inside a transaction); how many were new or different."""
    table = page.table
    for borrowed in entry.borrowed:
        table = _borrow(job.mirror, table, borrowed)
    converted = convert(replace(page, table=table), entry.table, job.digits)
    changed = job.mirror.upsert(entry.table.name, converted.good, job.run, entry.table.key)
    job.mirror.tombstone(entry.table.name, [bad.id for bad in converted.bad], job.run)
    rows.quarantine(job.mirror.db, entry.table.stream, converted.ids, converted.bad, job.run)
    return changed


def _borrow(mirror: Mirror, table: pa.Table, borrowed: Borrowed) -> pa.Table:
    """The table with the empty cells of a column filled from the rows that `via` points at."""
    if borrowed.via not in table.column_names:
        return table
    there = borrowed.field in table.column_names
    own = table.column(borrowed.field) if there else pa.nulls(table.num_rows, pa.int64())
    via = table.column(borrowed.via)
    lacking = pc.and_(own.is_null(), via.is_valid())
    if not pc.any(lacking).as_py():
        return table if there else table.append_column(borrowed.field, own)
    known = _look_up(mirror, borrowed, pc.unique(via.filter(lacking)))
    lent = known.column(1).take(pc.index_in(via, known.column(0)))
    filled = pc.coalesce(own, lent)
    if not there:
        return table.append_column(borrowed.field, filled)
    return table.set_column(table.column_names.index(borrowed.field), borrowed.field, filled)


def _look_up(mirror: Mirror, borrowed: Borrowed, ids: pa.Array) -> pa.Table:
    """Columns id and the borrowed one, of the mirrored rows `ids`."""
    query = f'SELECT id, "{borrowed.column}" FROM "{borrowed.table}" WHERE id IN (SELECT id FROM _wanted)'  # noqa: S608
    mirror.db.register("_wanted", pa.table({"id": ids}))
    try:
        return mirror.db.execute(query).to_arrow_table()
    finally:
        mirror.db.unregister("_wanted")
