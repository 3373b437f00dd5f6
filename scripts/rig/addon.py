"""How the addon kam_connector gets into a database: from the checkout, or from a wheel."""

from pathlib import Path

from rig import databases, locks, odoo, places, postgres, servers, templates, versions, wheels
from rig.errors import RigError

ADDON = "kam_connector"


def install(version: int, database: str, *, wheel: Path | None = None) -> None:
    """The addon as it is now is installed in the database (upgraded, if it was there).

    A running server that had loaded older files is restarted, so that it serves the new ones.
    """
    _require_addon(version, wheel)
    with locks.lock(f"addon-{database}"):
        flag = "-u" if is_installed(version, database) else "-i"
        python = wheels.environment(Path(wheel)) if wheel else None
        odoo.run(version, database, flag, ADDON, python=python, what=f"The addon cannot be installed in {database}.")
        if not is_installed(version, database):
            raise RigError(
                f"The addon was not installed in {database}.",
                "Odoo did not find it, or it is not installable",
                f"look at {places.log_file(f'odoo{version}-commands')}",
            )
        templates.quieten(database)
    if wheel is None and servers.is_stale(version):
        servers.restart(version)


def addon_template(version: int) -> str:
    """The name of the template that is the base template with the checkout's addon as it is now, made if missing."""
    base = templates.base_template(version)

    def fill(name: str) -> None:
        databases.copy(version, name, base)
        install(version, name)
        templates.bundle_assets(version, name)

    return templates.make(version, f"{base}_kam_{servers.code_key()[:8]}", fill)


def is_installed(version: int, database: str) -> bool:
    """Whether the addon is installed in the database."""
    versions.find_version(version)
    sql = "SELECT state FROM ir_module_module WHERE name = :'addon';"
    return postgres.execute(sql, database=database, values={"addon": ADDON}).strip() == "installed"


def _require_addon(version: int, wheel: Path | None) -> None:
    """Nothing, when that version takes the addon and there is one; else a RigError."""
    what = f"The addon cannot be installed in Odoo {version}."
    if not versions.find_version(version).has_addon:
        raise RigError(what, "it is written for Odoo 19", "without it the connector writes to x_kam_* fields")
    if wheel is None and not (places.CHECKOUT / "addon_manifest" / "__manifest__.py").exists():
        raise RigError(what, "addon_manifest/__manifest__.py is missing", "check out the whole project")
