"""What is wanted of a model, and what comes back: the same whatever lane it came by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from ...texts import Text

Domain = Sequence[Any]
LaneName = Literal["addon", "columns", "rows"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Rows of one model after `after_id`, by rising id: `fields` are stored ones, none means ids only.

    `companies` None means all that the login sees; `limit` None means a page size adapted to the answer time.
    """

    model: str
    domain: Domain
    fields: tuple[str, ...]
    companies: tuple[int, ...] | None = None
    after_id: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of one model by groups: `by` holds fields, or a day field with `:day` or `:month`."""

    model: str
    domain: Domain
    sums: tuple[str, ...]
    by: tuple[str, ...]
    companies: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class BadCell:
    """A value that is not of its field's type; its cell in the page is null."""

    id: int
    field: str


@dataclass(frozen=True, slots=True)
class Page:
    """`table`: column `id` (int64, rising), then the fields in the normal form of `forms`.

    `last_id` is where the next page begins; `complete`: nothing of the wish comes after it.
    """

    table: pa.Table
    last_id: int
    complete: bool
    bad: tuple[BadCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocks:
    """What all rows of a wish come to, by blocks of ids: `table` with columns `block` (id // block_rows), `rows`,
    `ids` (their sum) and `stamps`, all int64; blocks without rows are left out. Without `block_rows` one block, 0.

    `stamps` is the sum of each row's `write_date`, in seconds since 1970 (0 without one), times 1 + id % 65536,
    modulo 2**61 - 1. `mark` is the ERP's word for all that these rest on: while it is the same, so are they.
    """

    table: pa.Table
    block_rows: int | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What all rows of a wish come to: how many there are, and the mean of their ids (0 without rows)."""

    rows: int
    mean_id: float


@dataclass(frozen=True, slots=True)
class Note:
    """Why a model does not come by a lane (of all models where `model` is empty), for a person."""

    model: str
    lane: LaneName
    why: Text
