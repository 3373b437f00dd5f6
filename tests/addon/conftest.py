"""One database of a real Odoo 19 for all tests of this folder, with the addon, the cast and a night's figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.addon import odoo
from tests.addon.cast import Cast, gather, write_figures


@pytest.fixture(scope="session")
def odoo19_addon() -> Iterator[odoo.Installed]:
    """A database in which the addon was installed just now, and what Odoo printed meanwhile."""
    yield from odoo.fresh_addon()


@pytest.fixture(scope="session")
def odoo19_cast(odoo19_addon: odoo.Installed) -> Cast:
    """The people and their customers; the connector has run once."""
    cast = gather(odoo19_addon.admin)
    write_figures(cast)
    return cast


@pytest.fixture
def cast(odoo19_cast: Cast) -> Cast:
    """The people and their customers."""
    return odoo19_cast
