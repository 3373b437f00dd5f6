"""The mirror's `kam_*` tables hold fields that the addon really has, of the kind that it gives them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kam_connector.mirror import Table
from kam_connector.mirror.addon_tables import ADDON_TABLES

MODELS = Path(__file__).resolve().parents[2] / "addon_manifest" / "models"
KINDS = {
    "Char": {"text"},
    "Text": {"text"},
    "Html": {"text"},
    "Selection": {"text"},
    "Integer": {"int"},
    "Float": {"number", "rate"},
    "Monetary": {"money"},
    "Boolean": {"flag"},
    "Date": {"date"},
    "Datetime": {"moment"},
    "Many2one": {"ref"},
}
MAGIC = {"create_date": "Datetime"}
"""What every model of Odoo has."""
Fields = dict[str, str]


def _classes() -> dict[str, tuple[list[str], Fields]]:
    """By model: the models that it inherits, and its own fields with their types, of all its classes."""
    found: dict[str, tuple[list[str], Fields]] = {}
    for path in MODELS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                parents, own = _content(node)
                names = [value for name, value in parents if name == "_name"]
                above = [value for name, value in parents if name == "_inherit"]
                model = (names or above or [node.name])[0]
                before, others = found.get(model, ([], {}))
                found[model] = ([*before, *above], {**others, **own})
    return found


def _content(node: ast.ClassDef) -> tuple[list[tuple[str, str]], Fields]:
    parents: list[tuple[str, str]] = []
    own: Fields = {}
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, value = statement.targets[0].id, statement.value
        if name in ("_name", "_inherit"):
            listed = ast.literal_eval(value)
            parents += [(name, one) for one in ([listed] if isinstance(listed, str) else listed)]
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            own[name] = value.func.attr
    return parents, own


CLASSES = _classes()


def fields_of(model: str) -> Fields:
    above, own = CLASSES.get(model, ([], {}))
    inherited = [fields_of(parent) for parent in above if parent != model]
    return {name: kind for fields in [*inherited, own] for name, kind in fields.items()}


@pytest.mark.parametrize("table", ADDON_TABLES, ids=lambda table: table.model)
def test_every_column_is_a_field_of_the_addon_of_that_kind(table: Table) -> None:
    fields = {**MAGIC, **fields_of(table.model)}
    wrong = [
        f"{column.field}: {column.kind}, in the addon {fields.get(column.field)}"
        for column in table.columns
        if column.kind not in KINDS.get(fields.get(column.field, ""), set())
    ]
    assert wrong == []
