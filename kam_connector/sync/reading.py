"""How one model is read from this ERP: which of the wanted fields it has, under which names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kam_connector.sync.catalogue import Entry, Renamed, former_names
from kam_connector.sync.source import Source

PAGE = 2000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One model of the catalogue as this ERP has it; no `fields` where the ERP lacks the model."""

    entry: Entry
    domain: tuple[Any, ...]
    fields: tuple[str, ...]
    renamed: tuple[Renamed, ...] = ()

    @property
    def model(self) -> str:
        return self.entry.model

    @property
    def exists(self) -> bool:
        return bool(self.fields)


def plan_reading(source: Source, entry: Entry) -> Reading:
    """The stored fields of the catalogue that this ERP has (a non-stored one never moves `write_date`)."""
    domain = tuple(entry.domain(source.version))
    present = source.fields(entry.model) if source.capabilities.has(entry.model) else {}
    if not present:
        return Reading(entry, domain, ())
    renamed = former_names(entry.model, source.version)
    former = {rename.field: rename.former for rename in renamed}
    wanted = [former.get(column.field, column.field) for column in entry.table.columns]
    stored = [name for name in wanted if name in present and present[name].stored]
    return Reading(entry, domain, (*stored, "write_date"), renamed)


def read_pages(
    source: Source, reading: Reading, condition: Sequence[Any], companies: Sequence[int], *, after_id: int = 0
) -> Iterator[list[Row]]:
    """Pages of the rows after `after_id` that also meet `condition`, by id, under today's field names."""
    domain = [*condition, *reading.domain]
    fields = list(reading.fields)
    for rows in source.pages(reading.model, domain, fields, after_id=after_id, limit=PAGE, companies=companies):
        for rename in reading.renamed:
            _rename(rows, rename)
        yield rows


def read_rows(source: Source, reading: Reading, ids: Sequence[int], companies: Sequence[int]) -> Iterator[list[Row]]:
    """The rows `ids`, a page at a time; those that are gone meanwhile are absent."""
    for start in range(0, len(ids), PAGE):
        chunk = list(ids[start : start + PAGE])
        yield from read_pages(source, reading, [("id", "in", chunk)], companies)


def _rename(rows: Sequence[Row], rename: Renamed) -> None:
    for row in rows:
        value = row.pop(rename.former, None)
        row[rename.field] = rename.values.get(value, value) if isinstance(value, str) else value
