"""Places with ties, how far apart people are, who is paid by another rule, who stands out for long."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.plans import Plan
from kam_connector.rules.appraisal import shown
from kam_connector.rules.decisions import boxed
from kam_connector.rules.ranking import find_exceptions, rank, spread, stands_out


def scores(*figures: str | None, company: int = 1) -> pd.DataFrame:
    parts = [None if each is None else Fraction(each) for each in figures]
    return pd.DataFrame({"company_id": company, "user_id": range(1, len(parts) + 1), "score": boxed(parts)})


def places(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    ranked = rank(frame, ["company_id"])
    return list(ranked[["user_id", "rank", "shared"]].itertuples(index=False, name=None))


@pytest.mark.requirement("S0-15")
def test_equal_figures_share_a_place_and_the_next_one_is_left_out() -> None:
    assert places(scores("0.8308", "0.9525", None, "0.98", "0.9525")) == [
        (4, 1, 1), (2, 2, 2), (5, 2, 2), (1, 4, 1), (3, None, None),
    ]  # fmt: skip


def test_what_reads_as_equal_is_equal() -> None:
    assert places(scores("0.95251", "0.95249", "0.95244")) == [(1, 1, 2), (2, 1, 2), (3, 3, 1)]


def test_each_company_has_places_of_its_own() -> None:
    both = pd.concat([scores("0.5", "0.6"), scores("0.1", company=2)], ignore_index=True)
    assert places(both) == [(2, 1, 1), (1, 2, 1), (1, 1, 1)]
    assert places(scores(None, None)) == [(1, None, None), (2, None, None)]


@pytest.mark.requirement("S0-15", "S4-25")
def test_the_spread_is_best_over_least_and_the_coefficient_of_variation() -> None:
    (row,) = spread(scores("0.98", "0.9525", None, "0.9525", "0.8308"), ["company_id"]).to_dict("records")
    found = {str(name): row[name] if name in ("company_id", "people_rated") else shown(row[name]) for name in row}
    assert found == {
        "company_id": 1, "people_rated": 4, "best": "0.9800", "least": "0.8308", "times": "1.1796", "mean": "0.9290",
        "coefficient": "0.0622",
    }  # fmt: skip


def test_a_least_of_nothing_has_no_ratio() -> None:
    (row,) = spread(scores("0.5", "0"), ["company_id"]).to_dict("records")
    assert (row["times"], shown(row["coefficient"])) == (None, "1.0000")
    (row,) = spread(scores("-0.5", "0.5"), ["company_id"]).to_dict("records")
    assert (row["times"], row["coefficient"]) == (None, None)
    assert spread(scores(None), ["company_id"]).empty


def plan(code: str, users: Sequence[str] = (), teams: Sequence[str] = ()) -> Plan:
    payees = {"users": list(users), "teams": list(teams)}
    head = {"code": code, "valid_from": pd.Timestamp("2026-01-01").date()}
    part = {"kind": "award", "amount": "1", "payee": "ann", "date": pd.Timestamp("2026-06-30").date(), "citation": "x"}
    return Plan.model_validate({"plan": head, "payees": payees, "component": [part]})


PEOPLE = pd.DataFrame(
    [(1, "ann", "East", "salesperson"), (2, "bob", "East", "salesperson"), (3, "cat", "East", "salesperson"),
     (4, "dan", "East", "lead"), (5, "eve", "West", "salesperson")],
    columns=["user_id", "login", "team", "role"],
)  # fmt: skip


@pytest.mark.requirement("S4-25")
def test_who_is_paid_otherwise_than_most_of_his_role_is_an_exception() -> None:
    plans = [plan("standard", teams=["East"]), plan("extra", users=["bob", "dan"]), plan("west", users=["eve"])]
    assert find_exceptions(PEOPLE, plans).to_dict("records") == [
        {"user_id": 2, "login": "bob", "team": "East", "plans": "extra, standard", "usual": "standard"}
    ]
    assert find_exceptions(PEOPLE, [plan("all", users=["*"])]).empty
    assert find_exceptions(PEOPLE, []).empty
    assert find_exceptions(PEOPLE.iloc[:0], plans).empty


def test_who_reached_enough_in_each_of_the_periods_stands_out() -> None:
    june, may = scores("1.00", "1.20", "0.9999", None), scores("1.00", "0.99", "1.5", "1.5")
    assert stands_out([june, may], Decimal("1.00"))["user_id"].tolist() == [1]
    assert stands_out([june], Decimal("1.00"))["user_id"].tolist() == [1, 2]
    assert stands_out([june.iloc[:0], may], Decimal("1.00")).empty
