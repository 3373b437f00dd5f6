"""The rows of the sandbox by model and id, who may see them, and the undo of a call that failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .schema import Schema

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]
BEGINNING = "2020-01-01 00:00:00"

# Shared between companies although they have a company: Odoo has no rule on them.
_WITHOUT_RULE = frozenset({
    "res.users", "account.partial.reconcile", "ir.attachment", "resource.calendar", "resource.calendar.leaves",
})  # fmt: skip


@dataclass(slots=True)
class Store:
    """All rows. `touched` remembers what the call at work has changed: (model, id) to the row before it."""

    schema: Schema
    tables: dict[str, dict[int, Row]] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    touched: dict[tuple[str, int], Row | None] = field(default_factory=dict)

    def load(self, tables: Tables) -> None:
        """The rows of `tables` are there. Raises ValueError naming models or fields that the sandbox does not have."""
        unknown = sorted(set(tables) - set(self.schema.models))
        if unknown:
            raise ValueError(f"the sandbox has no model {', '.join(unknown)}")
        for model in self.schema.models:
            rows = [self.whole(model, row) for row in tables.get(model, [])]
            self.tables[model] = {row["id"]: row for row in sorted(rows, key=lambda row: int(row["id"]))}
            self.highest[model] = max(self.tables[model], default=0)

    def whole(self, model: str, row: Mapping[str, Any]) -> Row:
        specs = self.schema.models[model]
        strange = sorted(set(row) - set(specs))
        if strange:
            raise ValueError(f"the sandbox has no field {', '.join(strange)} on {model}")
        whole = {name: spec.empty for name, spec in specs.items() if name != "display_name"}
        stamps = {"create_date": row.get("write_date", BEGINNING), "write_date": row.get("create_date", BEGINNING)}
        active = {"active": True} if "active" in specs else {}
        return {**whole, **active, **stamps, **row}

    def next_id(self, model: str) -> int:
        """A new id, higher than any that the model ever had."""
        self.highest[model] += 1
        return self.highest[model]

    def put(self, model: str, row: Row) -> None:
        """The row is there instead of an older one of the same id."""
        self._remember(model, row["id"])
        self.tables[model][row["id"]] = row

    def drop(self, model: str, row_id: int) -> None:
        """The row is gone."""
        self._remember(model, row_id)
        del self.tables[model][row_id]

    def _remember(self, model: str, row_id: int) -> None:
        before = self.tables[model].get(row_id)
        self.touched.setdefault((model, row_id), dict(before) if before is not None else None)

    def undo(self) -> None:
        """Everything is as it was before the call at work."""
        self.restore({})

    def savepoint(self) -> dict[tuple[str, int], Row | None]:
        """A mark for `restore`: what was changed so far, with its present values."""
        return {place: self._copy(*place) for place in self.touched}

    def _copy(self, model: str, row_id: int) -> Row | None:
        row = self.tables[model].get(row_id)
        return dict(row) if row is not None else None

    def restore(self, mark: Mapping[tuple[str, int], Row | None]) -> None:
        """Everything is as it was when `mark` was made."""
        for (model, row_id), before in list(self.touched.items()):
            wanted = mark.get((model, row_id), before)
            if wanted is None:
                self.tables[model].pop(row_id, None)
            else:
                self.tables[model][row_id] = dict(wanted)
            if (model, row_id) not in mark:
                del self.touched[model, row_id]

    def commit(self) -> dict[tuple[str, int], Row | None]:
        """What the call has changed: (model, id) to the row as it is now, None where it is gone."""
        changed = {place: self._copy(*place) for place in self.touched}
        self.touched.clear()
        return changed

    def visible(self, model: str, companies: frozenset[int]) -> Iterable[Row]:
        """The rows that a login may see that works for `companies`, by rising id."""
        rows = self.tables[model]
        for row_id in sorted(rows):
            if is_visible(model, rows[row_id], companies):
                yield rows[row_id]


def is_visible(model: str, row: Row, companies: frozenset[int]) -> bool:
    """Whether Odoo's company rules let a login of `companies` see the row."""
    if model == "res.company":
        return row["id"] in companies
    if model == "account.account":
        return bool(companies.intersection(row["company_ids"])) or not row["company_ids"]
    company = row.get("company_id", False)
    return company is False or company in companies or model in _WITHOUT_RULE
