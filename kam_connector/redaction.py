"""What must never be shown or logged: keys, and characters that move a cursor or begin another line (R-84, R-88).

`keep_secret` is told every key as soon as it is read; from then on `redact` takes it out of any text, whoever wrote it.
Keys that were never told are known by where they stand: in an address, in an Authorization header, after `key=`.
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = "[hidden]"
SHORTEST = 6
"""A shorter key cannot be told from words; `kam doctor` refuses none, Odoo's own keys have 40 characters."""
_secrets: set[str] = set()
_PLACES = re.compile(
    r"(?P<before>//[^/\s:@]*:|\bBearer\s+|\b(?:api[_-]?key|password|passwd|secret|token)[\"']?\s*[=:]\s*[\"']?)"
    r"(?P<secret>[^\s\"'@,;}]+)",
    re.IGNORECASE,
)
_ADDRESS_END = re.compile(r"@")


def keep_secret(secret: str) -> None:
    """`secret` is hidden wherever it stands, from now on."""
    if len(secret) >= SHORTEST:
        _secrets.add(secret)


def redact(text: str) -> str:
    """`text` without any key."""
    for secret in _secrets:
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return _PLACES.sub(_hide, text)


def safe_text(value: object) -> str:
    """`value` as one printable line: control, escape and direction characters are shown, not obeyed (R-88)."""
    return "".join(_safe_character(character) for character in str(value))


def _hide(match: re.Match[str]) -> str:
    is_address = match["before"].startswith("//")
    if is_address and not _ADDRESS_END.match(match.string, match.end()):
        return match[0]  # a port, not a password
    return match["before"] + HIDDEN


def _safe_character(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
    return character
