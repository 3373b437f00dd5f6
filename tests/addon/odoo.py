"""How a test gets a real Odoo 19 with the addon of this checkout."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rig import addon, databases, odoo, servers, stamps, templates, versions
from rig.errors import RigError

from tests.addon.cast import Cast, gather, recall, write_figures
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


def copied_cast() -> Iterator[Cast]:
    """The people and their customers in a database with the addon, after the connector's first run; dropped afterwards.

    It is a copy of a template of the day: to make nine people and their rights takes Odoo longer than all the rest.
    """
    name = databases.fresh_database(19, _cast_template())
    server = servers.ensure_current(19)
    yield recall(Login(server.url, name, versions.LOGIN, versions.PASSWORD))
    databases.drop_database(19, name)


def _cast_template() -> str:
    _base()
    source = addon.addon_template(19)
    recipe = Path(inspect.getfile(recall)).read_bytes()

    def fill(name: str) -> None:
        databases.copy(19, name, source)
        cast = gather(Login(servers.ensure_current(19).url, name, versions.LOGIN, versions.PASSWORD))
        write_figures(cast)

    return templates.make(19, f"{source}_cast_{stamps.make_key([recipe, str(date.today())])[:8]}", fill)


def _base() -> str:
    """The name of the base template; the test is skipped where there can be no Odoo 19."""
    try:
        return templates.base_template(19)
    except RigError as error:
        missing(f"there is no Odoo 19: {error}")
        raise
