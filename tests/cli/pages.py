"""The example files that a page of the documentation shows, to be run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def write_files(page: str, folder: Path) -> None:
    """The files of the page stand in the folder."""
    for name, text in re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)```", read(page), re.MULTILINE | re.DOTALL):
        (folder / name).write_text(text, "utf-8")


def read(page: str) -> str:
    return (DOCS / page).read_text("utf-8")
