"""The bench of one real Odoo 19 for all cases of this folder, and the count of how often each case was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.reliability.bench import Bench, benches
from tests.reliability.proxy import Proxy

Tried = Callable[[int], None]


@pytest.fixture(scope="session")
def odoo19_bench() -> Iterator[Bench]:
    yield from benches()


@pytest.fixture
def bench(odoo19_bench: Bench) -> Bench:
    """The real Odoo 19, without any record of ours; its customers are there before anything is hidden or locked."""
    assert odoo19_bench.ground
    odoo19_bench.wipe()
    return odoo19_bench


@pytest.fixture
def proxy(bench: Bench) -> Iterator[Proxy]:
    """A fault proxy in front of it."""
    with Proxy(bench.url) as running:
        yield running


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    """`tried(n)`: n attempts of the case were made and passed since the last call."""

    def note(count: int = 1) -> None:
        record_property("kam_tried", count)

    return note
