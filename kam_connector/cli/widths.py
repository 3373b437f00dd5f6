"""Help on a terminal where a letter may be two columns wide: click counts letters, this counts columns.

A line may break at a space, and before or after a Chinese letter; a closing mark never begins a line.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable

import click
from rich.cells import cell_len

_LATIN = r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+"
_CLOSING = r"[，。、；：！？）》」』”’…]*"
_PIECE = re.compile(rf"(?:{_LATIN}|\S){_CLOSING}|\s+")
_OPENING = ("（", "《", "「", "『", "“", "‘")
VERBATIM = "\b"


def wrap(words: str, width: int) -> list[str]:
    """`words` in lines of at most `width` columns; a word longer than that has a line of its own."""
    lines = [""]
    for piece in _PIECE.findall(words):
        if cell_len(lines[-1] + piece.rstrip()) > width and lines[-1].strip():
            opened = lines[-1][-1:] if lines[-1].endswith(_OPENING) else ""
            lines[-1] = lines[-1].removesuffix(opened).rstrip()
            lines.append(opened + piece.lstrip())
        else:
            lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _colon() -> str:
    return gettext.gettext("Usage:")[-1]


class WideFormatter(click.HelpFormatter):
    """Click's page of help, laid out by columns."""

    def write_heading(self, heading: str) -> None:
        """`Options:`, with the colon that the language has."""
        self.write(f"{' ' * self.current_indent}{heading}{_colon()}\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """`Usage: kam run [OPTIONS]`."""
        said = prefix or gettext.gettext("Usage:")
        head = f"{said}{'' if said.endswith('：') else ' '}{prog} "
        first, *rest = wrap(args, max(self.width - cell_len(head), 20))
        self.write(f"{' ' * self.current_indent}{head}{first}\n")
        for line in rest:
            self.write(f"{' ' * (self.current_indent + cell_len(head))}{line}\n")

    def write_text(self, text: str) -> None:
        """Paragraphs, one empty line between them; what is marked as it stands keeps its lines."""
        paragraphs = []
        for paragraph in text.split("\n\n"):
            mark, _, kept = paragraph.partition("\n")
            lines = kept.splitlines() if mark.strip() == VERBATIM else wrap(paragraph, self.width - self.current_indent)
            paragraphs.append("\n".join(" " * self.current_indent + line for line in lines))
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands on the left, what they do on the right."""
        rows = list(rows)
        left = min(max(cell_len(name) for name, _ in rows), col_max) + col_spacing
        margin = " " * (self.current_indent + left)
        for name, told in rows:
            lines = wrap(told, max(self.width - len(margin) - 2, 10)) if told else [""]
            lead = " " * self.current_indent + name
            if cell_len(name) > left - col_spacing:
                self.write(f"{lead}\n{margin}{lines[0]}\n")
            else:
                self.write(f"{lead}{' ' * (left - cell_len(name))}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{margin}{line}\n")
