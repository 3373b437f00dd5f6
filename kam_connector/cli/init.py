"""`kam init`: asks where the ERP is, tests it, keeps the answer."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kam_connector import erp, settings
from kam_connector.cli.speech import talk
from kam_connector.erp import ErpAccess
from kam_connector.errors import SettingsError
from kam_connector.settings import ErpSettings, Places


@click.command()
@click.option("--url", prompt="Address of the Odoo server (https://...)", envvar="KAM_ERP_URL")
@click.option("--database", prompt="Name of its database", envvar="KAM_ERP_DATABASE")
@click.option("--login", prompt="Login of the service user", envvar="KAM_ERP_LOGIN")
@click.option("--allow-http", is_flag=True, help="Permit plain http to another host (the key travels unencrypted).")
@click.option("--ca-file", type=click.Path(path_type=Path), help="Certificate authority of your own, PEM.")
@click.option("--replace", "overwrite", is_flag=True, help="Overwrite a section that is there.")
def init(url: str, database: str, login: str, allow_http: bool, ca_file: Path | None, overwrite: bool) -> int:
    """Ask for the ERP and its key, test them, write kam.toml and the key file (both 0600).

    The key is asked at a hidden prompt, or taken from KAM_ERP_KEY; never from the command line.

    \b
    Example:
      kam init --url https://erp.example.com --database production --login kam-connector
    """
    chosen = click.get_current_context().obj or {}
    home, name = settings.home_folder(chosen.get("home")), chosen.get("erp") or "main"
    _refuse_overwrite(home, name, overwrite)
    key = os.environ.get("KAM_ERP_KEY") or click.prompt("API key or password", hide_input=True, err=True)
    section = ErpSettings(
        name, url, database, login, Places(home / name), None, chosen.get("lang") or "en", allow_http, ca_file
    )
    _test(section, key)
    _keep(home, section, key)
    talk(f"Written: {home / 'kam.toml'}. Next: kam doctor, then kam run.")
    return 0


def _refuse_overwrite(home: Path, name: str, overwrite: bool) -> None:
    if name in settings.erp_names(home) and not overwrite:
        raise SettingsError(
            f"{home / 'kam.toml'} has a section [erp.{name}] already.",
            next_step="Add --replace to overwrite it, or name another with --erp NAME.",
        )


def _test(section: ErpSettings, key: str) -> None:
    access = ErpAccess(
        section.url,
        section.database,
        section.login,
        key,
        ca_file=section.ca_file,
        allow_http=section.allow_http,
    )
    with erp.connect(access) as session:
        major, minor = session.version
        talk(f"Connected: Odoo {major}.{minor}, user {session.uid}.")


def _keep(home: Path, section: ErpSettings, key: str) -> None:
    others = [
        settings.render_section(settings.load(home, name, {}))
        for name in settings.erp_names(home)
        if name != section.name
    ]
    section.places.make()
    settings.write_private(section.places.key, key + "\n")
    settings.write_private(home / "kam.toml", "\n".join([*others, settings.render_section(section)]))
