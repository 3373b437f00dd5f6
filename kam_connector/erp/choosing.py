"""Which transport carries the calls: the named one, or the best that this server and this key can use.

"auto" asks /web/version, which needs no login and which servers with JSON-2 have. In this order:

1. JSON-2 where the server is Odoo 19 or later and the key looks like an API key (it takes no passwords), or where
   there is nothing else (from 22 on);
2. JSON-RPC, 1.4 to 2 times as fast as XML-RPC, where the server tells its errors over it;
3. XML-RPC, which every server up to 21 has.

The next one is tried only where the address does not speak a transport at all (a page, a redirect). A refused login
ends the choice at once: five of them lock the address out of a server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import ErpDefect, KamError, LoginRefused
from .access import ErpAccess, TransportName
from .budget import Sleep
from .calls import Calls, NotSpoken, Transport
from .channel import Channel
from .json2 import Json2
from .jsonrpc import JsonRpc, no_errors_told
from .versions import Version, dialect_of, parse_version
from .xmlrpc import XmlRpc

_KINDS: dict[TransportName, Callable[[ErpAccess, Channel], Transport]] = {
    "json2": Json2,
    "jsonrpc": JsonRpc,
    "xmlrpc": XmlRpc,
}


_OK, _NOT_FOUND = 200, 404


@dataclass(frozen=True, slots=True)
class Opened:
    """Calls that are logged in: over a chosen transport, as user `uid`, to a server of that version."""

    calls: Calls
    server_version: str
    version: Version
    uid: int


def open_calls(access: ErpAccess, *, sleep: Sleep = time.sleep) -> Opened:
    """Calls over the chosen transport, logged in.

    Raises SettingsError (address, certificate, too old, another transport), ErpUnreachable, LoginRefused (asked
    exactly once), ErpDefect.
    """
    channel = Channel(access, sleep=sleep)
    try:
        if access.transport == "auto":
            return _choose(access, channel, sleep)
        return _take(access, _calls(access, access.transport, channel, sleep))
    except NotSpoken as elsewhere:
        error: KamError = elsewhere.error
    except BaseException:
        channel.close()
        raise
    channel.close()
    raise error


def _choose(access: ErpAccess, channel: Channel, sleep: Sleep) -> Opened:
    told: tuple[str, Version] | None = None
    unspoken: NotSpoken | None = None
    for name in _KINDS:
        calls = _calls(access, name, channel, sleep)
        try:
            told = told or _ask_version(calls)
            dialect_of(told[1])
            if calls.suits(told[1]):
                return Opened(calls, *told, _log_in(calls))
        except NotSpoken as elsewhere:
            unspoken = elsewhere
    raise unspoken or ErpDefect("No transport suits this ERP.")


def _take(access: ErpAccess, calls: Calls) -> Opened:
    """The named transport, whether or not it is the best one."""
    told = _ask_version(calls)
    dialect_of(told[1])
    if not calls.suits(told[1]) and access.transport == "jsonrpc":
        raise no_errors_told(access)
    try:
        return Opened(calls, *told, _log_in(calls))
    except NotSpoken as page:
        if page.status != _NOT_FOUND:
            raise
    raise _no_database(access)  # its version page was there: /json/2 exists, the database does not


def _calls(access: ErpAccess, name: TransportName, channel: Channel, sleep: Sleep) -> Calls:
    return Calls(access, channel, _KINDS[name](access, channel), sleep=sleep)


def _ask_version(calls: Calls) -> tuple[str, Version]:
    """The server's version as it writes it, and as two numbers. Needs no login. Raises NotSpoken, ErpDefect."""
    answer = calls.ask_version()
    try:
        return str(answer["server_version"]), parse_version(answer["server_version_info"])
    except (KeyError, TypeError, ValueError):
        error = ErpDefect(
            "{host} does not tell a version as Odoo does.",
            next_step="Does `url` point at Odoo itself?",
            host=calls.access.host,
        )
    raise NotSpoken(error, _OK)


def _log_in(calls: Calls) -> int:
    """Our user's id. Raises LoginRefused."""
    access = calls.access
    try:
        uid: Any = calls.log_in()
    except LoginRefused:  # a wrong login or key is an answer; a fault is only for a wrong database
        raise _no_database(access) from None
    if isinstance(uid, int) and not isinstance(uid, bool) and uid > 0:
        return uid
    hint = "Check login and key (keys end, often after 90 days; with two-factor login only a key works)."
    if calls.transport.name == "json2" and not access.has_api_key:
        hint = "JSON-2 takes an API key and no password: make one in the user's preferences in Odoo."
    raise LoginRefused(
        '{host} refuses the login "{login}" to the database "{database}".',
        next_step=hint,
        host=access.host,
        login=access.login,
        database=access.database,
    )


def _no_database(access: ErpAccess) -> LoginRefused:
    return LoginRefused(
        '{host} has no database "{database}".',
        next_step="Check `database` in kam.toml (it is case-sensitive).",
        host=access.host,
        database=access.database,
    )
