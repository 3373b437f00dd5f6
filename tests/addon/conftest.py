"""A database of a real Odoo 19 for each module of this folder, with the addon, the cast and a night's figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.addon import odoo
from tests.addon.cast import Cast


@pytest.fixture(scope="module")
def odoo19_cast() -> Iterator[Cast]:
    """The people and their customers; the connector has run once."""
    yield from odoo.copied_cast()


@pytest.fixture
def cast(odoo19_cast: Cast) -> Cast:
    """The people and their customers."""
    return odoo19_cast
