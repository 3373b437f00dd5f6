"""A requests adapter that shows its socket, so that a deadline can cut it.

A read timeout of a socket starts anew with every byte: a server that drips one byte a second holds us for ever
(R-8), already while it sends its headers. Cutting the socket at the deadline ends the exchange wherever it is.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

OnSocket = Callable[[socket.socket], None]


def cut(sock: socket.socket) -> None:
    """Both directions of the socket are closed, also under TLS and from another thread."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def showing_adapter(on_socket: OnSocket) -> HTTPAdapter:
    """An adapter without retries that calls `on_socket` with each newly connected socket."""

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            _show(self.sock, on_socket)

    class Tls(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            _show(self.sock, on_socket)

    return _adapter(Plain, Tls)


def _show(sock: Any, on_socket: OnSocket) -> None:
    if isinstance(sock, socket.socket):
        on_socket(sock)


def _adapter(plain: type[HTTPConnection], tls: type[HTTPSConnection]) -> HTTPAdapter:
    class PlainPool(HTTPConnectionPool):
        ConnectionCls = plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = tls

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    return Adapter(max_retries=0, pool_connections=1, pool_maxsize=1)
