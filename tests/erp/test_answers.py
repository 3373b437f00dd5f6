"""The fast parser reads what the hardened one reads, and hostile answers are refused."""

from __future__ import annotations

import time
import xmlrpc.client
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.erp.answers import Unreadable, parse_answer, parse_fast, parse_hardened
from kam_connector.sandbox.wire import encode_answer

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n<>&\"'\\]"),
    max_size=40,
)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["&lt;b&gt;", "</string></value>\n", "]]>", "\\u0041", '",1]', "\\", "&amp;lt;", "\n", " "]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


def answer(value: Any) -> str:
    return xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)


def fault(code: int, text: str) -> str:
    return xmlrpc.client.dumps(xmlrpc.client.Fault(code, text), methodresponse=True)


def as_odoo_14(value: Any) -> bytes:
    return answer(value).encode()


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_both_parsers_read_back_what_either_version_writes(value: Any) -> None:
    for body in (as_odoo_14(value), encode_answer(value)):
        assert parse_fast(body) == value
        assert parse_hardened(body) == value
        assert repr(parse_answer(body)) == repr(parse_hardened(body))


@settings(max_examples=80, deadline=None)
@given(VALUES, st.data())
def test_a_cut_answer_is_never_taken_for_a_whole_one(value: Any, data: st.DataObject) -> None:
    body = encode_answer(value).rstrip(b"\n")
    length = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(Unreadable):
        parse_answer(body[:length])


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_unreadable_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_answer(noise)


@pytest.mark.parametrize(
    "value",
    [
        [{"id": 1, "name": "<b>Bold</b> & Co", "x": False, "n": 0.1, "lines": []}],
        "",
        [],
        {},
        [[], [[]], {"a": {}}],
        True,
        -0.0,
        1e300,
        "客户\n\t🎈",
    ],
)
def test_the_fast_way_is_taken_for_odoos_own_form(value: Any) -> None:
    assert repr(parse_fast(encode_answer(value))) == repr(value)


@pytest.mark.parametrize(
    "body",
    [
        answer(None).replace("<nil/>", "<i8>99999999999</i8>"),
        answer("here").replace("<string>here</string>", "here"),
        answer("here").replace("\n", ""),
        answer("here").replace("here", "&#104;ere"),
        answer("here").replace("here", "<![CDATA[here]]>"),
        answer("here").replace("here", "<!-- no -->here"),
        answer("here").replace("\n", "\r\n"),
    ],
)
def test_another_writers_form_goes_to_the_hardened_parser(body: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_fast(body.encode())
    assert parse_answer(body.encode()) in ("here", 99999999999)


def test_control_characters_that_odoo_14_lets_through_are_dropped() -> None:
    body = answer("a-b").replace("-", "\x0b\x00\x1f").encode()
    assert parse_answer(body) == "ab"
    assert parse_answer(body.replace(b"<string>", b"<string>&#65;")) == "Aab"


def test_noncharacters_that_odoo_writes_are_dropped_by_both_parsers() -> None:
    body = encode_answer({"na\ufffeme": "a\uffffb"})
    for form in (body, body.replace(b"\n<name>", b"<name>")):
        assert parse_answer(form) == {"name": "ab"}


def test_a_fault_is_raised_as_a_fault() -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        parse_answer(fault(2, "No <such> record").encode())
    assert (caught.value.faultCode, caught.value.faultString) == (2, "No <such> record")


BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "declaration",
    [
        BOMB,
        '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE b SYSTEM "http://127.0.0.1/evil.dtd">',
        "<!DOCTYPE b>",
    ],
)
@pytest.mark.parametrize("reference", ["&c;", "&x;", "plain"])
def test_document_types_and_entities_are_refused(declaration: str, reference: str) -> None:
    """R-86."""
    body = answer("here").replace("?>", "?>" + declaration).replace("here", reference)
    with pytest.raises(Unreadable):
        parse_answer(body.encode())


@pytest.mark.parametrize(("levels", "is_read"), [(90, True), (120, False), (20_000, False)])
def test_an_absurdly_deep_answer_is_refused_at_once(levels: int, is_read: bool) -> None:
    """R-87."""
    inner = "<value><array><data>\n" * levels + "</data></array></value>\n" * levels
    body = (
        f"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{inner}</param>\n</params>\n</methodResponse>\n"
    )
    if is_read:
        assert str(parse_hardened(body.encode())) == "[" * levels + "]" * levels
        return
    with pytest.raises(Unreadable, match="levels deep"):
        parse_hardened(body.encode())


def test_a_deep_answer_ends_in_a_plain_refusal() -> None:
    inner = "<value><array><data>\n" * 100_000 + "</data></array></value>\n" * 100_000
    body = (
        f"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{inner}</param>\n</params>\n</methodResponse>\n"
    )
    with pytest.raises(Unreadable):
        parse_answer(body.encode())


def test_an_endless_number_is_unreadable() -> None:
    """R-87."""
    body = answer(77).replace("77", "7" * 100_000)
    with pytest.raises(Unreadable):
        parse_answer(body.encode())


def test_the_message_shows_nothing_of_the_answer() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_answer(b"<html>password=hunter2</html>")
    assert "hunter2" not in str(caught.value)


def test_the_fast_parser_is_faster_than_the_hardened_one() -> None:
    rows = [{"id": n, "name": f"Partner {n} & Co", "active": True, "credit": n / 3, "ref": False} for n in range(2000)]
    body = encode_answer(rows)
    fast, hardened = (min(_seconds(parse, body) for _ in range(3)) for parse in (parse_fast, parse_hardened))
    assert fast < hardened


def _seconds(parse: Any, body: bytes) -> float:
    started = time.process_time()
    parse(body)
    return time.process_time() - started
