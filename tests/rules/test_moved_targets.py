"""A target that changed after a period was closed: what it changes is a row of the open period, with its own reason."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy import Plan
from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.pay.engine import compute_versions
from kam_connector.rules.pay.given import TARGET_COLUMNS, Given
from kam_connector.rules.payouts import KEYS, ClosedBooks, Payouts, state_payouts
from tests.rules.papers import COMPANIES
from tests.rules.test_payouts import HOMES, credit
from tests.rules.test_restating import CLOSED, FEBRUARY, MARCH, TODAY, nothing, settle

RATES = {"mode": "marginal", "brackets": [{"from": "0", "rate": "0.01"}, {"from": "1", "rate": "0.03"}]}
LEVELS = {"mode": "whole", "brackets": [{"from": "0", "amount": "0"}, {"from": "1", "amount": "500"}]}
SOLD = [credit(1, 60000, "2026-02-10"), credit(2, 40000, "2026-02-20")]


def measured(component: dict[str, Any]) -> Plan:
    return Plan.model_validate({
        "plan": {"code": "p", "valid_from": date(2026, 1, 1), "period": "month"}, "payees": {"users": ["*"]},
        "quota": {"from": "targets", "measure": "revenue"},
        "component": [{"kind": "commission", "on": "attainment", **component}],
    })  # fmt: skip


def state(
    target: int | None, component: dict[str, Any], settled: pd.DataFrame, closed: ClosedBooks | None = None,
    sold: list[dict[str, Any]] = SOLD,
) -> Payouts:  # fmt: skip
    money = currencies_of(COMPANIES)
    rows = [] if target is None else [(1, 5, "", "revenue", FEBRUARY, 10, target)]
    targets = pd.DataFrame(rows, columns=list(TARGET_COLUMNS))
    paid = settled.rename(columns={"settled_minor": "amount_minor"})
    given = Given(pd.DataFrame(sold), TODAY, money, HOMES, paid=paid, targets=targets)
    pays = compute_versions([(measured(component), given)])
    return state_payouts(pays, {"p": [FEBRUARY, MARCH]}, settled, money, closed)


def closing(target: int | None, component: dict[str, Any]) -> tuple[pd.DataFrame, ClosedBooks]:
    first = state(target, component, nothing())
    kept = {key: table for key, table in first.detail.groupby(KEYS, sort=False) if key[3] == FEBRUARY}
    return settle(nothing(), first, (FEBRUARY,)), ClosedBooks(frozenset({CLOSED}), kept)  # type: ignore[arg-type]


@pytest.mark.requirement("S4-35")
@pytest.mark.parametrize(
    ("component", "was", "now", "rows"),
    [
        (RATES, 100000, 80000, [(2, "0.00", "4.00")]),
        (RATES, 100000, 50000, [(1, "6.00", "8.00"), (2, "4.00", "12.00")]),
        (RATES, None, 100000, [(1, "0.00", "6.00"), (2, "0.00", "4.00")]),
        (RATES, 100000, None, [(1, "6.00", "0.00"), (2, "4.00", "0.00")]),
        (RATES, 100000, 0, [(1, "6.00", "0.00"), (2, "4.00", "0.00")]),
        (LEVELS, 200000, 100000, [(2, "0.00", "500.00")]),
        (LEVELS, 100000, 200000, [(2, "500.00", "0.00")]),
    ],
)
def test_what_another_target_changes_says_so(
    component: dict[str, Any], was: int | None, now: int | None, rows: list[tuple[int, str, str]]
) -> None:
    """1,000.00 sold at 1 % to the target and 3 % above: 10.00 with a target of 1,000.00, 14.00 with one of 800.00."""
    settled, closed = closing(was, component)
    decided = state(now, component, settled, closed)
    found = decided.detail[decided.detail["component"] == "restated 2026-02"]
    told = [json.loads(text) for text in found["reason_args"]]
    if component is RATES and now == 80000:
        rows = [(2, "4.00", "8.00")]
    assert set(found["reason_code"]) == {"pay.target_since"}
    assert [(number, each["was"], each["now"]) for number, each in zip(found["credit_id"], told, strict=True)] == rows


def test_the_change_is_paid_once() -> None:
    settled, closed = closing(100000, RATES)
    decided = state(80000, RATES, settled, closed)
    assert decided.frame[["period", "payout_minor"]].values.tolist() == [[MARCH, 400]]
    again = state(80000, RATES, settle(settled, decided, (MARCH,)), closed)
    assert again.frame.empty or int(again.frame["payout_minor"].sum()) == 0


def test_a_late_invoice_keeps_its_own_reason_under_another_target() -> None:
    settled, closed = closing(100000, RATES)
    decided = state(80000, RATES, settled, closed, [*SOLD, credit(3, 10000, "2026-02-25")])
    rows = decided.detail[decided.detail["component"] == "restated 2026-02"]
    assert rows[["credit_id", "reason_code"]].values.tolist() == [[2, "pay.target_since"], [3, "pay.came_later"]]
    assert [str(amount) for amount in rows["amount_exact"]] == ["4", "3"]


def test_the_same_target_moves_nothing() -> None:
    settled, closed = closing(100000, RATES)
    decided = state(100000, RATES, settled, closed)
    assert decided.frame.empty
    first = state(100000, RATES, nothing())
    shown = first.detail[first.detail["component"] == "target commission"]
    assert shown[["reason_code", "base_minor", "credit_id"]].values.tolist() == [["pay.target", 100000, 0]]


def test_a_component_that_is_called_target_is_compared_as_any_other() -> None:
    """Its credits name what came later; the row that says what it was measured against is none of them."""
    named = {**RATES, "code": "target"}
    settled, closed = closing(100000, named)
    decided = state(100000, named, settled, closed, [*SOLD, credit(3, 10000, "2026-02-25")])
    rows = decided.detail[decided.detail["component"] == "restated 2026-02"]
    assert rows[["credit_id", "reason_code"]].values.tolist() == [[3, "pay.came_later"]]


def test_a_late_return_of_another_month_moves_no_target() -> None:
    """January has no target, so its return in February is held; the late invoice beside it came later."""
    january = credit(4, 50000, "2026-01-10")
    settled, closed = closing(100000, RATES)
    late = [credit(5, -10000, "2026-02-26", kind="credit_note", origin_id=4), credit(3, 10000, "2026-02-25")]
    decided = state(100000, RATES, settled, closed, [*SOLD, january, *late])
    rows = decided.detail[decided.detail["component"] == "restated 2026-02"]
    assert rows[["credit_id", "reason_code"]].values.tolist() == [[3, "pay.came_later"]]
