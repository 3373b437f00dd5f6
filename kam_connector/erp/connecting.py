"""Opening a session: transport and version, login, companies, in that order."""

from __future__ import annotations

import time

from ..errors import ErpDefect, LoginRefused
from .access import ErpAccess
from .budget import Sleep
from .choosing import Opened, open_calls
from .session import Login, Session
from .versions import dialect_of

LANG = "en_US"
"""Odoo's own language, which a call may always name, installed or not: texts do not change with the user's."""


def connect(access: ErpAccess, *, sleep: Sleep = time.sleep) -> Session:
    """An open session with the ERP.

    Raises SettingsError (address, certificate, too old), ErpUnreachable, LoginRefused (asked exactly once: a
    server locks out after five), ErpDefect. `sleep` waits between tries of a read.
    """
    opened = open_calls(access, sleep=sleep)
    try:
        login = _ask_login(opened)
        return Session(
            opened.calls,
            server_version=opened.server_version,
            version=opened.version,
            dialect=dialect_of(opened.version),
            login=login,
        )
    except BaseException:
        opened.calls.channel.close()
        raise


def _ask_login(opened: Opened) -> Login:
    """Who we are: over JSON-2 the key alone says it, and it must be the login that was meant."""
    access = opened.calls.access
    fields = {"fields": ["company_ids", "login"], "load": ""}
    rows = opened.calls.execute("res.users", "read", [[opened.uid]], fields)
    if not isinstance(rows, list) or not rows or not isinstance(rows[0].get("company_ids"), list):
        raise ErpDefect("The ERP does not tell our own user.", next_step="Look into the server's log.")
    if opened.calls.transport.name == "json2" and rows[0].get("login") != access.login:
        raise LoginRefused(
            'The key for the database "{database}" at {host} belongs to the login "{owner}", not to "{login}".',
            next_step="Put that login into kam.toml, or take a key of the other user.",
            database=access.database,
            host=access.host,
            owner=rows[0].get("login"),
            login=access.login,
        )
    return Login(uid=opened.uid, companies=tuple(sorted(rows[0]["company_ids"])), lang=LANG)
