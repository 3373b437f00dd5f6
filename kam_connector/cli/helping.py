"""`--help` in the reader's language: a command as it is written in English, with its texts told in another one.

A help text is told paragraph by paragraph. A paragraph that begins with click's mark for "as it stands" keeps its
lines; of them only a heading before a colon is told ("Example:"), what follows it is typed, not read.
"""

from __future__ import annotations

import copy
import gettext
import inspect
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import click

from kam_connector.cli.widths import WideFormatter
from kam_connector.messages import translator
from kam_connector.texts import Text, Translate

VERBATIM = "\b"
_HEADING = re.compile(r"^([^\s\x08][^:`]*:)(?=\s|$)", re.MULTILINE)
TYPES = {
    "TEXT": Text("TEXT"),
    "PATH": Text("PATH"),
    "INTEGER": Text("INTEGER"),
    "INTEGER RANGE": Text("INTEGER RANGE"),
    "FLOAT": Text("FLOAT"),
    "FLOAT RANGE": Text("FLOAT RANGE"),
    "DAY": Text("DAY"),
}
"""What stands for an option's value where the option does not name it, by click's English word."""
OPTIONS, COMMAND = Text("[OPTIONS]"), Text("COMMAND [ARGS]...")

C = TypeVar("C", bound=click.Command)


class WideContext(click.Context):
    """A context whose help knows that a Chinese letter is two columns wide."""

    formatter_class = WideFormatter


def help_texts(words: str) -> Iterator[str]:
    """The templates that a help text consists of, to be translated one by one."""
    for paragraph in _paragraphs(words):
        if paragraph.startswith(VERBATIM):
            yield from _HEADING.findall(paragraph)
        else:
            yield paragraph


def told_help(words: str, translate: Translate) -> str:
    """The help text with each of its templates through `translate`."""
    return "\n\n".join(_told_paragraph(paragraph, translate) for paragraph in _paragraphs(words))


def in_language(command: C, lang: str, context: click.Context | None = None) -> C:
    """A copy of the command, and of all below it, whose help is in that language; `context` lays it out by columns."""
    if context is not None:
        context.formatter_class = WideFormatter
    return _told_command(command, translator(lang))


def _told_paragraph(paragraph: str, translate: Translate) -> str:
    if paragraph.startswith(VERBATIM):
        return _HEADING.sub(lambda found: translate(found[1]), paragraph)
    return translate(paragraph)


def _paragraphs(words: str) -> list[str]:
    """The paragraphs of a docstring, each on one line unless it stands as it is."""
    found = re.split(r"\n\s*\n", inspect.cleandoc(words).strip("\n"))
    return [text if text.startswith(VERBATIM) else " ".join(text.split()) for text in found if text.strip()]


def _told_command(command: C, translate: Translate) -> C:
    told = copy.copy(command)
    told._help_option = None  # click keeps the option with its text
    told.context_class = WideContext
    if command.help:
        told.help = told_help(command.help, translate)
        told.short_help = _first_sentence(told.help)
    told.options_metavar = OPTIONS.told(translate) if command.options_metavar else None
    told.params = [_told_param(param, translate) for param in command.params]
    if isinstance(told, click.Group):
        told.subcommand_metavar = COMMAND.told(translate)
        told.commands = {name: _told_command(below, translate) for name, below in told.commands.items()}
    return told


def _told_param(param: click.Parameter, translate: Translate) -> click.Parameter:
    told: Any = copy.copy(param)
    if isinstance(param, click.Option):
        told.help = _ours_or_clicks(param.help, translate) if param.help else param.help
        told.prompt = translate(param.prompt) if param.prompt else param.prompt
        told.metavar = _told_metavar(param, translate)
    return told  # type: ignore[no-any-return]


def _told_metavar(param: click.Option, translate: Translate) -> str | None:
    if param.metavar:
        return translate(param.metavar)
    word = param.type.name.upper()
    return TYPES[word].told(translate) if word in TYPES and not param.is_flag else None


def _ours_or_clicks(words: str, translate: Translate) -> str:
    told = translate(words)
    return gettext.gettext(words) if told == words else told


def _first_sentence(words: str) -> str:
    first = words.partition("\n\n")[0]
    return re.split(r"(?<=。)", first)[0].rstrip("。")
