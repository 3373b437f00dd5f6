"""How a mistake in a policy file reads: what, in which file and line, why, and what would be right.

    Tier "Gold+" in complaints.toml line 14 is not defined. Known tiers: gold, silver, bronze.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import isclass
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kam_connector.policy.lines import Path, line_of
from kam_connector.policy.values import Problem, Table


@dataclass(frozen=True, slots=True)
class Flaw:
    """One mistake; `line` is None when it concerns the whole file."""

    file: str
    line: int | None
    key: str
    sentence: str


def describe(file: str, lines: dict[Path, int], problem: Problem) -> Flaw:
    """The flaw that a problem is, with its place in the file."""
    line = line_of(lines, problem.path)
    place = f"{file} line {line}" if line else file
    return Flaw(file, line, dotted(problem.path), f"{problem.what} in {place} {problem.why}")


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
    """The part of pydantic's path that is in the file (it adds names of union members)."""
    if keep:
        return path
    length = next((n for n in range(len(path), 0, -1) if path[:n] in written), 0)
    return path[:length]


def _problem(detail: ErrorDetails, path: Path, model: type[Table]) -> Problem:
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    if detail["type"] == "missing":
        return _missing(path)
    if detail["type"] == "extra_forbidden":
        return Problem(path, f'Key "{key}"', _not_known(key, keys_of(model, path[:-1])))
    value = detail["input"]
    shown = f'Value "{value}"' if isinstance(value, str | int | float) else "The value"
    if detail["type"] == "literal_error":
        return Problem(path, f'{shown} of "{key}"', f"is not allowed. Allowed: {detail['ctx']['expected']}.")
    cause = detail.get("ctx", {}).get("error")
    reason = str(cause) if cause else detail["msg"][:1].lower() + detail["msg"][1:]
    return Problem(path, f'{shown} of "{key}"' if key else "A table", f"is wrong: {reason}.")


def _missing(path: Path) -> Problem:
    if len(path) == 1:
        return Problem((), "A table", f'is missing: "{path[0]}".')
    return Problem(path[:-1], f"The table {dotted(path[:-1])}", f'has no "{path[-1]}".')


def _not_known(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, 1)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    return f"is not known. Known keys here: {', '.join(known)}.{hint}"


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
