"""Reasons: the list is closed, the args are canonical and hold what the list says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kam_connector import rules
from kam_connector.rules.reasons import PARAMETERS, REASONS, reason_args, reason_args_of_rows


def test_every_parameter_has_a_kind_and_every_kind_is_used() -> None:
    assert {name for names in REASONS.values() for name in names} == set(PARAMETERS)


def test_args_are_canonical_json() -> None:
    args = reason_args("task.settled", step="call", item=7)
    assert args == '{"item":7,"step":"call"}'
    assert json.loads(args) == {"item": 7, "step": "call"}


@pytest.mark.parametrize("values", [{"step": "call"}, {"step": "call", "item": 7, "name": "Wang"}])
def test_a_missing_or_foreign_parameter_is_a_defect(values: dict[str, str | int]) -> None:
    with pytest.raises(ValueError, match=r"task\.settled takes"):
        reason_args("task.settled", **values)


def test_args_of_many_rows_are_those_of_each_row() -> None:
    names, items = ['Wang "W" 王', "", "Li"], [7, 7, 8]
    each = [reason_args("task.settled", step=name, item=item) for name, item in zip(names, items, strict=True)]
    assert reason_args_of_rows("task.settled", {}, {"step": names, "item": items}) == each
    assert reason_args_of_rows("task.settled", {"step": "call"}, {"item": [7, 8]}) == [
        '{"item":7,"step":"call"}', '{"item":8,"step":"call"}',
    ]  # fmt: skip
    assert reason_args_of_rows("task.settled", {"step": "call"}, {"item": []}) == []


@pytest.mark.parametrize("shared", [{}, {"step": "call", "name": "Wang"}])
def test_a_missing_or_foreign_column_is_a_defect(shared: dict[str, str | int]) -> None:
    with pytest.raises(ValueError, match=r"task\.settled takes"):
        reason_args_of_rows("task.settled", shared, {"item": [7]})


def test_every_reason_is_given_by_some_rule() -> None:
    folder = Path(rules.__file__).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "reasons.py")
    for code in REASONS:
        family, _, name = code.partition(".")
        assert re.search(rf'"({family}\.)?{name}"', text), code
