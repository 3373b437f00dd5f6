"""HTTP in, HTTP out: one POST, one answer, and whatever a test wants to go wrong between them."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from .dispatch import Erp
from .disturb import Disturbance, Plan
from .faults import CLIENT, SandboxFault, crash
from .wire import decode_request, encode_answer, encode_fault

LARGEST_BODY = 256 * 1024 * 1024
_PATHS = ("/xmlrpc/2/common", "/xmlrpc/2/object")
_BEFORE = frozenset({"busy", "hang_up", "page"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model's method that came in: for tests that count what was sent."""

    model: str
    method: str
    args: tuple[Any, ...]


class Http(ThreadingHTTPServer):
    """The listening server, with what its handlers need."""

    daemon_threads = True

    def __init__(self, port: int, erp: Erp, plan: Plan, calls: list[Call]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.erp = erp
        self.plan = plan
        self.calls = calls


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def _http(self) -> Http:
        return cast(Http, self.server)

    def do_POST(self) -> None:
        """One call."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            return self._page(413, "Too large")
        body = self.rfile.read(length)
        return self._serve(body) if self.path in _PATHS else self._page(404, "Not Found")

    def do_GET(self) -> None:
        """The sandbox has no pages."""
        self._page(404, "Not Found")

    def log_message(self, *_: Any) -> None:
        """Nothing: the sandbox is quiet."""

    def _serve(self, body: bytes) -> None:
        try:
            method, params = decode_request(body)
        except Exception as error:  # whatever a broken body raises in the parser
            return self._xml(encode_fault(CLIENT, crash(type(error).__name__, str(error)).text))
        disturbance = self._noted(params) if self.path == _PATHS[1] else None
        if disturbance is not None and disturbance.kind in _BEFORE:
            return self._instead(disturbance)
        answer = answer_bytes(self._http.erp, self.path, method, params)
        return self._disturbed(disturbance, answer) if disturbance else self._xml(answer)

    def _noted(self, params: list[Any]) -> Disturbance | None:
        if len(params) < 6:
            return None
        call = Call(str(params[3]), str(params[4]), tuple(params[5]))
        with self._http.erp.lock:
            self._http.calls.append(call)
            return self._http.plan.next_for(call.model, call.method)

    def _instead(self, disturbance: Disturbance) -> None:
        if disturbance.kind == "page":
            return self._page(200, "<html><body>Please log in</body></html>")
        if disturbance.kind == "hang_up":
            return self._hang_up()
        kind = "psycopg2.errors.SerializationFailure"
        return self._xml(encode_fault(CLIENT, crash(kind, "could not serialize access due to concurrent update").text))

    def _disturbed(self, disturbance: Disturbance, answer: bytes) -> None:
        if disturbance.kind == "drop":
            return self._hang_up()
        if disturbance.kind == "gateway_502":
            return self._page(502, "Bad Gateway")
        if disturbance.kind == "cut":
            self._send(200, "text/xml; charset=utf-8", answer[: len(answer) // 2], len(answer))
            return self._hang_up()
        if disturbance.kind == "none":
            text = "cannot marshal None unless allow_none is enabled"
            return self._xml(encode_fault(CLIENT, crash("TypeError", text).text))
        time.sleep(disturbance.seconds)
        return self._xml(answer)

    def _xml(self, body: bytes) -> None:
        self._send(200, "text/xml; charset=utf-8", body, len(body))

    def _page(self, status: int, text: str) -> None:
        self._send(status, "text/html; charset=utf-8", text.encode(), len(text.encode()))

    def _send(self, status: int, kind: str, body: bytes, length: int) -> None:
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def answer_bytes(erp: Erp, path: str, method: str, params: list[Any]) -> bytes:
    """The bytes that answer a request, faults included."""
    try:
        if path.endswith("/common"):
            return encode_answer(erp.common(method, params))
        if method != "execute_kw":
            raise crash("NameError", f"Method not available {method}")
        return encode_answer(erp.execute_kw(params))
    except SandboxFault as fault:
        return encode_fault(fault.code, fault.text)
    except Exception as error:  # a defect of the sandbox must reach the test as a fault, not as a closed socket
        return encode_fault(CLIENT, crash(type(error).__name__, str(error)).text)
