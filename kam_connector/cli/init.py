"""`kam init`: asks where the ERP is, tests it, keeps the answer; with `--rotate-key` only the key changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kam_connector import erp, settings
from kam_connector.cli.options import find_settings, home_folder
from kam_connector.cli.speech import language, talk, told
from kam_connector.errors import InputError, SettingsError
from kam_connector.runs import keykeeping
from kam_connector.runs.keykeeping import Kept
from kam_connector.settings import ErpSettings, Places

BY_HAND = (
    "Now revoke the old key: in Odoo, Settings, Users, {login}, Security, API Keys, delete the older one. Or let an "
    "administrator run `kam erp prepare --new-key`, which makes, swaps and revokes by itself."
)


@click.command()
@click.option("--url", envvar="KAM_ERP_URL", help="Address of the Odoo server (https://...).")
@click.option("--database", envvar="KAM_ERP_DATABASE", help="Name of its database.")
@click.option("--login", envvar="KAM_ERP_LOGIN", help="Login of the service user.")
@click.option("--allow-http", is_flag=True, help="Permit plain http to another host (the key travels unencrypted).")
@click.option("--ca-file", type=click.Path(path_type=Path), help="Certificate authority of your own, PEM.")
@click.option("--replace", "overwrite", is_flag=True, help="Overwrite a section that is there.")
@click.option("--rotate-key", "rotate", is_flag=True, help="Only take a new key, test it, and put it in place.")
def init(
    url: str | None,
    database: str | None,
    login: str | None,
    allow_http: bool,
    ca_file: Path | None,
    overwrite: bool,
    rotate: bool,
) -> int:
    """Ask for the ERP and its key, test them, write kam.toml and the key file (both 0600).

    The key is asked at a hidden prompt, or taken from KAM_ERP_KEY; never from the command line. With --rotate-key
    the new key is tested before it takes the place of the old one, which is then to be revoked.

    \b
    Example:
      kam init --url https://erp.example.com --database production --login kam-connector
      kam init --rotate-key
    """
    if rotate:
        return _rotate()
    chosen = click.get_current_context().obj or {}
    home, name = home_folder(), chosen.get("erp") or "main"
    _refuse_overwrite(home, name, overwrite)
    section = ErpSettings(
        name,
        url or _ask("Address of the Odoo server (https://...)"),
        database or _ask("Name of its database"),
        login or _ask("Login of the service user"),
        Places(home / name),
        None,
        language(),
        allow_http,
        ca_file,
    )
    key = os.environ.get("KAM_ERP_KEY") or ask_secret("API key or password")
    kept = keykeeping.try_key(section, key)
    _tell(kept)
    keykeeping.keep(home, section, key, kept.expires)
    talk("Written: {home}. Next: kam doctor, then kam run.", home=home / "kam.toml")
    return 0


def ask_secret(question: str) -> str:
    """What was typed or piped in, never shown. InputError for nothing."""
    if sys.stdin.isatty():
        answer: str = click.prompt(told(question), hide_input=True, err=True)
    else:
        talk(question)
        answer = sys.stdin.readline()
    if not answer.strip():
        raise InputError("No key was given.", next_step="Run it again and type or pipe it in.")
    return answer.strip()


def _rotate() -> int:
    chosen = find_settings()
    key = ask_secret("New API key")
    _tell(keykeeping.swap_key(home_folder(), chosen, key))
    talk("The new key is in its place: {path}.", path=chosen.places.key)
    if sys.stdin.isatty() and click.confirm(told("Revoke the old key now, as an administrator of the ERP?"), err=True):
        _revoke(chosen, key)
    else:
        talk(BY_HAND, login=chosen.login)
    return 0


def _revoke(chosen: ErpSettings, key: str) -> None:
    """The key that the person chooses opens nothing any more; the new one still does."""
    admin = keykeeping.reach(chosen, _ask("Login of the administrator"), ask_secret("Its key or password"))
    with erp.connect(admin) as session:
        known = keykeeping.list_own_keys(session, chosen.login)
        for one in known:
            talk("  {id}  {name}  made {created}", id=one.id, name=one.name, created=one.created)
        answer = click.prompt(
            told("Number of the old key"), type=click.Choice([str(one.id) for one in known]), err=True
        )
        keykeeping.revoke(session, admin, chosen.login, int(answer))
    keykeeping.try_key(chosen, key)
    talk("The old key is revoked, the new one works.")


def _tell(kept: Kept) -> None:
    major, minor = kept.version
    talk("Connected: Odoo {major}.{minor}, user {uid}.", major=major, minor=minor, uid=kept.user)
    if kept.expires is not None:
        talk("The key ends on {day}; `kam doctor` warns 14 days before.", day=kept.expires.isoformat())


def _ask(question: str) -> str:
    answer: str = click.prompt(told(question), err=True)
    return answer


def _refuse_overwrite(home: Path, name: str, overwrite: bool) -> None:
    if name in settings.erp_names(home) and not overwrite:
        raise SettingsError(
            "{home} has a section [erp.{name}] already.",
            next_step="Add --replace to overwrite it, or name another with --erp NAME.",
            home=home / "kam.toml",
            name=name,
        )
