"""Which transport is taken, what is asked for it, and that a refused login ends the choice."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests
import responses

from kam_connector.erp import Session, connect
from kam_connector.errors import ErpDefect, ErpUnreachable, KamError, LoginRefused, SettingsError
from tests.erp.conftest import access
from tests.erp.tongues import JSON2, JSONRPC, KEY, URL, XMLRPC, Canned, Tongue, page, reply

API_KEY = "0123456789abcdef0123456789abcdef01234567"
VERSION, LOGIN_PAGE, RPC = f"{URL}/web/version", re.compile(re.escape(URL) + "/web/login.*"), f"{URL}/jsonrpc"
COMMON, OBJECT, NAMED = f"{URL}/xmlrpc/2/common", f"{URL}/xmlrpc/2/object", re.compile(re.escape(URL) + "/json/2/.*")
NOT_FOUND = page("<h1>Not Found</h1>", 404)
CRASHED = page("<h1>Internal Server Error</h1>", 500)


def told(major: int) -> dict[str, Any]:
    return {"server_version": f"{major}.0", "server_version_info": [major, 0, 0, "final", 0, ""]}


def version_page(major: int) -> Canned:
    told_version = {"version": f"{major}.0", "version_info": [major, 0, 0, "final", 0, ""]}
    return Canned(json.dumps(told_version), "application/json; charset=utf-8")


def admit(http: responses.RequestsMock, tongue: Tongue) -> None:
    """The answers to a login and to the question who we are."""
    row = {"id": 2, "company_ids": [3, 1], "login": "kam@example.com"}
    if tongue is XMLRPC:
        reply(http, tongue.answer(2), url=COMMON)
        reply(http, tongue.answer([row]), url=OBJECT)
    elif tongue is JSONRPC:
        for value in (2, {"lang": "zh_CN"}, [row]):
            reply(http, tongue.answer(value), url=RPC)
    else:
        for value in ({"uid": 2, "lang": "zh_CN"}, [row]):
            reply(http, tongue.answer(value), url=NAMED)


def opened(**changes: Any) -> Session:
    return connect(access(**changes), sleep=lambda _: None)


def asked(http: responses.RequestsMock) -> list[str]:
    """Method and path of every request, in order."""
    return [f"{call.request.method} {str(call.request.url).removeprefix(URL)}" for call in http.calls]


def test_a_server_with_json2_and_an_api_key_is_asked_three_times_in_all(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    admit(http, JSON2)
    session = opened(key=API_KEY)
    assert (session.transport, session.version, session.uid) == ("json2", (19, 0), 2)
    assert (session.login.companies, session.login.lang) == ((1, 3), "en_US")
    assert asked(http) == ["GET /web/version", "POST /json/2/res.users/context_get", "POST /json/2/res.users/read"]
    sent = http.calls[1].request
    assert sent.headers["Authorization"] == f"bearer {API_KEY}".encode()
    assert sent.headers["X-Odoo-Database"] == b"production"
    assert API_KEY.encode() not in (sent.body or b"")
    assert API_KEY not in str(sent.url)


def test_a_password_goes_over_jsonrpc_and_is_never_a_bearer(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    admit(http, JSONRPC)
    assert opened().transport == "jsonrpc"
    assert asked(http) == ["GET /web/version", *["POST /jsonrpc"] * 3]
    assert not any("Authorization" in call.request.headers for call in http.calls)


def test_where_json2_is_not_let_through_the_key_goes_over_jsonrpc(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    reply(http, NOT_FOUND, url=NAMED)
    admit(http, JSONRPC)
    assert opened(key=API_KEY).transport == "jsonrpc"


def test_from_22_on_there_is_json2_alone_also_for_a_password(http: responses.RequestsMock) -> None:
    reply(http, version_page(22), url=VERSION, method="GET")
    reply(http, Canned(JSON2.fault("AccessDenied", "Invalid apikey").body, "application/json", 401), url=NAMED)
    with pytest.raises(LoginRefused, match="JSON-2 takes an API key and no password"):
        opened()
    assert asked(http) == ["GET /web/version", "POST /json/2/res.users/context_get"]


@pytest.mark.parametrize(("major", "visits"), [(14, True), (15, True), (16, False), (18, False)])
def test_an_older_server_is_asked_over_jsonrpc_with_a_session_where_it_needs_one(
    http: responses.RequestsMock, major: int, visits: bool
) -> None:
    reply(http, NOT_FOUND, url=VERSION, method="GET")
    reply(http, JSONRPC.answer(told(major)), url=RPC)
    if visits:
        reply(http, page("", 302), url=LOGIN_PAGE, method="GET", headers={"Set-Cookie": "session_id=abc; Path=/"})
        reply(http, JSONRPC.fault("Exception", "Method not found: no_such_method"), url=RPC)
    admit(http, JSONRPC)
    assert opened(key=API_KEY).transport == "jsonrpc"
    visit = ["GET /web/login?db=production", "POST /jsonrpc"] if visits else []
    assert asked(http) == ["GET /web/version", "POST /jsonrpc", *visit, *["POST /jsonrpc"] * 3]
    assert http.calls[-1].request.headers.get("Cookie") == ("session_id=abc" if visits else None)


def test_an_odoo_14_that_hides_its_errors_from_jsonrpc_is_asked_over_xmlrpc(http: responses.RequestsMock) -> None:
    reply(http, NOT_FOUND, url=VERSION, method="GET")
    reply(http, JSONRPC.answer(told(14)), url=RPC)
    reply(http, page("", 404), url=LOGIN_PAGE, method="GET")
    reply(http, CRASHED, url=RPC)
    admit(http, XMLRPC)
    assert opened().transport == "xmlrpc"
    assert asked(http)[-2:] == ["POST /xmlrpc/2/common", "POST /xmlrpc/2/object"]


def test_the_same_is_said_where_jsonrpc_is_named(http: responses.RequestsMock) -> None:
    reply(http, JSONRPC.answer(told(14)), url=RPC)
    reply(http, page("", 404), url=LOGIN_PAGE, method="GET")
    reply(http, CRASHED, url=RPC)
    with pytest.raises(LoginRefused, match='does not open the database "production" for JSON-RPC'):
        opened(transport="jsonrpc")


@pytest.mark.parametrize("closed", [NOT_FOUND, page("", 403), page("", 302), page("<html>portal</html>")])
def test_where_only_xmlrpc_is_let_through_it_is_taken(http: responses.RequestsMock, closed: Canned) -> None:
    reply(http, closed, url=VERSION, method="GET")
    reply(http, closed, url=RPC)
    reply(http, XMLRPC.answer(told(19)), url=COMMON)
    admit(http, XMLRPC)
    assert opened(key=API_KEY).transport == "xmlrpc"


@pytest.mark.parametrize("tongue", [XMLRPC, JSONRPC, JSON2], ids=lambda tongue: tongue.name)
def test_a_named_transport_is_taken_and_no_other_is_tried(http: responses.RequestsMock, tongue: Tongue) -> None:
    if tongue is JSON2:
        reply(http, version_page(19), url=VERSION, method="GET")
    else:
        reply(http, tongue.answer(told(19)), url=RPC if tongue is JSONRPC else COMMON)
    admit(http, tongue)
    assert opened(transport=tongue.name).transport == tongue.name
    paths = {"xmlrpc": "/xmlrpc/2/", "jsonrpc": "/jsonrpc", "json2": "/json/2/"}
    assert all(paths[tongue.name] in call or call == "GET /web/version" for call in asked(http))


@pytest.mark.parametrize("transport", ["json2", "jsonrpc", "xmlrpc"])
def test_a_named_transport_that_is_not_spoken_is_a_setting_to_mend(
    http: responses.RequestsMock, transport: str
) -> None:
    for method in ("GET", "POST"):
        reply(http, NOT_FOUND, method=method)
    with pytest.raises(SettingsError, match="HTTP 404"):
        opened(transport=transport)
    assert len(http.calls) == 1


def test_json2_without_its_database_says_so_and_asks_nobody_else(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    reply(http, NOT_FOUND, url=NAMED)
    with pytest.raises(LoginRefused, match='no database "production"'):
        opened(transport="json2", key=API_KEY)
    assert len(http.calls) == 2


def test_a_gateway_that_wants_a_login_of_its_own_is_not_taken_for_a_missing_database(
    http: responses.RequestsMock,
) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    reply(http, page("<h1>Authorization required</h1>", 401), url=NAMED)
    with pytest.raises(SettingsError, match="HTTP 401"):
        opened(transport="json2", key=API_KEY)


def refuse(http: responses.RequestsMock, tongue: Tongue) -> None:
    if tongue is JSON2:
        reply(http, Canned(JSON2.fault("AccessDenied", "Invalid apikey").body, "application/json", 401), url=NAMED)
    else:
        reply(http, tongue.answer(False), url=RPC if tongue is JSONRPC else COMMON)


@pytest.mark.parametrize("key", [KEY, API_KEY])
def test_r18_a_refused_login_is_asked_exactly_once_and_nothing_else_is_tried(
    http: responses.RequestsMock, key: str
) -> None:
    """A server blocks the address after five."""
    reply(http, version_page(19), url=VERSION, method="GET")
    refuse(http, JSON2 if key == API_KEY else JSONRPC)
    with pytest.raises(LoginRefused, match=r'login "kam@example.com".*database "production"') as caught:
        opened(key=key)
    assert len(http.calls) == 2
    assert key not in str(caught.value)
    assert "key" in caught.value.next_step


@pytest.mark.parametrize("tongue", [XMLRPC, JSONRPC, JSON2], ids=lambda tongue: tongue.name)
def test_a_login_whose_answer_is_lost_is_not_asked_again(http: responses.RequestsMock, tongue: Tongue) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    for address in (RPC, COMMON):
        reply(http, (JSONRPC if address == RPC else XMLRPC).answer(told(19)), url=address)
        reply(http, requests.ConnectionError("aborted"), url=address)
    reply(http, requests.ConnectionError("aborted"), url=NAMED)
    with pytest.raises(ErpUnreachable):
        opened(transport=tongue.name)
    assert len(http.calls) == 2


@pytest.mark.parametrize("tongue", [XMLRPC, JSONRPC], ids=lambda tongue: tongue.name)
def test_a_database_that_is_not_there_is_named(http: responses.RequestsMock, tongue: Tongue) -> None:
    address = RPC if tongue is JSONRPC else COMMON
    reply(http, tongue.answer(told(19)), url=address)
    missing = tongue.fault("psycopg2.OperationalError", 'FATAL:  database "production" does not exist\n')
    reply(http, missing, url=address)
    with pytest.raises(LoginRefused, match='no database "production"'):
        opened(transport=tongue.name)


def test_a_key_of_another_user_is_refused(http: responses.RequestsMock) -> None:
    reply(http, version_page(19), url=VERSION, method="GET")
    reply(http, JSON2.answer({"uid": 7}), url=NAMED)
    reply(http, JSON2.answer([{"id": 7, "company_ids": [1], "login": "boss@example.com"}]), url=NAMED)
    with pytest.raises(LoginRefused, match=r'"boss@example.com", not to "kam@example.com"'):
        opened(key=API_KEY)


def test_odoo_13_is_too_old_and_its_login_is_not_asked(http: responses.RequestsMock) -> None:
    reply(http, NOT_FOUND, url=VERSION, method="GET")
    reply(http, JSONRPC.answer(told(13)), url=RPC)
    with pytest.raises(SettingsError, match=r"Odoo 13\.0"):
        opened()
    assert len(http.calls) == 2


@pytest.mark.parametrize("told_version", [{}, "19.0", {"server_version": "19.0"}, {"server_version_info": ["x", "y"]}])
def test_a_server_that_is_no_odoo_is_named(http: responses.RequestsMock, told_version: Any) -> None:
    reply(http, JSON2.answer(told_version), url=VERSION, method="GET")
    reply(http, JSONRPC.answer(told_version), url=RPC)
    reply(http, XMLRPC.answer(told_version), url=COMMON)
    with pytest.raises(ErpDefect, match="does not tell a version"):
        opened()


def test_r12_a_redirect_is_followed_on_no_transport(http: responses.RequestsMock) -> None:
    """Neither the bearer header nor a body with the key reaches the other host."""
    for method in ("GET", "POST"):
        reply(http, page("", 307), method=method, headers={"Location": "https://evil.example.net/"})
        reply(http, page("", 200), url=re.compile("https://evil.*"), method=method)
    for transport in ("auto", "json2", "jsonrpc", "xmlrpc"):
        with pytest.raises(SettingsError, match=r"redirects to https://evil\.example\.net"):
            opened(transport=transport, key=API_KEY)
    assert all(str(call.request.url).startswith(URL) for call in http.calls)


def test_a_server_that_is_away_is_not_asked_in_other_words(http: responses.RequestsMock) -> None:
    reply(http, requests.ConnectTimeout("away"), url=VERSION, method="GET")
    with pytest.raises(ErpUnreachable):
        opened(tries=1)
    assert len(http.calls) == 1


def test_the_key_is_in_no_error_of_the_choice(http: responses.RequestsMock) -> None:
    """R-84."""
    reply(http, version_page(19), url=VERSION, method="GET")
    for url, tongue in ((NAMED, JSON2), (RPC, JSONRPC)):
        reply(http, tongue.fault("ValueError", f"bad {API_KEY}"), url=url)
    with pytest.raises(KamError) as caught:
        opened(key=API_KEY)
    assert API_KEY not in str(caught.value) + repr(caught.value)
