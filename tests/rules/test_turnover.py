"""DSO and its kin: hand-computed figures, missing where there is nothing to divide by, sums that agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from kam_connector.periods import months_until
from kam_connector.policy.alerts import Alerts, Cost
from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.alerts import find_alerts
from kam_connector.rules.turnover import Books, first_counted, measure_turnover
from tests.rules.papers import item, items

JUNE, MARCH = date(2026, 6, 30), date(2026, 3, 31)
AGEING = Ageing.model_validate({"valid_from": date(2000, 1, 1)})
NONE = items(item(1, 1, "2026-06-30")).iloc[:0]
CUSTOMER = ("company_id", "customer_id")


def sales(**months: int) -> pd.DataFrame:
    """Sales of customer 7 by month (m2026_06=...), in yuan."""
    rows = [{"company_id": 1, "customer_id": 7, "month": date(int(name[1:5]), int(name[6:]), 1),
             "sales_minor": amount * 100} for name, amount in months.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["company_id", "customer_id", "month", "sales_minor"])


def cash(amount: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"company_id": [1], "customer_id": [7], "cash_minor": [amount * 100]})


def measured(
    closing: pd.DataFrame, sold: pd.DataFrame, *, opening: pd.DataFrame = NONE, paid: int = 0, as_of: date = JUNE,
    months: int = 3, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    first, _ = months_until(as_of, months)
    of_period = sold.loc[[month >= first for month in sold["month"]]]
    books = Books(
        bucket_items(closing, AGEING, as_of), of_period, bucket_items(opening, AGEING, as_of), sold, cash(paid)
    )
    (row,) = measure_turnover(books, more.pop("cost", Cost()), as_of, months=months, **more).to_dict("records")
    return {str(key): value for key, value in row.items()}


OWED = items(item(1, 60_000_00, "2026-07-15"), item(2, 30_000_00, "2026-05-31"))
SOLD = sales(m2026_04=100_000, m2026_05=40_000, m2026_06=60_000)


def test_counting_back_looks_at_24_months() -> None:
    assert first_counted(JUNE) == date(2024, 7, 1)


@pytest.mark.requirement("S4-41")
def test_days_of_sales_outstanding_by_hand() -> None:
    row = measured(OWED, SOLD, opening=items(item(5, 150_000_00, "2026-04-10")), paid=260_000)
    # S = 200 000, D = 30 + 31 + 30 = 91; R = 90 000, C = 60 000, O = 30 000.
    assert row["dso"] == Decimal("41.0")  # 90 000 / 200 000 x 91 = 40.95
    assert row["best_dso"] == Decimal("27.3")  # 60 000 / 200 000 x 91 = 27.30
    assert row["days_delinquent"] == Decimal("13.7")
    # June's 60 000 are eaten up (30 days); 30 000 of May's 40 000 are 31 x 0.75 = 23.25 days more.
    assert row["dso_countback"] == Decimal("53.3")
    assert row["cei"] == Decimal("0.8966")  # (150 000 + 200 000 - 90 000) / (350 000 - 60 000) = 260 / 290
    assert row["collection_rate"] == Decimal("0.7429")  # 260 000 / 350 000
    assert row["overdue_share"] == Decimal("0.3333")


@pytest.mark.parametrize(
    ("owed", "days"),
    [(0, "0.0"), (30_000, "15.0"), (60_000, "30.0"), (60_001, "30.0"), (100_000, "61.0"), (200_000, "91.0")],
)
def test_counting_back_goes_month_by_month(owed: int, days: str) -> None:
    papers = items(item(1, owed * 100, "2026-07-15"), item(2, 5, "2026-07-15", customer_id=8))
    papers = papers[papers["residual_minor"] > 0]
    books = Books(bucket_items(papers, AGEING, JUNE), SOLD, monthly=SOLD)
    rows = measure_turnover(books, Cost(), JUNE, months=3, keys=CUSTOMER)
    assert rows.loc[rows["customer_id"] == 7, "dso_countback"].tolist() == [Decimal(days)]


def test_a_month_under_way_counts_with_its_days_so_far() -> None:
    row = measured(items(item(1, 60_000_00, "2026-07-15")), SOLD, as_of=date(2026, 6, 20), months=2)
    assert row["dso_countback"] == Decimal("20.0")


def test_a_month_of_credit_notes_counts_with_its_days_and_eats_up_nothing() -> None:
    sold = sales(m2026_06=-500, m2026_05=0, m2026_04=100_000)
    row = measured(items(item(1, 50_000_00, "2026-07-15")), sold)
    assert row["dso_countback"] == Decimal("76.0")  # 30 + 31 + half of April's 30


def test_a_company_without_sales_has_no_days_and_none_is_zero_or_infinite() -> None:
    row = measured(OWED, SOLD.iloc[:0])
    names = ("dso", "dso_countback", "best_dso", "days_delinquent", "collection_rate")
    assert [row[name] for name in names] == [None] * 5
    assert (row["receivable_minor"], row["sales_minor"]) == (90_000_00, 0)


def test_a_receivable_beyond_all_sales_has_no_countback() -> None:
    assert measured(OWED, sales(m2026_06=100))["dso_countback"] is None


def test_who_is_owed_money_makes_nobody_else_owe_less() -> None:
    papers = pd.concat(
        [OWED, items(item(3, -10_000_00, "2026-06-01"), item(4, -7_000_00, "2026-06-01", customer_id=8))]
    )
    row = measured(papers, SOLD)
    # 10 000 of customer 7's own credit clear his oldest, overdue debt; customer 8's 7 000 are owed to him.
    assert (row["overdue_minor"], row["current_minor"], row["credit_balance_minor"]) == (20_000_00, 60_000_00, 7_000_00)
    assert row["receivable_minor"] - row["credit_balance_minor"] == papers["residual_minor"].sum()


@pytest.mark.requirement("S4-47")
def test_what_receivables_cost_by_hand() -> None:
    papers = items(item(1, 365_000_00, "2026-06-20"), item(2, 50_000_00, "2025-06-30"), item(3, 9_000_00, "2026-07-10"))
    row = measured(papers, SOLD, cost=Cost.model_validate({"yearly_rate": "0.06", "margin": "0.08"}))
    # 365 000 x 10 days and 50 000 x 365 days at 6 % a year: 600 + 3 000; one more day: 415 000 x 6 % / 365 = 68.219...
    assert (row["capital_cost_minor"], row["day_cost_minor"]) == (3_600_00, 68_22)
    # 50 000 are past due for more than 180 days; at a margin of 8 % their loss is the profit of 625 000 of sales.
    assert (row["doubtful_minor"], row["turnover_needed_minor"]) == (50_000_00, 625_000_00)


def test_customers_sum_to_their_company() -> None:
    papers = pd.concat([OWED, items(item(3, 5_000_00, "2026-03-01", customer_id=8), item(4, -1_00, "2026-06-01",
                                                                                         customer_id=9))])  # fmt: skip
    books = Books(bucket_items(papers, AGEING, JUNE), SOLD, bucket_items(OWED, AGEING, MARCH), SOLD, cash(5))
    company = measure_turnover(books, Cost(), JUNE, months=3)
    by_customer = measure_turnover(books, Cost(), JUNE, months=3, keys=CUSTOMER)
    assert by_customer["customer_id"].tolist() == [7, 8, 9]
    for name in ("receivable", "current", "overdue", "doubtful", "credit_balance", "opening", "sales", "cash"):
        assert company[f"{name}_minor"].tolist() == [by_customer[f"{name}_minor"].sum()], name


def alarmed(share: str | None, dso: str | None, **limits: Any) -> list[str]:
    row = {"company_id": 1, "overdue_share": share and Decimal(share), "dso": dso and Decimal(dso)}
    return [found.source for found in find_alerts(pd.DataFrame([row]), Alerts.model_validate(limits))]


@pytest.mark.requirement("S4-41")
@pytest.mark.parametrize(("share", "findings"), [("0.4999", 0), ("0.5000", 0), ("0.5001", 1)])
def test_an_overdue_share_above_its_limit_is_a_finding(share: str, findings: int) -> None:
    assert len(alarmed(share, None, overdue_share="0.50")) == findings


@pytest.mark.parametrize(("dso", "findings"), [("119.9", 0), ("120.0", 0), ("120.1", 1), (None, 0)])
def test_a_dso_above_its_limit_is_a_finding_and_an_unknown_one_is_none(dso: str | None, findings: int) -> None:
    assert len(alarmed(None, dso, dso_days=120)) == findings


def test_a_limit_that_is_left_out_is_not_watched() -> None:
    assert alarmed("1.0000", "900.0") == []


def test_the_finding_says_the_figure_and_the_limit() -> None:
    row = pd.DataFrame([{"company_id": 3, "overdue_share": Decimal("0.6125"), "dso": Decimal("130.4")}])
    found = list(find_alerts(row, Alerts.model_validate({"overdue_share": "0.50", "dso_days": 120})))
    assert [each.message for each in found] == [
        "61.25% of the receivables are past due; the policy bears 50%.",
        "Sales stay unpaid for 130.4 days (DSO of 3 months); the policy bears 120.",
    ]
    assert {(each.severity, each.record) for each in found} == {("warning", "3")}
