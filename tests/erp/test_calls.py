"""What becomes of a call when the network, a gateway or the server fails: once for writes, again for reads."""

from __future__ import annotations

import traceback as tb
from dataclasses import replace
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from kam_connector.erp.calls import Calls
from kam_connector.errors import (
    AccessRefused,
    ErpBusy,
    ErpDefect,
    ErpUnreachable,
    KamError,
    LoginRefused,
    RecordRefused,
    SettingsError,
    UnknownOutcome,
)
from tests.erp.conftest import access
from tests.erp.tongues import JSONRPC, KEY, TONGUES, URL, XMLRPC, Tongue, page, reply


def read(calls: Calls) -> Any:
    return calls.execute("res.partner", "search", [[]], {})


def write(calls: Calls) -> Any:
    return calls.execute("res.partner", "create", [[{"name": "x"}]], {})


def refused_connection() -> requests.ConnectionError:
    reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


LOST = [
    requests.ConnectionError("Connection aborted."),
    requests.ReadTimeout("read timed out"),
    requests.exceptions.ChunkedEncodingError("IncompleteRead"),
]


@pytest.mark.parametrize("failure", LOST)
def test_a_read_whose_answer_is_lost_is_asked_again(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, waits: list[float], failure: Exception
) -> None:
    reply(http, failure)
    reply(http, tongue.answer([1, 2]))
    assert read(calls) == [1, 2]
    assert len(waits) == 1
    assert 0 <= waits[0] <= 8


@pytest.mark.parametrize("failure", LOST)
def test_a_write_whose_answer_is_lost_leaves_once_and_is_an_unknown_outcome(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, failure: Exception
) -> None:
    """R-1, R-2."""
    reply(http, failure)
    with pytest.raises(UnknownOutcome, match=r"res\.partner\.create was sent"):
        write(calls)
    assert len(http.calls) == 1


def test_a_read_gives_up_after_four_tries(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, waits: list[float]
) -> None:
    reply(http, requests.ConnectionError("gone"))
    with pytest.raises(ErpUnreachable, match=r"erp\.example\.com"):
        read(calls)
    assert (len(http.calls), len(waits)) == (4, 3)


@pytest.mark.parametrize("do", [read, write])
def test_what_never_left_is_tried_again_also_when_it_is_a_write(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, waits: list[float], do: Any
) -> None:
    """R-3."""
    reply(http, refused_connection())
    reply(http, tongue.answer([7]))
    assert do(calls) == [7]
    assert len(waits) == 1


def test_a_write_that_never_left_is_unreachable_and_not_unknown(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock
) -> None:
    reply(http, refused_connection())
    with pytest.raises(ErpUnreachable, match="cannot be reached"):
        write(calls)


@pytest.mark.parametrize(("status", "kind"), [(502, ErpUnreachable), (503, ErpUnreachable), (504, ErpUnreachable)])
def test_a_gateways_error_is_a_lost_answer(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, status: int, kind: type[KamError]
) -> None:
    """R-11: Odoo behind the gateway may go on and commit."""
    reply(http, page("<html>Bad Gateway</html>", status))
    with pytest.raises(kind, match=str(status)):
        read(calls)
    assert len(http.calls) == 4
    with pytest.raises(UnknownOutcome, match=str(status)):
        write(calls)
    assert len(http.calls) == 5


@pytest.mark.parametrize(
    ("header", "waited"),
    [("7", 7.0), ("86400", 60.0), ("0", 0.0), ("Fri, 31 Dec 9999 23:59:59 GMT", 60.0)],
)
def test_retry_after_is_honoured_up_to_a_minute(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, waits: list[float], header: str, waited: float
) -> None:
    """R-10."""
    reply(http, page("later", 429, "text/plain"), headers={"Retry-After": header})
    reply(http, tongue.answer([1]))
    assert write(calls) == [1]
    assert waits == [waited]


@pytest.mark.parametrize("header", ["soon", "-5", "", "1e9", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_retry_after_that_means_nothing_is_left_aside(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, waits: list[float], header: str
) -> None:
    reply(http, page("later", 429, "text/plain"), headers={"Retry-After": header})
    with pytest.raises(ErpBusy):
        read(calls)
    assert len(waits) == 3
    assert max(waits) <= 8


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
def test_r09_a_page_instead_of_an_answer_is_named(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, kind: str
) -> None:
    """A login page or proxy error page with status 200."""
    reply(http, page("<html>Log in</html>", kind=kind))
    with pytest.raises(ErpDefect, match=kind or "no content type"):
        read(calls)
    with pytest.raises(UnknownOutcome):
        write(calls)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("do", [read, write])
def test_no_redirect_is_followed_and_only_its_host_is_shown(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, status: int, do: Any
) -> None:
    """R-12: a redirect that keeps the body would carry the key to another host."""
    target = f"https://evil.example.net/login?key={KEY}"
    reply(http, page("", status), headers={"Location": target})
    reply(http, tongue.answer([]), url="https://evil.example.net/login")
    with pytest.raises(SettingsError, match=r"https://evil\.example\.net ") as caught:
        do(calls)
    assert "login?" not in str(caught.value)
    assert [str(call.request.url).startswith(URL) for call in http.calls] == [True]


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_an_address_without_odoo_is_a_setting_to_mend(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, status: int
) -> None:
    reply(http, page("<html>Not Found</html>", status))
    with pytest.raises(SettingsError, match=f"HTTP {status}"):
        read(calls)
    assert len(http.calls) == 1


def test_a_cut_answer_is_asked_again_by_a_read_and_unknown_to_a_write(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock
) -> None:
    """R-7."""
    whole = tongue.answer([1, 2, 3])
    reply(http, replace(whole, body=whole.body[: len(whole.body) // 2]))
    reply(http, whole)
    assert read(calls) == [1, 2, 3]
    http.reset()
    reply(http, replace(whole, body=whole.body[:-1] if tongue.name != "xmlrpc" else whole.body[:-40]))
    with pytest.raises(UnknownOutcome):
        write(calls)
    assert len(http.calls) == 1


def test_an_answer_above_the_size_limit_is_not_read_to_its_end(tongue: Tongue, http: responses.RequestsMock) -> None:
    """R-86."""
    small = tongue.open(access(max_answer_bytes=100_000), lambda _: None)
    reply(http, tongue.answer(["x" * 200_000]))
    with pytest.raises(ErpDefect, match="larger than 100000 bytes"):
        read(small)
    assert len(http.calls) == 1


FAULTS: list[tuple[str, str, type[KamError], type[KamError]]] = [
    ("AccessDenied", "Access Denied", LoginRefused, LoginRefused),
    ("AccessError", "You are not allowed to access 'Journal Entry' (account.move) records.", *[AccessRefused] * 2),
    ("MissingError", "Record does not exist or has been deleted.\n(Record: res.partner(9,))", *[RecordRefused] * 2),
    ("UserError", "Object kam.nowhere doesn't exist", ErpDefect, ErpDefect),
    ("UserError", "Cannot grab a lock on records", ErpBusy, ErpBusy),
    ("ValueError", "Invalid field 'x' on model 'res.partner'", ErpDefect, ErpDefect),
    ("ValueError", "Wrong value for kam.run.state: 'x'", RecordRefused, RecordRefused),
    ("psycopg2.errors.SerializationFailure", "could not serialize access\n", ErpBusy, ErpBusy),
    ("psycopg2.errors.DeadlockDetected", "deadlock detected\nDETAIL:  Process 1 waits", ErpBusy, ErpBusy),
    ("psycopg2.errors.LockNotAvailable", "could not obtain lock on row", ErpBusy, ErpBusy),
    ("psycopg2.errors.NotNullViolation", "null value in column", RecordRefused, RecordRefused),
    ("psycopg2.errors.NumericValueOutOfRange", "integer out of range\n", RecordRefused, RecordRefused),
    ("psycopg2.OperationalError", 'FATAL:  database "x" does not exist', LoginRefused, LoginRefused),
    ("psycopg2.OperationalError", "server closed the connection", ErpUnreachable, UnknownOutcome),
    ("RecursionError", "maximum recursion depth exceeded", ErpDefect, ErpDefect),
    ("Exception", "", ErpDefect, ErpDefect),
]


@pytest.mark.parametrize(("name", "text", "for_read", "for_write"), FAULTS)
def test_each_fault_becomes_the_error_that_says_what_to_do(
    calls: Calls,
    tongue: Tongue,
    http: responses.RequestsMock,
    name: str,
    text: str,
    for_read: type[KamError],
    for_write: type[KamError],
) -> None:
    reply(http, tongue.fault(name, text))
    for do, kind in ((read, for_read), (write, for_write)):
        with pytest.raises(kind) as caught:
            do(calls)
        message = str(caught.value)
        assert "Traceback" not in message
        assert "\n" not in message
        assert caught.value.next_step
    assert len(http.calls) == 2


@pytest.mark.parametrize(("frame", "in_doubt"), [("postcommit", TONGUES), ("dumps", (XMLRPC, JSONRPC))])
def test_what_breaks_after_the_commit_leaves_a_write_in_doubt(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, frame: str, in_doubt: tuple[Tongue, ...]
) -> None:
    """JSON-2 encodes its answer before it commits: there a failure in it means that nothing was done."""
    reply(http, tongue.fault("RuntimeError", "hook", frame=frame))
    with pytest.raises(UnknownOutcome if tongue in in_doubt else ErpDefect):
        write(calls)


def test_r05_nothing_returned_is_done_over_json_and_over_xmlrpc_only_where_the_caller_says_so(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock
) -> None:
    """R-4 over XML-RPC; over JSON-RPC neither `result` nor `error` is there."""
    reply(http, tongue.nothing())
    post = ("account.payment", "action_post", [[1]], {})
    assert calls.execute(*post, none_is_done=True) is None
    if tongue is XMLRPC:
        with pytest.raises(UnknownOutcome):
            calls.execute(*post)
    else:
        assert calls.execute(*post) is None
    http.reset()
    reply(http, tongue.fault("UserError", "No"))
    with pytest.raises(RecordRefused):
        calls.execute(*post, none_is_done=True)


@pytest.mark.parametrize("problem", ["AccessDenied", "ValueError", "UserError", "connection", "page"])
@pytest.mark.parametrize("do", [read, write])
def test_the_key_is_in_no_message_repr_or_traceback(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock, problem: str, do: Any
) -> None:
    """R-84: also not in what hangs on the exception, where a crash report would find it."""
    others = {"connection": requests.ConnectionError(f"body was {KEY}"), "page": page(f"<html>{KEY}</html>")}
    reply(http, others.get(problem) or tongue.fault(problem, f"bad call ({KEY!r})"))
    with pytest.raises(KamError) as caught:
        do(calls)
    shown = "".join(tb.format_exception(caught.value)) + repr(caught.value) + str(caught.value.next_step)
    assert KEY not in shown
    assert KEY not in repr(calls) + repr(calls.access) + repr(calls.channel)
    link: BaseException | None = caught.value
    while link is not None:
        assert KEY not in repr(vars(link)) + repr(link.args)
        assert getattr(link, "request", None) is None
        link = link.__cause__ or link.__context__


def test_a_servers_message_is_one_printable_line_of_bounded_length(
    calls: Calls, tongue: Tongue, http: responses.RequestsMock
) -> None:
    """R-88: escape sequences, line breaks and right-to-left marks do not reach the terminal."""
    reply(http, tongue.fault("UserError", "a\x1b[31m\r\nb\u202e" + "x" * 5000))
    with pytest.raises(RecordRefused) as caught:
        write(calls)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 600
