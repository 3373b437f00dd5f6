"""What is said to a person on stderr, and how a hostile text is shown."""

from __future__ import annotations

import sys
import unicodedata


def talk(line: str = "") -> None:
    """One line for a person, on stderr."""
    print(safe_text(line), file=sys.stderr, flush=True)


def safe_text(value: object) -> str:
    """`value` as one printable line: control, escape and direction characters are shown, not obeyed (R-88)."""
    return "".join(_safe_character(character) for character in str(value))


def _safe_character(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"
    return character
