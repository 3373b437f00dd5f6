"""The sample companies that this folder's tests share: built once."""

from __future__ import annotations

import pytest

from kam_connector.sample import SampleCompany, build
from kam_connector.sample.figures import ANCHOR


@pytest.fixture(scope="session")
def small() -> SampleCompany:
    """The small company."""
    return build("small", ANCHOR)


@pytest.fixture(scope="session")
def full() -> SampleCompany:
    """The full company."""
    return build("full", ANCHOR)


@pytest.fixture(params=["small", "full"])
def any_size(request: pytest.FixtureRequest, small: SampleCompany, full: SampleCompany) -> SampleCompany:
    """Each company in turn."""
    return small if request.param == "small" else full
