"""The one target of an owner that counts for a period: its own, or the sum of shorter ones that are all there."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.periods import parse_period
from kam_connector.rules.period_targets import targets_of

MONTHS = {f"2026-{month:02d}": 400_00 for month in range(1, 13)}
THREE = {"2026-Q1": 900_00, "2026-Q2": 900_00, "2026-Q3": 1_000_00}
QUARTERS = {**THREE, "2026-Q4": 1_200_00}


def target(period: str, given: dict[str, int]) -> int | None:
    """What one person's targets by period come to for the period."""
    rows = [(1, 7, "revenue", code, minor) for code, minor in given.items()]
    table = pd.DataFrame(rows, columns=["company_id", "user_id", "measure", "period", "amount_minor"])
    found, findings = targets_of(table, parse_period(period))
    assert findings == ()
    return int(found["target_minor"].item()) if len(found) else None


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"2026": 5_000_00, **QUARTERS, **MONTHS}, 5_000_00),
        (QUARTERS, 4_000_00),
        (MONTHS, 4_800_00),
        ({**QUARTERS, **MONTHS}, 4_000_00),
        (THREE, None),
        ({**THREE, **dict.fromkeys(list(MONTHS)[9:], 400_00)}, 4_000_00),
        ({**THREE, **dict.fromkeys(list(MONTHS)[10:], 400_00)}, None),
        (dict.fromkeys(list(MONTHS)[1:], 400_00), None),
        ({**QUARTERS, "2025-Q4": 9_00, "2027": 8_00}, 4_000_00),
    ],
)  # fmt: skip
@pytest.mark.requirement("S2-42")
def test_a_year_is_its_own_target_or_the_sum_of_its_quarters_or_months(
    given: dict[str, int], wanted: int | None
) -> None:
    assert target("2026", given) == wanted


@pytest.mark.requirement("S2-42")
def test_a_quarter_is_the_sum_of_its_months_and_a_month_only_its_own() -> None:
    assert target("2026-Q4", MONTHS) == 1_200_00
    assert target("2026-Q4", {**MONTHS, **QUARTERS, "2026-Q4": 7_00}) == 7_00
    assert target("2026-Q4", {"2026-10": 1_00, "2026-12": 1_00}) is None
    assert target("2026-10", {**QUARTERS, "2026": 9_00}) is None


def test_two_targets_of_one_period_count_neither_and_those_of_another_measure_do() -> None:
    rows = [
        (1, 7, "revenue", "2026-01", 1_00), (1, 7, "revenue", "2026-01", 1_00), (1, 7, "revenue", "2026-02", 2_00),
        (1, 7, "revenue", "2026-03", 3_00), *((1, 7, "margin", f"2026-0{month}", 5_00) for month in (1, 2, 3)),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["company_id", "user_id", "measure", "period", "amount_minor"])
    found, findings = targets_of(table, parse_period("2026-Q1"))
    assert found.to_dict("records") == [{"company_id": 1, "user_id": 7, "measure": "margin", "target_minor": 15_00}]
    assert [each.record for each in findings] == ["1 7 revenue 2026-01"]
