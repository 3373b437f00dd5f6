"""HTTP in, HTTP out: one POST, one answer, and whatever a test wants to go wrong between them."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from .dispatch import VERSION, Erp
from .disturb import Disturbance, Plan
from .faults import crash
from .protocols import Asked, Json2, JsonRpc, NoCall, Reply, Spoken, XmlRpc, outcome, page, version_page

LARGEST_BODY = 256 * 1024 * 1024
_PATHS: tuple[tuple[re.Pattern[str], Spoken], ...] = (
    (re.compile(r"/xmlrpc/2/(common|object)\Z"), XmlRpc()),
    (re.compile(r"/jsonrpc\Z"), JsonRpc()),
    (re.compile(r"/json/2/[^/]+/[^/]+\Z"), Json2()),
)
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
            return self._reply(page(413, "Too large"))
        body = self.rfile.read(length)
        spoken = next((spoken for pattern, spoken in _PATHS if pattern.match(self.path)), None)
        return self._serve(spoken, body) if spoken else self._reply(page(404, "Not Found"))

    def do_GET(self) -> None:
        """The sandbox has no pages, but tells its version."""
        is_known = self.path == "/web/version"
        self._reply(version_page(VERSION) if is_known else page(404, "Not Found"))

    def log_message(self, *_: Any) -> None:
        """Nothing: the sandbox is quiet."""

    def _serve(self, spoken: Spoken, body: bytes) -> None:
        erp = self._http.erp
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = spoken.read(self.path, headers, body, erp.account.database)
        except NoCall as refusal:
            return self._reply(refusal.reply)
        disturbance = self._noted(asked)
        if disturbance is not None and disturbance.kind in _BEFORE:
            return self._instead(disturbance, spoken)
        if disturbance is not None and disturbance.kind == "none":
            asked = replace(asked, run=_without_answer(asked))
        reply = outcome(spoken, asked, erp)
        return self._disturbed(disturbance, reply) if disturbance else self._reply(reply)

    def _noted(self, asked: Asked) -> Disturbance | None:
        if asked.model is None:
            return None
        with self._http.erp.lock:
            self._http.calls.append(Call(asked.model, asked.method, asked.args))
            return self._http.plan.next_for(asked.model, asked.method)

    def _instead(self, disturbance: Disturbance, spoken: Spoken) -> None:
        if disturbance.kind == "page":
            return self._reply(page(200, "<html><body>Please log in</body></html>"))
        if disturbance.kind == "hang_up":
            return self._hang_up()
        kind = "psycopg2.errors.SerializationFailure"
        return self._reply(spoken.fault(crash(kind, "could not serialize access due to concurrent update")))

    def _disturbed(self, disturbance: Disturbance, reply: Reply) -> None:
        if disturbance.kind == "drop":
            return self._hang_up()
        if disturbance.kind == "gateway_502":
            return self._reply(page(502, "Bad Gateway"))
        if disturbance.kind == "cut":
            self._send(replace(reply, body=reply.body[: len(reply.body) // 2]), len(reply.body))
            return self._hang_up()
        if disturbance.kind == "slow":
            time.sleep(disturbance.seconds)
        return self._reply(reply)

    def _reply(self, reply: Reply) -> None:
        self._send(reply, len(reply.body))

    def _send(self, reply: Reply, length: int) -> None:
        with contextlib.suppress(ConnectionError):
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)
            self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _without_answer(asked: Asked) -> Any:
    """The same call, returning nothing."""

    def run(erp: Erp) -> None:
        asked.run(erp)

    return run
