"""The key of the service user in its place: tried before it is kept, the old one in use until then."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kam_connector import credentials, erp, erp_setup, settings
from kam_connector.erp import ErpAccess, Session
from kam_connector.erp_setup import Key
from kam_connector.errors import InputError, LoginRefused, SettingsError
from kam_connector.redaction import keep_secret
from kam_connector.runs.workspace import access
from kam_connector.settings import ErpSettings


@dataclass(frozen=True, slots=True)
class Kept:
    """What a tried key opens: the version of the ERP, the user (its id), and the last day of the key if it ends."""

    version: tuple[int, int]
    user: int
    expires: date | None


def reach(chosen: ErpSettings, login: str, key: str) -> ErpAccess:
    """How a login reaches the ERP of `chosen` with this key, which no message shows from here on."""
    keep_secret(key)
    return dataclasses.replace(access(chosen, key), login=login, key_expires=None)


def try_key(chosen: ErpSettings, key: str) -> Kept:
    """What the key opens. Errors: LoginRefused when it opens nothing, or belongs to another user."""
    with erp.connect(reach(chosen, chosen.login, key)) as session:
        [row] = session.read("res.users", [session.uid], ["login"])
        if row["login"] != chosen.login:
            raise LoginRefused(
                'The key belongs to the user "{found}", not to "{login}".',
                next_step="Make the key as {login}.",
                found=row["login"],
                login=chosen.login,
            )
        return Kept(session.version, session.uid, erp.key_expiry(session))


def keep(home: Path, chosen: ErpSettings, key: str, expires: date | None) -> None:
    """kam.toml has the section of `chosen` with the key's last day, its key file has the key; both 0600."""
    chosen = dataclasses.replace(chosen, key_expires=expires)
    others = [
        settings.render_section(settings.load(home, name, {}))
        for name in settings.erp_names(home)
        if name != chosen.name
    ]
    chosen.places.make()
    settings.write_private(chosen.places.key, key + "\n")
    settings.write_private(home / "kam.toml", "\n".join([*others, settings.render_section(chosen)]))


def swap_key(home: Path, chosen: ErpSettings, key: str, environ: Mapping[str, str] = os.environ) -> Kept:
    """The new key stands in the key file's place, after it was tried; else the old one still does."""
    if environ.get("KAM_ERP_KEY"):
        raise SettingsError(
            "The key comes from KAM_ERP_KEY: what is in a file would not be used.",
            next_step="Change KAM_ERP_KEY where it is set, or unset it and run this again.",
        )
    if key == _old_key(chosen, environ):
        raise InputError("This is the key that is in use.", next_step="Make a new one in Odoo first.")
    kept = try_key(chosen, key)
    if chosen.name in settings.erp_names(home):
        keep(home, chosen, key, kept.expires)
    else:
        settings.write_private(chosen.places.key, key + "\n")
    return kept


def list_own_keys(admin: Session, login: str) -> list[Key]:
    """The keys of a service user, oldest first. Errors: SettingsError where `kam erp prepare` did not make it."""
    return erp_setup.list_keys(admin, _service_user(admin, login))


def revoke(admin: Session, reached: ErpAccess, login: str, key: int) -> None:
    """This key (by its id) of a service user opens nothing any more. `reached` is how to get there."""
    erp_setup.revoke_keys(admin, reached, _service_user(admin, login), [key])


def _service_user(admin: Session, login: str) -> int:
    """The id of a service user: nobody uses its password, so that another may be set for a moment."""
    made = erp_setup.made_user(admin)
    if not made or admin.read("res.users", [made], ["login"])[0]["login"] != login:
        raise SettingsError(
            'The user "{login}" was not made by `kam erp prepare`, and its password may be in use.',
            next_step="Delete the old key by hand: Settings, Users, {login}, Security, API Keys.",
            login=login,
        )
    return made


def with_login(chosen: ErpSettings, login: str) -> ErpSettings:
    """The same ERP for another login."""
    return dataclasses.replace(chosen, login=login)


def _old_key(chosen: ErpSettings, environ: Mapping[str, str]) -> str | None:
    try:
        return credentials.read_key(chosen, environ)
    except SettingsError:
        return None
