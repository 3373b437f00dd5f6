"""The conditions of a segment as reasons carry them, taken apart: `tier=gold; growth>=50; growth<80; wallet_share<20%`.

>>> parse_conditions("growth>=50; growth<80")
(Condition(name='growth', codes=(), start='50', below='80'),)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_PART = re.compile(r"(?P<name>\w+)(?P<sign>>=|<|=)(?P<value>[^;]+)")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold: a code of these, or a figure from `start` on and below `below` ("": no such limit)."""

    name: str
    codes: tuple[str, ...] = ()
    start: str = ""
    below: str = ""


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """The conditions in their order, both limits of a figure in one; nothing where the text is none of ours."""
    found: dict[str, Condition] = {}
    for part in text.split("; "):
        read = _PART.fullmatch(part)
        if read is None:
            return ()
        name, sign, value = read.groups()
        before = found.get(name, Condition(name))
        match sign:
            case "=":
                found[name] = replace(before, codes=tuple(value.split(",")))
            case ">=":
                found[name] = replace(before, start=value)
            case _:
                found[name] = replace(before, below=value)
    return tuple(found.values())
