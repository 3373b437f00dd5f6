"""Is a fast lane's page the same as plain rows, cell by cell? Asked on the first page of each model.

A sample of rows spread over the page is read again by the rows lane. Where a cell differs, the fast lane is asked
for the same rows once more: somebody may have written between the two. What is proven once is proven as long as
server, fields and their types stay the same: `proven` may be kept and given back by the next session (`trust`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa

from ...texts import Text
from ..fields import Field
from .unfit import LaneUnfit
from .wishes import LaneName, Page, Wish

if TYPE_CHECKING:
    from ..session import Session

SAMPLE_ROWS = 100


class Lane(Protocol):
    """One way to get a page."""

    @property
    def name(self) -> LaneName: ...

    def page(self, wish: Wish, fields: Mapping[str, Field], limit: int) -> Page: ...


class Prover:
    """Which models of which lanes are known to be right."""

    def __init__(self, session: Session, rows: Lane) -> None:
        self._session = session
        self._rows = rows
        self.proven: set[str] = set()

    def trust(self, marks: Iterable[str]) -> None:
        """What an earlier session proved needs no proof again."""
        self.proven.update(marks)

    def prove(self, lane: Lane, wish: Wish, page: Page, fields: Mapping[str, Field]) -> None:
        """The lane is right for the model. Raises LaneUnfit naming the first cell that differs."""
        mark = self._mark(lane, wish, fields)
        if mark in self.proven or not page.table.num_rows:
            return
        ids = _sample(page.table.column("id"))
        again = replace(wish, domain=[["id", "in", ids]], after_id=0, limit=None)
        plain = self._rows.page(again, fields, len(ids)).table
        if find_difference(page.table.filter(_among(page.table, ids)), plain):
            difference = find_difference(lane.page(again, fields, len(ids)).table, plain)
            if difference is not None:
                text = "{field} of record {id} differs from a plain read"
                raise LaneUnfit(Text(text, {"field": difference[1], "id": difference[0]}))
        self.proven.add(mark)

    def _mark(self, lane: Lane, wish: Wish, fields: Mapping[str, Field]) -> str:
        session = self._session
        parts = [lane.name, session.server_version, session.transport, str(session.uid), wish.model]
        parts += [f"{name} {field.type} {field.company_dependent}" for name, field in sorted(fields.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def find_difference(mine: pa.Table, plain: pa.Table) -> tuple[int, str] | None:
    """(id, field) of the first cell that differs between two pages of the same rows by id; None where all agree."""
    if mine.column("id").to_pylist() != plain.column("id").to_pylist():
        different = set(mine.column("id").to_pylist()) ^ set(plain.column("id").to_pylist())
        return (min(different, default=0), "id")
    for name in plain.column_names:
        left, right = mine.column(name), plain.column(name)
        if not left.equals(right):
            pairs = zip(plain.column("id").to_pylist(), left.to_pylist(), right.to_pylist(), strict=True)
            return next(((id, name) for id, one, other in pairs if one != other), (0, name))
    return None


def _sample(ids: pa.ChunkedArray) -> list[int]:
    places = np.unique(np.linspace(0, len(ids) - 1, SAMPLE_ROWS).astype(np.int64))
    found: list[int] = ids.take(pa.array(places)).to_pylist()
    return found


def _among(table: pa.Table, ids: list[int]) -> pa.Array:
    return pa.array(np.isin(table.column("id").to_numpy(), ids))
