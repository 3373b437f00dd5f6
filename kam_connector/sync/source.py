"""What the pull needs of an ERP session; `kam_connector.erp.Session` is one, tests have a smaller one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol


class SourceField(Protocol):
    """One field of a model: is it a column of the ERP's database?"""

    @property
    def stored(self) -> bool: ...


class SourceCapabilities(Protocol):
    """Which companies the login sees, and how far the server's clock is from ours."""

    @property
    def companies(self) -> tuple[int, ...]: ...

    @property
    def time_offset_seconds(self) -> float | None: ...

    def has(self, model: str) -> bool: ...


class Source(Protocol):
    """Reading calls of a session: keyset pages, id lists and grouped sums, archived rows included."""

    @property
    def version(self) -> tuple[int, int]: ...

    @property
    def capabilities(self) -> SourceCapabilities: ...

    def fields(self, model: str) -> Mapping[str, SourceField]: ...

    def pages(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        *,
        after_id: int = 0,
        limit: int = 2000,
        companies: Sequence[int] | None = None,
    ) -> Iterator[list[dict[str, Any]]]: ...

    def search_ids(self, model: str, domain: Sequence[Any], *, companies: Sequence[int] | None = None) -> list[int]: ...

    def read_group_sum(
        self,
        model: str,
        domain: Sequence[Any],
        sums: Sequence[str],
        by: Sequence[str],
        *,
        companies: Sequence[int] | None = None,
    ) -> list[dict[str, Any]]: ...
