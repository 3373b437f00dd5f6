"""A sentence that a person will read, before it is known in which language.

    Text("{path} can be read by others.", {"path": path})

The template is English and the key of its translations (`messages/locale`). A value may itself be a text, an error,
or a failure of the operating system: it is told in the same language. Several texts in a row are `Lines`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Translate = Callable[[str], str]
"""From an English template to the template of a language."""
_CHINESE_ENDS = ("。", "！", "？")


@dataclass(frozen=True, slots=True)
class Text:
    """An English template with its named values."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def told(self, translate: Translate) -> str:
        """The sentence, template and values through `translate`; a template without values is taken as it is."""
        template = translate(self.template) if self.template else ""
        if not self.values:
            return template
        return template.format(**{name: told(value, translate) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.told(_english)


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts one after the other, with `between` them (Chinese has a comma of its own, and no space after a stop)."""

    parts: Sequence[Words]
    between: str = "\n"

    def told(self, translate: Translate) -> str:
        """The parts that say something, in the language of `translate`."""
        said = ""
        for part in filter(None, (str(told(part, translate)) for part in self.parts)):
            close = not said or (self.between == " " and said.endswith(_CHINESE_ENDS))
            said += part if close else translate(self.between) + part
        return said

    def __str__(self) -> str:
        return self.told(_english)


COMMA, SEMICOLON = Text(", ").template, Text("; ").template
"""Between the parts of `Lines`; Chinese has others."""


def told(value: object, translate: Translate) -> object:
    """A value as a sentence shows it: what has a language of its own in that language, all else as it is."""
    own = getattr(value, "told", None)
    if own is not None:
        return own(translate)
    if isinstance(value, OSError):
        return translate(value.strerror) if value.strerror else str(value)
    return value


Words = str | Text | Lines
"""A text, or the bare template of one whose values stand beside it."""


def text_of(words: Words, values: Mapping[str, object]) -> Text | Lines:
    """`words` with these values, unless they have their own."""
    if isinstance(words, Lines) or (isinstance(words, Text) and words.values):
        return words
    return Text(words.template if isinstance(words, Text) else words, values)


def _english(template: str) -> str:
    return template
