"""What an Odoo would answer over each transport: canned, for `responses`."""

from __future__ import annotations

import json
import re
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import responses

from kam_connector.erp import ErpAccess
from kam_connector.erp.calls import Calls
from kam_connector.erp.channel import Channel
from kam_connector.erp.json2 import Json2
from kam_connector.erp.jsonrpc import JsonRpc
from kam_connector.erp.xmlrpc import XmlRpc

URL = "https://erp.example.com"
ANYWHERE = re.compile(re.escape(URL) + "/.*")
KEY = "CANARY-9f8e7d6c-secret"
_KINDS = {"xmlrpc": XmlRpc, "jsonrpc": JsonRpc, "json2": Json2}
_CODES = {"UserError": (2, 422), "MissingError": (2, 404), "AccessDenied": (3, 403), "AccessError": (4, 403)}


@dataclass(frozen=True, slots=True)
class Canned:
    """Body, content type and status of an answer."""

    body: str
    kind: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Tongue:
    """One transport, as a server speaks it."""

    name: str

    def answer(self, value: Any) -> Canned:
        """The value."""
        if self.name == "xmlrpc":
            return Canned(xmlrpc.client.dumps((value,), methodresponse=True), "text/xml; charset=utf-8")
        told = {"jsonrpc": "2.0", "id": 1, "result": value} if self.name == "jsonrpc" else value
        return Canned(json.dumps(told), "application/json; charset=utf-8")

    def nothing(self) -> Canned:
        """A method that did its work and returned nothing."""
        if self.name == "xmlrpc":
            return self.fault("TypeError", "cannot marshal None unless allow_none is enabled", frame="dumps")
        return Canned(json.dumps({"jsonrpc": "2.0", "id": 1} if self.name == "jsonrpc" else None), "application/json")

    def fault(self, name: str, message: str, *, frame: str = "dispatch") -> Canned:
        """An exception of that class inside the server, raised through that function."""
        code, status = _CODES.get(name, (1, 500))
        full = f"odoo.exceptions.{name}" if name in _CODES else name if "." in name else f"builtins.{name}"
        trace = f'Traceback (most recent call last):\n  File "/opt/odoo/x.py", line 1, in {frame}\n    x()\n'
        debug = f"{trace}{full.removeprefix('builtins.')}: {message}\n"
        if self.name == "xmlrpc":
            told = xmlrpc.client.Fault(code, debug if code == 1 else message)
            return Canned(xmlrpc.client.dumps(told, methodresponse=True), "text/xml")
        error = {"name": full, "message": message, "arguments": [message], "context": {}, "debug": debug}
        if self.name == "json2":
            return Canned(json.dumps(error), "application/json", status)
        envelope = {"jsonrpc": "2.0", "id": 1, "error": {"code": 0, "message": "Odoo Server Error", "data": error}}
        return Canned(json.dumps(envelope), "application/json")

    def open(self, access: ErpAccess, sleep: Callable[[float], None]) -> Calls:
        """Calls of user 2, logged in without a server."""
        channel = Channel(access)
        calls = Calls(access, channel, _KINDS[self.name](access, channel), sleep=sleep)
        if self.name == "json2":
            return calls
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            for value in (2, {"lang": "en_US"}):
                reply(mock, self.answer(value), url=re.compile(re.escape(access.base_url) + "/.*"))
            assert calls.log_in() == 2
        return calls


XMLRPC, JSONRPC, JSON2 = TONGUES = (Tongue("xmlrpc"), Tongue("jsonrpc"), Tongue("json2"))


def reply(
    mock: responses.RequestsMock,
    canned: Canned | Exception,
    url: str | re.Pattern[str] = ANYWHERE,
    *,
    method: str = "POST",
    **more: Any,
) -> None:
    """The next answer of `url`."""
    if isinstance(canned, Exception):
        mock.add(method, url, body=canned)
    else:
        mock.add(method, url, body=canned.body, content_type=canned.kind, status=canned.status, **more)


def page(text: str, status: int = 200, kind: str = "text/html") -> Canned:
    """What somebody else than Odoo answers."""
    return Canned(text, kind, status)
