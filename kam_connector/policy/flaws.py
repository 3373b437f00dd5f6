"""How a mistake in a policy file reads: what, in which file and line, why, and what would be right.

Tier "Gold+" in complaints.toml line 14 is not defined. Known tiers: gold, silver, bronze.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from inspect import isclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kam_connector.policy.lines import Path, line_of
from kam_connector.policy.values import Expected, Problem, Table
from kam_connector.texts import COMMA, Lines, Text


@dataclass(frozen=True, slots=True)
class Flaw:
    """One mistake; `line` is None when it concerns the whole file."""

    file: str
    line: int | None
    key: str
    text: Text

    @property
    def sentence(self) -> str:
        """The mistake in English."""
        return str(self.text)


def describe(file: str, lines: dict[Path, int], problem: Problem) -> Flaw:
    """The flaw that a problem is, with its place in the file."""
    line = line_of(lines, problem.path)
    values = {"what": problem.what, "file": file, "line": line, "why": problem.why}
    template = Text("{what} in {file} line {line} {why}") if line else Text("{what} in {file} {why}")
    return Flaw(file, line, dotted(problem.path), replace(template, values=values))


def dotted(path: Sequence[str | int]) -> str:
    """A path as a person writes it: `tier[2].enter`, places counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def problems_of(error: ValidationError, model: type[Table], known: Iterable[Path]) -> Iterator[Problem]:
    """One problem a place for what pydantic found; `known` are the paths that stand in the file."""
    written, seen = set(known), set[Path]()
    for detail in error.errors(include_url=False):
        path = _written_path(detail["loc"], written, keep=detail["type"] == "missing")
        if path not in seen and not _is_echo(detail):
            seen.add(path)
            yield _problem(detail, path, model)


def _is_echo(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only because its elements are wrong."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _written_path(path: Path, written: set[Path], *, keep: bool) -> Path:
    """The part of pydantic's path that is in the file: the names that it adds for members of a union are left out."""
    if keep:
        return path
    found: Path = ()
    for part in path:
        found = (*found, part) if (*found, part) in written else found
    return found


def _problem(detail: ErrorDetails, path: Path, model: type[Table]) -> Problem:
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    if detail["type"] == "missing":
        return _missing(path)
    if detail["type"] == "extra_forbidden":
        return Problem(path, Text('Key "{key}"', {"key": key}), _not_known(key, keys_of(model, path[:-1])))
    what = _named(key, detail["input"])
    if detail["type"] == "literal_error":
        return Problem(path, what, Text("is not allowed. Allowed: {allowed}.", {"allowed": _allowed(detail)}))
    return Problem(path, what, Text("is wrong: {reason}.", {"reason": _reason(detail)}))


def _named(key: str, value: object) -> Text:
    if not key:
        return Text("A table")
    if isinstance(value, str | int | float):
        return Text('Value "{value}" of "{key}"', {"value": value, "key": key})
    return Text('The value of "{key}"', {"key": key})


def _allowed(detail: ErrorDetails) -> object:
    return Lines(re.findall(r"'([^']*)'", detail["ctx"]["expected"]), COMMA)


_REASONS = {
    "bool_type": Text("true or false is expected"),
    "bool_parsing": Text("true or false is expected"),
    "int_type": Text("a whole number is expected"),
    "int_parsing": Text("a whole number is expected"),
    "int_from_float": Text("a whole number is expected"),
    "string_type": Text("a text in quotes is expected"),
    "string_too_short": Text("an empty text is not allowed"),
    "tuple_type": Text("a list in square brackets is expected"),
    "list_type": Text("a list in square brackets is expected"),
    "dict_type": Text("a table is expected"),
    "model_type": Text("a table is expected"),
    "model_attributes_type": Text("a table is expected"),
    "greater_than_equal": Text("at least {ge} is expected"),
    "greater_than": Text("more than {gt} is expected"),
    "less_than_equal": Text("at most {le} is expected"),
    "less_than": Text("less than {lt} is expected"),
    "too_short": Text("at least {min_length} are expected, there are {actual_length}"),
    "too_long": Text("at most {max_length} are expected, there are {actual_length}"),
}
"""What was expected, by pydantic's kind of mistake; a kind that is not here reads in pydantic's own words."""


def _reason(detail: ErrorDetails) -> Text:
    context = detail.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Expected):
        return cause.text
    known = _REASONS.get(detail["type"])
    return replace(known, values=context) if known else Text("{reason}", {"reason": cause or detail["msg"]})


def _missing(path: Path) -> Problem:
    if len(path) == 1:
        return Problem((), Text("A table"), Text('is missing: "{key}".', {"key": path[0]}))
    table = Text("The table {path}", {"path": dotted(path[:-1])})
    return Problem(path[:-1], table, Text('has no "{key}".', {"key": path[-1]}))


def _not_known(key: str, known: Sequence[str]) -> Text:
    keys, close = ", ".join(known), get_close_matches(key, known, 1)
    if not close:
        return Text("is not known. Known keys here: {keys}.", {"keys": keys})
    return Text('is not known. Known keys here: {keys}. Did you mean "{close}"?', {"keys": keys, "close": close[0]})


def keys_of(model: type[Table], path: Path) -> list[str]:
    """The keys that the table at that path may have, as they are written in the file."""
    here: type[Table] | None = model
    for part in path:
        if here is None or isinstance(part, int):
            continue
        field = next((f for name, f in here.model_fields.items() if part in (name, f.alias)), None)
        here = _table_in(field.annotation) if field else None
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _table_in(annotation: Any) -> type[Table] | None:
    if isclass(annotation) and issubclass(annotation, Table):
        return annotation
    return next((found for part in get_args(annotation) if (found := _table_in(part))), None)
