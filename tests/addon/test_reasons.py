"""Reasons are sentences in the reader's language, the same sentences that the command line prints."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import polib
import pytest

from kam_connector.rules.reasons import REASONS
from tests.addon.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addon_manifest"
LANGUAGES = ("zh_CN", "zh_TW")


def sentences() -> dict[str, str]:
    """The addon's English sentences by code, read from its source without Odoo."""
    scope: dict[str, object] = {"_lt": str}
    for name, first, last in (
        ("kam_task_words.py", "TASK_SENTENCES = {", "POINTS = "),
        ("kam_tier_words.py", "TIER_SENTENCES = {", ""),
        ("kam_triage_words.py", "TRIAGE_SENTENCES = {", ""),
        ("kam_segment_words.py", "SEGMENT_SENTENCES = {", "SEGMENT_NAMES = "),
        ("kam_pay_words.py", "PAY_SENTENCES = {", "GATES = "),
        ("kam_compensation_words.py", "COMPENSATION_SENTENCES = {", "COMPENSATION_MONEY = "),
        ("kam_evidence_words.py", "EVIDENCE_SENTENCES = {", "EVIDENCE_NUMBERS = "),
        ("kam_escalation_words.py", "ESCALATION_SENTENCES = {", "CLOCK_NAMES = "),
        ("kam_warning_words.py", "WARNING_SENTENCES = {", "WARNING_MONEY = "),
        ("kam_reason.py", "\nSENTENCES = {", "MONEY = "),
    ):
        source = (ADDON / "models" / name).read_text()
        exec(source[source.index(first) : source.index(last) if last else None], scope)
    found = scope["SENTENCES"]
    assert isinstance(found, dict)
    return found


def translations(language: str) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(ADDON / "i18n" / f"{language}.po"))}


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_has_a_sentence_with_its_figures(code: str) -> None:
    names = set(re.findall(r"%\((\w+)\)s", sentences()[code]))
    assert names <= set(REASONS[code])
    assert names >= set(REASONS[code]) - {"currency"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_is_translated_with_the_same_figures(code: str, language: str) -> None:
    english = sentences()[code]
    translated = translations(language)[english]
    assert sorted(re.findall(r"%\(\w+\)s", translated)) == sorted(re.findall(r"%\(\w+\)s", english))


def test_addon_and_command_line_say_the_same() -> None:
    catalog = tomllib.loads((ROOT / "kam_connector" / "messages" / "catalog" / "reasons.toml").read_text())
    texts = {f"{group}.{name}": text["en"] for group, names in catalog.items() for name, text in names.items()}
    plain = {code: re.sub(r"\{(\w+)(:[^}]*)?\}", r"%(\1)s", text.replace("%", "%%")) for code, text in texts.items()}
    assert sentences() == plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_translation_is_complete(language: str) -> None:
    template = polib.pofile(str(ADDON / "i18n" / "kam_connector.pot"))
    translated = polib.pofile(str(ADDON / "i18n" / f"{language}.po"))
    assert {entry.msgid for entry in template} == {entry.msgid for entry in translated}
    assert [entry.msgid for entry in translated if not entry.msgstr or entry.fuzzy] == []


@pytest.mark.long
@pytest.mark.odoo
def test_a_reader_reads_the_reason_in_his_language(cast: Cast) -> None:
    record = cast.admin.search(
        "kam.customer", [["partner_id", "=", cast.partners["Alpha"]], ["company_id", "=", cast.company_a]]
    )[0]
    english = cast.admin.read("kam.customer", record, "reason")["reason"]
    chinese = cast.login("dir", lang="zh_CN").read("kam.customer", record, "reason")["reason"]
    assert english.startswith("Score 86.50 reaches the 80 points of tier Gold: rated for the first time.")
    assert chinese.startswith("评分 86.50 达到等级“金牌”的 80 分门槛，首次评级。")
    assert "100 %" in chinese


@pytest.mark.long
@pytest.mark.odoo
def test_a_code_that_the_addon_does_not_know_shows_with_its_figures(cast: Cast) -> None:
    args = json.dumps({"a": 1})
    [answer] = cast.apply("kam.run", cast.row("unknown reason", name="x", reason_code="new.code", reason_args=args))
    assert cast.admin.read("kam.run", answer["id"], "reason")["reason"] == 'new.code {"a": 1}'


@pytest.mark.long
@pytest.mark.odoo
def test_hostile_text_in_the_figures_stays_text(cast: Cast) -> None:
    args = json.dumps({"settled": "1", "currency": "USD", "plan": "%(x)s {0} <b>", "period": "2026"})
    [answer] = cast.apply("kam.run", cast.row("hostile", name="x", reason_code="payout.settled", reason_args=args))
    assert "%(x)s {0} <b>" in cast.admin.read("kam.run", answer["id"], "reason")["reason"]
    [answer] = cast.apply("kam.run", cast.row("not json", name="x", reason_args="{not json"))
    assert answer["status"] == "refused"
