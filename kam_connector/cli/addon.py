"""`kam addon`: where the Odoo addon is, and how it gets into Odoo."""

from __future__ import annotations

from pathlib import Path

import click

from kam_connector.cli.speech import talk
from kam_connector.errors import SettingsError


@click.group()
def addon() -> None:
    """The Odoo 19 addon that shows the results inside Odoo."""


@addon.command()
def path() -> int:
    """Print the folder of the addon in this environment.

    \b
    Example:
      kam addon path
    """
    click.echo(find_addon())
    return 0


@addon.command()
def install() -> int:
    """Say how the addon gets into an Odoo 19.

    \b
    Example:
      kam addon install
    """
    find_addon()
    talk("In the Python environment of Odoo 19: pip install --no-deps kam-connector")
    talk("Restart Odoo, then Apps > Update Apps List > KAM Connector > Activate.")
    talk("Then add the service user to the group KAM / Connector, and run `kam doctor`.")
    return 0


def find_addon() -> Path:
    """The folder with the addon's manifest: in the environment, else in the project's own checkout."""
    package = Path(__file__).resolve().parents[2]
    places = [package / "odoo" / "addons" / "kam_connector", package / "addon_manifest"]
    for folder in places:
        if (folder / "__manifest__.py").is_file():
            return folder
    raise SettingsError("The addon is not in this environment.", next_step="Install kam-connector again with pip.")
