"""Texts, errors and findings in a language: values inside, errors inside errors, failures of the system."""

from __future__ import annotations

import pytest

from kam_connector.errors import KamError, LockedError, SettingsError, StorageError
from kam_connector.findings import Finding
from kam_connector.messages import tell
from kam_connector.texts import Lines, Text


def test_an_error_is_told_with_its_values_and_its_next_step() -> None:
    error = SettingsError("{path} can be read by others.", next_step="Run `chmod 600 {path}`.", path="/etc/key")
    assert str(error) == "/etc/key can be read by others. Run `chmod 600 /etc/key`."
    assert tell(error, "zh_CN") == "其他用户可以读取 /etc/key。请运行 `chmod 600 /etc/key`。"
    assert tell(error, "zh_TW") == "其他使用者可以讀取 /etc/key。請執行 `chmod 600 /etc/key`。"


def test_what_has_a_language_of_its_own_is_told_in_it_inside_another_text() -> None:
    inner = SettingsError("{path} cannot be read: {error}.", path="k", error=PermissionError(13, "Permission denied"))
    outer = Text("The calendar {problem}", {"problem": Text("is wrong: {error}", {"error": inner})})
    assert str(outer) == "The calendar is wrong: k cannot be read: Permission denied."
    assert "k 无法读取：权限不足。" in tell(outer, "zh_CN")


def test_lines_are_told_one_by_one() -> None:
    lines = Lines((Text("free"), "7"), ", ")
    assert str(lines) == "free, 7"
    assert tell(lines, "zh_TW") == "空閒，7"


def test_a_text_may_get_its_values_where_it_is_used() -> None:
    assert tell(Text("Known: {known}."), "en", known="a, b") == "Known: a, b."
    assert tell(Text("Known: {known}.", {"known": "c"}), "en", known="a, b") == "Known: c."


def test_a_hostile_value_is_never_taken_for_a_template() -> None:
    hostile = "{0.__class__} {path!r} %s"
    assert str(SettingsError("{path} cannot be read.", path=hostile)) == f"{hostile} cannot be read."
    assert str(SettingsError("No value here {unknown}")) == "No value here {unknown}"


def test_a_finding_keeps_its_english_template_and_its_values() -> None:
    finding = Finding("warning", "rules.tiers", "7", Text("The tier {tier} is gone."), {"tier": "gold"})
    assert finding.message == "The tier gold is gone."
    assert finding == Finding("warning", "rules.tiers", "7", Text("The tier {tier} is gone."), {"tier": "gold"})
    assert len({finding, finding}) == 1


@pytest.mark.parametrize("error", [LockedError(7, "2026-06-30T01:00:00"), StorageError("The mirror is empty.")])
def test_no_error_loses_its_exit_code_or_words_in_a_language(error: KamError) -> None:
    assert error.exit_code in (4, 5)
    assert tell(error, "zh_CN") != str(error)
    assert tell(error, "de_DE") == str(error)
