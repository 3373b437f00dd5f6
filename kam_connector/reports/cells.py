"""What may stand in a cell, a sheet's name, a file's name: names from the ERP made harmless.

A cell's text loses control characters and lone surrogates (they break the file) and is cut at Excel's 32,767
characters with a visible mark. A CSV cell that a spreadsheet would run as a formula gets an apostrophe in
front: documented as lossy (reliability R-76 to R-80).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

MAX_CELL: Final = 32_767
MAX_SHEET_NAME: Final = 31
MAX_FILE_STEM: Final = 80

_CUT_MARK = " […]"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RISKY_CSV = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_SHEET = re.compile(r"[\[\]:*?/\\\s]+")
_NOT_IN_FILE = re.compile(r"[^\w.\-()&+,@ ]+")
_DEVICE_NAMES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def clean_text(value: object) -> str:
    """The text of a cell: no control characters, no lone surrogates, at most 32,767 units; None is empty."""
    text = "" if value is None else str(value)
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if _units(text) <= MAX_CELL else _cut(text, MAX_CELL - len(_CUT_MARK)) + _CUT_MARK


def csv_text(value: object) -> str:
    """The text of a CSV cell: as `clean_text`, and never read as a formula (an apostrophe goes in front)."""
    text = clean_text(value)
    if not text.startswith(_RISKY_CSV):
        return text
    return text if _is_number(text) else f"'{text}"


def sheet_name(wanted: str, taken: Container[str] = ()) -> str:
    """A sheet name that Excel accepts, near to `wanted`; `taken` holds the case-folded names in the book."""
    base = _NOT_IN_SHEET.sub(" ", clean_text(wanted)).strip(" '") or "Sheet"
    if base.casefold() == "history":
        base += "_"
    return _unique(base, taken, MAX_SHEET_NAME)


def file_stem(wanted: str, taken: Container[str] = ()) -> str:
    """A file name without extension, near to `wanted`: never a path, hidden or a device, at most 80 long."""
    text = unicodedata.normalize("NFC", clean_text(wanted))
    base = re.sub(r"\s+", " ", _NOT_IN_FILE.sub("_", text)).strip(" ._-") or "report"
    if _DEVICE_NAMES.match(base):
        base = f"_{base}"
    return _unique(base, taken, MAX_FILE_STEM)


def _unique(base: str, taken: Container[str], limit: int) -> str:
    name, count = _cut(base, limit).strip(" '"), 1
    while name.casefold() in taken:
        count += 1
        mark = f" ({count})"
        name = _cut(base, limit - len(mark)).rstrip(" '") + mark
    return name


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, limit: int) -> str:
    """The longest beginning of `text` of at most `limit` UTF-16 units (what Excel counts)."""
    if _units(text) <= limit:
        return text
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None
