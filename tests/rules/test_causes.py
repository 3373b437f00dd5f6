"""Causes of closed tasks, counted by cause, salesperson and team."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kam_connector.rules.causes import SIDES, By, count_causes


def task(cause: str, amount: int, days: int, **more: Any) -> dict[str, Any]:
    row = {
        "company_id": 1, "user_id": 5, "team_id": 3, "currency_id": 10, "cause": cause, "amount_minor": amount,
        "days_overdue": days, "is_late": False, "over_limit": False, "corrected": False,
        "terms_days": 30,
    }  # fmt: skip
    return row | more


def count(*tasks: dict[str, Any], by: By = "cause") -> list[dict[str, Any]]:
    return count_causes(pd.DataFrame(list(tasks)), by).to_dict("records")


@pytest.mark.requirement("S4-46")
def test_the_worked_figure_of_the_module() -> None:
    found = count(task("cash", 100, 10), task("cash", 100, 20), task("dispute", 200, 30), task("", 600, 40))
    assert [(row["cause"], row["tasks"], row["amount_minor"], row["share"], row["days_overdue"]) for row in found] == [
        ("", 1, 600, "0.6000", "40.0"),
        ("cash", 2, 200, "0.2000", "15.0"),
        ("dispute", 1, 200, "0.2000", "30.0"),
    ]


@pytest.mark.requirement("S4-42")
@pytest.mark.requirement("S4-43")
@pytest.mark.requirement("S4-44")
def test_the_evidence_stands_beside_the_cause() -> None:
    """Generous terms, tasks left lying, orders above the limit."""
    (row,) = count(
        task("policy", 100, 10, terms_days=90, is_late=True), task("policy", 100, 10, terms_days=60, over_limit=True)
    )
    assert (row["terms_days"], row["late"], row["over_limit"], row["side"]) == ("75.0", 1, 1, "company")


@pytest.mark.requirement("S4-45")
def test_invoices_that_had_to_be_corrected_stand_beside_what_the_salesperson_did_not_know() -> None:
    (row,) = count(task("knowledge", 100, 10, corrected=True), task("knowledge", 50, 10))
    assert (row["side"], row["tasks"], row["corrected"]) == ("salesperson", 2, 1)


@pytest.mark.requirement("S4-45")
@pytest.mark.requirement("S4-46")
def test_a_salespersons_shares_are_those_of_his_own_tasks() -> None:
    found = count(
        task("knowledge", 300, 1), task("cash", 100, 1), task("cash", 1000, 1, user_id=6, team_id=4), by="salesperson"
    )
    assert [(row["user_id"], row["cause"], row["share"]) for row in found] == [
        (5, "knowledge", "0.7500"), (5, "cash", "0.2500"), (6, "cash", "1.0000"),
    ]  # fmt: skip


def test_a_team_adds_up_its_salespeople() -> None:
    found = count(task("cash", 100, 1), task("cash", 200, 1, user_id=6), task("cash", 50, 1, team_id=None), by="team")
    assert [(row["team_id"], row["amount_minor"]) for row in found] == [(0, 50), (3, 300)]


def test_two_companies_are_never_added_up() -> None:
    found = count(task("cash", 100, 1), task("cash", 200, 1, company_id=2, currency_id=20))
    assert [(row["company_id"], row["currency_id"], row["amount_minor"], row["share"]) for row in found] == [
        (1, 10, 100, "1.0000"), (2, 20, 200, "1.0000"),
    ]  # fmt: skip


def test_what_is_not_known_is_empty_and_not_nothing() -> None:
    (row,) = count(task("cash", 0, 1, terms_days=None))
    assert (row["terms_days"], row["share"]) == ("", "")


def test_no_tasks_no_rows() -> None:
    assert count_causes(pd.DataFrame(columns=list(task("cash", 1, 1)))).empty


def test_every_cause_of_the_addon_has_a_side() -> None:
    source = Path(__file__).parents[2] / "addon_manifest" / "models" / "kam_collection_task.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    (causes,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CAUSES"
    ]
    assert {code for code, _ in causes} == set(SIDES) - {""}
