"""Bytes over HTTP: one request leaves for one call of `Channel.exchange`, never two, whatever the transport.

The standard library's XML-RPC transport silently sends a POST again after a reset, and a `create` happens twice
(R-2); odoorpc's own opener follows redirects and the environment's proxies. Here nothing is repeated, no redirect is
followed (R-12: body or header hold the key), the environment's proxies and .netrc are not looked at (R-14), no cookie
is kept but the one that was asked for, TLS is always verified (R-85), an answer has a largest size after
decompression (R-86) and a deadline (R-8). Failures are `Trouble`; the exceptions of requests, which carry the request
and so the key, are dropped.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar

import requests

from .access import ErpAccess
from .budget import Budget, Sleep
from .http_failures import trouble_of_exception, trouble_of_gateway, trouble_of_page
from .sockets import cut, showing_adapter
from .trouble import Known, Trouble

Result = TypeVar("Result")
_CHUNK = 64 * 1024
_SESSION_COOKIE = "session_id"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request: a POST of `body`, or a GET without one.

    `kinds` are the content types that an answer of this protocol has, with one of `statuses` (None: any).
    """

    path: str
    body: bytes | None = field(default=None, repr=False)
    kinds: tuple[str, ...] = ("application/json",)
    statuses: tuple[int, ...] | None = (200,)
    headers: Mapping[str, str | bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and bytes of an answer in the protocol's form."""

    status: int
    body: bytes = field(repr=False)


class Channel:
    """An open HTTP session to one ERP."""

    def __init__(self, access: ErpAccess, *, sleep: Sleep = time.sleep, keeps_cookies: bool = False) -> None:
        self._access = access
        self._socket: socket.socket | None = None
        self._budget = Budget(access.pace, sleep=sleep)
        self._http = requests.Session()
        self._http.trust_env = False
        if not keeps_cookies:  # only the web client's login lives in one
            self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        encoding = "identity" if access.is_local else "gzip"  # packing costs more than a local link
        self._http.headers.update({"Accept-Encoding": encoding, "User-Agent": "kam-connector"})
        self._http.verify = str(access.ca_file) if access.ca_file else True
        self._http.mount("http://", showing_adapter(self._remember))
        self._http.mount("https://", showing_adapter(self._remember))
        self.time_offset_seconds: float | None = None

    def __repr__(self) -> str:
        return f"<Channel to {self._access.host}>"

    def close(self) -> None:
        """The connection is closed."""
        self._http.close()

    def exchange(self, outgoing: Outgoing) -> Answer:
        """The answer to one request. Raises Trouble."""
        return self._bounded(lambda: self._read(outgoing))

    def take_session(self, path: str) -> bool:
        """Whether the ERP gave a session to a visitor of `path`; later requests belong to it. Raises Trouble."""
        answer = self._bounded(lambda: self._visit(path))
        if answer:
            self._http.headers["Cookie"] = f"{_SESSION_COOKIE}={answer}"
        return bool(answer)

    def _bounded(self, work: Callable[[], Result]) -> Result:
        self._budget.wait()
        with _deadline(self._access.timeout_total, self._cut) as expired:
            result = self._attempt(work)
        if not isinstance(result, Trouble):
            return result
        raise self._expired() if expired.is_set() else result

    def _attempt(self, work: Callable[[], Result]) -> Result | Trouble:
        try:
            return work()
        except Trouble as trouble:
            return trouble
        except (requests.RequestException, OSError) as error:
            return trouble_of_exception(error, self._access)

    def _read(self, outgoing: Outgoing) -> Answer:
        with self._opened(outgoing) as response:
            trouble = trouble_of_gateway(response, self._access)
            if trouble is not None:
                raise trouble
            status = response.status_code
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind not in outgoing.kinds or (outgoing.statuses is not None and status not in outgoing.statuses):
                raise trouble_of_page(status, kind, outgoing.path, self._access)
            return Answer(status, self._body(response))

    def _visit(self, path: str) -> str:
        with self._opened(Outgoing(path)) as response:
            return response.cookies.get(_SESSION_COOKIE) or ""

    @contextmanager
    def _opened(self, outgoing: Outgoing) -> Iterator[requests.Response]:
        before = time.time()
        with self._http.request(
            "GET" if outgoing.body is None else "POST",
            self._access.base_url + outgoing.path,
            data=outgoing.body,
            headers={"Accept": outgoing.kinds[0], **outgoing.headers},
            timeout=(self._access.timeout_connect, self._access.timeout_read),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._note_clock(response.headers.get("Date"), (before + time.time()) / 2)
            yield response

    def _body(self, response: requests.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(_CHUNK):
            size += len(piece)
            if size > self._access.max_answer_bytes:
                raise Trouble(
                    Known.GARBLED,
                    "The answer of {host} is larger than {limit} bytes.",
                    next_step="Is this really the ERP? `kam erp check` shows what answers.",
                    host=self._access.host,
                    limit=self._access.max_answer_bytes,
                )
            pieces.append(piece)
        return b"".join(pieces)

    def _note_clock(self, stamp: str | None, ours: float) -> None:
        try:
            theirs = email.utils.parsedate_to_datetime(stamp or "")
        except ValueError:
            return
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=dt.UTC)
        self.time_offset_seconds = theirs.timestamp() - ours

    def _remember(self, sock: socket.socket) -> None:
        self._socket = sock

    def _cut(self) -> None:
        if self._socket is not None:
            cut(self._socket)

    def _expired(self) -> Trouble:
        return Trouble(
            Known.LOST,
            "{host} did not finish its answer within {limit} s.",
            next_step="Try again later, or raise `timeout_total`.",
            again=True,
            host=self._access.host,
            limit=f"{self._access.timeout_total:g}",
        )


@contextmanager
def _deadline(seconds: float, cut_off: Callable[[], None]) -> Iterator[threading.Event]:
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        cut_off()

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
