"""Real sockets: drips, cuts, environment, certificates."""

from __future__ import annotations

import gzip
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import responses

from kam_connector.erp.access import ErpAccess
from kam_connector.erp.calls import Calls
from kam_connector.erp.channel import Channel
from kam_connector.errors import ErpDefect, ErpUnreachable, SettingsError, UnknownOutcome
from tests.erp.conftest import access, drip, raw_server
from tests.erp.tongues import TONGUES, URL, XMLRPC, Tongue, reply

BODY = XMLRPC.answer(list(range(200))).body.encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


def local(url: str, tongue: Tongue = XMLRPC, **limits: Any) -> Calls:
    return tongue.open(access(url=url, **limits), lambda _: None)


def whole(tongue: Tongue, value: Any, *more: str) -> tuple[bytes, bytes]:
    """Head and body of an answer, with more header lines."""
    canned = tongue.answer(value)
    body = canned.body.encode()
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {canned.kind}", f"Content-Length: {len(body)}", *more, "", ""]
    return "\r\n".join(lines).encode(), body


def write(calls: Calls) -> Any:
    return calls.execute("res.partner", "create", [[{"name": "x"}]], {})


def read(calls: Calls) -> Any:
    return calls.execute("res.partner", "search", [[]], {})


@pytest.mark.parametrize("text", [HEAD, HEAD + BODY])
def test_a_server_that_drips_a_byte_at_a_time_is_cut_off_at_the_deadline(text: bytes) -> None:
    """R-8: each byte renews the socket's own timeout; already the headers may drip."""
    with raw_server(lambda conversation: drip(conversation, text)) as (url, connections):
        calls = local(url, timeout_total=0.6, timeout_read=5)
        started = time.monotonic()
        with pytest.raises(UnknownOutcome, match=r"within 0\.6 s"):
            write(calls)
        assert time.monotonic() - started < 3
        assert len(connections) == 1


def test_a_silent_server_is_given_up_after_the_read_timeout() -> None:
    """R-6: for a write that is unknown, never "failed"."""
    with raw_server(lambda conversation: time.sleep(1.5)) as (url, _), pytest.raises(UnknownOutcome):
        write(local(url, timeout_read=0.2))


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.name)
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_r02_a_connection_cut_anywhere_sends_a_write_exactly_once_on_each_transport(
    share: float, tongue: Tongue
) -> None:
    """R-7 as well."""
    sent = b"".join(whole(tongue, list(range(200))))
    cut = sent[: int(len(sent) * share)]
    with raw_server(lambda conversation: conversation.sendall(cut)) as (url, connections):
        with pytest.raises(UnknownOutcome):
            write(local(url, tongue))
        assert len(connections) == 1


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.name)
def test_r86_a_packed_answer_is_measured_as_it_unpacks(tongue: Tongue) -> None:
    """A thousandth of the size on the wire: 30 MB of zeros in 30 kB."""
    packed = gzip.compress(tongue.answer("0" * 30_000_000).body.encode())
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {tongue.answer(0).kind}\r\nContent-Encoding: gzip\r\n"
    answer = f"{head}Content-Length: {len(packed)}\r\n\r\n".encode() + packed
    with raw_server(lambda conversation: conversation.sendall(answer)) as (url, connections):
        with pytest.raises(ErpDefect, match="larger than 1000000 bytes"):
            read(local(url, tongue, max_answer_bytes=1_000_000))
        assert len(connections) == 1


def test_a_server_elsewhere_may_pack_its_answers_and_one_on_this_machine_need_not() -> None:
    with responses.RequestsMock() as http:
        for url, encoding in ((URL, "gzip"), ("http://127.0.0.1:1", "identity")):
            reply(http, XMLRPC.answer([]), url=f"{url}/xmlrpc/2/object")
            read(local(url))
            assert http.calls[-1].request.headers["Accept-Encoding"] == encoding


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.name)
def test_no_cookie_is_kept(tongue: Tongue) -> None:
    heard: list[bytes] = []
    head, body = whole(tongue, [1], "Set-Cookie: session_id=abc; Path=/", "Connection: close")

    def speak(conversation: socket.socket) -> None:
        conversation.sendall(head + body)

    with raw_server(speak, heard) as (url, _):
        calls = local(url, tongue)
        read(calls)
        read(calls)
    assert len(heard) == 2
    assert not any(b"cookie:" in request.lower() for request in heard)


def test_a_read_comes_through_when_the_second_answer_is_whole() -> None:
    tries = iter([HEAD, HEAD + BODY])
    with raw_server(lambda conversation: conversation.sendall(next(tries))) as (url, connections):
        assert read(local(url)) == list(range(200))
        assert len(connections) == 2


def test_nobody_listening_is_unreachable_for_reads_and_writes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for do in (read, write):
        with pytest.raises(ErpUnreachable, match="cannot be reached"):
            do(local(url))


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """R-14."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with raw_server(lambda conversation: conversation.sendall(HEAD + BODY)) as (url, _):
        assert read(local(url)) == list(range(200))


def test_the_servers_clock_is_compared_with_ours() -> None:
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 3600))
    dated = HEAD.replace(b"\r\n\r\n", f"\r\nDate: {stamp}\r\n\r\n".encode())
    with raw_server(lambda conversation: conversation.sendall(dated + BODY)) as (url, _):
        calls = local(url)
        read(calls)
        assert calls.channel.time_offset_seconds == pytest.approx(-3600, abs=5)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": ""}, "url"),
        ({"url": "erp.example.com"}, "not an http"),
        ({"url": "ftp://erp.example.com"}, "not an http"),
        ({"url": "http://erp.example.com"}, "unencrypted"),
        ({"url": "https://user:pw-77@erp.example.com"}, "holds a user"),
        ({"url": "https://erp.example.com/?db=x"}, "query"),
        ({"database": ""}, "database"),
        ({"login": ""}, "login"),
        ({"key": ""}, "KAM_ERP_KEY"),
        ({"key": "a\nb"}, "cannot be printed"),
        ({"transport": "soap"}, "soap"),
        ({"calls_per_second": -1.0}, "calls_per_second"),
        ({"calls_per_second": float("nan")}, "calls_per_second"),
        ({"ca_file": Path("/nowhere/ca.pem")}, "ca_file"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(change: dict[str, Any], named: str) -> None:
    """R-85."""
    with pytest.raises(SettingsError, match=named) as caught:
        access(**change)
    assert "pw-77" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://localhost:8069", "http://127.0.0.1", "http://[::1]:8069/"])
def test_plain_http_is_fine_on_this_machine(url: str) -> None:
    assert access(url=url).base_url == url.rstrip("/")


def test_plain_http_elsewhere_needs_the_switch() -> None:
    assert access(url="http://erp.lan", allow_http=True).host == "erp.lan"


def test_the_key_is_in_no_repr() -> None:
    made = access()
    assert made.key not in repr(made)
    assert made.key not in repr(Channel(made))
    assert isinstance(made, ErpAccess)
