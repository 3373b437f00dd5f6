"""An event of the book: what is to be written, what was written, and the head of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kam_connector.errors import InputError
from kam_connector.ledger.encoding import NO_HASH

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written: `remark` is a sentence that may name somebody and stands outside the chain."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    payload_version: int = 1
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What was written."""

    seq: int
    kind: str
    key: str
    payload: Payload
    payload_version: int
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last event's number and hash; as text `12:9f..`, to be kept where this machine cannot reach."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def parse_head(text: str) -> Head:
    """The head written as `number:hash`; InputError otherwise."""
    number, _, digest = text.strip().partition(":")
    if not number.isdigit() or len(digest) != len(NO_HASH):
        raise InputError(
            "{text} is not a ledger head.", next_step="It looks like 12:9f8e.. (64 digits).", text=repr(text)
        )
    return Head(int(number), digest)
