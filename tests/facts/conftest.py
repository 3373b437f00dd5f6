"""A mirror filled from a test's own books."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sync
from kam_connector.mirror import Mirror
from tests.sync.books import Books
from tests.sync.empty import empty_mirror

Pulled = Callable[[Books], Any]


_KEPT = 8

_MADE: dict[str, Path] = {}
"""The last mirrors made in this process, by the content of their books: a copy is quicker than a pull."""


@pytest.fixture
def pulled(tmp_path: Path) -> Iterator[Pulled]:
    """`pulled(books)` is the Ibis connection of a mirror that holds the books now; may be called again."""
    path = tmp_path / "mirror.duckdb"
    with ExitStack() as stack:
        opened: list[Mirror] = []

        def pull(books: Books) -> Any:
            if not opened:
                shutil.copyfile(mirror_of(books), path)
                opened.append(stack.enter_context(mirror.open(path)))
            else:
                _pull(books, opened[0])
            return opened[0].ibis

        yield pull


def mirror_of(books: Books) -> Path:
    """The file of a mirror pulled from these books."""
    key = hashlib.sha256(repr(sorted(books.tables.items())).encode()).hexdigest()
    if key not in _MADE:
        path = empty_mirror(Path(tempfile.mkdtemp(prefix="kam-facts-")) / "mirror.duckdb")
        with mirror.open(path) as store:
            _pull(books, store)
        _MADE[key] = path
        if len(_MADE) > _KEPT:
            shutil.rmtree(_MADE.pop(next(iter(_MADE))).parent)
    return _MADE[key]


def _pull(books: Books, store: Mirror) -> None:
    sync.pull(books.session(), store, run="test")


def rows(table: Any) -> list[dict[str, Any]]:
    """The rows of an Ibis table as dictionaries."""
    return list(table.to_pyarrow().to_pylist())
