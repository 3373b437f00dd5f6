"""Folders that are complete or absent: built beside their place, stamped, then renamed."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

STAMP = ".kam-stamp"


def make_key(parts: Iterable[str | bytes]) -> str:
    """Twelve characters that change when any part, or the order of the parts, changes."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:12]


def hash_files(root: Path, *, skip: Iterable[str] = ("__pycache__",)) -> str:
    """The key of all files below a folder, by their relative names and bytes."""
    parts: list[str | bytes] = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not set(skip) & set(path.relative_to(root).parts):
            parts += [path.relative_to(root).as_posix(), path.read_bytes()]
    return make_key(parts)


def read_stamp(folder: Path) -> str | None:
    """The key that the folder was built with; None when it is missing or unfinished."""
    try:
        return (folder / STAMP).read_text().strip()
    except OSError:
        return None


def build_folder(folder: Path, key: str, fill: Callable[[Path], None]) -> bool:
    """The folder is complete with this key; True when it had to be built. An interrupted one is begun again."""
    if read_stamp(folder) == key:
        return False
    partial = folder.with_name(folder.name + ".partial")
    remove(partial)
    partial.mkdir(parents=True)
    fill(partial)
    (partial / STAMP).write_text(key + "\n")
    remove(folder)
    partial.rename(folder)
    return True


def remove(folder: Path) -> None:
    """The folder is gone. Its stamp goes first, so that half a removal is not taken for a whole folder."""
    (folder / STAMP).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
