"""A fault proxy in front of an ERP: every request passes through it whole, and some do not come back.

It speaks HTTP/1.1 on loopback with kept-alive connections, reads each request to its end, and then either passes it on
or does what a `Fault` says. It counts every POST, so that a test can compare what left with what was meant to leave.

    with Proxy(server.url) as proxy, proxy.fault("drop", is_push, nth=2):
        ...          # the second pushing call is done by the server, its answer is lost

Leaving the `with` of a fault fails when it was never triggered: a test whose fault did not happen proves nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from kam_connector.erp.calls import READS

Kind = Literal[
    "reset_at_accept",  # the connection is reset before a byte of the request was read
    "reset_when_sent",  # the request is read whole, the kept-alive connection reset, nothing passed on
    "drop",  # passed on and answered by the server; the answer is lost
    "truncate",  # passed on; the answer ends after `byte` bytes
    "drip",  # passed on; the answer comes a byte each `seconds`
    "gateway",  # answered with status `byte` at once, while the server goes on
    "close_idle",  # answered, then the kept-alive connection is closed without a word
    "during",  # passed on after `work` was done: what happens in the ERP between our look and our write
]
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Post:
    """One request that came in: for calls of a model's method which, else both empty."""

    path: str
    model: str = ""
    method: str = ""

    @property
    def is_login(self) -> bool:
        return not self.model and self.method in ("authenticate", "login")

    @property
    def is_write(self) -> bool:
        return bool(self.model) and self.method not in READS | {"fetch", "context_get"}


def is_push(post: Post) -> bool:
    """A batch through the addon's endpoint."""
    return (post.model, post.method) == ("kam.gateway", "apply")


def is_write(post: Post) -> bool:
    """Any call that may change something."""
    return post.is_write


@dataclass(slots=True)
class Fault:
    """What happens to the `nth` fitting request and the `times - 1` after it; `triggered` counts how often it did."""

    kind: Kind
    fits: Callable[[Post], bool]
    nth: int = 1
    times: int = 1
    byte: int = 0
    seconds: float = 0.0
    work: Callable[[], None] = lambda: None
    seen: int = 0
    triggered: int = 0

    def takes(self, post: Post) -> bool:
        if not self.fits(post):
            return False
        self.seen += 1
        if not self.nth <= self.seen < self.nth + self.times:
            return False
        self.triggered += 1
        return True


class Proxy:
    """A running proxy. `posts` are the requests so far, `triggered` how many faults have happened."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.target = (str(parts.hostname), parts.port or 80)
        self.posts: list[Post] = []
        self.faults: list[Fault] = []
        self.triggered = 0
        self.lock = threading.Lock()
        self.behind: list[threading.Thread] = []
        self._http = _Listener(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where clients reach the server through the proxy."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @contextlib.contextmanager
    def fault(self, kind: Kind, fits: Callable[[Post], bool] = is_write, **more: Any) -> Iterator[Fault]:
        """The fault waits inside the `with`. AssertionError when it was never triggered."""
        fault = Fault(kind, fits, **more)
        self.faults.append(fault)
        try:
            yield fault
        finally:
            self.faults.remove(fault)
            self.settle()
        assert fault.triggered, f"the fault {kind} was never triggered: {self.posts[-5:]}"

    def count(self, fits: Callable[[Post], bool]) -> int:
        """How many requests that fit came in."""
        return sum(fits(post) for post in self.posts)

    def settle(self) -> None:
        """Every request that was passed on behind the client's back has been answered by the server."""
        for thread in self.behind:
            thread.join(120)
        self.behind.clear()

    def stop(self) -> None:
        self.settle()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def due(self, post: Post) -> Fault | None:
        """The fault of this request; the request is counted."""
        with self.lock:
            self.posts.append(post)
            due = next((fault for fault in list(self.faults) if fault.takes(post)), None)
            self.triggered += due is not None
            return due

    def due_at_accept(self) -> Fault | None:
        """A fault of the connection itself: no request was read, so none is counted."""
        with self.lock:
            waiting = [fault for fault in self.faults if fault.kind == "reset_at_accept"]
            due = next((fault for fault in waiting if fault.takes(Post("accept"))), None)
            self.triggered += due is not None
            return due


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def verify_request(self, request: Any, client_address: Any) -> bool:
        if self.proxy.due_at_accept() is None:
            return True
        reset(request)
        return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no defect of the proxy."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def proxy(self) -> Proxy:
        return cast(_Listener, self.server).proxy

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.due(read_post(self.path, body))
        if fault is None:
            self._pass(body)
        else:
            getattr(self, f"_{fault.kind}")(fault, body)

    def _pass(self, body: bytes) -> None:
        self._answer(*self._forward(body))

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection(*self.proxy.target, timeout=300)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            upstream.request(self.command, self.path, body, headers)
            response = upstream.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, byte: int | None = None) -> None:
        with contextlib.suppress(ConnectionError):
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if byte is None else body[:byte])
            self.wfile.flush()

    def _reset_when_sent(self, fault: Fault, body: bytes) -> None:
        self._hang_up()

    def _drop(self, fault: Fault, body: bytes) -> None:
        self._forward(body)
        self._hang_up()

    def _truncate(self, fault: Fault, body: bytes) -> None:
        status, headers, answer = self._forward(body)
        self._answer(status, headers, answer, byte=min(fault.byte, max(len(answer) - 1, 0)))
        self._hang_up()

    def _drip(self, fault: Fault, body: bytes) -> None:
        status, headers, answer = self._forward(body)
        self._answer(status, headers, answer, byte=0)
        with contextlib.suppress(OSError):
            for place in range(len(answer)):
                self.wfile.write(answer[place : place + 1])
                self.wfile.flush()
                time.sleep(fault.seconds)

    def _gateway(self, fault: Fault, body: bytes) -> None:
        thread = threading.Thread(target=self._forward, args=(body,), daemon=True)
        self.proxy.behind.append(thread)
        thread.start()
        self._answer(fault.byte, [("Content-Type", "text/html")], b"<html><body>Gateway</body></html>")

    def _close_idle(self, fault: Fault, body: bytes) -> None:
        self._pass(body)
        self.close_connection = True

    def _during(self, fault: Fault, body: bytes) -> None:
        fault.work()
        self._pass(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        reset(self.connection)


def reset(connection: socket.socket) -> None:
    """The connection ends in an RST, as when the process behind it died."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


def read_post(path: str, body: bytes) -> Post:
    """Which model's method the request calls, on each of the three transports."""
    parts = path.partition("?")[0].strip("/").split("/")
    if parts[:2] == ["json", "2"] and len(parts) == 4:
        return Post(path, parts[2], parts[3])
    if parts == ["jsonrpc"]:
        return _jsonrpc(path, body)
    if parts[:1] == ["xmlrpc"]:
        return _xmlrpc(path, body)
    if parts[:2] == ["web", "dataset"]:
        params = json.loads(body).get("params", {})
        return Post(path, str(params.get("model", "")), str(params.get("method", "")))
    return Post(path)


def _jsonrpc(path: str, body: bytes) -> Post:
    params = json.loads(body).get("params", {})
    if params.get("service") != "object":
        return Post(path, "", str(params.get("method", "")))
    args = params["args"]
    return Post(path, str(args[3]), str(args[4]))


def _xmlrpc(path: str, body: bytes) -> Post:
    import xmlrpc.client

    params, method = xmlrpc.client.loads(body, use_builtin_types=True)
    if method not in ("execute", "execute_kw"):
        return Post(path, "", str(method))
    return Post(path, str(params[3]), str(params[4]))
