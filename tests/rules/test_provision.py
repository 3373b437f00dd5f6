"""The provision for doubtful debts: the worked cases of collections.md 3.4 and each edge of a band."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.provision import Provision
from kam_connector.policy.receivables import Ageing
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.provision import compute_provision
from tests.rules.papers import item, items

JUNE = date(2026, 6, 30)
SINCE = date(2026, 1, 1)


def matrix(basis: str, *bands: tuple[int | None, str], **more: Any) -> Provision:
    rows = [{"rate": rate} if limit is None else {"up_to_days": limit, "rate": rate} for limit, rate in bands]
    return Provision.model_validate({"basis": basis, "band": rows, **more})


DUE = ((0, "0.003"), (30, "0.016"), (60, "0.036"), (90, "0.066"), (None, "0.106"))
CHINESE = ((365, "0.05"), (730, "0.10"), (1095, "0.30"), (None, "1"))


def aged(*papers: tuple[int, str]) -> pd.DataFrame:
    """Debts of so many days past due and of age, in yuan."""
    made = [
        item(number, round(float(amount) * 100), (JUNE - timedelta(days=days)).isoformat())
        for number, (days, amount) in enumerate(papers, start=1)
    ]
    return items(*made)


def provided(papers: pd.DataFrame, policy: Provision) -> pd.DataFrame:
    ageing = Ageing.model_validate({"valid_from": SINCE})
    return compute_provision(bucket_items(papers, ageing, JUNE), policy, SINCE).frame


def test_ifrs_9_example_12_sums_to_580_000() -> None:
    papers = aged((0, "15000000"), (15, "7500000"), (45, "4000000"), (75, "2500000"), (120, "1000000"))
    found = provided(papers, matrix("due", *DUE))
    assert (found["provision_minor"] // 100).tolist() == [45_000, 120_000, 144_000, 165_000, 106_000]
    assert found["provision_minor"].sum() == 580_000_00
    assert found["band"].tolist() == ["not_due", "d1_30", "d31_60", "d61_90", "d91_plus"]


def test_the_second_source_sums_to_526_500() -> None:
    papers = aged((0, "7000000"), (45, "4000000"), (75, "2500000"), (120, "1000000"))
    found = provided(papers, matrix("due", (30, "0.015"), (60, "0.034"), (90, "0.071"), (None, "0.108")))
    assert (found["provision_minor"] // 100).tolist() == [105_000, 136_000, 177_500, 108_000]
    assert found["provision_minor"].sum() == 526_500_00


def test_chinese_practice_by_age_sums_to_108_000() -> None:
    papers = aged((100, "800000"), (400, "100000"), (800, "60000"), (1200, "40000"))
    found = provided(papers, matrix("recognition", *CHINESE))
    assert (found["provision_minor"] // 100).tolist() == [40_000, 10_000, 18_000, 40_000]
    assert found["provision_minor"].sum() == 108_000_00


@pytest.mark.parametrize(("days", "band"), [(364, "d0_365"), (365, "d0_365"), (366, "d366_730"), (1095, "d731_1095"),
                                            (1096, "d1096_plus")])  # fmt: skip
def test_a_band_includes_its_last_day(days: int, band: str) -> None:
    assert provided(aged((days, "1")), matrix("recognition", *CHINESE))["band"].tolist() == [band]


@pytest.mark.parametrize(("days", "band"), [(-5, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"),
                                            (31, "d31_60")])  # fmt: skip
def test_the_due_day_itself_is_not_past_due(days: int, band: str) -> None:
    assert provided(aged((days, "1")), matrix("due", *DUE))["band"].tolist() == [band]


def test_the_two_clocks_put_one_debt_into_two_bands() -> None:
    papers = items(item(1, 100_00, "2026-06-30", date="2024-06-30"))
    assert provided(papers, matrix("due", *DUE))["band"].tolist() == ["not_due"]
    assert provided(papers, matrix("recognition", *CHINESE))["band"].tolist() == ["d366_730"]


def test_net_lets_credits_clear_the_oldest_debts_and_gross_leaves_debts_in_full() -> None:
    papers = pd.concat([aged((100, "800"), (400, "100"), (1200, "40")), items(item(9, -60_00, "2026-06-01"))])
    net = provided(papers, matrix("recognition", *CHINESE))
    assert net[["band", "amount_minor", "provision_minor"]].values.tolist() == [
        ["d0_365", 800_00, 40_00], ["d366_730", 80_00, 8_00],
    ]  # fmt: skip
    gross = provided(papers, matrix("recognition", *CHINESE, view="gross"))
    assert gross["amount_minor"].tolist() == [800_00, 100_00, 40_00]
    assert gross["provision_minor"].tolist() == [40_00, 10_00, 40_00]


def test_each_row_is_rounded_once_half_away_from_zero_and_the_company_is_their_sum() -> None:
    papers = items(item(1, 10, "2026-06-01"), item(2, 10, "2026-06-01", customer_id=8), item(3, 5, "2026-06-01",
                   customer_id=8))  # fmt: skip
    found = provided(papers, matrix("due", (None, "0.05")))
    # 10 x 5 % = 0.5, away from zero 1; (10 + 5) x 5 % = 0.75, so 1. Together 2, though 25 x 5 % is 1.25.
    assert found[["customer_id", "amount_minor", "provision_minor"]].values.tolist() == [[7, 10, 1], [8, 15, 1]]


def test_the_reason_names_band_rate_and_the_oldest_day() -> None:
    found = provided(aged((400, "100"), (0, "5"), (1200, "9")), matrix("recognition", *CHINESE))
    assert found["reason_code"].tolist() == ["provision.band", "provision.band", "provision.open_band"]
    assert json.loads(found["reason_args"].iloc[1]) == {
        "from_days": 366, "to_days": 730, "basis": "recognition", "rate": "0.10", "oldest": "2025-05-26",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    assert provided(aged((0, "5")), matrix("due", *DUE))["reason_code"].tolist() == ["provision.not_due"]


def test_nothing_owed_is_nothing_provided() -> None:
    assert len(provided(items(item(1, -100, "2026-06-01")), matrix("due", *DUE))) == 0
