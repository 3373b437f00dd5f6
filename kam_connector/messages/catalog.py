"""The sentences: `catalog/*.toml`, a file a subject, read once.

A file is a tree of tables; a leaf is a table with one text a language, and the path to it, joined by dots,
is its key: `[column] customer = {en = "Customer", ...}` has the key `column.customer`. A text may name
parameters, `{days}`, with the way in which they are written, `{amount:money=currency}` (see `formats.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from kam_connector.languages import LANGUAGES, Language

PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<kind>\w+)(?:=(?P<extra>[\w.]+))?)?\}")


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence in every language."""

    key: str
    texts: Mapping[Language, str]

    def parameters(self, lang: Language) -> frozenset[str]:
        """Names of the parameters that the text of this language uses."""
        found: set[str] = set()
        for match in PLACEHOLDER.finditer(self.texts[lang]):
            found.add(match["name"])
            if match["kind"] == "money" and match["extra"]:
                found.add(match["extra"])
        return frozenset(found)


@lru_cache(maxsize=1)
def load_catalog() -> Mapping[str, Message]:
    """Every message of the package by its key. Raises ValueError where one stands twice or lacks a language."""
    catalog: dict[str, Message] = {}
    for name, text in _files():
        for message in _leaves("", tomllib.loads(text)):
            if message.key in catalog:
                raise ValueError(f"{name}: the message {message.key} stands twice in the catalog.")
            catalog[message.key] = message
    return catalog


def find_message(key: str) -> Message | None:
    """The message of this key, or None when the catalog has none."""
    return load_catalog().get(key)


def keys() -> frozenset[str]:
    """All keys of the catalog."""
    return frozenset(load_catalog())


def _files() -> Iterator[tuple[str, str]]:
    folder = files("kam_connector.messages") / "catalog"
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def _leaves(prefix: str, tree: Mapping[str, object]) -> Iterator[Message]:
    for name, below in tree.items():
        key = f"{prefix}.{name}" if prefix else name
        if not isinstance(below, dict):
            raise ValueError(f"The message {key} has no table of languages.")
        if isinstance(below.get("en"), str):
            yield _message(key, below)
        else:
            yield from _leaves(key, below)


def _message(key: str, texts: Mapping[str, object]) -> Message:
    if set(texts) != set(LANGUAGES) or not all(isinstance(text, str) and text for text in texts.values()):
        raise ValueError(f"The message {key} needs a text in each of {', '.join(LANGUAGES)} and nothing else.")
    return Message(key, {lang: cast(str, texts[lang]) for lang in LANGUAGES})
