"""How far back a run reads what pay follows from: a day that does not move while time goes by."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from kam_connector.policy.plans import Plan
from kam_connector.runs.pay_reading import _with_first_days
from kam_connector.runs.paying import first_day, first_stated

STATED = pd.DataFrame(
    {"company_id": 1, "plan": ["p", "p", "p", "q"], "period": ["2025-04", "2025-03", "2025", "2024-01"]}
)


def plan(valid_from: date, source: str = "invoice") -> Plan:
    return Plan.model_validate({
        "plan": {"code": "p", "valid_from": valid_from}, "payees": {"users": ["*"]}, "credit": {"source": source},
        "component": [{"kind": "commission", "mode": "marginal", "brackets": [{"from": "0", "rate": "0.05"}]}],
    })  # fmt: skip


def test_periods_are_looked_at_again_from_the_first_statement_of_the_plan_on() -> None:
    assert first_stated(STATED, "p", "month", date(2026, 2, 5)) == date(2025, 3, 1)
    assert first_stated(STATED, "p", "year", date(2026, 2, 5)) == date(2025, 1, 1)
    assert first_stated(STATED, "other", "month", date(2026, 2, 5)) == date(2026, 2, 5)
    assert first_stated(STATED, "p", "month", date(2025, 2, 5)) == date(2025, 2, 5)


@pytest.mark.parametrize("source", ["invoice", "order", "cash"])
def test_credits_are_read_from_two_years_before_the_first_year_that_is_stated(source: str) -> None:
    assert first_day([plan(date(2000, 1, 1), source)], date(2025, 3, 1)) == date(2023, 1, 1)
    assert first_day([plan(date(2024, 5, 1), source)], date(2025, 3, 1)) == date(2024, 5, 1)


def test_a_customer_is_new_from_his_first_order_where_orders_are_paid_for() -> None:
    rows = pd.DataFrame({"company_id": 1, "customer_id": [7, 7, 8, 9], "date": pd.to_datetime(
        ["2026-03-01", "2026-02-01", "2026-03-05", "2026-03-06"]
    )})  # fmt: skip
    invoiced = pd.DataFrame(
        {"company_id": 1, "customer_id": [7, 9], "first_date": [date(2026, 2, 20), date(2020, 1, 1)]}
    )
    days = _with_first_days(rows, invoiced, plan(date(2026, 1, 1), "order"))["first_date"]
    assert [str(day)[:10] for day in days] == ["2026-02-01", "2026-02-01", "2026-03-05", "2020-01-01"]
    assert _with_first_days(rows, invoiced, plan(date(2026, 1, 1)))["first_date"].isna().tolist() == [False] * 2 + [
        True,
        False,
    ]
