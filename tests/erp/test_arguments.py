"""Arguments by their names, and the real methods that the names must fit."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.erp.arguments import named_arguments
from kam_connector.errors import ErpDefect


@pytest.mark.parametrize(
    ("model", "method", "args", "kwargs", "named"),
    [
        ("res.partner", "write", [[1], {"ref": "x"}], {}, {"ids": [1], "vals": {"ref": "x"}}),
        ("res.partner", "create", [[{"name": "x"}]], {"context": {}}, {"vals_list": [{"name": "x"}], "context": {}}),
        ("res.partner", "search", [[]], {"order": "id"}, {"domain": [], "order": "id"}),
        ("res.partner", "has_access", [[], "read"], {}, {"ids": [], "operation": "read"}),
        ("kam.gateway", "apply", ["kam.tier", [], "run"], {}, {"model": "kam.tier", "rows": [], "run": "run"}),
        ("any.model", "unheard_of", [], {"name": 1}, {"name": 1}),
    ],
)
def test_each_argument_has_its_name(
    model: str, method: str, args: list[Any], kwargs: dict[str, Any], named: dict[str, Any]
) -> None:
    assert named_arguments(model, method, args, kwargs) == named


@pytest.mark.parametrize(
    ("model", "method", "args", "kwargs"),
    [
        ("any.model", "unheard_of", [[1]], {}),
        ("any.model", "apply", ["x"], {}),
        ("res.partner", "unlink", [[1], 2], {}),
        ("res.partner", "search", [[]], {"domain": []}),
    ],
)
def test_an_argument_without_a_name_is_an_error_before_anything_is_sent(
    model: str, method: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    with pytest.raises(ErpDefect, match=f"{model}.{method} cannot be called over JSON-2"):
        named_arguments(model, method, args, kwargs)
