"""The one canonical text of a payload, and the hash of an event (R-71).

Joined texts are ambiguous: ("12", "3") and ("1", "23") join alike. Every part therefore stands with its
length in front (`2:12,1:3,`), after a tag with the version of this encoding. Payloads are JSON with sorted
keys and no floats: a figure is an integer of minor units or a decimal string, so that no machine rounds it
otherwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

TAG = b"kam-ledger-1"
NO_HASH = "0" * 64
_READY = frozenset({str, int, bool, type(None)})
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(payload: Mapping[str, Any]) -> str:
    """The payload as ASCII JSON, keys sorted, decimals and days as strings; a float is a TypeError."""
    return _ENCODER.encode(_plain(payload))


def fingerprint(payload: Mapping[str, Any]) -> str:
    """32 hexadecimal digits that stand for the content of a payload."""
    return hashlib.sha256(canonical(payload).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def hash_event(seq: int, kind: str, key: str, payload: str, payload_version: int, prev_hash: str) -> str:
    """64 hexadecimal digits over every field of the event and the hash of the one before."""
    texts = (str(seq), kind, key, str(payload_version), payload, prev_hash)
    return hashlib.sha256(_joined(texts)).hexdigest()


def _joined(texts: tuple[str, ...]) -> bytes:
    parts = [TAG, *(text.encode("utf-8", "surrogatepass") for text in texts)]
    return b"".join(b"%d:%s," % (len(part), part) for part in parts)


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _READY:
        return value
    if kind is dict or isinstance(value, Mapping):
        return _plain_mapping(value)  # type: ignore[arg-type]
    if isinstance(value, list | tuple):
        return [item if type(item) in _READY else _plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"A ledger payload cannot hold {value!r} of type {type(value).__name__}.")


def _plain_mapping(value: Mapping[object, object]) -> dict[str, object]:
    return {
        key if type(key) is str else _text_key(key): item if type(item) in _READY else _plain(item)
        for key, item in value.items()
    }


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError(f"A ledger payload cannot hold the figure {value}.")
    return format(value, "f")


def _text_key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"A ledger payload has text keys only, not {key!r}.")
    return key
