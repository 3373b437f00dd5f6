"""One small sample company for all nights of a test process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from kam_connector import sample
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import SandboxServer, serve


@pytest.fixture(scope="session")
def small_company() -> SampleCompany:
    return sample.build("small", date(2026, 6, 30))


@pytest.fixture
def sandbox(small_company: SampleCompany) -> Iterator[SandboxServer]:
    """A sandbox of its own for each test."""
    with serve(small_company) as server:
        yield server
