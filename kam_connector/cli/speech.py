"""What is said to a person on stderr, and in which language."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kam_connector.errors import KamError
from kam_connector.languages import Language
from kam_connector.messages import let_click_speak, tell
from kam_connector.redaction import redact, safe_text
from kam_connector.texts import Lines, Words

_spoken: list[Language] = ["en"]


def speak(lang: Language) -> None:
    """From now on this process speaks `lang`, click's own words included."""
    _spoken[0] = lang
    let_click_speak(lang)


def language() -> Language:
    """The language that the person reads: `--lang`, KAM_LANG, `lang` in kam.toml, the locale, English."""
    return _spoken[0]


def talk(words: Words | KamError = "", **values: object) -> None:
    """A text with its values, in the person's language, on stderr; what is no text of ours stays as it is."""
    for line in _lines(words):
        print(safe_text(redact(told(line, **values))), file=sys.stderr, flush=True)


def _lines(words: Words | KamError) -> Iterable[Words | KamError]:
    """What stands on lines of its own: an error of several mistakes is as many lines, and the next step."""
    if isinstance(words, KamError) and isinstance(words.sentences[0], Lines):
        return *words.sentences[0].parts, words.sentences[1]
    return (words,)


def told(words: Words | KamError, **values: object) -> str:
    """The text in the person's language."""
    return tell(words, language(), **values)
