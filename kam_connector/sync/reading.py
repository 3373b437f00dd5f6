"""How one model is read from this ERP: which of the wanted fields it has, under which names, for which companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kam_connector.erp.lanes import Page, Wish
from kam_connector.sync.catalogue import Entry, Renamed, Version, erp_names, former_names
from kam_connector.sync.describing import Fields
from kam_connector.sync.drift import is_usable
from kam_connector.sync.source import Source

IDS_A_CALL = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """One table of the catalogue as this ERP can fill it; no `fields` where the ERP lacks the model.

    `company`: the only one for which values that depend on the company are read.
    """

    entry: Entry
    domain: tuple[Any, ...]
    fields: tuple[str, ...]
    renamed: tuple[Renamed, ...] = ()
    company: int | None = None

    @property
    def stream(self) -> str:
        """What its watermark is kept under."""
        stream = self.entry.table.stream
        return stream if self.company is None else f"{stream}@{self.company}"

    @property
    def is_side(self) -> bool:
        """Whether the table stands beside the model's own, whose ids are swept for both."""
        return bool(self.entry.table.part)

    @property
    def model(self) -> str:
        return self.entry.model

    @property
    def exists(self) -> bool:
        return bool(self.fields)


def plan_reading(entry: Entry, fields: Fields, version: Version, company: int | None = None) -> Reading:
    """Of the catalogue's fields those that this ERP has and can give (a non-stored one never moves `write_date`)."""
    domain = tuple(entry.domain(version))
    if not fields:
        return Reading(entry, domain, (), company=company)
    part = entry.table.part
    usable = [name for column, name in erp_names(entry, version) if is_usable(column, fields.get(name), part)]
    if part and not usable:
        return Reading(entry, domain, (), company=company)
    return Reading(entry, domain, (*usable, "write_date"), former_names(entry.model, version), company)


def read_pages(
    source: Source, reading: Reading, condition: Sequence[Any], companies: Sequence[int], *, after_id: int = 0
) -> Iterator[Page]:
    """Pages of the rows after `after_id` that also meet `condition`, by id, under today's field names."""
    for page in source.lanes.pages(wish_of(reading, condition, companies, after_id=after_id)):
        yield named_today(reading, page)


def read_rows(source: Source, reading: Reading, ids: Sequence[int], companies: Sequence[int]) -> Iterator[Page]:
    """The rows `ids`, a page at a time; those that are gone meanwhile are absent."""
    for start in range(0, len(ids), IDS_A_CALL):
        chunk = list(ids[start : start + IDS_A_CALL])
        yield from read_pages(source, reading, [("id", "in", chunk)], companies)


def wish_of(reading: Reading, condition: Sequence[Any], companies: Sequence[int], *, after_id: int = 0) -> Wish:
    """What is asked of the lanes for the rows of the model that also meet `condition`."""
    chosen = tuple(companies) if reading.company is None else (reading.company,)
    return Wish(reading.model, [*condition, *reading.domain], reading.fields, chosen, after_id)


def named_today(reading: Reading, page: Page) -> Page:
    """The page with today's names and words where this ERP has former ones, and with the company it was read for."""
    table = page.table
    if reading.company is not None:
        table = table.append_column("company_id", pa.array([reading.company] * table.num_rows, pa.int64()))
    for rename in reading.renamed:
        if rename.former in table.column_names:
            place = table.column_names.index(rename.former)
            table = table.set_column(place, rename.field, _in_words_of_today(table.column(place), rename.values))
    return replace(page, table=table)


def _in_words_of_today(values: pa.ChunkedArray, words: Mapping[str, str]) -> pa.ChunkedArray:
    for former, today in words.items():
        values = pc.if_else(pc.equal(values, former), today, values)
    return values
