"""TLS is always verified; an own authority is named in `ca_file` (R-85)."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import connect
from kam_connector.errors import ErpUnreachable, SettingsError
from tests.erp.conftest import access, read_request
from tests.erp.tongues import KEY, XMLRPC

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the test certificates")


def make_certificate(folder: Path, names: str) -> tuple[Path, Path]:
    """Certificate and key, signed by itself, for `names` ("IP:127.0.0.1")."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", "/CN=test", "-addext", f"subjectAltName={names}"]
    subprocess.run([*words, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


class TlsServer:
    """Answers `False` to every call over TLS, and keeps every byte that came through."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.heard = b""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError):
                plain, _ = self._listener.accept()
                plain.settimeout(2)
                with self._context.wrap_socket(plain, server_side=True) as conversation:
                    self.heard += read_request(conversation)
                    body = XMLRPC.answer(False).body.encode()
                    head = f"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
                    conversation.sendall(head.encode() + body)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join(5)
        self._listener.close()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TlsServer, Path]]:
    certificate, key = make_certificate(tmp_path_factory.mktemp("good"), "IP:127.0.0.1")
    server = TlsServer(certificate, key)
    yield server, certificate
    server.stop()


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TlsServer, Path]]:
    certificate, key = make_certificate(tmp_path_factory.mktemp("stranger"), "DNS:other.example.com")
    server = TlsServer(certificate, key)
    yield server, certificate
    server.stop()


def try_to_connect(url: str, **more: Any) -> None:
    with connect(access(url=url, tries=1, transport="xmlrpc", **more)):
        pass


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    good: tuple[TlsServer, Path],
) -> None:
    before = good[0].heard
    with pytest.raises(SettingsError, match=r"certificate of 127\.0\.0\.1.* cannot be trusted") as caught:
        try_to_connect(good[0].url)
    assert "ca_file" in caught.value.next_step
    assert good[0].heard == before


def test_a_certificate_for_another_host_is_refused(stranger: tuple[TlsServer, Path]) -> None:
    with pytest.raises(SettingsError, match="cannot be trusted"):
        try_to_connect(stranger[0].url, ca_file=stranger[1])
    assert KEY.encode() not in stranger[0].heard


def test_the_named_authority_lets_the_call_through(good: tuple[TlsServer, Path]) -> None:
    with pytest.raises(Exception, match="does not tell a version"):
        try_to_connect(good[0].url, ca_file=good[1])
    assert b"version" in good[0].heard


def test_the_environment_cannot_switch_checking_off(
    good: tuple[TlsServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(good[1]))
    with pytest.raises(SettingsError, match="cannot be trusted"):
        try_to_connect(good[0].url)


def test_a_plain_port_is_no_https_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak_plainly() -> None:
            conversation, _ = listener.accept()
            with conversation:
                conversation.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=speak_plainly, daemon=True)
        thread.start()
        with pytest.raises((SettingsError, ErpUnreachable), match=r"TLS|broke"):
            try_to_connect(f"https://127.0.0.1:{listener.getsockname()[1]}", timeout_connect=2)
        thread.join(5)
