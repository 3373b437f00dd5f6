"""Every English text of the code has its Chinese translations, whole and compiled, and none is put together."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
import source_texts
import translations

from kam_connector.messages import tell, translator
from kam_connector.messages.telling import LOCALE

CASES = [(domain, lang) for domain in translations.DOMAINS for lang in translations.LANGUAGES]


@pytest.mark.parametrize(("domain", "lang"), CASES)
def test_every_text_is_translated_with_its_placeholders_and_nothing_else_is(domain: str, lang: str) -> None:
    assert list(translations.find_faults(domain, lang)) == []


def test_no_text_of_the_code_is_put_together() -> None:
    flaws = [flaw for path in sorted(source_texts.PACKAGE.rglob("*.py")) for flaw in source_texts.find_flaws(path)]
    assert flaws == []


@pytest.mark.parametrize("lang", translations.LANGUAGES)
def test_chinese_texts_are_chinese_and_traditional_ones_traditional(lang: str) -> None:
    simplified = set("这们说过还间读写录设软务网络页应开关为从")
    for message in translations.read_catalog("kam_connector", lang):
        text = str(message.string)
        words = [word for word in str(message.id).split() if word.islower() and word.isalpha()]
        if len(words) >= 3:
            assert any("一" <= letter <= "鿿" for letter in text), message.id
        if lang == "zh_TW":
            assert not set(text) & simplified, message.id


def test_a_lost_translation_or_placeholder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    path = translations.po_path("kam_connector", "zh_CN")
    path.parent.mkdir(parents=True)
    lines = ['msgid "Run `chmod 600 {path}`."', 'msgstr "请运行。"', "", 'msgid "Gone."', 'msgstr "没了。"', ""]
    head = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"', ""]
    path.write_text("\n".join([*head, *lines]), encoding="utf-8")
    faults = "\n".join(translations.find_faults("kam_connector", "zh_CN"))
    assert "no translation of 'Check its rights.'" in faults
    assert "other placeholders in '请运行。'" in faults
    assert "the code has no 'Gone.'" in faults
    assert "not made of this .po file" in faults


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ('raise SettingsError(f"{path} is gone.")', "put together"),
        ('raise SettingsError("It is " + path)', "put together"),
        ('raise SettingsError("{} is gone".format(path))', "put together"),
        ('raise SettingsError("{path} is gone.")', "placeholders ['path'] but values []"),
        ('raise SettingsError("It is gone.", path=path)', "placeholders [] but values ['path']"),
        ('why = f"{path}"\nraise SettingsError(why)', "put together"),
        ('Finding("error", "sync", "1", f"{path}")', "put together"),
        ('Problem((), "A tier", Text("is gone."))', "make it a Text"),
        ('@click.option("--x", help=f"{path}")\ndef x(): pass', "put together"),
        ('click.confirm("Really?")', "use told"),
        ('talk(f"{path} is gone.")', "put together"),
    ],
)
def test_what_cannot_be_translated_is_found(line: str, flaw: str) -> None:
    file = source_texts.PACKAGE.parent / "unsaved.py"
    found = list(source_texts.flaws_of(file, line))
    assert any(flaw in each for each in found), found


def test_a_good_text_is_no_flaw_and_is_found() -> None:
    code = 'LOOK = "Look."\nraise SettingsError("{path} is gone.", next_step=LOOK, path=path)'
    assert list(source_texts.flaws_of(source_texts.PACKAGE.parent / "unsaved.py", code)) == []
    assert [found.template for found in source_texts.texts_of(code)] == ["{path} is gone.", "Look."]


def test_english_reads_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gettext, "translation", lambda *_: pytest.fail("a catalogue was read"))
    assert tell("{path} cannot be read.", "en_GB", path="x") == "x cannot be read."


def test_the_catalogues_lie_in_the_package() -> None:
    for domain, lang in CASES:
        assert (LOCALE / lang / "LC_MESSAGES" / f"{domain}.mo").is_file()
    assert translator("zh_TW.UTF-8")("Check its rights.") != "Check its rights."
