"""How a test gets a real Odoo 19 with the addon of this checkout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rig import databases, odoo, servers, stamps, templates, versions
from rig.addon import ADDON
from rig.errors import RigError

from tests.addon.rpc import Login
from tests.conftest import missing


@dataclass(frozen=True, slots=True)
class Installed:
    """A database with the addon: how an administrator logs in, and what Odoo printed at the install."""

    admin: Login
    output: str


def fresh_addon() -> Iterator[Installed]:
    """A database in which the addon is installed just now; dropped afterwards."""
    try:
        name = databases.fresh_database(19, templates.base_template(19))
        output = odoo.run(19, name, "-i", ADDON, what="The addon cannot be installed.")
        templates.quieten(name)
        server = _current_server()
    except RigError as error:
        missing(f"there is no Odoo 19: {error}")
    yield Installed(Login(server.url, name, versions.LOGIN, versions.PASSWORD), output)
    databases.drop_database(19, name)


def copied_addon() -> Iterator[Installed]:
    """A copy of a database in which the addon as it is now was installed before; dropped afterwards."""
    try:
        template = templates.make(19, f"kam19_addon_{_code_key()}", _fill)
        name = databases.fresh_database(19, template)
        server = _current_server()
    except RigError as error:
        missing(f"there is no Odoo 19: {error}")
    yield Installed(Login(server.url, name, versions.LOGIN, versions.PASSWORD), "")
    databases.drop_database(19, name)


def _code_key() -> str:
    return stamps.make_key([templates.base_key(19), servers.code_key()])[:8]


def _fill(name: str) -> None:
    databases.copy(19, name, templates.base_template(19))
    odoo.run(19, name, "-i", ADDON, what="The addon cannot be installed.")
    templates.quieten(name)
    templates.bundle_assets(19, name)


def _current_server() -> servers.Server:
    """The server, with the addon's files as they are now."""
    server = servers.ensure(19)
    return servers.restart(19) if servers.is_stale(19) else server
