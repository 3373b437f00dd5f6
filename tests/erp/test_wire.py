"""What we send can always be read, and says what we meant."""

from __future__ import annotations

import datetime as dt
import xmlrpc.client
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.erp.wire import clean_text, wire_value
from kam_connector.erp.xmlrpc import encode_request
from kam_connector.errors import RecordRefused


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_makes_a_request_that_parses_back_to_the_cleaned_text(text: str) -> None:
    (back,), method = xmlrpc.client.loads(encode_request("m", [text]))
    assert method == "m"
    assert back == clean_text(text)
    assert clean_text(back) == back


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, False),
        (True, True),
        (0, 0),
        (2**31 - 1, 2**31 - 1),
        (Decimal("12.34"), 12.34),
        (Decimal("0.1"), 0.1),
        (dt.date(2026, 6, 30), "2026-06-30"),
        (dt.datetime(2026, 6, 30, 12, 0, tzinfo=dt.UTC), "2026-06-30 12:00:00"),
        (dt.datetime(2026, 6, 30, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai")), "2026-06-30 00:00:00"),
        (("a", [None, {"k": Decimal(1)}]), ["a", [False, {"k": 1.0}]]),
        ({1: "x\x00y"}, {"1": "xy"}),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
    ],
)
def test_values_travel_in_odoos_forms(value: Any, sent: Any) -> None:
    assert wire_value(value) == sent


@pytest.mark.parametrize(
    "value",
    [2**31, -(2**31), float("nan"), float("-inf"), Decimal("Infinity"), b"x", {1}, object(), dt.datetime(2026, 1, 1)],
)
def test_what_would_arrive_changed_is_refused(value: Any) -> None:
    with pytest.raises(RecordRefused):
        wire_value([value])
