"""Why a server cannot run here: a plain sentence for the test that is skipped, or None."""

import os
import shutil
import urllib.error
import urllib.request

from rig import chromium, debian, mirror, odoo, postgres, versions
from rig.errors import RigError


def why_not(version: int, *, ask_network: bool = False) -> str | None:
    """Why that Odoo cannot run on this machine, None when nothing stands against it."""
    try:
        if version == 14:
            debian.require_root("Odoo 14 runs in a root folder of its own.")
        if not odoo.is_installed(version):
            _check_install(version, ask_network=ask_network)
        if not postgres.find_binaries():
            debian.require_root("PostgreSQL is not installed.")
    except RigError as error:
        return f"{error.what} {error.why}"
    return None


def why_no_browser() -> str | None:
    """Why no browser can run on this machine, None when nothing stands against it."""
    if chromium.find() or (os.geteuid() == 0 and shutil.which("apt-get")):
        return None
    return "Chromium is not installed, and only root on a Debian machine may install it"


def _check_install(version: int, *, ask_network: bool) -> None:
    """Nothing, when that Odoo could be installed; else a RigError."""
    row = versions.find_version(version)
    debian.require_tool("apt-get")
    debian.require_space(row.free_gib, f"Odoo {version} is not installed.")
    main = mirror.find_main(mirror.load_sources())
    if ask_network:
        _ask_mirror(mirror.with_suite(main, row.suite))


def _ask_mirror(source: mirror.Source) -> None:
    """Nothing, when the mirror has the suite; else a RigError. A proxy that only apt knows is not asked."""
    url = f"{source.uri}/dists/{source.suite}/Release"
    if "proxy" in debian.acquire_settings().lower() or not url.startswith("http"):
        return
    try:
        with urllib.request.urlopen(url, timeout=15):  # noqa: S310 - http or https, see above
            return
    except (urllib.error.URLError, OSError) as error:
        raise RigError("The Debian mirror does not answer.", f"{url}: {error}", debian.NEXT) from error
