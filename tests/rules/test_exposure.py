"""Exposure against the credit limit, and the advice that follows from it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from kam_connector import policy
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.exposure import Commitments, advise_credit, value_orders
from tests.rules.papers import COMPANIES, item, items

JUNE = date(2026, 6, 30)
POLICY = policy.load().at(JUNE).collections
CURRENCIES = currencies_of(COMPANIES)
NOTHING = items(item(1, 1, "2026-06-30")).iloc[:0]


def of_customer(**figures: Any) -> pd.DataFrame:
    return pd.DataFrame([{"company_id": 1, "customer_id": 7} | figures])


def advise(
    papers: pd.DataFrame = NOTHING, *, drafts: int = 0, orders: int = 0, limit: int | None = None, tier: str = "",
    **terms: Any,
) -> dict[str, Any]:  # fmt: skip
    own = POLICY.model_copy(update={"exposure": POLICY.exposure.model_copy(update=terms)})
    given = Commitments(
        bucket_items(papers, own.ageing, JUNE), of_customer(drafts_minor=drafts * 100),
        of_customer(orders_minor=orders * 100),
        of_customer(limit_minor=None if limit is None else limit * 100, trust="normal"), of_customer(tier=tier),
    )  # fmt: skip
    (row,) = advise_credit(given, own, COMPANIES).frame.to_dict("records")
    return {str(key): value for key, value in row.items()}


@pytest.mark.requirement("S4-49")
def test_receivable_drafts_and_orders_above_the_limit_are_held() -> None:
    row = advise(items(item(1, 70_000_00, "2026-07-10")), drafts=5_000, orders=30_000, limit=100_000)
    assert (row["exposure_minor"], row["headroom_minor"]) == (105_000_00, -5_000_00)
    assert (row["advice"], row["reason_code"]) == ("hold", "credit.hold_limit")
    assert json.loads(row["reason_args"]) == {
        "exposure": "105000.00", "limit": "100000.00", "headroom": "-5000.00", "over_share": "0", "currency": "CNY",
        "valid_from": "2000-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("owed", "advice"), [(89_999, "none"), (90_000, "watch"), (100_000, "watch"), (100_001, "hold")]
)
def test_each_limit_before_on_and_after_it(owed: int, advice: str) -> None:
    assert advise(items(item(1, owed * 100, "2026-07-10")), limit=100_000)["advice"] == advice


def test_a_share_above_the_limit_may_be_borne() -> None:
    bearing = {"over_share": Decimal("0.10")}
    found = [advise(items(item(1, owed * 100, "2026-07-10")), limit=100_000, **bearing) for owed in (110_000, 110_001)]
    assert [row["advice"] for row in found] == ["watch", "hold"]


@pytest.mark.parametrize(
    ("due", "amount", "advice"),
    [("2026-05-01", 1_000_01, "none"), ("2026-04-30", 1_000_00, "none"), ("2026-04-30", 1_000_01, "hold")],
)
def test_long_overdue_debts_above_the_amount_are_held_even_without_a_limit(due: str, amount: int, advice: str) -> None:
    row = advise(items(item(1, amount, due)))
    assert row["advice"] == advice
    assert pd.isna(row["limit_minor"])
    assert pd.isna(row["headroom_minor"])


def test_an_exempt_tier_is_not_held_and_the_reason_says_so() -> None:
    papers = items(item(1, 200_000_00, "2026-01-01"))
    assert advise(papers, limit=100_000, tier="gold")["advice"] == "hold"
    row = advise(papers, limit=100_000, tier="gold", exempt_tiers=("gold",))
    assert (row["advice"], row["reason_code"]) == ("none", "credit.exempt")
    assert advise(items(item(1, 95_000_00, "2026-07-10")), limit=100_000, tier="gold", exempt_tiers=("gold",))[
        "advice"
    ] == "watch"  # fmt: skip


def test_a_prepayment_covers_the_order_that_it_is_for() -> None:
    row = advise(items(item(1, -60_000_00, "2026-06-01")), orders=60_000, limit=10_000)
    assert (row["receivable_minor"], row["exposure_minor"], row["advice"]) == (-60_000_00, 0, "none")


def test_credits_lower_what_is_long_overdue() -> None:
    row = advise(items(item(1, 5_000_00, "2026-01-01"), item(2, -4_500_00, "2026-06-01")))
    assert (row["long_overdue_minor"], row["advice"]) == (500_00, "none")


def test_only_what_policy_counts_is_exposure_but_all_is_shown() -> None:
    row = advise(items(item(1, 100, "2026-07-10")), drafts=5, orders=9, include=("receivable",))
    assert [row[f"{name}_minor"] for name in ("receivable", "drafts", "orders", "exposure")] == [100, 500, 900, 100]


def test_who_has_nothing_but_a_limit_has_it_whole() -> None:
    row = advise(limit=100)
    assert (row["headroom_minor"], row["reason_code"]) == (100_00, "credit.within")


def line(total: int, ordered: str, invoiced: str, **more: Any) -> dict[str, Any]:
    return {"line_id": 1, "order_id": 1, "company_id": 1, "customer_id": 7, "currency_id": 10, "total_minor": total,
            "ordered": Decimal(ordered), "invoiced": Decimal(invoiced), "currency_rate": Decimal(1)} | more  # fmt: skip


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (line(60_000_00, "10", "5"), 30_000_00),
        (line(100, "3", "1"), 67),
        (line(100, "3", "2"), 33),
        (line(1_00, "8", "7"), 13),
        (line(1_000_00, "1", "0", currency_id=20, currency_rate=Decimal("0.125")), 8_000_00),
        (line(150_000, "1", "0", currency_id=30, currency_rate=Decimal(20)), 7_500_00),
        (line(5_00, "1", "0", currency_rate=None), 5_00),
    ],
    ids=["half", "two thirds", "one third", "half a cent goes up", "foreign at its rate", "yen without decimals",
         "no rate"],
)  # fmt: skip
def test_what_is_left_to_invoice_of_an_order_line(row: dict[str, Any], left: int) -> None:
    assert value_orders(pd.DataFrame([row]), COMPANIES, CURRENCIES)["orders_minor"].tolist() == [left]


def test_lines_of_a_customer_add_up_by_company() -> None:
    rows = pd.DataFrame([line(100, "1", "0"), line(50, "1", "0"), line(7, "1", "0", company_id=2, currency_id=20)])
    assert value_orders(rows, COMPANIES, CURRENCIES).values.tolist() == [[1, 7, 150], [2, 7, 7]]
    assert len(value_orders(rows.iloc[:0], COMPANIES, CURRENCIES)) == 0
