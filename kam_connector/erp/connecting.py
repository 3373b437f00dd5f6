"""Opening a session: version, login, companies, language, in that order."""

from __future__ import annotations

import time
from typing import Any

from ..errors import ErpDefect, LoginRefused
from .access import ErpAccess
from .calls import Calls, Sleep
from .session import Login, Session
from .versions import Version, dialect_of, parse_version

LANG = "en_US"


def connect(access: ErpAccess, *, sleep: Sleep = time.sleep) -> Session:
    """An open session with the ERP.

    Raises SettingsError (address, certificate, too old), ErpUnreachable, LoginRefused (asked exactly once: a
    server locks out after five), ErpDefect. `sleep` waits between tries of a read.
    """
    calls = Calls(access, sleep=sleep)
    try:
        server_version, version = ask_version(calls)
        dialect = dialect_of(version)
        calls.uid = log_in(calls)
        login = _ask_login(calls)
    except BaseException:
        calls.channel.close()
        raise
    return Session(calls, server_version=server_version, version=version, dialect=dialect, login=login)


def ask_version(calls: Calls) -> tuple[str, Version]:
    """The server's version as it writes it, and as two numbers. Needs no login. Raises ErpDefect."""
    answer = calls.common("version")
    try:
        return str(answer["server_version"]), parse_version(answer["server_version_info"])
    except (KeyError, TypeError, ValueError):
        what = f"{calls.access.host} speaks XML-RPC but does not tell a version as Odoo does."
    raise ErpDefect(what, next_step="Does `url` point at Odoo itself?")


def log_in(calls: Calls) -> int:
    """Our user's id. Raises LoginRefused."""
    access = calls.access
    try:
        uid = calls.common("authenticate", access.database, access.login, access.key, {})
    except LoginRefused:  # a wrong login or key is an answer (False); a fault is only for a wrong database
        raise LoginRefused(
            f'{access.host} has no database "{access.database}".',
            next_step="Check `database` in kam.toml (it is case-sensitive).",
        ) from None
    if isinstance(uid, int) and not isinstance(uid, bool) and uid > 0:
        return uid
    raise LoginRefused(
        f'{access.host} refuses the login "{access.login}" to the database "{access.database}".',
        next_step="Check login and key (keys end, often after 90 days; with two-factor login only a key works).",
    )


def _ask_login(calls: Calls) -> Login:
    fields = {"fields": ["company_ids", "lang"], "load": ""}
    rows = calls.execute("res.users", "read", [[calls.uid]], fields)
    if not rows or not isinstance(rows[0].get("company_ids"), list):
        raise ErpDefect("The ERP does not tell our own user.", next_step="Look into the server's log.")
    return Login(uid=calls.uid, companies=tuple(sorted(rows[0]["company_ids"])), lang=_lang(calls, rows[0]))


def _lang(calls: Calls, user: dict[str, Any]) -> str:
    """English where it is installed, so that texts do not change with the user's own language."""
    installed = calls.execute("res.lang", "search_count", [[["code", "=", LANG]]], {})
    return LANG if installed else str(user["lang"] or LANG)
