"""Real sockets: drips, cuts, environment, certificates."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp.access import ErpAccess
from kam_connector.erp.calls import Calls
from kam_connector.erp.channel import Channel
from kam_connector.errors import ErpUnreachable, SettingsError, UnknownOutcome
from tests.erp.conftest import access, answer, drip, raw_server

BODY = answer(list(range(200))).encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()


def local(url: str, **limits: Any) -> Calls:
    made = Calls(access(url=url, **limits), sleep=lambda _: None)
    made.uid = 2
    return made


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


@pytest.mark.parametrize("cut", [0, 10, len(HEAD), len(HEAD) + 1, len(HEAD) + len(BODY) - 1])
def test_a_connection_cut_anywhere_sends_a_write_exactly_once(cut: int) -> None:
    """R-2, R-7."""
    with raw_server(lambda conversation: conversation.sendall((HEAD + BODY)[:cut])) as (url, connections):
        with pytest.raises(UnknownOutcome):
            write(local(url))
        assert len(connections) == 1


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
