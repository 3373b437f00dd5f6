"""What odoorpc may and may not do: log nothing, find our session ended, find no /jsonrpc."""

from __future__ import annotations

import json
import logging

import pytest
import responses

from kam_connector.errors import LoginRefused, SettingsError
from tests.erp.conftest import access
from tests.erp.tongues import JSONRPC, KEY, Canned, reply


def error(code: int, name: str, message: str) -> Canned:
    data = {"name": name, "message": message, "arguments": [], "context": {}, "debug": ""}
    return Canned(json.dumps({"id": 1, "error": {"code": code, "message": "x", "data": data}}), "application/json")


def test_r84_odoorpcs_log_is_silent_also_at_its_loudest(
    http: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    """It would show positional arguments, the key among them."""
    logging.getLogger("odoorpc.rpc.jsonrpclib").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        calls = JSONRPC.open(access(), lambda _: None)
        reply(http, JSONRPC.answer([1]))
        calls.execute("res.partner", "search", [[]], {})
    assert KEY not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("odoorpc")]


def test_r97_a_session_that_ended_is_a_refused_login_and_no_empty_answer(http: responses.RequestsMock) -> None:
    """Code 100 comes in an answer with HTTP status 200."""
    calls = JSONRPC.open(access(), lambda _: None)
    reply(http, error(100, "odoo.http.SessionExpiredException", "Session expired"))
    for method in ("search", "write"):
        with pytest.raises(LoginRefused, match="Session expired"):
            calls.execute("res.partner", method, [[1], {}], {})
    assert len(http.calls) == 2


def test_a_server_without_jsonrpc_that_answers_in_json_is_a_setting_to_mend(http: responses.RequestsMock) -> None:
    calls = JSONRPC.open(access(), lambda _: None)
    reply(http, error(404, "werkzeug.exceptions.NotFound", "404 Not Found"))
    with pytest.raises(SettingsError, match=r"takes calls to /jsonrpc \(HTTP 404\)"):
        calls.execute("res.partner", "write", [[1], {}], {})


@pytest.mark.parametrize("url", ["https://erp.example.com", "https://erp.example.com:8443/odoo/"])
def test_port_and_path_prefix_of_the_address_are_kept(http: responses.RequestsMock, url: str) -> None:
    calls = JSONRPC.open(access(url=url), lambda _: None)
    reply(http, JSONRPC.answer([1]), url=f"{url.rstrip('/')}/jsonrpc")
    assert calls.execute("res.partner", "search", [[]], {}) == [1]
    [call] = http.calls
    sent = json.loads(call.request.body or b"")["params"]
    assert (sent["service"], sent["method"]) == ("object", "execute_kw")
    assert sent["args"][3:] == ["res.partner", "search", [[]], {}]
