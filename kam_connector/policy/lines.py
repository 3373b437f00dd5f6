"""On which line of a TOML file a key stands, so that a message can point at it.

`tomllib` gives values without places. This scanner runs over a text that `tomllib` has accepted already, so it may
be lax: it only follows brackets, quotes and commas. A path is a tuple of keys and of places in lists, as pydantic
names them: `("tier", 2, "enter")` is the key `enter` in the third `[[tier]]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\[(\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"""(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z0-9_-]+))*""")
_PART = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|([A-Za-z0-9_-]+)""")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_BARE = re.compile(r"[^\s,\]}#]+(?: \d\d:[\d:.]+\S*)?")


def find_lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, of each table, key and list element of the file."""
    return _Scanner(text).scan()


def line_of(lines: dict[Path, int], path: Sequence[str | int]) -> int | None:
    """The line of a path, or of the nearest thing around it; None when nothing of it is in the file."""
    for length in range(len(path), 0, -1):
        if tuple(path[:length]) in lines:
            return lines[tuple(path[:length])]
    return None


class _Scanner:
    """A cursor over the text, and the lines found so far."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.lines = text, 0, dict[Path, int]()
        self.counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._skip_blank()
        while self.at < len(self.text):
            header = _HEADER.match(self.text, self.at)
            if header:
                table = self._enter_table(_parts(header[2]), is_list=bool(header[1]))
                self.at = header.end()
            else:
                self._pair(table)
            self._skip_blank()
        return self.lines

    def _enter_table(self, keys: Path, *, is_list: bool) -> Path:
        path: Path = ()
        for key in keys[:-1]:
            path = self._inside((*path, key))
        path = (*path, keys[-1])
        if is_list:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self._mark(path)
        return path

    def _inside(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        key = _KEY.match(self.text, self.at)
        if key is None:
            self.at += 1
            return
        path = (*table, *_parts(key[0]))
        self._mark(path)
        self.at = key.end()
        self._skip_blank()
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_blank()
        self.lines.setdefault(path, self._line())
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            for place in self._elements("]"):
                self._value((*path, place))
        elif opening == "{":
            for _ in self._elements("}"):
                self._pair(path)
        else:
            end = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            self.at = end.end() if end else self.at + 1

    def _elements(self, closing: str) -> Iterator[int]:
        """0, 1, 2, ... with the cursor at the element of that place; past the closing bracket at the end."""
        self.at += 1
        for place in count():
            self._skip_blank()
            if self.at >= len(self.text) or self.text[self.at] == closing:
                self.at += 1
                return
            yield place
            self._skip_blank()
            if self.text[self.at : self.at + 1] == ",":
                self.at += 1

    def _mark(self, path: Path) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self._line())

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _skip_blank(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at


def _parts(dotted: str) -> Path:
    return tuple(double or single or bare for double, single, bare in _PART.findall(dotted))
