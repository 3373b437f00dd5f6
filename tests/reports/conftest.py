"""A small company whose figures are written out by hand: the totals below are checked against these rows."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from kam_connector.money import Currency
from kam_connector.reports.ageing import AgeingInput
from kam_connector.reports.heads import Names, ReportHead

AS_OF = date(2026, 6, 30)
HOSTILE = "=cmd|' /C calc'!A0"
BUCKETS = ["not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus"]


def item(number: int, customer: int, user: int, days_late: int, minor: int, **other: object) -> dict[str, object]:
    """One open item of company 1 that fell due `days_late` days before the day of the report."""
    due = AS_OF - timedelta(days=days_late)
    limits = [(0, "not_due"), (30, "d1_30"), (60, "d31_60"), (90, "d61_90"), (180, "d91_180"), (10**6, "d181_plus")]
    bucket = next(name for limit, name in limits if days_late <= limit)
    return {
        "item_id": number, "company_id": 1, "customer_id": customer, "group_id": customer, "partner_id": customer,
        "user_id": user, "team_id": 1, "account_id": 11, "non_trade": False, "move_id": 1000 + number,
        "document": f"INV/2026/{number:05d}", "kind": "invoice", "date": pd.Timestamp(due - timedelta(days=30)),
        "due_date": pd.Timestamp(due), "company_currency_id": 7, "currency_id": 7, "balance_minor": minor,
        "residual_minor": minor, "residual_currency_minor": minor, "days_past_due": days_late,
        "age_days": days_late + 30, "pending": False, "bucket": bucket, **other,
    }  # fmt: skip


def customer_lines(items: pd.DataFrame) -> pd.DataFrame:
    """The ageing rows of the items, in the columns of rules.ageing.by_customer."""
    rows = []
    for (customer, user), group in items.groupby(["customer_id", "user_id"]):
        by_bucket = group.groupby("bucket")["residual_minor"].sum()
        row = {f"{name}_minor": int(by_bucket.get(name, 0)) for name in BUCKETS}
        total = int(group["residual_minor"].sum())
        late = group[(group["days_past_due"] > 0) & (group["residual_minor"] > 0)]
        row |= {"total_minor": total, "overdue_minor": int(late["residual_minor"].sum()), "pending_minor": 0}
        row |= {"unapplied_minor": -int(group.loc[group["kind"] == "payment", "residual_minor"].sum())}
        row |= {"disputed_minor": 0, "doubtful_minor": row["d181_plus_minor"], "team_id": 1, "currency_id": 7}
        rows.append({"company_id": 1, "customer_id": customer, "user_id": user, **row,
                     "oldest_due": group["due_date"].min()})  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def head() -> ReportHead:
    return ReportHead(
        company_id=1, company="Lotus Trading 莲花贸易", currency="CNY", digits=2, as_of=AS_OF, run="2026-06-30-0001",
        policy_version="collections 2026-01-01, tiers 2026-01-01", policy_hash="5f2c" * 16, input_hash="0b1d" * 16,
        ledger_head="77aa" * 16, source="http://erp.example (database kam)",
    )  # fmt: skip


@pytest.fixture
def names() -> Names:
    customers = {21: "上海远景机械有限公司", 22: HOSTILE, 23: "-Minus GmbH", 24: "<b>Bold</b> & Co", 25: "Quiet Ltd"}
    return Names(
        customers=customers, people={5: "王芳", 6: "Ann Lee"}, teams={1: "East"}, accounts={11: "1122 应收账款"},
        currencies={7: Currency("CNY", 2), 8: Currency("JPY", 0)},
    )  # fmt: skip


@pytest.fixture
def items() -> pd.DataFrame:
    """Total 13,333.33: not due 1,000.00, then 2,000.00 4,000.00 500.00 5,000.00 and 833.33 in the buckets."""
    return pd.DataFrame(
        [
            item(1, 21, 5, 0, 120_000),
            item(2, 21, 5, 0, -20_000, kind="payment", document="PAY/7"),
            item(3, 21, 5, 1, 200_000),
            item(4, 22, 6, 31, 400_000, currency_id=8, residual_currency_minor=81_633),
            item(5, 23, 6, 90, 50_000),
            item(6, 24, 0, 180, 500_000),
            item(7, 25, 5, 181, 83_333),
            item(8, 21, 5, 400, 999_999, company_id=2),
        ]
    )


@pytest.fixture
def ageing(items: pd.DataFrame) -> AgeingInput:
    lines = customer_lines(items[items["company_id"] == 1])
    ledger = pd.DataFrame({"company_id": [1, 2], "account_id": [11, 11], "ledger_minor": [1_333_333, 999_999]})
    return AgeingInput(lines=lines, items=items, ledger=ledger, basis="due", doubtful="180d")
