"""What may stay English in the talk to a reader of Chinese: what is typed, what has a name, and nothing else."""

from __future__ import annotations

import re

TYPED = re.compile(
    r"`[^`]*`"  # code
    r"|\bkam(?: [a-z]+)+"  # commands
    r"|--[a-z-]+(?: NAME)?"  # options
    r"|pip install [^\s,，。]+(?: [^\s,，。]+)?"
    r"|[\w./~-]*[/_.][\w./~-]*"  # paths, models, fields, keys
    r"|\[[^\]]*\]|'[^']*'|\"[^\"]*\"|“[^”]*”"
)
SENTENCE = re.compile(r"\b[A-Za-z]*[a-z][ \t]+[a-z]{2,}\b")
EXAMPLE = re.compile(r"^\s*(?:[A-Z_]+=\S+ )?kam .*$", re.MULTILINE)


def english_of(text: str) -> list[str]:
    """The pieces of two English words in a row that nobody types."""
    return SENTENCE.findall(TYPED.sub("·", EXAMPLE.sub("", text)))
