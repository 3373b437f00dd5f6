"""A plan that asks what the mirror does not tell is not paid, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.runs.pay_limits import (
    NO_COMPLAINTS,
    NO_DUE,
    NO_EVENTS,
    NO_TARGETS,
    find_unknown,
)

SHIPPED = (policy.DEFAULTS / "incentives" / "standard.toml").read_text("utf-8")
BONUS = '\n[[component]]\nkind = "bonus"\ncode = "{0}"\nevent = "{0}"\namount = "500.00"\n'
GATE = '\n[[gate]]\nfact = "{}"\nabove = "0.10"\neffect = "hold"\n'
ORDERS = """
[plan]
code = "p"
valid_from = 2026-01-01
[payees]
users = ["*"]
[credit]
source = "order"
[[component]]
kind = "commission"
mode = "marginal"
brackets = [{ from = "0", rate = "0.05" }]
"""
INVOICES = ORDERS.replace('"order"', '"invoice"')
DAYS = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.01" }]\n'
FOOD = '[filter]\ncategories = ["food"]\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SHIPPED, []),
        (SHIPPED.replace('base = "net"', 'base = "margin"'), []),
        (SHIPPED + BONUS.format("retained") + BONUS.format("new_key_account") + BONUS.format("new_customer"), []),
        (SHIPPED + BONUS.format("visit") + BONUS.format("satisfied"), [NO_EVENTS, NO_EVENTS]),
        (SHIPPED + GATE.format("upheld_complaints"), []),
        (SHIPPED + GATE.format("margin_share").replace("above", "below"), []),
        (SHIPPED + GATE.format("overdue_share"), []),
        (ORDERS, []),
        (ORDERS + GATE.format("overdue_share"), []),
        (ORDERS + GATE.format("collection_rate"), []),
        (ORDERS + DAYS, []),
        (ORDERS + DAYS + 'days_from = "due_date"\n', [NO_DUE]),
        (INVOICES + DAYS + 'days_from = "due_date"\n', []),
        (INVOICES + DAYS, []),
        (ORDERS + FOOD, []),
        (ORDERS.replace("mode", 'basis = "line"\nmode'), []),
        (INVOICES + FOOD, []),
        (INVOICES + '[cash]\npending = "wait"\n', []),
        (INVOICES + '[cash]\npending = "count"\n', []),
        (INVOICES + '[cash]\ndown_payment = "final"\n', []),
        (INVOICES + '[cash]\ndown_payment = "proportional"\n', []),
        (INVOICES + FOOD + '[cash]\ndown_payment = "proportional"\n', []),
    ],
)
def test_what_the_mirror_does_not_tell_is_named(tmp_path: Path, text: str, told: list[object]) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, "utf-8")
    found = find_unknown(policy.read_plan(path), addon=True)
    assert [one.template.template for one in found] == [text.template for text in told]
    assert {one.severity for one in found} <= {"error"}


def test_the_event_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(SHIPPED + BONUS.format("visit"), "utf-8")
    (found,) = find_unknown(policy.read_plan(path), addon=True)
    assert "pays for the event visit, which nothing in the ERP tells" in found.message
    assert "Known events: new_customer, new_key_account, retained." in found.message


def test_without_the_addon_nobody_knows_of_complaints(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(SHIPPED + GATE.format("upheld_complaints"), "utf-8")
    (found,) = find_unknown(policy.read_plan(path), addon=False)
    assert found.template.template == NO_COMPLAINTS.template


def test_without_the_addon_there_are_no_targets(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(SHIPPED + '\n[quota]\nfrom = "targets"\nmeasure = "revenue"\n', "utf-8")
    plan = policy.read_plan(path)
    (found,) = find_unknown(plan, addon=False)
    assert (found.template.template, find_unknown(plan, addon=True)) == (NO_TARGETS.template, [])
