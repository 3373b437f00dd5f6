"""A small night: two customers of company 1 (CNY), one of company 2 (EUR), with figures to be changed by tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.writeback import Decided
from kam_connector.writeback.destinations import BUCKETS

ANCHOR = date(2026, 6, 30)


def companies() -> pd.DataFrame:
    return pd.DataFrame({"company_id": [1, 2], "currency_id": [1, 2], "currency": ["CNY", "EUR"], "digits": [2, 2]})


def tier_row(company: int, customer: int, tier: str, score: str, **more: Any) -> dict[str, Any]:
    row = {
        "company_id": company,
        "customer_id": customer,
        "score": Decimal(score),
        "coverage": Decimal("1"),
        "status": "rated",
        "tier": tier,
        "previous_tier": "",
        "contribution": Decimal("60"),
        "loyalty": Decimal("70.5"),
        "growth": Decimal("33.33"),
        "risk": None,
        "reason_code": "tier.entered",
        "reason_args": f'{{"coverage":"1","enter":"80","score":"{score}","tier":"{tier}","valid_from":"2026-01-01"}}',
    }
    return {**row, **more}


def ageing_row(company: int, customer: int, user: int | None, **buckets: int) -> dict[str, Any]:
    amounts = {f"{name}_minor": buckets.get(name, 0) for name in BUCKETS}
    names = ("unapplied", "pending", "disputed", "doubtful")
    return {
        "company_id": company,
        "customer_id": customer,
        "user_id": user,
        "team_id": 5,
        "currency_id": company,
        "total_minor": sum(amounts.values()),
        **amounts,
        **{f"{name}_minor": buckets.get(name, 0) for name in names},
        "overdue_minor": sum(amounts.values()) - amounts["not_due_minor"],
        "oldest_due": date(2026, 5, 1),
    }


def task_row(company: int, customer: int, item: int, step: str, amount: int, **more: Any) -> dict[str, Any]:
    row = {
        "company_id": company,
        "customer_id": customer,
        "user_id": 7,
        "step": step,
        "level": 1,
        "oldest_item_id": item,
        "amount_minor": amount,
        "currency_id": company,
        "days_overdue": 60,
        "deadline": date(2026, 7, 3),
        "priority": 12.5,
        "reason_code": "task.opened",
        "reason_args": '{"after_days":1,"amount":"10.00","currency":"CNY","due_date":"2026-05-01","level":1,'
        '"step":"reminder1","valid_from":"2026-01-01"}',
    }
    return {**row, **more}


def decided(**more: Any) -> Decided:
    tiers = [tier_row(1, 11, "gold", "83.26"), tier_row(1, 12, "silver", "55"), tier_row(2, 13, "gold", "91.5")]
    ageing = [
        ageing_row(1, 11, 7, not_due=100_05, d1_30=20_10),
        ageing_row(1, 11, None, d181_plus=-5_00, unapplied=-5_00),
        ageing_row(2, 13, 8, d31_60=99),
    ]
    frame = pd.DataFrame(ageing)
    tie_out = frame.groupby(["company_id", "currency_id"], as_index=False)["total_minor"].sum()
    tie_out = tie_out.rename(columns={"total_minor": "ageing_minor"}).assign(
        ledger_minor=lambda rows: rows["ageing_minor"], difference_minor=0
    )
    values: dict[str, Any] = {
        "as_of": ANCHOR,
        "companies": companies(),
        "customers": pd.DataFrame({"customer_id": [11, 12, 13], "user_id": [7, None, 8], "team_id": [5, None, None]}),
        "tiers": pd.DataFrame(tiers),
        "tier_codes": ("gold", "silver"),
        "revenue": pd.DataFrame(
            {
                "company_id": [1, 2],
                "customer_id": [11, 13],
                "revenue_12m_minor": [123_456_789, 5],
                "revenue_prev_12m_minor": [0, -7],
            }
        ),
        "ageing": frame,
        "tie_out": tie_out,
        "tasks": pd.DataFrame([task_row(1, 11, 9001, "reminder1", 15_10), task_row(2, 13, 9003, "reminder1", 99)]),
        "payouts": pd.DataFrame([payout_row(7, 3, "1285.5"), payout_row(8, 1, "64.275")]),
        "payout_lines": pd.DataFrame([line_row(7, 3, 501, "1285.5"), line_row(8, 1, 502, "64.275")]),
        "paid_periods": (("flat", "2026-06"),),
        "deadlines": deadlines(),
    }
    return Decided(**{**values, **more})


def payout_row(user: int, currency: int, earned: str) -> dict[str, Any]:
    return {
        "company_id": 1,
        "payee_id": user,
        "plan": "flat",
        "period": "2026-06",
        "sequence": 1,
        "currency_id": currency,
        "earned_exact": Decimal(earned),
        "payout_minor": 1286 if currency == 3 else 6428,
    }


def line_row(user: int, currency: int, move: int, amount: str) -> dict[str, Any]:
    return {
        "company_id": 1,
        "payee_id": user,
        "plan": "flat",
        "component": "commission",
        "period": "2026-06",
        "move_id": move,
        "currency_id": currency,
        "base_minor": 42850 if currency == 3 else 214250,
        "rate": Decimal("0.03"),
        "amount_exact": Decimal(amount),
        "reason_code": "commission.flat",
        "reason_args": "{}",
    }


def deadlines(number: int = 0) -> pd.DataFrame:
    rows = [
        {
            "complaint_id": number,
            "company_id": 1,
            "response_due": datetime(2026, 6, 30, 9, 30, 15, 500_000, tzinfo=UTC),
            "resolution_due": datetime(2026, 7, 3, 9, 30, tzinfo=UTC),
            "response_breached": True,
            "resolution_breached": False,
        }
    ]
    return pd.DataFrame(rows).iloc[: 1 if number else 0]
