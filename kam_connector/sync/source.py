"""What the pull needs of an ERP session; `kam_connector.erp.Session` is one, tests have a smaller one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from kam_connector.erp.fields import Field
from kam_connector.erp.lanes import Blocks, LaneName, Note, Page, Sums, Totals, Wish


class SourceCapabilities(Protocol):
    """Which companies the login sees, and how far the server's clock is from ours."""

    @property
    def companies(self) -> tuple[int, ...]: ...

    @property
    def time_offset_seconds(self) -> float | None: ...


class SourceLanes(Protocol):
    """Pages of Arrow columns by rising id, digests of ids, grouped sums: many in one call where the ERP can do that."""

    def pages(self, wish: Wish) -> Iterator[Page]: ...

    def first_pages(self, wishes: Sequence[Wish]) -> list[Page]: ...

    def blocks(
        self, wishes: Sequence[Wish], block_rows: int | None, known: Mapping[str, Blocks] = ...
    ) -> list[Blocks | None]: ...

    def totals(self, wish: Wish) -> Totals | None: ...

    def ids(self, wish: Wish) -> pa.Array: ...

    def sums(self, wanted: Sequence[Sums]) -> list[list[dict[str, Any]]]: ...

    def marked_sums(self, sums: Sums, mark: str) -> tuple[list[dict[str, Any]] | None, str]: ...

    def learn_fields(self, models: Sequence[str]) -> None: ...

    @property
    def proven(self) -> frozenset[str]: ...

    def trust(self, marks: Iterable[str]) -> None: ...

    def lane_of(self, model: str) -> LaneName: ...

    @property
    def notes(self) -> Sequence[Note]: ...


class Source(Protocol):
    """What a pull asks of a session; rows, ids and sums come by its lanes, archived rows included."""

    @property
    def lanes(self) -> SourceLanes: ...

    @property
    def version(self) -> tuple[int, int]: ...

    @property
    def capabilities(self) -> SourceCapabilities: ...

    @property
    def server_version(self) -> str: ...

    def fields(self, model: str) -> Mapping[str, Field]: ...

    def forget_fields(self, model: str) -> None: ...

    def remember_fields(self, model: str, fields: Mapping[str, Field]) -> None: ...

    def search_count(self, model: str, domain: Sequence[Any], *, companies: Sequence[int] | None = None) -> int: ...
