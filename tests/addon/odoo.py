"""How a test gets a real Odoo 19 with the addon of this checkout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rig import addon, databases, odoo, servers, templates, versions
from rig.errors import RigError

from tests.addon.rpc import Login
from tests.conftest import missing


@dataclass(frozen=True, slots=True)
class Installed:
    """A database with the addon: how an administrator logs in."""

    admin: Login


def output_of_install() -> str:
    """What Odoo prints while it installs the addon."""
    name = databases.fresh_database(19, _base())
    output = odoo.run(19, name, "-i", addon.ADDON, what="The addon cannot be installed.")
    databases.drop_database(19, name)
    return output


def copied_addon() -> Iterator[Installed]:
    """A copy of a database in which the addon as it is now was installed before; dropped afterwards."""
    _base()
    name = databases.fresh_database(19, addon.addon_template(19))
    server = servers.ensure_current(19)
    yield Installed(Login(server.url, name, versions.LOGIN, versions.PASSWORD))
    databases.drop_database(19, name)


def _base() -> str:
    """The name of the base template; the test is skipped where there can be no Odoo 19."""
    try:
        return templates.base_template(19)
    except RigError as error:
        missing(f"there is no Odoo 19: {error}")
        raise
