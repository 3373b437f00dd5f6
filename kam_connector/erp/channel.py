"""Bytes over HTTP: one request leaves for one call of `Channel.exchange`, never two.

The standard library's XML-RPC transport silently sends a POST again after a reset, and a `create` happens twice
(R-2). Here nothing is repeated, no redirect is followed (R-12: the body holds the key), the environment's proxies
and .netrc are not looked at (R-14), TLS is always verified (R-85), an answer has a largest size (R-86) and a
deadline (R-8). Failures are `Trouble`; the exceptions of requests, which carry the body and so the key, are dropped.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from .access import ErpAccess
from .http_failures import trouble_of_exception, trouble_of_status
from .sockets import cut, showing_adapter
from .trouble import Known, Trouble

_CHUNK = 64 * 1024
_HEADERS = {
    "Content-Type": "text/xml",
    "Accept": "text/xml",
    "Accept-Encoding": "identity",
    "User-Agent": "kam-connector",
}


class Channel:
    """An open HTTP session to one ERP."""

    def __init__(self, access: ErpAccess) -> None:
        self._access = access
        self._socket: socket.socket | None = None
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers.update(_HEADERS)
        self._http.verify = str(access.ca_file) if access.ca_file else True
        self._http.mount("http://", showing_adapter(self._remember))
        self._http.mount("https://", showing_adapter(self._remember))
        self.time_offset_seconds: float | None = None

    def __repr__(self) -> str:
        return f"<Channel to {self._access.host}>"

    def close(self) -> None:
        """The connection is closed."""
        self._http.close()

    def exchange(self, path: str, body: bytes) -> bytes:
        """The bytes of the answer to one POST. Raises Trouble."""
        with _deadline(self._access.timeout_total, self._cut) as expired:
            answer = self._attempt(path, body)
        if isinstance(answer, bytes):
            return answer
        raise self._expired() if expired.is_set() else answer

    def _attempt(self, path: str, body: bytes) -> bytes | Trouble:
        try:
            return self._post(path, body)
        except Trouble as trouble:
            return trouble
        except (requests.RequestException, OSError) as error:
            return trouble_of_exception(error, self._access)

    def _post(self, path: str, body: bytes) -> bytes:
        before = time.time()
        with self._http.post(
            self._access.base_url + path,
            data=body,
            timeout=(self._access.timeout_connect, self._access.timeout_read),
            allow_redirects=False,
            stream=True,
        ) as response:
            self._note_clock(response.headers.get("Date"), (before + time.time()) / 2)
            trouble = trouble_of_status(response, self._access)
            if trouble is not None:
                raise trouble
            return self._read(response)

    def _read(self, response: requests.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(_CHUNK):
            size += len(piece)
            if size > self._access.max_answer_bytes:
                raise Trouble(
                    Known.GARBLED,
                    f"The answer of {self._access.host} is larger than {self._access.max_answer_bytes} bytes.",
                    next_step="Is this really the ERP? `kam erp check` shows what answers.",
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
            f"{self._access.host} did not finish its answer within {self._access.timeout_total:g} s.",
            next_step="Try again later, or raise `timeout_total`.",
            again=True,
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
