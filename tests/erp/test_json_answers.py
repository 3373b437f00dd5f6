"""JSON as Odoo sends it and as nobody should: cleaned like XML-RPC, bounded, its errors sorted."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kam_connector.erp.answers import Unreadable, parse_answer
from kam_connector.erp.calls import Calls
from kam_connector.erp.faults import Kind
from kam_connector.erp.json_answers import clean_json, fault_of, parse_json
from kam_connector.errors import ErpDefect, KamError, RecordRefused, UnknownOutcome
from kam_connector.sandbox.wire import encode_answer
from tests.erp.conftest import access
from tests.erp.tongues import JSON2, JSONRPC, Canned, Tongue, reply

TEXTS = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from('\\"\r\n\t\b\f\x00\x1f\ufffe\uffffu0n'))
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
@example({"\ufffe": "a\uffff\x07b"})
def test_a_value_reads_the_same_over_json_as_over_xmlrpc(value: Any) -> None:
    """Control characters, non-characters and line ends included: Odoo 19 strips them in XML and keeps them in JSON."""
    assert parse_json(json.dumps(value).encode()) == parse_answer(encode_answer(value))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\\\ud800\udc00\udbff\U0001f388")))
def test_half_surrogates_are_taken_out_and_whole_characters_stay(text: str) -> None:
    read = parse_json(json.dumps(text).encode())
    assert read == read.encode("utf-8", "ignore").decode()
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")  # what the escapes together mean
    assert [sign for sign in read if ord(sign) > 0xFFFF] == [sign for sign in joined if ord(sign) > 0xFFFF]


@pytest.mark.parametrize(
    "text", ['"C:\\\\bin\\\\u0007\\\\r"', '"\\\\\\\\u0000"', '"caf\\u00e9 \\ud83c\\udf88"', "[1, null]"]
)
def test_what_only_looks_like_a_control_character_stays(text: str) -> None:
    assert clean_json(text.encode()) == text.encode()


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2", b"nope", b'"a\x07b"', b"[1] [2]", b"\xff\xfe", b'{"a" 1}'])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_json(body)


@pytest.mark.parametrize("tongue", [JSONRPC, JSON2], ids=lambda tongue: tongue.name)
@pytest.mark.parametrize("value", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "9" * 10**6])
def test_r87_absurd_json_is_a_typed_error_in_bounded_time(
    http: responses.RequestsMock, tongue: Tongue, value: str
) -> None:
    calls = tongue.open(access(tries=1), lambda _: None)
    body = value if tongue is JSON2 else f'{{"jsonrpc": "2.0", "id": 1, "result": {value}}}'
    reply(http, Canned(body, "application/json"))
    with pytest.raises(ErpDefect, match="not JSON"):
        calls.execute("res.partner", "read", [[1]], {})
    with pytest.raises(UnknownOutcome):
        calls.execute("res.partner", "write", [[1], {}], {})


@pytest.mark.parametrize("tongue", [JSONRPC, JSON2], ids=lambda tongue: tongue.name)
@pytest.mark.parametrize("size", [10, 100, 1000])
def test_a_key_that_stands_twice_and_a_long_list_are_read(
    http: responses.RequestsMock, tongue: Tongue, size: int
) -> None:
    calls = tongue.open(access(), lambda _: None)
    body = '[{"id": 1, "id": 2}' + ', {"id": 3}' * size + "]"
    reply(http, Canned(body if tongue is JSON2 else f'{{"result": {body}}}', "application/json"))
    assert calls.execute("res.partner", "read", [[1]], {})[:2] == [{"id": 2}, {"id": 3}]


@pytest.mark.parametrize("body", ["[]", "7", '{"error": "no"}', '{"error": {"code": 1}}', '{"error": {"data": 5}}'])
def test_jsonrpc_in_another_form_is_a_defect_and_unknown_to_a_write(http: responses.RequestsMock, body: str) -> None:
    calls = JSONRPC.open(access(tries=1), lambda _: None)
    reply(http, Canned(body, "application/json"))
    for method, kind in (("search", ErpDefect), ("create", UnknownOutcome)):
        with pytest.raises(kind, match="JSON-RPC"):
            calls.execute("res.partner", method, [[]], {})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_json2_errors_without_a_name_are_a_gateways_and_told_by_status(
    http: responses.RequestsMock, status: int
) -> None:
    calls = JSON2.open(access(tries=1), lambda _: None)
    reply(http, Canned('{"error": "forbidden"}', "application/json", status))
    with pytest.raises(KamError, match=f"HTTP {status}"):
        calls.execute("res.partner", "search", [[]], {})


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("odoo.exceptions.UserError", 422, Kind.WARNING),
        ("odoo.exceptions.ValidationError", 422, Kind.WARNING),
        ("odoo.exceptions.MissingError", 404, Kind.WARNING),
        ("odoo.exceptions.AccessError", 403, Kind.FORBIDDEN),
        ("odoo.exceptions.AccessDenied", 403, Kind.DENIED),
        ("werkzeug.exceptions.Unauthorized", 401, Kind.DENIED),
        ("odoo.http.SessionExpiredException", 403, Kind.DENIED),
        ("odoo.addons.own.errors.OwnRefusal", 422, Kind.WARNING),
        ("werkzeug.exceptions.UnprocessableEntity", 422, Kind.CRASH),
        ("werkzeug.exceptions.BadRequest", 400, Kind.CRASH),
        ("werkzeug.exceptions.NotFound", 404, Kind.CRASH),
        ("odoo.exceptions.LockError", 409, Kind.CRASH),
        ("builtins.ValueError", 500, Kind.CRASH),
    ],
)
def test_an_error_is_sorted_by_its_name_and_not_by_its_status(name: str, status: int, kind: Kind) -> None:
    assert fault_of({"name": name, "message": "m", "debug": "secret"}, "commit", status=status).kind is kind


@pytest.mark.parametrize(
    ("name", "message", "kind"),
    [
        ("werkzeug.exceptions.NotFound", "the model 'kam.nowhere' does not exist", ErpDefect),
        ("werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'vals'", ErpDefect),
    ],
)
def test_a_write_that_json2_never_began_is_no_unknown_outcome(
    http: responses.RequestsMock, name: str, message: str, kind: type[KamError]
) -> None:
    calls = JSON2.open(access(), lambda _: None)
    reply(http, JSON2.fault(name, message))
    with pytest.raises(kind):
        calls.execute("kam.nowhere", "write", [[1], {}], {})


def test_debug_is_never_shown(calls: Calls, tongue: Tongue, http: responses.RequestsMock) -> None:
    reply(http, tongue.fault("UserError", "The name is missing."))
    with pytest.raises(RecordRefused) as caught:
        calls.execute("res.partner", "create", [[{}]], {})
    assert "The name is missing." in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert "/opt/odoo" not in str(caught.value)
