"""docs/policies.md names every policy key that the program takes, with its default, and none that it does not."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from kam_connector.policy.files import KINDS
from kam_connector.policy.measures import MEASURES
from kam_connector.policy.values import Label

DOCS = Path(__file__).parent.parent / "docs" / "policies.md"
Rows = dict[str, dict[str, str]]


def tables_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """(name as the docs write it, model) of each table below the model of a file."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner, is_list = _model_in(field.annotation)
        if inner is None or inner is Label:
            continue
        is_table = not path or inner.__name__ in ("Item", "Band", "Advice", "Service", "Task")
        title = f"{path}{key}" if is_table else key
        written = f"{key} = [...]" if not is_table else f"[[{title}]]" if is_list else f"[{title}]"
        yield written, inner
        yield from tables_of(inner, f"{title}.")


def _model_in(annotation: object) -> tuple[type[BaseModel] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    is_list = typing.get_origin(annotation) is tuple
    if is_list or isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        for argument in typing.get_args(annotation):
            inner, below = _model_in(argument)
            if inner:
                return inner, is_list or below
    return None, False


def documented() -> dict[str, Rows]:
    """Table as the docs write it to its rows: key to {value, default, meaning}."""
    tables: dict[str, Rows] = {}
    rows: Rows = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"### `(.+)`", line):
            rows = tables.setdefault(heading[1], {})
        elif row := re.fullmatch(r"\| `(\w+)` \| (.+) \| (.+) \| (.+) \|", line):
            rows[row[1]] = {"value": row[2], "default": row[3], "meaning": row[4]}
    return tables


CODE = {title: model for kind in KINDS for title, model in tables_of(kind.model)}
DOCUMENTED = documented()


def test_every_table_is_documented_and_no_other() -> None:
    assert set(DOCUMENTED) == set(CODE)


@pytest.mark.parametrize("title", sorted(CODE))
def test_every_key_is_documented_and_no_other(title: str) -> None:
    assert set(DOCUMENTED[title]) == {field.alias or name for name, field in CODE[title].model_fields.items()}


@pytest.mark.parametrize("title", sorted(CODE))
def test_defaults_are_as_documented(title: str) -> None:
    for name, field in CODE[title].model_fields.items():
        default = DOCUMENTED[title][field.alias or name]["default"]
        assert (default.startswith("required")) == (field.is_required() or default.startswith("required for")), name
        written = re.fullmatch(r"`(.+)`", default)
        if written:
            assert _plain(written[1]) == _plain(str(field.get_default(call_default_factory=True))), name


def test_every_fact_that_can_be_rated_is_documented() -> None:
    assert {fact for fact in MEASURES if f"`{fact}`" not in DOCS.read_text(encoding="utf-8")} == set()


def _plain(value: str) -> str:
    """A value without quotes and brackets, numbers without trailing zeros."""
    text = re.sub(r"[\"'()\[\] ]", "", value).rstrip(",").casefold()
    return re.sub(r"(\.\d*?)0+$", r"\1", text).rstrip(".")
