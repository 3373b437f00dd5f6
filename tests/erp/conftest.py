"""An ERP made of canned answers (`responses`), and one made of raw sockets."""

from __future__ import annotations

import socket
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import responses

from kam_connector.erp import ErpAccess
from kam_connector.erp.calls import Calls

URL = "https://erp.example.com"
COMMON, OBJECT = f"{URL}/xmlrpc/2/common", f"{URL}/xmlrpc/2/object"
KEY = "CANARY-9f8e7d6c-secret"
VERSION_19 = {"server_version": "19.0", "server_version_info": [19, 0, 0, "final", 0, ""]}


def access(**changes: Any) -> ErpAccess:
    values = {"url": URL, "database": "production", "login": "kam@example.com", "key": KEY, **changes}
    return ErpAccess(**values)


def answer(value: Any) -> str:
    return xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)


def fault(code: int, text: str) -> str:
    return xmlrpc.client.dumps(xmlrpc.client.Fault(code, text), methodresponse=True)


def traceback(line: str, frame: str = "dispatch") -> str:
    head = 'Traceback (most recent call last):\n  File "/opt/odoo/service/model.py", line 1, in'
    return f"{head} {frame}\n    x()\n{line}\n"


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    """Canned answers for the ERP's two addresses; every other address is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited between tries."""
    return []


@pytest.fixture
def calls(waits: list[float]) -> Iterator[Calls]:
    """Calls of user 2 that wait for nothing."""
    made = Calls(access(), sleep=waits.append)
    made.uid = 2
    yield made
    made.channel.close()


def reply(mock: responses.RequestsMock, body: str | bytes | Exception, url: str = OBJECT, **more: Any) -> None:
    """The next answer of `url`."""
    mock.post(url, body=body, **{"content_type": "text/xml; charset=utf-8", **more})


@contextmanager
def raw_server(speak: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[int]]]:
    """A listening socket that reads one request and then does what `speak` says; its URL and its connections."""
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
                        read_request(conversation)
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
