"""Sums by groups, the same from `read_group` (14 to 18) and `formatted_read_group` (19).

A spec is a field name or `field:day` / `field:month`. Answers come as rows with the specs and sums as keys, and
`__count`; a group by day or month has the ISO day that it begins on, by many2one the id, without value None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ErpDefect
from .versions import Dialect

Row = dict[str, Any]
_PERIODS = ("day", "week", "month", "quarter", "year")


def group_call(
    dialect: Dialect, domain: Sequence[Any], sums: Sequence[str], by: Sequence[str]
) -> tuple[str, list[Any], dict[str, Any]]:
    """Method, arguments and keywords of the call that this version understands; in which order they come is open."""
    if dialect.group_method == "formatted_read_group":
        aggregates = ["__count", *(f"{name}:sum" for name in sums)]
        # by default sorted by the names behind many2one fields, which costs three times the sums themselves
        return "formatted_read_group", [list(domain), list(by), aggregates], {"order": "__count"}
    return "read_group", [list(domain), [f"{name}:sum" for name in sums], list(by)], {"lazy": False}


def group_rows(dialect: Dialect, answer: Any, sums: Sequence[str], by: Sequence[str]) -> list[Row]:
    """The answer in one form. Raises ErpDefect when it is no answer to the question."""
    suffix = ":sum" if dialect.group_method == "formatted_read_group" else ""
    try:
        return [_group_row(group, sums, by, suffix) for group in answer]
    except (KeyError, TypeError, ValueError, AttributeError):
        problem = _another_form(dialect)
    raise problem


def ids_call(
    dialect: Dialect, domain: Sequence[Any], functions: Sequence[str]
) -> tuple[str, list[Any], dict[str, Any], list[str]]:
    """Method, arguments and keywords of the call for functions (avg, min, max) of all ids, and each one's key."""
    if dialect.group_method == "formatted_read_group":
        keys = [f"id:{function}" for function in functions]
        return "formatted_read_group", [list(domain), [], ["__count", *keys]], {}, keys
    keys = [f"{function}_id" for function in functions]
    named = [f"{key}:{function}(id)" for key, function in zip(keys, functions, strict=True)]
    return "read_group", [list(domain), named, []], {"lazy": False}, keys


def read_ids_call(dialect: Dialect, answer: Any, keys: Sequence[str]) -> tuple[int, list[float]]:
    """How many rows there are, and the values of the keys (0 without rows). Raises ErpDefect when it is no answer."""
    try:
        group: Row = answer[0] if answer else {"__count": 0, **dict.fromkeys(keys)}
        return int(group["__count"]), [float(group[key] or 0.0) for key in keys]
    except (KeyError, IndexError, TypeError, ValueError):
        problem = _another_form(dialect)
    raise problem


def _another_form(dialect: Dialect) -> ErpDefect:
    return ErpDefect(
        "The ERP answered {method} in another form than known.",
        next_step="Which version is it? `kam erp check` shows it.",
        method=dialect.group_method,
    )


def _group_row(group: Mapping[str, Any], sums: Sequence[str], by: Sequence[str], suffix: str) -> Row:
    row: Row = {spec: _group_value(group, spec) for spec in by}
    row.update({name: group[name + suffix] or 0 for name in sums})
    row["__count"] = int(group["__count"])
    return row


def _group_value(group: Mapping[str, Any], spec: str) -> Any:
    value = group[spec]
    name, _, period = spec.partition(":")
    if value is False or value is None:
        return None
    if period in _PERIODS:
        return str(value[0])[:10] if isinstance(value, (list, tuple)) else _first_day(group["__domain"], name)
    return value[0] if isinstance(value, (list, tuple)) else value


def _first_day(domain: Sequence[Any], name: str) -> str:
    """The lower edge in a group's own domain: older versions give the group only a label in words."""
    edges = [leaf[2] for leaf in domain if isinstance(leaf, (list, tuple)) and list(leaf[:2]) == [name, ">="]]
    return str(edges[-1])[:10]
