"""`scripts/demo --odoo 19`: two nights against a real Odoo with the sample company; it stays up for a look.

Made of the same parts that people use: the rig's template with the sample company and the addon, and `kam run`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rig import databases, places, sample, servers, versions
from rig.errors import RigError

DATABASE = "demo"


def main() -> int:
    """Exit code of the demo: 0 when the second night wrote nothing."""
    options = _parse()
    print(f"Setting up Odoo {options.version} with the sample company ({options.size}) ...", flush=True)
    try:
        server = _set_up(options.version, options.size, options.anchor)
    except RigError as error:
        print(error, file=sys.stderr)
        return 3
    environment = _environment(server.url)
    for title in ("First night:", "Second night, nothing has changed:"):
        print(f"\n{title}", flush=True)
        code = _run(["run", "--yes", "--allow-past", "--as-of", options.anchor, "--out", "out"], environment)
        if code not in (0, 1):
            return code
    _tell(options.version, server.url)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo --odoo", description=__doc__)
    parser.add_argument("version", type=int, choices=(14, 19))
    parser.add_argument("--size", choices=sample.SIZES, default="full")
    parser.add_argument("--anchor", default=sample.ANCHOR, help="the sample company's today (default: %(default)s)")
    return parser.parse_args()


def _set_up(version: int, size: str, anchor: str) -> servers.Server:
    """A fresh copy of the sample company, served; on 19 with the addon, on 14 with the custom fields."""
    template = sample.sample_template(version, size, with_addon=version == 19, anchor=anchor)
    databases.drop_database(version, DATABASE)
    databases.copy(version, DATABASE, template)
    _forget(_home())
    server = servers.ensure(version)
    if version != 19:
        _run(["erp", "prepare", "--yes"], _environment(server.url))
    return server


def _environment(url: str) -> dict[str, str]:
    return os.environ | {
        "KAM_HOME": str(_home()),
        "KAM_ERP_URL": url,
        "KAM_ERP_DATABASE": DATABASE,
        "KAM_ERP_LOGIN": versions.LOGIN,
        "KAM_ERP_KEY": versions.PASSWORD,
    }


def _home() -> Path:
    return places.home() / "demo"


def _forget(home: Path) -> None:
    """No mirror and no book of an earlier demo: they belong to another database."""
    for path in sorted(home.glob("main/*")):
        if path.is_file():
            path.unlink()


def _run(words: list[str], environment: dict[str, str]) -> int:
    kam = Path(sys.executable).with_name("kam")
    return subprocess.run([str(kam), *words], env=environment, check=False).returncode


def _tell(version: int, url: str) -> None:
    print(f"\nOdoo {version} stays up: {url}/web/login?db={DATABASE}   login {versions.LOGIN} / {versions.PASSWORD}")
    print("Look at: a customer's tab Key account, the menu Key Accounts, and its ageing as a pivot.")
    print(f"It ends with: scripts/odoo_server stop {version}")


if __name__ == "__main__":
    sys.exit(main())
