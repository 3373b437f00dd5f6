"""Odd matches in words: record, documents, what to do next."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.rules.odd_matches import tell_odd_matches, tell_undated, tell_unread


@pytest.mark.parametrize(
    ("oddity", "severity", "words"),
    [
        ("draft", "warning", "The match of I with P does not count: one of them is not posted."),
        ("later", "info", "The match of I with P does not count yet"),
        ("company", "warning", "The match of I with P joins two companies"),
        ("customer", "info", "The match of I with P joins two customers"),
    ],
)
def test_each_oddity_is_told_by_record_and_documents(oddity: str, severity: str, words: str) -> None:
    (found,) = tell_odd_matches(
        pd.DataFrame({"record": ["17"], "debit": ["I"], "credit": ["P"], "oddity": [oddity]}), "matches"
    )
    assert (found.severity, found.source, found.record) == (severity, "matches", "17")
    assert found.message.startswith(words)


def test_nothing_odd_is_no_finding() -> None:
    assert tell_odd_matches(pd.DataFrame(columns=["record", "debit", "credit", "oddity"]), "matches") == []
    assert tell_undated([], "items") == []


def test_an_unread_item_is_told_with_field_and_reason() -> None:
    (found,) = tell_unread(pd.DataFrame({"item_id": [7], "field": ["balance"], "reason": ["is not a number"]}))
    assert (found.record, found.severity) == ("7", "warning")
    assert found.message.startswith("The journal item is in no sum: its balance is not a number.")
