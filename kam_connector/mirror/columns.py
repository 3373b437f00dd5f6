"""What a column of the mirror can hold: the kinds, their Arrow and SQL types, and short names to write tables with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["id", "ref", "int", "text", "flag", "date", "moment", "money", "number", "rate"]

MOMENT = pa.timestamp("us", tz="UTC")
ARROW_TYPES: dict[Kind, pa.DataType] = {
    "id": pa.int64(),
    "ref": pa.int64(),
    "int": pa.int64(),
    "text": pa.string(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "moment": MOMENT,
    "money": pa.int64(),
    "number": pa.decimal128(20, 6),
    "rate": pa.decimal128(30, 15),
}
SQL_TYPES: dict[Kind, str] = {
    "id": "BIGINT",
    "ref": "BIGINT",
    "int": "BIGINT",
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "date": "DATE",
    "moment": "TIMESTAMPTZ",
    "money": "BIGINT",
    "number": "DECIMAL(20,6)",
    "rate": "DECIMAL(30,15)",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the ERP's field and what it holds.

    `of` is, for a reference, the model that it points at; for money, the field that names its currency, or
    "company" for the currency of the row's company. A row without a `required` value cannot stand in the mirror.
    `default` fills a flag that this version of the ERP does not have.
    """

    field: str
    kind: Kind
    of: str = ""
    required: bool = False
    default: bool | None = None

    @property
    def name(self) -> str:
        """The mirror's name: money says its unit."""
        return f"{self.field}_minor" if self.kind == "money" else self.field


Part = Literal["", "company", "custom"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the mirror: the ERP's model and the columns beside the system's own.

    A model may have side tables beside its own: of `part` "company" one row a record and company (fields whose value
    depends on the company), of `part` "custom" the fields that the policy names.
    """

    model: str
    columns: tuple[Column, ...]
    part: Part = ""

    @property
    def name(self) -> str:
        base = self.model.replace(".", "_")
        return f"{base}_{self.part}" if self.part else base

    @property
    def stream(self) -> str:
        """What its watermark and its quarantine are kept under: the model, for a side table with its part."""
        return f"{self.model}+{self.part}" if self.part else self.model

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one row from another."""
        return ("id", "company_id") if self.part == "company" else ("id",)

    def arrow_schema(self) -> pa.Schema:
        """id, the table's columns, `_write_date`: what one page of rows looks like."""
        named = [(column.name, ARROW_TYPES[column.kind]) for column in self.columns]
        return pa.schema([("id", pa.int64()), *named, ("_write_date", MOMENT)])

    def references(self, model: str) -> tuple[str, ...]:
        """The columns of this table that point at `model`."""
        return tuple(c.name for c in self.columns if c.kind == "ref" and c.of == model)


def table(model: str, *columns: tuple[Column, ...] | Column, part: Part = "") -> Table:
    """A table; columns stand alone or in the groups that `texts`, `money` and the like return."""
    flat: list[Column] = []
    for item in columns:
        flat.extend([item] if isinstance(item, Column) else item)
    return Table(model, tuple(flat), part)


def texts(*fields: str) -> tuple[Column, ...]:
    return tuple(Column(field, "text") for field in fields)


def dates(*fields: str) -> tuple[Column, ...]:
    return tuple(Column(field, "date") for field in fields)


def moments(*fields: str) -> tuple[Column, ...]:
    return tuple(Column(field, "moment") for field in fields)


def flags(*fields: str, default: bool | None = None) -> tuple[Column, ...]:
    return tuple(Column(field, "flag", default=default) for field in fields)


def ints(*fields: str) -> tuple[Column, ...]:
    return tuple(Column(field, "int") for field in fields)


def numbers(*fields: str) -> tuple[Column, ...]:
    return tuple(Column(field, "number") for field in fields)


def money(of: str, *fields: str) -> tuple[Column, ...]:
    """Amounts in the currency that the field `of` names ("company": the company's own)."""
    return tuple(Column(field, "money", of) for field in fields)


def ref(field: str, model: str, *, required: bool = False) -> Column:
    return Column(field, "ref", model, required)


def needed(column: Column) -> Column:
    """The same column; a row without it is quarantined."""
    return Column(column.field, column.kind, column.of, True)
