"""The connector, the sandbox and the addon name the same models."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kam_connector.erp.capabilities import ADDON_MODELS
from kam_connector.sandbox.models_kam import KAM
from kam_connector.writeback.destinations import WITH_ADDON
from tests.conftest import PROJECT
from tests.contract.conftest import Place

GATEWAY = PROJECT / "addon_manifest" / "models" / "kam_gateway.py"


def constant(path: Path, name: str) -> tuple[str, ...]:
    """The value of a module's constant, read without importing Odoo."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return tuple(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no {name}")


def test_the_endpoint_the_connector_and_the_sandbox_name_the_same_models() -> None:
    models = constant(GATEWAY, "MODELS")
    assert models == ADDON_MODELS == tuple(KAM)
    assert {destination.model for destination in WITH_ADDON} <= set(models)


def test_the_installed_endpoint_takes_them(addon_erp: Place) -> None:
    told = addon_erp.session.call("kam.gateway", "info")
    assert tuple(told["models"]) == ADDON_MODELS
    assert told["protocol"] == 2


@pytest.mark.parametrize("destination", WITH_ADDON, ids=lambda destination: destination.model)
def test_every_field_that_is_written_is_in_the_addons_model(destination: object) -> None:
    model: str = destination.model  # type: ignore[attr-defined]
    fields: tuple[object, ...] = destination.fields  # type: ignore[attr-defined]
    known = {word.partition(":")[0] for word in KAM[model].split()}
    assert {field.name for field in fields} <= known  # type: ignore[attr-defined]
