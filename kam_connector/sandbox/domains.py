"""A search domain to a test of a row, as Odoo 19 reads it; only the operators that the connector sends.

`!=` and `not in` include empty cells, comparisons never do. A path (`move_id.move_type`) follows its fields;
an empty one on the way matches nothing, of many records one is enough. A bare day against a moment is its midnight,
UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt
from typing import Any

from .faults import crash
from .schema import FieldSpec
from .store import Row, Store

Test = Callable[[Row], bool]
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_OPERATORS = frozenset({"=", "!=", "in", "not in", "like", *_COMPARISONS})


def compile_domain(store: Store, model: str, domain: Sequence[Any]) -> Test:
    """A function that says whether a row of `model` meets `domain`. Raises SandboxFault as Odoo does."""
    stack: list[Test] = []
    for item in reversed(list(domain)):
        if item in ("&", "|", "!"):
            stack.append(_combine(str(item), stack, domain))
        elif isinstance(item, (list, tuple)) and len(item) == 3:
            stack.append(_leaf(store, model, *item))
        else:
            raise crash("ValueError", f"Domain() invalid item in domain: {item!r}")
    return _all(stack)


def fields_in(domain: Sequence[Any]) -> set[str]:
    """The names of fields that the domain speaks about."""
    return {str(item[0]) for item in domain if isinstance(item, (list, tuple)) and item}


def _combine(sign: str, stack: list[Test], domain: Sequence[Any]) -> Test:
    if len(stack) < (1 if sign == "!" else 2):
        raise crash("ValueError", f"Domain() malformed domain {list(domain)!r}")
    first = stack.pop()
    if sign == "!":
        return lambda row: not first(row)
    second = stack.pop()
    if sign == "&":
        return lambda row: first(row) and second(row)
    return lambda row: first(row) or second(row)


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def _leaf(store: Store, model: str, path: str, operator: str, value: Any) -> Test:
    name, _, rest = str(path).partition(".")
    field = store.schema.models[model].get(name)
    condition = (path, operator, value)
    if field is None:
        raise crash("ValueError", f"Invalid field {model}.{name} in condition {condition!r}")
    if operator not in _OPERATORS:
        raise crash("ValueError", f"Invalid operator in condition {condition!r}")
    if not field.stored:
        raise crash("ValueError", f"Cannot convert {model}.{name} to SQL because it is not stored")
    if rest:
        return _follow(store, field, _leaf(store, field.relation, rest, operator, value))
    if operator == "like":
        return _likeness(field, value)
    if operator in _COMPARISONS:
        return _comparison(field, _COMPARISONS[operator], value)
    return _membership(field, operator, value)


def _follow(store: Store, field: FieldSpec, test: Test) -> Test:
    rows = store.tables[field.relation]
    name, is_many = field.name, field.type in _MANY

    def reached(row: Row) -> bool:
        others = (rows.get(number) for number in (row[name] if is_many else (row[name],)))
        return any(other is not None and test(other) for other in others)

    return reached


def _comparison(field: FieldSpec, compare: Callable[[Any, Any], bool], value: Any) -> Test:
    name = field.name
    if field.type == "datetime" and isinstance(value, str) and len(value) == 10:
        value = f"{value} 00:00:00"
    if value is False:
        return lambda row: False
    return lambda row: row[name] is not False and compare(row[name], value)


def _likeness(field: FieldSpec, value: Any) -> Test:
    name = field.name
    if not isinstance(value, str) or "%" in value or "_" in value or field.type not in ("char", "text"):
        raise crash("NotImplementedError", f"the sandbox looks for plain parts of texts only, not for {value!r}")
    return lambda row: bool(row[name]) and value in row[name]


def _membership(field: FieldSpec, operator: str, value: Any) -> Test:
    name = field.name
    wanted = list(value) if isinstance(value, (list, tuple)) else [value]
    if operator in ("in", "not in") and not isinstance(value, (list, tuple)):
        raise crash("ValueError", f"Invalid value for operator {operator!r}: {value!r}")
    keys = frozenset(field.empty if item is False and field.type not in _MANY else item for item in wanted)
    positive = operator in ("=", "in")
    if field.type in _MANY:
        return lambda row: positive is (bool(keys.intersection(row[name])) or (False in keys and not row[name]))
    if field.empty is False and field.type != "boolean" and False in keys:
        return lambda row: positive is (not row[name] or row[name] in keys)
    return lambda row: positive is (row[name] in keys)


_MANY = frozenset({"one2many", "many2many"})
