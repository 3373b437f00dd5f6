"""XML-RPC, the transport that every Odoo from 14 to 21 has: /xmlrpc/2/common and /xmlrpc/2/object.

It gives four codes: 1 anything else, with a whole traceback as text; 2 a message for the user; 3 no login; 4 no right.
It cannot carry None from the server: a method that returns nothing commits, then answers fault 1.
"""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Mapping, Sequence
from typing import Any

from .access import ErpAccess, TransportName
from .answers import Unreadable, parse_answer
from .channel import Channel, Outgoing
from .faults import Fault, Kind, broke_in
from .http_failures import unreadable_answer
from .versions import Version
from .wire import wire_value

GONE_SINCE: Version = (22, 0)
COMMON, OBJECT = "/xmlrpc/2/common", "/xmlrpc/2/object"
_KINDS = {2: Kind.WARNING, 3: Kind.DENIED, 4: Kind.FORBIDDEN}
_AFTER_COMMIT = "dumps|postcommit|_postcommit|commit"


class XmlRpc:
    """Calls of one login over /xmlrpc/2. The key stands in every body."""

    name: TransportName = "xmlrpc"

    def __init__(self, access: ErpAccess, channel: Channel) -> None:
        self._access = access
        self._channel = channel
        self._uid = 0

    def ask_version(self) -> Any:
        """The server's answer about its version; needs no login."""
        return self._post(COMMON, "version", ())

    def suits(self, version: Version) -> bool:
        """Whether the server still has it: always, where it told its version."""
        return version < GONE_SINCE

    def log_in(self) -> Any:
        """Our user's id, or False where login and key do not fit."""
        access = self._access
        self._uid = self._post(COMMON, "authenticate", (access.database, access.login, access.key, {}))
        return self._uid

    def execute(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer of a model's method. Raises Fault, Trouble, RecordRefused for a value that cannot be sent."""
        login = (self._access.database, self._uid, self._access.key)
        return self._post(OBJECT, "execute_kw", (*login, model, method, list(args), dict(kwargs)))

    def _post(self, path: str, method: str, params: Sequence[Any]) -> Any:
        outgoing = Outgoing(
            path, encode_request(method, params), ("text/xml", "application/xml"), headers={"Content-Type": "text/xml"}
        )
        answer = self._channel.exchange(outgoing)
        try:
            return parse_answer(answer.body)
        except xmlrpc.client.Fault as told:
            fault = fault_of(int(told.faultCode), str(told.faultString))
        except Unreadable as problem:
            raise unreadable_answer(self._access, len(answer.body), "XML-RPC", problem) from None
        raise fault


def encode_request(method: str, params: Sequence[Any]) -> bytes:
    """The body of a request, UTF-8. Raises RecordRefused for a value that cannot be sent."""
    body = xmlrpc.client.dumps(tuple(wire_value(value) for value in params), method, encoding="utf-8")
    return body.encode("utf-8")


def fault_of(code: int, text: str) -> Fault:
    """The fault that Odoo's code and text mean."""
    kind = _KINDS.get(code, Kind.CRASH)
    if code != 1:
        return Fault(kind, text)
    return Fault(kind, _naming_line(text), in_doubt=broke_in(text, _AFTER_COMMIT))


def _naming_line(text: str) -> str:
    """The line of a traceback that names the exception: the first that is not indented after the last frame."""
    lines = [line for line in text.splitlines() if line.strip()]
    frames = [at for at, line in enumerate(lines) if line.startswith('  File "')]
    after = lines[frames[-1] + 1 :] if frames else lines
    named = [line for line in after if not line[0].isspace()]
    return (named or lines or ["no message"])[0].strip()
