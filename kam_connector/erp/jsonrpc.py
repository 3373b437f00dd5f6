"""JSON-RPC through odoorpc, over our own HTTP channel: /jsonrpc of Odoo 14 to 21.

odoorpc is given an opener that hands its requests to `Channel` (its own follows redirects and the environment's
proxies, and knows no deadline), and is told the version (else it asks a page that not every server has). Its debug
log shows positional arguments, the key among them: that logger is shut. Two facts about the servers:

- An answer with neither `result` nor `error` is success with no value: Odoo leaves a None out (R-5).
- Odoo 14 and 15 tell an error only to a visitor of a database. Anybody else gets a bare HTML page with status 500, and
  no error can be told from another. So a session of the database is taken first (a page that sends a cookie, no
  login), and one call that must fail shows whether errors come through. From 16 on they always do.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import Request

import odoorpc
from odoorpc.error import RPCError

from ..errors import LoginRefused
from .access import ErpAccess, TransportName
from .channel import Channel, Outgoing
from .faults import Fault, Kind
from .http_failures import trouble_of_page
from .json_answers import clean_json, fault_of
from .trouble import Known, Trouble
from .versions import Version
from .wire import wire_value

PATH = "/jsonrpc"
TELLS_ERRORS_SINCE: Version = (16, 0)
_AFTER_COMMIT = "dumps|make_json_response|_json_response|postcommit|_postcommit|commit"
_EXPIRED, _ABSENT = 100, 404
logging.getLogger("odoorpc.rpc.jsonrpclib").addFilter(lambda _: False)


class JsonRpc:
    """Calls of one login over /jsonrpc. The key stands in every body."""

    name: TransportName = "jsonrpc"

    def __init__(self, access: ErpAccess, channel: Channel) -> None:
        self._access = access
        self._channel = channel
        address = urlsplit(access.base_url)
        self._odoo = odoorpc.ODOO(
            address.hostname, port=address.port or 80, version="19.0", opener=_Opener(channel), timeout=None
        )

    def ask_version(self) -> Any:
        """The server's answer about its version; needs no login."""
        return self._guarded(lambda: self._common("version"))

    def suits(self, version: Version) -> bool:
        """Whether this server tells its errors over JSON-RPC, after what can be done for it was done."""
        if version >= TELLS_ERRORS_SINCE:
            return True
        self._channel.take_session(f"/web/login?db={quote(self._access.database, safe='')}")
        try:
            self._guarded(lambda: self._common("no_such_method"))
        except Fault:
            return True
        except Trouble as trouble:
            if trouble.status is None:
                raise
        return False

    def log_in(self) -> Any:
        """Our user's id, or False where login and key do not fit."""
        access = self._access
        try:
            self._guarded(lambda: self._odoo.login(access.database, access.login, access.key))
        except _Denied:
            return False
        return self._odoo.env.uid

    def execute(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer of a model's method, None where it has none. Raises Fault, Trouble, RecordRefused."""
        sent_args, sent_kwargs = wire_value(list(args)), wire_value(dict(kwargs))
        return self._guarded(lambda: self._odoo.execute_kw(model, method, sent_args, sent_kwargs))

    def _common(self, method: str) -> Any:
        return self._odoo.json(PATH, {"service": "common", "method": method, "args": []}).get("result")

    def _guarded(self, call: Callable[[], Any]) -> Any:
        """What odoorpc answers; what it raises as Fault or Trouble, without odoorpc's own error, which holds more."""
        failure: Exception
        try:
            return call()
        except RPCError as told:
            failure = self._failure_of(told.info) if told.info else _Denied()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
            failure = Trouble(
                Known.GARBLED,
                "{host} gave an answer that is not JSON-RPC ({problem}).",
                next_step="Is a gateway changing or cutting answers?",
                again=True,
                host=self._access.host,
                problem=type(problem).__name__,
            )
        raise failure

    def _failure_of(self, error: Mapping[str, Any]) -> Fault | Trouble:
        """What {code, message, data} means: code 100 is a session that ended (R-97), 404 a server without /jsonrpc."""
        if error.get("code") == _ABSENT:
            return trouble_of_page(_ABSENT, "", PATH, self._access)
        fault = fault_of(error["data"], _AFTER_COMMIT)
        return Fault(Kind.DENIED, fault.text) if error.get("code") == _EXPIRED else fault


class _Denied(Exception):
    """odoorpc's own refusal: the server answered False to the login."""


class _Opener:
    """What odoorpc takes for urllib's opener: one request over our channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def open(self, request: Request, timeout: float | None = None) -> io.BytesIO:
        """The clean bytes of the answer; the deadlines are the channel's own. Raises Trouble."""
        del timeout
        body = request.data if isinstance(request.data, bytes) else b""
        outgoing = Outgoing(PATH, body, headers={"Content-Type": "application/json"})
        return io.BytesIO(clean_json(self._channel.exchange(outgoing).body))


def no_errors_told(access: ErpAccess) -> LoginRefused:
    """What is said where JSON-RPC is wanted of a server that does not open the database for it."""
    return LoginRefused(
        '{host} does not open the database "{database}" for JSON-RPC.',
        next_step='Check `database` in kam.toml (it is case-sensitive); behind a filter set transport = "xmlrpc".',
        host=access.host,
        database=access.database,
    )
