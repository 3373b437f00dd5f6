"""Where a planted text could be found again: every byte of a folder, also inside workbooks, in every common form."""

from __future__ import annotations

import base64
import gzip
import io
import json
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(secret: str) -> dict[str, bytes]:
    """The secret as it might be written: raw, quoted, escaped, in base64 at each alignment, in UTF-16, in hex."""
    raw = secret.encode()
    found = {
        "raw": raw,
        "url-quoted": urllib.parse.quote(secret, safe="").encode(),
        "url-plus": urllib.parse.quote_plus(secret).encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "repr": repr(secret)[1:-1].encode(),
        "xml": secret.replace("&", "&amp;").replace("<", "&lt;").encode(),
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "backwards": raw[::-1],
    }
    for shift in range(3):  # the same bytes look different at each place in a group of three
        encoded = base64.b64encode(b"\0" * shift + raw)
        whole = encoded[4 if shift else 0 : -4]
        found |= {f"base64 {shift}": whole, f"base64url {shift}": whole.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def hits(folder: Path, secret: str, *, spared: Iterable[Path] = ()) -> list[str]:
    """`file: form` wherever the secret stands below the folder, names of files included."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path in set(spared):
            continue
        pieces = [str(path.relative_to(folder)).encode()]
        if path.is_file() and not path.is_symlink():
            pieces += contents(path.read_bytes())
        found += [f"{path.relative_to(folder)}: {form}" for piece in pieces for form in find(piece, secret)]
    return found


def find(content: bytes | str, secret: str) -> list[str]:
    """The forms in which the secret stands in the content."""
    searched = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    return [name for name, form in forms(secret).items() if form in searched]


def contents(content: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what is packed in them: workbooks, gzip, zlib."""
    yield content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            yield from (book.read(name) for name in book.namelist())
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield zlib.decompress(content)
