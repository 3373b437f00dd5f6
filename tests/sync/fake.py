"""A session over plain dictionaries: the reading half of `kam_connector.erp.Session`, small and strict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kam_connector.mirror.tables import BY_MODEL

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


@dataclass(frozen=True)
class FakeField:
    stored: bool = True


@dataclass
class FakeCapabilities:
    session: FakeSession
    companies: tuple[int, ...] = (1,)
    time_offset_seconds: float | None = 0.0

    def has(self, model: str) -> bool:
        return bool(self.session.fields(model))


@dataclass
class FakeSession:
    """`tables` may be changed between pulls; `calls` counts what was asked, `lacking` are (model, field) not there."""

    tables: Tables
    version: tuple[int, int] = (19, 0)
    lacking: set[tuple[str, str]] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    page_rows: int = 2000
    indexes: dict[str, tuple[Any, Mapping[Any, Row]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.capabilities = FakeCapabilities(self)
        for model in NEEDED:
            self.tables.setdefault(model, [])

    def fields(self, model: str) -> Mapping[str, FakeField]:
        if model not in self.tables:
            return {}
        names = {column.field for column in BY_MODEL[model].columns} if model in BY_MODEL else {"key", "value"}
        names = {*names, "id", "write_date", *(name for row in self.tables[model] for name in row)}
        return {name: FakeField() for name in names if (model, name) not in self.lacking}

    def pages(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        *,
        after_id: int = 0,
        limit: int = 2000,
        companies: Sequence[int] | None = None,
    ) -> Iterator[list[Row]]:
        self.calls[f"pages {model}"] += 1
        assert not set(fields) - set(self.fields(model)), (model, set(fields) - set(self.fields(model)))
        size = min(limit, self.page_rows)
        while True:
            found = [row for row in self._found(model, domain) if row["id"] > after_id][:size]
            if found:
                yield [{"id": row["id"], **{name: row.get(name) for name in fields}} for row in found]
            if len(found) < size:
                return
            after_id = found[-1]["id"]

    def search_ids(self, model: str, domain: Sequence[Any], *, companies: Sequence[int] | None = None) -> list[int]:
        self.calls[f"ids {model}"] += 1
        return [row["id"] for row in self._found(model, domain)]

    def read_group_sum(
        self,
        model: str,
        domain: Sequence[Any],
        sums: Sequence[str],
        by: Sequence[str],
        *,
        companies: Sequence[int] | None = None,
    ) -> list[Row]:
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in self._found(model, domain):
            groups.setdefault(tuple(row.get(spec.partition(":")[0]) for spec in by), []).append(row)
        return [
            {
                **dict(zip(by, key, strict=True)),
                **{name: sum(row[name] for row in rows) for name in sums},
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
        if operator == "in":
            return mine in value
        if operator == ">=":
            return mine is not None and bool(mine >= value)
        raise AssertionError(operator)

    def _value(self, model: str, row: Row, path: str) -> Any:
        name, _, rest = path.partition(".")
        if not rest:
            return row.get(name)
        comodel = next(column.of for column in BY_MODEL[model].columns if column.field == name)
        found = self._index(comodel).get(row.get(name))
        return None if found is None else self._value(comodel, found, rest)

    def _index(self, model: str) -> Mapping[Any, Row]:
        """The rows of the model by id, made anew when rows came or went."""
        rows = self.tables[model]
        key = (id(rows), len(rows), rows[-1]["id"] if rows else 0)
        if self.indexes.get(model, (None, {}))[0] != key:
            self.indexes[model] = (key, {row["id"]: row for row in rows})
        return self.indexes[model][1]
