"""How the sample company gets into a real Odoo: loaded once over RPC, then kept as a template.

The generator and the loader belong to the package (`kam_connector.sample`); they are called as programs, with the
project's Python, so that the rig itself needs only the standard library.
"""

import os
import sys
from pathlib import Path

from rig import addon, databases, places, processes, servers, stamps, templates, versions

ANCHOR = "2026-06-30"
SIZES = ("small", "full")


def sample_template(version: int, size: str, with_addon: bool = False, *, anchor: str = ANCHOR) -> str:
    """The name of the template that holds the sample company, loaded (and the addon installed) if it is missing."""
    key = stamps.make_key([templates.base_key(version), generator_key(size), anchor])[:8]
    name = f"kam{version}_{size}_{key}"
    base = templates.base_template(version)
    loaded = templates.make(version, name, lambda building: _load(version, building, base, size, anchor))
    if not with_addon:
        return loaded
    return templates.make(
        version,
        f"{name}_kam_{servers.code_key()[:8]}",
        lambda building: _add_addon(version, building, loaded, size, anchor),
    )


def project_python() -> str:
    """The interpreter in which the project is installed: its own environment's, else the one that runs the rig."""
    own = Path(os.environ.get("KAM_VENV") or places.CHECKOUT / ".venv") / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def generator_key(size: str) -> str:
    """The hash of the sample company of that size, as its generator states it."""
    words = [project_python(), "-m", "kam_connector.sample", "--hash", "--size", size]
    return processes.run(words, what="The sample company's generator fails.", cwd=places.CHECKOUT).strip()


def _load(version: int, name: str, base: str, size: str, anchor: str) -> None:
    """The database is a copy of the base template that holds the sample company."""
    databases.copy(version, name, base)
    load(version, name, size, anchor)


def load(version: int, database: str, size: str, anchor: str = ANCHOR) -> None:
    """The sample company is in the database."""
    server = servers.ensure(version)
    words = [
        project_python(),
        "-m",
        "kam_connector.sample.load",
        "--url",
        server.url,
        "--database",
        database,
        "--login",
        versions.LOGIN,
        "--password",
        versions.PASSWORD,
        "--size",
        size,
        "--anchor",
        anchor,
    ]
    log = places.log_file(f"sample-{version}-{size}")
    processes.run(
        words,
        what=f"The sample company cannot be loaded into Odoo {version}.",
        cwd=places.CHECKOUT,
        log=log,
        next_step=f"look at {log} and {server.log}",
    )


def _add_addon(version: int, name: str, loaded: str, size: str, anchor: str) -> None:
    """The database is a copy of the loaded one, with the addon and its part of the sample (complaints, targets)."""
    databases.copy(version, name, loaded)
    addon.install(version, name)
    load(version, name, size, anchor)
    templates.bundle_assets(version, name)
