"""Every key is found on its line, whatever TOML allows around it."""

from __future__ import annotations

import tomllib

from kam_connector.policy.lines import find_lines, line_of

TEXT = '''# a comment = "with a key"
[plan]
code = "a # b"   # and a comment
"odd key" = 1
day = 2026-01-01
[[tier]]
name = 'gold [x]'
label = { en = "G", zh = "金" }
[[tier]]
points = [["0", 0],
  ["1", 2], # brackets ] in a comment
  [ "3", 4 ],
]
[[dimension]]
a = 1
[[dimension.item]]
b = 2
[[dimension]]
a = 1
[[dimension.item]]
brackets = [
  { from = "0", rate = "0.05" },
  { from = "1", rate = "0.05" },
]
dotted.key = """many
lines"""
last = true
'''


def test_every_key_has_its_line() -> None:
    tomllib.loads(TEXT)
    lines = find_lines(TEXT)
    expected = {
        ("plan", "code"): 3, ("plan", "odd key"): 4, ("plan", "day"): 5, ("tier", 0): 6, ("tier", 0, "label", "zh"): 8,
        ("tier", 1, "points", 1): 11, ("tier", 1, "points", 2, 1): 12, ("dimension", 0, "item", 0, "b"): 17,
        ("dimension", 1, "item", 0, "brackets", 1, "rate"): 23, ("dimension", 1, "item", 0, "dotted", "key"): 25,
        ("dimension", 1, "item", 0, "last"): 27,
    }  # fmt: skip
    assert {path: lines.get(path) for path in expected} == expected


def test_what_is_not_in_the_file_is_shown_at_what_is_around_it() -> None:
    lines = find_lines(TEXT)
    assert line_of(lines, ("tier", 1, "enter")) == 9
    assert line_of(lines, ("nothing",)) is None


def test_every_shipped_file_is_scanned_to_its_end() -> None:
    from kam_connector.policy import DEFAULTS

    for path in DEFAULTS.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        found = find_lines(text)
        assert _paths(tomllib.loads(text), ()) <= set(found), path


def _paths(value: object, path: tuple[str | int, ...]) -> set[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path for path in [path] if path} | {each for key, part in inner for each in _paths(part, (*path, key))}
