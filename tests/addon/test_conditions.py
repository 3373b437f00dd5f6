"""The addon words the conditions of a segment as the command line does; checked without a server."""

from __future__ import annotations

import re
from typing import Any

import polib
import pytest

from kam_connector.messages import load_catalog, render
from tests.addon.test_reasons import ADDON, LANGUAGES, translations

SOURCE = (ADDON / "models" / "kam_condition_words.py").read_text(encoding="utf-8")


class Env:
    """A reader's language: the addon's own translations."""

    def __init__(self, lang: str) -> None:
        self.words = translations(lang) if lang in LANGUAGES else {}

    def _(self, text: str) -> str:
        return self.words.get(text, text)


def addon() -> dict[str, Any]:
    """What the addon's module defines, without Odoo."""
    scope: dict[str, Any] = {"_lt": str}
    kept = (line for line in SOURCE.splitlines() if "odoo" not in line and not line.startswith("_lt ="))
    exec("\n".join(kept), scope)
    return scope


def test_the_words_are_those_of_the_catalog() -> None:
    found, catalog = addon(), load_catalog()
    families = {"PHRASES": ("condition",), "POINTS": ("dimension",), "FIGURES": ("measure",)}
    for name, prefixes in families.items():
        texts = {
            key.partition(".")[2]: re.sub(r"\{(\w+)\}", r"%(\1)s", message.texts["en"])
            for key, message in catalog.items()
            if key.startswith(tuple(f"{prefix}." for prefix in prefixes)) and key != "measure.prior"
        }
        assert found[name] == texts


@pytest.mark.requirement("S2-2")
@pytest.mark.parametrize("lang", ["en", *LANGUAGES])
@pytest.mark.parametrize(
    "conditions",
    [
        "tier=gold",
        "tier=gold,silver; contribution>=80; growth>=50",
        "score>=40; score<80",
        "revenue_class=A,B; wallet_share<20%",
        "what is this",
    ],
)
def test_addon_and_command_line_say_the_same(conditions: str, lang: str) -> None:
    named = {"gold": "G1", "silver": "S2"}
    said = addon()["tell_conditions"](Env(lang), conditions, named.__getitem__)
    args = {"segment": "key", "conditions": conditions, "tier": "gold", "valid_from": "2026-01-01"}
    assert said in render("segment.fits", args, lang, {"tier": named})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phrases_and_dimensions_are_translated_as_in_the_catalog(lang: str) -> None:
    ours = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ADDON / "i18n" / f"{lang}.po"))}
    found = addon()
    for name, prefix in (("POINTS", "dimension"), ("PHRASES", "condition")):
        for key, english in found[name].items():
            told = load_catalog()[f"{prefix}.{key}"].texts[lang]  # type: ignore[index]
            assert ours[english] == re.sub(r"\{(\w+)\}", r"%(\1)s", told), key
