"""A mirror filled from a test's own books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sync
from tests.sync.books import Books
from tests.sync.empty import empty_mirror

Pulled = Callable[[Books], Any]


@pytest.fixture
def pulled(tmp_path: Path) -> Iterator[Pulled]:
    """`pulled(books)` is the Ibis connection of a mirror that holds the books now; may be called again."""
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:

        def pull(books: Books) -> Any:
            sync.pull(books.session(), store, run="test")
            return store.ibis

        yield pull


def rows(table: Any) -> list[dict[str, Any]]:
    """The rows of an Ibis table as dictionaries."""
    return list(table.to_pyarrow().to_pylist())
