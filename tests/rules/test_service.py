"""The service score: case W28, its limits, and that it is nothing of the customer's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.measures import MEASURES
from kam_connector.policy.service import ServicePolicy
from kam_connector.policy.tiering import SEVERITY_POINTS
from kam_connector.rules.service import count_service, score_service

ANN, BOB = 7, 8


def counted(made: dict[int, int], *severities: tuple[int | None, str]) -> pd.DataFrame:
    deliveries = pd.DataFrame(
        [(1, user, "delivery", count) for user, count in made.items()],
        columns=["company_id", "user_id", "kind", "deliveries"],
    )
    complaints = pd.DataFrame(
        [(1, user, severity) for user, severity in severities], columns=["company_id", "user_id", "severity"]
    )
    return count_service(deliveries, complaints, SEVERITY_POINTS)


def scored(made: dict[int, int], *severities: tuple[int | None, str], **policy: Any) -> dict[int, tuple[Any, ...]]:
    table = score_service(counted(made, *severities), ServicePolicy(**policy))
    names = ("deliveries", "upheld", "complaint_points", "per_100", "service_score")
    return {int(row["user_id"]): tuple(row[name] for name in names) for row in table.to_dict("records")}


@pytest.mark.requirement("S2-56", "S4-28")
def test_w28_three_upheld_of_five_points_on_250_deliveries_are_2_in_100_and_a_score_of_80() -> None:
    found = scored({ANN: 250, BOB: 50}, (ANN, "high"), (ANN, "medium"), (ANN, "low"), (None, "critical"))
    assert found == {ANN: (250, 3, 5.0, 2.0, 80.0), BOB: (50, 0, 0.0, 0.0, 100.0)}


@pytest.mark.parametrize(("made", "score"), [(19, None), (20, 95.0), (21, 95.24)])
def test_too_few_deliveries_have_no_score(made: int, score: float | None) -> None:
    found = scored({ANN: made}, (ANN, "low"), score_off=Decimal(1))[ANN][-1]
    assert found == score if score is not None else pd.isna(found)


def test_a_score_is_never_below_zero_and_its_price_is_the_policys() -> None:
    assert scored({ANN: 20}, *[(ANN, "critical")] * 9)[ANN][-2:] == (225.0, 0.0)
    assert scored({ANN: 250}, (ANN, "critical"), score_off=Decimal("2.5"))[ANN][-1] == 95.0


def test_halves_go_up_at_the_hundredth() -> None:
    assert scored({ANN: 800}, (ANN, "low"), score_off=Decimal(1))[ANN][-2:] == (0.13, 99.88)  # 0.125, 99.875


def test_who_has_complaints_and_no_delivery_is_counted_without_a_score() -> None:
    table = counted({ANN: 30}, (BOB, "low"))
    assert table[["user_id", "kind", "deliveries", "upheld"]].to_numpy().tolist() == [
        [ANN, "delivery", 30, 0], [BOB, "delivery", 0, 1],
    ]  # fmt: skip
    assert counted({}).empty


def test_no_tier_can_be_built_on_it() -> None:
    """A tiers policy names its figures: the service score is none of them."""
    assert not [name for name in MEASURES if "service_score" in name or "per_100_deliveries" in name]
