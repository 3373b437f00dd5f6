"""When a debt will probably be paid: due date and the customer's own mean delay."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kam_connector.policy.payers import Payers
from kam_connector.rules.expected import expect_payments, next_payments
from tests.rules.papers import item, items

JUNE = date(2026, 6, 1)


def payer(customer: int, mean: float, items: int = 3, payer_class: str = "slow", company: int = 1) -> dict[str, Any]:
    return {"company_id": company, "customer_id": customer, "payer_class": payer_class, "days_late_mean": mean,
            "paid_items": items}  # fmt: skip


def expected(papers: pd.DataFrame, *payers: dict[str, Any], as_of: date = JUNE, new: str = "due") -> pd.DataFrame:
    known = pd.DataFrame(payers or [payer(999, 0.0)])
    return expect_payments(papers, known, Payers.model_validate({"expected_new": new}), as_of)


def days(frame: pd.DataFrame) -> list[str]:
    return [day.date().isoformat() for day in frame["expected_on"]]


def test_paid_3_9_and_12_days_late_a_debt_due_on_10_june_is_expected_on_18_june() -> None:
    mean = float(np.mean([3, 9, 12]))
    found = expected(items(item(1, 100, "2026-06-10")), payer(7, mean))
    assert (days(found), found["delay_days"].tolist(), found["expected_by"].tolist()) == (
        ["2026-06-18"],
        [8],
        ["customer"],
    )


@pytest.mark.parametrize(
    ("mean", "day"),
    [(7.01, "2026-06-18"), (8.0, "2026-06-18"), (8.01, "2026-06-19"), (-2.5, "2026-06-08"), (0.0, "2026-06-10")],
)
def test_a_part_of_a_day_counts_whole_and_who_pays_early_is_expected_early(mean: float, day: str) -> None:
    assert days(expected(items(item(1, 100, "2026-06-10")), payer(7, mean))) == [day]


def test_nothing_is_expected_before_the_day_itself() -> None:
    papers = items(item(1, 100, "2026-05-10"), item(2, 100, "2026-05-24"), item(3, 100, None))
    assert days(expected(papers, payer(7, 8.0))) == ["2026-06-01"] * 3


def test_a_new_customer_pays_on_the_due_date_or_as_the_company_on_average() -> None:
    papers = items(item(1, 100, "2026-06-10"), item(2, 100, "2026-06-10", company_id=2))
    known = (payer(7, 30.0, 1, "new"), payer(8, 8.0, 9), payer(9, 20.0, 3))
    assert days(expected(papers, *known)) == ["2026-06-10", "2026-06-10"]
    found = expected(papers, *known, new="company")
    # (30 x 1 + 8 x 9 + 20 x 3) / 13 = 12.46 days, a part of a day counts whole: 13. Company 2 has no mean.
    assert (days(found), found["expected_by"].tolist()) == (["2026-06-23", "2026-06-10"], ["company", "due"])


def test_the_next_payment_is_the_first_day_with_all_that_falls_on_it() -> None:
    papers = items(item(1, 100, "2026-06-10"), item(2, 30, "2026-06-10"), item(3, 700, "2026-06-20"))
    (row,) = next_payments(expected(papers, payer(7, 8.0))).to_dict("records")
    assert (row["expected_on"].date(), row["expected_minor"]) == (date(2026, 6, 18), 130)


def test_what_credits_cover_is_not_expected() -> None:
    papers = items(item(1, 100, "2026-06-10"), item(2, 300, "2026-06-20"), item(3, -150, "2026-05-01"))
    found = expected(papers, payer(7, 8.0))
    assert found[["item_id", "net_minor"]].values.tolist() == [[2, 250]]
