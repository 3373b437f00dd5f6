"""`tell`: a text, an error or a bare template in the language of its reader.

The translations are gettext catalogues (`locale/*/LC_MESSAGES/kam_connector.mo`), keyed by the English template; they
are read only when the language is Chinese. A template that they lack is told in English.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path

from kam_connector.errors import KamError
from kam_connector.languages import find_language
from kam_connector.texts import Translate, Words, text_of

LOCALE = Path(__file__).parent / "locale"
OURS, CLICKS = "kam_connector", "click"


def translator(lang: str) -> Translate:
    """What turns an English template into the template of the language of the locale `lang`."""
    return _translator(find_language(lang))


@lru_cache
def _translator(language: str) -> Translate:
    if language == "en":
        return str
    return gettext.translation(OURS, LOCALE, [language]).gettext


def tell(words: Words | KamError, lang: str, **values: object) -> str:
    """The text with its values in the language of `lang`; an error with its next step."""
    if isinstance(words, KamError):
        return words.whole.told(translator(lang))
    return text_of(words, values).told(translator(lang))


def let_click_speak(lang: str) -> None:
    """From now on click's own words ("Usage:", "No such option") are in the language of `lang`.

    Click asks gettext for the texts of the process's domain, in the language that the environment names.
    """
    gettext.bindtextdomain(CLICKS, str(LOCALE))
    gettext.textdomain(CLICKS)
    os.environ["LANGUAGE"] = find_language(lang)
