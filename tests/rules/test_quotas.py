"""A target down the tree: to the smallest unit, by weights, around those who have an amount of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.rules.quotas import TARGET_COLUMNS, divide

EAST, EXPORT, ANN, BOB, CAT, DAN = 1, 2, 11, 12, 13, 14
TEAMS = pd.DataFrame({"company_id": [1, 1], "team_id": [EAST, EXPORT]})
MEMBERS = pd.DataFrame({"team_id": [EAST, EAST, EAST, EXPORT], "user_id": [ANN, BOB, CAT, DAN]})


def target(amount: int | None = None, *, team: int = 0, user: int = 0, weight: str | None = None, **more: Any) -> Any:
    row = {"row": 2, "company_id": 1, "user_id": user, "team_id": team, "period": "2026-07", "measure": "revenue",
           "amount_minor": amount, "weight": None if weight is None else Decimal(weight), "unit_minor": 1}  # fmt: skip
    return row | more


def split(*rows: dict[str, Any]) -> dict[tuple[int, int], int]:
    found = divide(frame(*rows), TEAMS, MEMBERS)
    assert found.unfit == ()
    return {(row.team_id, row.user_id): row.amount_minor for row in found.targets.itertuples()}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    numbered = [row | {"row": place} for place, row in enumerate(rows, start=2)]
    return pd.DataFrame(numbered, columns=list(TARGET_COLUMNS)).astype({"amount_minor": object})


def unfit(*rows: dict[str, Any]) -> list[tuple[int, str]]:
    return [(each.row, each.why) for each in divide(frame(*rows), TEAMS, MEMBERS).unfit]


def test_without_weights_everybody_of_the_team_has_the_same_to_the_cent() -> None:
    assert split(target(100_00, team=EAST)) == {
        (EAST, 0): 100_00, (EAST, ANN): 33_34, (EAST, BOB): 33_33, (EAST, CAT): 33_33,
    }  # fmt: skip


def test_by_the_weights_of_the_file_those_who_are_named_share() -> None:
    rows = (target(team=EAST, user=ANN, weight="3"), target(team=EAST, user=BOB, weight="1"))
    assert split(target(100_00, team=EAST), *rows) == {(EAST, 0): 100_00, (EAST, ANN): 75_00, (EAST, BOB): 25_00}


def test_who_has_an_amount_of_his_own_keeps_it_and_the_others_share_the_rest() -> None:
    assert split(target(100_00, team=EAST), target(40_00, team=EAST, user=BOB)) == {
        (EAST, 0): 100_00, (EAST, ANN): 30_00, (EAST, BOB): 40_00, (EAST, CAT): 30_00,
    }  # fmt: skip


def test_a_companys_target_goes_down_to_teams_and_people_and_is_nobodys_own() -> None:
    rows = (target(team=EAST, weight="2"), target(team=EXPORT, weight="1"))
    found = split(target(100_01), *rows)
    assert found == {
        (EAST, 0): 66_67, (EXPORT, 0): 33_34, (EAST, ANN): 22_23, (EAST, BOB): 22_22, (EAST, CAT): 22_22,
        (EXPORT, DAN): 33_34,
    }  # fmt: skip
    assert split(target(30_00))[EXPORT, DAN] == 15_00


def test_a_customer_is_never_half() -> None:
    found = split(target(5_00, team=EAST, measure="new_customers", unit_minor=100))
    assert sorted(found.values()) == [1_00, 2_00, 2_00, 5_00]


def test_other_periods_measures_and_people_stay_as_they_are() -> None:
    others = (target(7, team=EAST, user=ANN, measure="margin"), target(9, team=EAST, user=ANN, period="2026-08"))
    found = divide(frame(target(100_00, team=EXPORT), *others), TEAMS, MEMBERS).targets
    assert sorted(found["amount_minor"]) == [7, 9, 100_00, 100_00]


def test_what_cannot_be_divided_is_named_by_its_row() -> None:
    assert unfit(target(100, team=3)) == [(2, "lacking")]
    assert unfit(target(100, team=EAST), target(101, team=EAST, user=ANN)) == [(2, "above")]
    assert unfit(target(100, team=EXPORT), target(99, team=EXPORT, user=DAN)) == [(2, "apart")]
    assert unfit(target(100, team=EXPORT), target(100, team=EXPORT, user=DAN)) == []
    assert unfit(target(100, team=EAST), target(team=EAST, user=ANN, weight="0")) == [(2, "apart")]


def test_a_weight_with_nothing_above_it_is_named_and_not_lost() -> None:
    weight = target(team=EAST, user=ANN, weight="3")
    assert unfit(target(100, team=EAST, period="2026-08"), weight) == [(3, "loose")]
    assert unfit(target(7, team=EAST, user=BOB), target(team=EXPORT, weight="1")) == [(3, "loose")]
    assert unfit(target(100, team=3), weight) == [(2, "lacking")]


def test_whom_the_file_names_in_another_team_has_no_second_target() -> None:
    rows = (target(100_00, team=EAST), target(50_00, team=EXPORT), target(20_00, team=EXPORT, user=ANN))
    assert split(*rows) == {
        (EAST, 0): 100_00, (EAST, BOB): 50_00, (EAST, CAT): 50_00,
        (EXPORT, 0): 50_00, (EXPORT, ANN): 20_00, (EXPORT, DAN): 30_00,
    }  # fmt: skip
    assert split(target(9_00, team=EAST), target(5_00, team=EXPORT, user=ANN, period="2026-08"))[EAST, ANN] == 3_00


@pytest.mark.requirement("S4-35")
@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=3, max_size=3).filter(any))
def test_no_cent_is_lost_or_made(amount: int, weights: list[int]) -> None:
    rows = [
        target(team=EAST, user=who, weight=str(weight)) for who, weight in zip((ANN, BOB, CAT), weights, strict=True)
    ]
    found = split(target(amount, team=EAST), *rows)
    assert found.pop((EAST, 0)) == amount
    assert sum(found.values()) == amount
    assert all(abs(part - amount * weight / sum(weights)) < 1 + amount * 1e-12 for part, weight in
               zip(found.values(), weights, strict=True))  # fmt: skip
