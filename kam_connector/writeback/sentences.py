"""Sentences of ours about an answer, kept beside the chain so that each reader is told them in his own language.

The ERP's own sentences stand in the book as they came. One of ours stands there as a code and its figures, and is
`Text` again when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from kam_connector.texts import Text, Words

KEPT: Final = Text("After it was written the partner level is {grade}: another module of the ERP keeps it so.")
_OWN: Final[Mapping[str, str]] = {"grade_kept": KEPT.template}
_MARK: Final = "kam:"


def pack_sentence(words: Words) -> str:
    """The remark that says this: code and figures of one of ours, else the English sentence."""
    for code, template in _OWN.items():
        if isinstance(words, Text) and words.template == template:
            return f"{_MARK}{code} {json.dumps(dict(words.values), sort_keys=True)}"
    return str(words)


def unpack_sentence(remark: str) -> Words:
    """What a remark says: a text where it is one of ours, else the sentence as it stands (older ones of ours too)."""
    code, _, figures = remark.removeprefix(_MARK).partition(" ")
    if not remark.startswith(_MARK) or code not in _OWN:
        return remark
    try:
        values = json.loads(figures)
    except ValueError:
        return remark
    return Text(_OWN[code], values) if isinstance(values, dict) else remark
