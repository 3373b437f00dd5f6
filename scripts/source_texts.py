"""The English texts in the source that a person may read: where they stand, and whether they can be translated.

A text is the literal at a known place: the sentence of an error or a finding, a question, the help of a command. A
literal that is put together there (f-string, `+`, `%`, `.format`, `.join`) cannot be translated and is a flaw; so is a
placeholder that gets no value. A name at that place stands for the literals that are assigned to it in the function or
the file.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kam_connector import errors
from kam_connector.cli.helping import help_texts

PACKAGE = Path(errors.__file__).parent
ERRORS = frozenset(name for name, kind in vars(errors).items() if isinstance(kind, type))


@dataclass(frozen=True, slots=True)
class Place:
    """Which arguments of a call are texts.

    `values` says where theirs are: named arguments, the next argument, inside (each is a `Text`), or that there are
    none; `others` are named arguments that are neither.
    """

    positions: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    values: str = "named"
    others: tuple[str, ...] = ()


Assigned = Mapping[str, list[ast.expr]]
ERROR = Place((0,), ("what", "next_step"))
PLACES: Mapping[str, Place] = {
    **dict.fromkeys(ERRORS, ERROR),
    "__init__": ERROR,
    "Trouble": Place((1,), ("what", "next_step"), others=("again", "wait_seconds")),
    "Text": Place((0,), (), "next"),
    "Finding": Place((3,), ("template",), "next"),
    "Problem": Place((1, 2), ("what", "why"), "inside"),
    "Flaw": Place((3,), ("sentence",), "inside"),
    "Expected": Place((0,)),
    "talk": Place((0,)),
    "told": Place((0,)),
    "tell": Place((0,)),
    "confirmed": Place((0,), others=("yes",)),
    "option": Place((), ("help", "prompt", "metavar"), "none"),
    "argument": Place((), ("help",), "none"),
    "RowRule": Place((1,), ("why",), "none"),
    "_Rule": Place((3,), ("next_step",), "none"),
    "ask_secret": Place((0,), (), "none"),
    "_ask": Place((0,), (), "none"),
    "prompt": Place((0,), (), "none"),
    "confirm": Place((0,), (), "none"),
    "fail": Place((0,), (), "none"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One template, in a call of `name` at a line."""

    line: int
    name: str
    template: str


def placeholders(template: str) -> frozenset[str]:
    """Names in braces and printf marks (click has some) that a translation must keep."""
    named = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    return frozenset(named)


def find_texts(path: Path) -> Iterator[Found]:
    """Every text of the file, in order."""
    yield from texts_of(path.read_text(encoding="utf-8"))


def texts_of(code: str) -> Iterator[Found]:
    """Every text of the code."""
    for call, assigned in _calls(code):
        name = _name(call.func)
        for leaf in _all_leaves(call, name, assigned):
            if _is_text(leaf):
                yield from _templates(name, leaf)
    for node in ast.walk(_tree(code)):
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            words = ast.get_docstring(node) or ""
            yield from (Found(node.lineno, "help", text) for text in help_texts(words))


def find_flaws(path: Path) -> Iterator[str]:
    """What cannot be translated in the file, as `file:line: why`."""
    yield from flaws_of(path, path.read_text(encoding="utf-8"))


def flaws_of(path: Path, code: str) -> Iterator[str]:
    """What cannot be translated in the code of that file."""
    where = path.relative_to(PACKAGE.parent)
    for call, assigned in _calls(code):
        yield from (f"{where}:{call.lineno}: {why}" for why in _call_flaws(call, assigned))


def _calls(code: str) -> Iterator[tuple[ast.Call, Assigned]]:
    """Every call, with what is assigned to the names that it sees."""
    tree = _tree(code)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            assigned = {**_assigned(tree), **_assigned(scope)}
            yield from ((node, assigned) for node in _own_nodes(scope) if isinstance(node, ast.Call))


def _all_leaves(call: ast.Call, name: str, assigned: Assigned) -> Iterator[ast.expr]:
    """The literals, or what else stands at the places of texts; a name as what it stands for."""
    for part in _arguments(call, name):
        for leaf in _leaves(part):
            known = assigned.get(leaf.id, []) if isinstance(leaf, ast.Name) else []
            yield from (inner for value in known for inner in _leaves(value)) if known else (leaf,)


def _call_flaws(call: ast.Call, assigned: Assigned) -> Iterator[str]:
    name = _name(call.func)
    for leaf in _all_leaves(call, name, assigned):
        if _is_built(leaf) and name != "__init__":
            yield f"a text is put together: {ast.unparse(leaf)[:80]}"
    yield from _unfilled(call, name)
    yield from _bare(call, name)


@cache
def _tree(code: str) -> ast.Module:
    return ast.parse(code)


def _templates(name: str, leaf: ast.Constant) -> Iterator[Found]:
    for text in help_texts(leaf.value) if name == "option" else [leaf.value]:
        if re.sub(r"\{.*?\}", "", text).strip():
            yield Found(leaf.lineno, name, text)


def _name(func: ast.expr) -> str:
    return ast.unparse(func).rpartition(".")[2]


def _place(name: str) -> Place | None:
    return PLACES.get(name) or (ERROR if name.endswith(("Error", "Refused")) and name in ERRORS else None)


def _arguments(call: ast.Call, name: str) -> Iterator[ast.expr]:
    place = _place(name)
    if place is None:
        return
    yield from (call.args[number] for number in place.positions if number < len(call.args))
    yield from (keyword.value for keyword in call.keywords if keyword.arg in place.keywords)


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """The alternatives of an expression: both sides of `a if b else c` and of `a or b`."""
    if isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _leaves(value)
    else:
        yield node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return method in ("format", "join", "replace", "rstrip") or _name(node.func) in ("str", "repr")
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def _unfilled(call: ast.Call, name: str) -> Iterator[str]:
    """Placeholders without a value and values without a placeholder."""
    place = _place(name)
    if place is None or place.values in ("none", "inside"):
        return
    texts = [leaf for part in _arguments(call, name) for leaf in _leaves(part)]
    if not all(map(_is_text, texts)):
        return
    wanted = frozenset().union(*(placeholders(leaf.value) for leaf in texts))  # type: ignore[attr-defined]
    given = _named(call, place) if place.values == "named" else _next(call, place)
    if given is not None and wanted != given:
        yield f"placeholders {sorted(wanted)} but values {sorted(given)}"


def _named(call: ast.Call, place: Place) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(word.arg for word in call.keywords if word.arg) - set(place.keywords) - set(place.others)


def _next(call: ast.Call, place: Place) -> frozenset[str] | None:
    number = place.positions[0] + 1
    named = [keyword.value for keyword in call.keywords if keyword.arg == "values"]
    given = call.args[number] if number < len(call.args) else named[0] if named else None
    if given is None and _name(call.func) != "Text":  # a Text may get its values where it is used
        return frozenset()
    if not isinstance(given, ast.Dict):
        return None
    return frozenset(key.value for key in given.keys if isinstance(key, ast.Constant))


def _bare(call: ast.Call, name: str) -> Iterator[str]:
    """Questions and refusals of click stand in the person's language already: `told(...)`, never a literal."""
    bare = any(_is_text(leaf) and leaf.value for part in _arguments(call, name) for leaf in _leaves(part))  # type: ignore[attr-defined]
    if bare and name in ("prompt", "confirm", "fail"):
        yield f"{name} of a bare text, use told(...)"
    place = _place(name)
    if bare and place and place.values == "inside":
        yield f"{name} of a bare text, make it a Text"


def _assigned(scope: ast.AST) -> Assigned:
    found: dict[str, list[ast.expr]] = {}
    for node in _own_nodes(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in the scope itself, not in the functions inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _own_nodes(child)


def _is_command(node: ast.FunctionDef) -> bool:
    named = (_name(part.func if isinstance(part, ast.Call) else part) for part in node.decorator_list)
    return any(name in ("command", "group") for name in named)
