"""An ERP made of canned answers (`responses`), and one made of raw sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import responses

from kam_connector.erp import ErpAccess
from kam_connector.erp.calls import Calls
from tests.erp.tongues import KEY, TONGUES, URL, Tongue


def access(**changes: Any) -> ErpAccess:
    values = {"url": URL, "database": "production", "login": "kam@example.com", "key": KEY, **changes}
    return ErpAccess(**values)


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    """Canned answers of the ERP; every other address is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited between tries."""
    return []


@pytest.fixture(params=TONGUES, ids=lambda tongue: tongue.name)
def tongue(request: pytest.FixtureRequest) -> Tongue:
    """Each transport in turn."""
    spoken: Tongue = request.param
    return spoken


@pytest.fixture
def calls(waits: list[float], tongue: Tongue) -> Iterator[Calls]:
    """Calls of user 2 over each transport, which wait for nothing."""
    made = tongue.open(access(), waits.append)
    yield made
    made.channel.close()


@contextmanager
def raw_server(
    speak: Callable[[socket.socket], None], heard: list[bytes] | None = None
) -> Iterator[tuple[str, list[int]]]:
    """A listening socket that reads one request and then does what `speak` says; its URL and its connections.

    `heard` takes the requests.
    """
    connections: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    conversation, _ = listener.accept()
                    connections.append(1)
                    with conversation, suppress(OSError):
                        conversation.settimeout(5)
                        request = read_request(conversation)
                        if heard is not None:
                            heard.append(request)
                        speak(conversation)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", connections
        ended.set()
        thread.join(10)


def read_request(conversation: socket.socket) -> bytes:
    """Head and body of the request that comes in."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += conversation.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += conversation.recv(65536)
    return head + body


def drip(conversation: socket.socket, text: bytes, seconds: float = 0.05) -> None:
    """One byte at a time, for as long as somebody listens."""
    for byte in text:
        conversation.sendall(bytes([byte]))
        time.sleep(seconds)
