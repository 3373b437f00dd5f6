"""A session over plain dictionaries: the reading half of `kam_connector.erp.Session`, small and strict."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from kam_connector.erp.fields import Field
from kam_connector.erp.lanes import Blocks, LaneName, Note, Page, Sums, Totals, Wish
from kam_connector.erp.lanes.rows import page_of_rows
from kam_connector.errors import AccessRefused
from kam_connector.mirror import Kind
from kam_connector.mirror.tables import BY_MODEL

TYPES: Mapping[Kind, str] = {
    "ref": "many2one",
    "int": "integer",
    "text": "char",
    "flag": "boolean",
    "date": "date",
    "moment": "datetime",
    "money": "monetary",
    "number": "float",
    "rate": "float",
}
READ_WITH: Mapping[str, tuple[str, ...]] = {
    "account.move.line": ("account.move", "account.account"),
    "account.partial.reconcile": ("account.move.line", "account.account"),
}
NOT_PULLED: Mapping[tuple[str, str], str] = {("stock.picking", "location_dest_id"): "stock.location"}
"""Where a domain looks that is no table of the mirror."""
NO_BLOCKS: Mapping[str, Blocks] = {}
Row = dict[str, Any]
Tables = dict[str, list[Row]]
NEEDED = (
    "res.currency",
    "res.company",
    "res.users",
    "res.partner",
    "account.account",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
)


@dataclass
class FakeCapabilities:
    companies: tuple[int, ...] = (1,)
    time_offset_seconds: float | None = 0.0


@dataclass
class FakeLanes:
    """The session's rows as pages of columns."""

    session: FakeSession
    proven: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()

    def pages(self, wish: Wish) -> Iterator[Page]:
        while True:
            page = self.page(wish)
            if page.table.num_rows:
                yield page
            if page.complete:
                return
            wish = replace(wish, after_id=page.last_id)

    def first_pages(self, wishes: Sequence[Wish]) -> list[Page]:
        return [self.page(wish) for wish in wishes]

    def page(self, wish: Wish) -> Page:
        size = min(wish.limit or 2000, self.session.page_rows)
        known = self.session.fields(wish.model)
        if not set(wish.fields) <= set(known):
            raise AccessRefused(f"No right to read {wish.model}.")
        rows = self.session.rows(wish, size)
        fields = {name: known[name] for name in wish.fields}
        return page_of_rows(rows, fields, rows[-1]["id"] if rows else wish.after_id, complete=len(rows) < size)

    def blocks(
        self, wishes: Sequence[Wish], block_rows: int | None, known: Mapping[str, Blocks] = NO_BLOCKS
    ) -> list[Blocks | None]:
        there = self.session.tables
        return [self._blocks(wish, block_rows, known) if wish.model in there else None for wish in wishes]

    def _blocks(self, wish: Wish, block_rows: int | None, known: Mapping[str, Blocks]) -> Blocks:
        mark = "" if block_rows else self.session.mark(wish.model)
        if mark and wish.model in known and known[wish.model].mark == mark:
            self.session.calls["same"] += 1
            return known[wish.model]
        return replace(self.session.blocks(wish, block_rows), mark=mark)

    def totals(self, wish: Wish) -> Totals | None:
        return self.session.totals(wish)

    def ids(self, wish: Wish) -> pa.Array:
        return pa.array(self.session.ids(wish), pa.int64())

    def sums(self, wanted: Sequence[Sums]) -> list[list[Row]]:
        return [self.session.sums(one) for one in wanted]

    def marked_sums(self, sums: Sums, mark: str) -> tuple[list[Row] | None, str]:
        now = self.session.mark(sums.model)
        if now and now == mark:
            self.session.calls["same"] += 1
            return None, mark
        [groups] = self.sums([sums])
        return groups, now

    def learn_fields(self, models: Sequence[str]) -> None:
        self.session.calls["fields"] += 1

    def trust(self, marks: Iterable[str]) -> None:
        self.proven = frozenset(marks)

    def lane_of(self, model: str) -> LaneName:
        return "rows"


class ByCompany(dict[int, Any]):
    """A value that depends on the company, by company."""


@dataclass
class FakeSession:
    """`tables` may be changed between pulls; `calls` counts what was asked, `lacking` are (model, field) not there."""

    tables: Tables
    version: tuple[int, int] = (19, 0)
    lacking: set[tuple[str, str]] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    page_rows: int = 2000
    indexes: dict[str, tuple[Any, Mapping[Any, Row]]] = field(default_factory=dict, repr=False)

    server_version: str = "19.0"
    types: dict[tuple[str, str], Field] = field(default_factory=dict)
    makes_marks: bool = True

    def __post_init__(self) -> None:
        self.capabilities = FakeCapabilities()
        self.lanes = FakeLanes(self)
        has_addon = any(model.startswith("kam.") for model in self.tables)
        addon = [model for model in BY_MODEL if model.startswith("kam.")]  # they come and go together
        for model in (*NEEDED, *(addon if has_addon else ())):
            self.tables.setdefault(model, [])

    def fields(self, model: str) -> Mapping[str, Field]:
        if model not in self.tables:
            return {}
        columns = BY_MODEL[model].columns if model in BY_MODEL else ()
        types = dict.fromkeys(("key", "value"), "char") if model not in BY_MODEL else {}
        types |= {name: "char" for row in self.tables[model] for name in row}
        types |= {"id": "integer", "write_date": "datetime", **{one.field: TYPES[one.kind] for one in columns}}
        found = {name: Field(kind, stored=True) for name, kind in types.items()}
        found |= {name: kind for (owner, name), kind in self.types.items() if owner == model}
        return {name: kind for name, kind in found.items() if (model, name) not in self.lacking}

    def forget_fields(self, model: str) -> None:
        self.calls["forget"] += 1

    def remember_fields(self, model: str, fields: Mapping[str, Field]) -> None:
        self.calls["remember"] += 1

    def rows(self, wish: Wish, size: int) -> list[Row]:
        """The first rows of the wish, with the values of its first company."""
        self.calls[f"pages {wish.model}"] += 1
        found = [row for row in self._found(wish.model, wish.domain) if row["id"] > wish.after_id][:size]
        company = wish.companies[0] if wish.companies else 0
        return [{"id": row["id"], **{name: _of(row.get(name), company) for name in wish.fields}} for row in found]

    def ids(self, wish: Wish) -> list[int]:
        self.calls[f"ids {wish.model}"] += 1
        return [row["id"] for row in self._found(wish.model, wish.domain)]

    def totals(self, wish: Wish) -> Totals:
        self.calls[f"totals {wish.model}"] += 1
        found = [row["id"] for row in self._found(wish.model, wish.domain)]
        return Totals(len(found), sum(found) / len(found) if found else 0.0)

    def blocks(self, wish: Wish, block_rows: int | None) -> Blocks:
        self.calls["blocks"] += 1
        told: dict[int, list[int]] = {} if block_rows else {0: [0, 0, 0]}
        for row in self._found(wish.model, wish.domain):
            block = row["id"] // block_rows if block_rows else 0
            stamp = datetime.fromisoformat(row["write_date"]).replace(tzinfo=UTC).timestamp()
            rows, ids, stamps = told.get(block, [0, 0, 0])
            told[block] = [rows + 1, ids + row["id"], (stamps + int(stamp) * (1 + row["id"] % 2**16)) % (2**61 - 1)]
        names = ("block", "rows", "ids", "stamps")
        table = [dict(zip(names, (block, *figures), strict=True)) for block, figures in told.items()]
        return Blocks(pa.Table.from_pylist(table, pa.schema([(name, pa.int64()) for name in names])), block_rows)

    def mark(self, model: str) -> str:
        """A word for all rows of the model, and of those that its domains look at; none where it `makes_marks` not."""
        read = {name: self.tables.get(name, []) for name in (model, *READ_WITH.get(model, ()))}
        return hashlib.sha256(repr(read).encode()).hexdigest()[:16] if self.makes_marks else ""

    def search_count(self, model: str, domain: Sequence[Any], *, companies: Sequence[int] | None = None) -> int:
        return len(self._found(model, domain))

    def sums(self, wanted: Sums) -> list[Row]:
        self.calls[f"sums {wanted.model}"] += 1
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in self._found(wanted.model, wanted.domain):
            groups.setdefault(tuple(_group(row, spec) for spec in wanted.by), []).append(row)
        return [
            {
                **dict(zip(wanted.by, key, strict=True)),
                **{name: sum(row.get(name) or 0.0 for row in rows) for name in wanted.sums},
                "__count": len(rows),
            }
            for key, rows in groups.items()
        ]

    def _found(self, model: str, domain: Sequence[Any]) -> list[Row]:
        paths = {leaf[0].partition(".")[0] for leaf in domain if not isinstance(leaf, str)}
        assert not paths - set(self.fields(model)), (model, paths)
        return [row for row in sorted(self.tables[model], key=lambda row: row["id"]) if self._meets(model, row, domain)]

    def _meets(self, model: str, row: Row, domain: Sequence[Any]) -> bool:
        stack: list[bool] = []
        for leaf in reversed(list(domain)):
            if leaf == "|":
                stack.append(any([stack.pop(), stack.pop()]))
            elif leaf == "&":
                stack.append(all([stack.pop(), stack.pop()]))
            else:
                stack.append(self._leaf(model, row, *leaf))
        return all(stack)

    def _leaf(self, model: str, row: Row, path: str, operator: str, value: Any) -> bool:
        mine = self._value(model, row, path)
        if operator == "=":
            return bool(mine == value) if value is not False else not mine
        if operator == "!=":
            return bool(mine != value)
        if operator == "in":
            return mine in value
        if operator == ">=":
            return mine is not None and bool(mine >= value)
        if operator == "<":
            return mine is not None and bool(mine < value)
        raise AssertionError(operator)

    def _value(self, model: str, row: Row, path: str) -> Any:
        name, _, rest = path.partition(".")
        if not rest:
            return row.get(name)
        known = {column.field: column.of for column in BY_MODEL[model].columns}
        comodel = known.get(name) or NOT_PULLED[model, name]
        found = self._index(comodel).get(row.get(name))
        return None if found is None else self._value(comodel, found, rest)

    def _index(self, model: str) -> Mapping[Any, Row]:
        """The rows of the model by id, made anew when rows came or went."""
        rows = self.tables[model]
        key = (id(rows), len(rows), rows[-1]["id"] if rows else 0)
        if self.indexes.get(model, (None, {}))[0] != key:
            self.indexes[model] = (key, {row["id"]: row for row in rows})
        return self.indexes[model][1]


def _of(value: Any, company: int) -> Any:
    return value.get(company) if isinstance(value, ByCompany) else value


def _group(row: Row, spec: str) -> Any:
    name, _, period = spec.partition(":")
    value = row.get(name)
    return f"{value[:7]}-01" if period == "month" and value else value
