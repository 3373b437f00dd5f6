"""The three ways in which Odoo 19 is asked from outside, each from bytes to a call and from its outcome to bytes.

What differs is told by the door and the contract suite: XML-RPC has codes and cannot carry None, JSON-RPC leaves a None
out and answers 200 to everything, JSON-2 has named arguments, an HTTP status and the key in a header.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .dispatch import Erp
from .faults import BAD_REQUEST, SandboxFault, crash
from .wire import decode_request, encode_answer, encode_fault

_XML, _JSON, _HTML = "text/xml; charset=utf-8", "application/json; charset=utf-8", "text/html; charset=utf-8"
_NO_DATABASE = "<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found.</p>"


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, content type and bytes of an HTTP answer."""

    status: int
    kind: str
    body: bytes


class NoCall(Exception):
    """The request is none that can be called: `reply` says so."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that came in: `run` does it. `model` is None where it is none of a model's methods."""

    run: Callable[[Erp], Any]
    model: str | None = None
    method: str = ""
    args: tuple[Any, ...] = ()


class Spoken(Protocol):
    """A protocol."""

    def read(self, path: str, headers: Mapping[str, str], body: bytes, database: str) -> Asked:
        """The call in a request; the names of its headers are in small letters. Raises NoCall."""

    def answer(self, value: Any) -> Reply:
        """What is sent for the value that the call returned."""

    def fault(self, fault: SandboxFault) -> Reply:
        """What is sent for its failure."""


def page(status: int, text: str) -> Reply:
    """A page for a browser."""
    return Reply(status, _HTML, text.encode())


def version_page(version: Mapping[str, Any]) -> Reply:
    """What a server with JSON-2 tells of itself at /web/version."""
    told = {"version_info": version["server_version_info"], "version": version["server_version"]}
    return _json(200, told)


def outcome(spoken: Spoken, asked: Asked, erp: Erp) -> Reply:
    """The call is done; what its answer looks like, faults included."""
    try:
        return spoken.answer(asked.run(erp))
    except SandboxFault as fault:
        return spoken.fault(fault)
    except Exception as error:  # a defect of the sandbox must reach the test as a fault, not as a closed socket
        return spoken.fault(crash(type(error).__name__, str(error)))


class XmlRpc:
    """/xmlrpc/2/common and /xmlrpc/2/object."""

    def read(self, path: str, headers: Mapping[str, str], body: bytes, database: str) -> Asked:
        """Method and positional parameters."""
        try:
            method, params = decode_request(body)
        except Exception as error:  # whatever a broken body raises in the parser
            raise NoCall(self.fault(crash(type(error).__name__, str(error)))) from None
        return _asked("common" if path.endswith("/common") else "object", method, params)

    def answer(self, value: Any) -> Reply:
        """None is a TypeError, as in Odoo after its commit (R-4)."""
        return Reply(200, _XML, encode_answer(value))

    def fault(self, fault: SandboxFault) -> Reply:
        """One of four codes, and a text."""
        return Reply(200, _XML, encode_fault(fault.family.code, fault.text))


class JsonRpc:
    """/jsonrpc: service, method and positional parameters."""

    def read(self, path: str, headers: Mapping[str, str], body: bytes, database: str) -> Asked:
        """As XML-RPC, in an envelope; a body that is none gets a bare page."""
        try:
            params = json.loads(body)["params"]
            service, method, args = params["service"], params["method"], list(params["args"])
        except (ValueError, KeyError, TypeError):
            raise NoCall(page(400, "Invalid JSON data")) from None
        return _asked(service, method, args)

    def answer(self, value: Any) -> Reply:
        """A None is left out (R-5)."""
        return _json(200, {"jsonrpc": "2.0", "id": None, **({} if value is None else {"result": value})})

    def fault(self, fault: SandboxFault) -> Reply:
        """Class, message and traceback of the exception."""
        error = {"code": 0, "message": "Odoo Server Error", "data": _error(fault)}
        return _json(200, {"jsonrpc": "2.0", "id": None, "error": error})


class Json2:
    """/json/2/<model>/<method>: the key as bearer, the database in a header, arguments by name."""

    def read(self, path: str, headers: Mapping[str, str], body: bytes, database: str) -> Asked:
        """A database that is not there gets a bare page."""
        if headers.get("x-odoo-database", database) != database:
            raise NoCall(page(404, _NO_DATABASE))
        try:
            named = json.loads(body)
        except ValueError as error:
            raise NoCall(self.fault(SandboxFault(BAD_REQUEST, f"could not parse the body as json: {error}"))) from None
        kind, _, key = headers.get("authorization", "").partition(" ")
        bearer = key if kind.lower() == "bearer" else ""
        model, method = path.removeprefix("/json/2/").split("/")
        args = tuple(value for name, value in named.items() if name != "context")
        return Asked(lambda erp: erp.named(bearer, model, method, named), model, method, args)

    def answer(self, value: Any) -> Reply:
        """The value alone."""
        return _json(200, value)

    def fault(self, fault: SandboxFault) -> Reply:
        """The same error under a status that says less."""
        return _json(fault.family.status, _error(fault))


def _asked(service: str, method: str, params: list[Any]) -> Asked:
    if service == "common":
        return Asked(lambda erp: erp.common(method, params))
    if len(params) < 5:
        return Asked(lambda erp: erp.object(method, params))
    args = params[5] if method == "execute_kw" and len(params) > 5 else params[5:]
    return Asked(lambda erp: erp.object(method, params), str(params[3]), str(params[4]), tuple(args))


def _error(fault: SandboxFault) -> dict[str, Any]:
    return {
        "name": fault.family.name,
        "message": fault.message,
        "arguments": [fault.message],
        "context": {},
        "debug": fault.debug,
    }


def _json(status: int, value: Any) -> Reply:
    return Reply(status, _JSON, json.dumps(value).encode())
