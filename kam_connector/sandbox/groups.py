"""formatted_read_group: counts, sums and whole columns by fields and days, in Odoo 19's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Any

from .domains import compile_domain
from .faults import bad_field, crash
from .login import Caller
from .schema import FieldSpec
from .store import Row, Store

_FUNCTIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": lambda values: round(sum(values), 6),
    "avg": fmean,
    "min": min,
    "max": max,
}
_SUMMED = frozenset({"integer", "float", "monetary"})


def formatted_read_group(
    store: Store,
    caller: Caller,
    model: str,
    domain: Sequence[Any],
    groupby: Sequence[str],
    aggregates: Sequence[str],
    order: str | None = None,
) -> list[Row]:
    """A row a group: the group, the aggregates, `__extra_domain`; by the group's values, or `order` "__count"."""
    if order not in (None, "__count"):
        raise crash("ValueError", f"Order term {order!r} is not a valid aggregate nor valid groupby")
    caller.check(model, "read")
    test = compile_domain(store, model, domain)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    specs = [(text, *_parse_group(store, model, text)) for text in groupby]
    for row in store.visible(model, caller.companies):
        if test(row):
            key = tuple(_group_of(row[spec.name], period) for _, spec, period in specs)
            groups.setdefault(key, []).append(row)
    if not groupby and not groups:
        groups[()] = []
    ranked = sorted(groups.items(), key=_rank)
    if order:
        ranked.sort(key=lambda item: len(item[1]))
    return [_shown(store, model, specs, key, rows, aggregates) for key, rows in ranked]


def _parse_group(store: Store, model: str, text: str) -> tuple[FieldSpec, str]:
    name, _, period = text.partition(":")
    spec = store.schema.models[model].get(name)
    if spec is None:
        raise bad_field(model, name)
    if period not in ("", "day", "month") or bool(period) != (spec.type in ("date", "datetime")):
        raise crash("ValueError", f"{period!r} isn't a valid granularity")
    return spec, period


def _group_of(value: Any, period: str) -> Any:
    if not period or value is False:
        return value
    return value[:10] if period == "day" else f"{value[:7]}-01"


def _rank(item: tuple[tuple[Any, ...], list[Row]]) -> list[tuple[bool, str, Any]]:
    return [(value is False, type(value).__name__, value) for value in item[0]]


def _shown(
    store: Store,
    model: str,
    specs: Sequence[tuple[str, FieldSpec, str]],
    key: tuple[Any, ...],
    rows: list[Row],
    aggregates: Sequence[str],
) -> Row:
    shown: Row = {text: _label(spec, period, value) for (text, spec, period), value in zip(specs, key, strict=True)}
    shown["__extra_domain"] = [[spec.name, "=", value] for (_, spec, _), value in zip(specs, key, strict=True)]
    shown.update({text: _aggregate(store, model, text, rows) for text in aggregates})
    return shown


def _label(spec: FieldSpec, period: str, value: Any) -> Any:
    if value is False:
        return False
    if period:
        midnight = " 00:00:00" if spec.type == "datetime" else ""
        return [value + midnight, date.fromisoformat(value).strftime("%d %b %Y")]
    return [value, f"{spec.relation},{value}"] if spec.type == "many2one" else value


def _null_or(spec: FieldSpec, value: Any) -> Any:
    """A cell as `array_agg` gives it: what is empty is null."""
    return None if value is False and spec.type != "boolean" else value


def _aggregate(store: Store, model: str, text: str, rows: list[Row]) -> Any:
    if text == "__count":
        return len(rows)
    name, _, function = text.partition(":")
    spec = store.schema.models[model].get(name)
    if spec is not None and spec.stored and function == "array_agg":
        return [_null_or(spec, row[name]) for row in rows] or None
    if spec is None or not spec.stored or spec.type not in _SUMMED or function not in _FUNCTIONS:
        raise crash("ValueError", f"Invalid aggregate {text!r} on model {model!r}")
    values = [row[name] for row in rows]
    return _FUNCTIONS[function](values) if values or function == "sum" else None
