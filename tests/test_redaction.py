"""What is taken out of a text before anybody sees it: told keys, and keys known by their place."""

from __future__ import annotations

import pytest

from kam_connector import redaction
from kam_connector.redaction import HIDDEN, keep_secret, redact, safe_text


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())


def test_a_key_that_was_told_is_gone_from_any_text() -> None:
    assert redact("key canary-9f3c here") == "key canary-9f3c here"
    keep_secret("canary-9f3c")
    assert redact("key canary-9f3c here, canary-9f3c") == f"key {HIDDEN} here, {HIDDEN}"


def test_a_word_too_short_for_a_key_is_left() -> None:
    keep_secret("admin")
    assert redact("login admin") == "login admin"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://kam:s3cret@erp.example.com/x", f"https://kam:{HIDDEN}@erp.example.com/x"),
        ("https://erp.example.com:8069/jsonrpc", "https://erp.example.com:8069/jsonrpc"),
        ("Authorization: Bearer 9f3c0a", f"Authorization: Bearer {HIDDEN}"),
        ("{'api_key': '9f3c0a', 'b': 1}", f"{{'api_key': '{HIDDEN}', 'b': 1}}"),
        ("password=9f3c0a&x=1", f"password={HIDDEN}"),
        ("the token of the day", "the token of the day"),
    ],
)
def test_a_key_is_known_by_its_place(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_control_and_direction_marks_are_shown_not_obeyed() -> None:
    assert safe_text("a\x1b[31mb\nc\u202ed\ud800") == "a\\x1b[31mb\\x0ac\\u202ed\\ud800"
