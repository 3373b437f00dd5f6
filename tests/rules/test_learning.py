"""What the complaints of a month teach: causes with declared ties, recurrence, costs, shares, who was won back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.learning import Learning
from kam_connector.rules.learning import FIGURES, Learned, learn

DAY = date(2026, 6, 30)
COLUMNS = {
    "complaint_id": 0, "company_id": 1, "customer_id": 7, "tier": "gold", "received_on": "2026-03-10", "ended_on": None,
    "is_settled": False, "is_rejected": False, "cause_id": 0, "first_contact": "", "improvement": "", "cost_minor": 0,
    "response_state": "running", "resolution_state": "running",
}  # fmt: skip
SETTLED = {"is_settled": True, "ended_on": "2026-03-20", "response_state": "met", "resolution_state": "met"}


def case(number: int, **values: Any) -> dict[str, Any]:
    return {**COLUMNS, "complaint_id": number, **values}


def learned(
    *cases: dict[str, Any],
    products: tuple[tuple[int, int], ...] = (),
    bought: tuple[tuple[int, str], ...] = (),
    as_of: date = DAY,
    **policy: Any,
) -> Learned:
    frame = pd.DataFrame(list(cases), columns=list(COLUMNS))
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("received_on", "ended_on")})
    days = pd.DataFrame([(1, *each) for each in bought], columns=["company_id", "customer_id", "bought_on"])
    return learn(
        frame, pd.DataFrame(list(products), columns=["complaint_id", "product_id"]),
        days.assign(bought_on=pd.to_datetime(days["bought_on"])), Learning(**policy), as_of,
    )  # fmt: skip


def march(found: Learned) -> dict[str, Any]:
    [row] = found.months[found.months["month"] == "2026-03"].to_dict("records")
    return {str(name): value for name, value in row.items()}


def share(found: Learned, figure: str) -> tuple[int, int]:
    row = march(found)
    return row[f"{figure}_hits"], row[f"{figure}_of"]


def pareto(found: Learned) -> list[tuple[Any, ...]]:
    names = ("cause_id", "complaints", "share", "cumulative", "vital")
    return [tuple(row[name] for name in names) for row in found.causes.to_dict("records")]


@pytest.mark.requirement("S4-72")
def test_the_causes_of_the_worked_figure() -> None:
    causes = [1] * 5 + [2] * 3 + [3] + [0]
    found = learned(*(case(number, cause_id=cause) for number, cause in enumerate(causes, 1)))
    assert pareto(found) == [
        (1, 5, 0.5, 0.5, True), (2, 3, 0.3, 0.8, True), (3, 1, 0.1, 0.9, False), (0, 1, 0.1, 1.0, False),
    ]  # fmt: skip


def test_equal_causes_stand_by_cost_then_by_id_and_the_unsaid_last_however_many_they_are() -> None:
    found = learned(
        case(1, cause_id=3), case(2, cause_id=2), case(3, cause_id=4, cost_minor=100), case(4), case(5), case(6),
    )  # fmt: skip
    assert [row[0] for row in pareto(found)] == [4, 2, 3, 0]
    assert [row[4] for row in pareto(found)] == [True, True, True, False]
    assert found.causes["cost_minor"].tolist() == [100, 0, 0, 0]


@pytest.mark.parametrize(("first", "vital"), [(79, True), (80, False), (81, False)])
def test_the_share_that_stands_before_decides_and_the_limit_itself_is_out(first: int, vital: bool) -> None:
    found = learned(*(case(number, cause_id=1 if number <= first else 2) for number in range(1, 101)))
    assert [row[4] for row in pareto(found)] == [True, vital]


def test_rejected_complaints_are_counted_and_have_no_cause_no_cost_share_and_no_recurrence() -> None:
    turned = {"is_rejected": True, "cause_id": 1, "ended_on": "2026-03-12", "response_state": "met"}
    found = learned(case(1, **turned), case(2, cause_id=1, received_on="2026-03-15"))
    row = march(found)
    assert (row["complaints"], row["rejected"], row["settled"]) == (2, 1, 0)
    assert pareto(found) == [(1, 1, 1.0, 1.0, True)]
    assert share(found, "recurrence") == (0, 1)  # the one before was rejected
    assert share(found, "response") == (1, 1)  # who is refused is answered, too


@pytest.mark.parametrize(("day", "again"), [("2026-06-07", True), ("2026-06-08", True), ("2026-06-09", False)])
def test_a_cause_comes_again_up_to_ninety_days_after(day: str, again: bool) -> None:
    found = learned(case(1, cause_id=4), case(2, cause_id=4, received_on=day))
    assert found.cases["recurs"].tolist() == [False, again]
    assert found.months["recurrence_hits"].tolist() == [0, int(again)]


@pytest.mark.parametrize(
    "other", [{"customer_id": 8}, {"company_id": 2}, {"cause_id": 5}, {"cause_id": 0}, {"customer_id": 0}]
)
def test_another_customer_company_or_cause_is_none_that_came_again(other: dict[str, int]) -> None:
    found = learned(case(1, cause_id=4), case(2, **{"cause_id": 4, **other}))
    assert not found.cases["recurs"].any()


def test_the_same_product_comes_again_whoever_complains_and_one_complaint_does_not_repeat_itself() -> None:
    two = learned(case(1), case(2, customer_id=8), products=((1, 50), (1, 51), (2, 51), (1, 50)))
    assert two.cases["recurs"].tolist() == [False, True]
    assert share(two, "recurrence") == (1, 2)
    one = learned(case(1), products=((1, 50), (1, 51)))
    assert share(one, "recurrence") == (0, 1)


def test_what_has_neither_cause_nor_product_cannot_have_come_again() -> None:
    found = march(learned(case(1), case(2)))
    assert (found["recurrence_of"], pd.isna(found["recurrence_share"])) == (0, True)


@pytest.mark.requirement("S4-72")
@pytest.mark.parametrize(
    ("day", "hits"), [("2026-03-20", 0), ("2026-03-21", 1), ("2026-06-17", 1), ("2026-06-18", 1), ("2026-06-19", 0)]
)
def test_a_customer_is_won_back_who_buys_from_the_day_after_the_end_to_the_ninetieth(day: str, hits: int) -> None:
    assert share(learned(case(1, **SETTLED), bought=((7, day),)), "recovery") == (hits, 1)


@pytest.mark.parametrize(
    ("as_of", "of", "waits"), [(date(2026, 6, 17), 0, 1), (date(2026, 6, 18), 1, 0), (date(2026, 6, 19), 1, 0)]
)
def test_a_customer_who_has_not_bought_is_lost_when_the_ninetieth_day_is_over(as_of: date, of: int, waits: int) -> None:
    row = march(learned(case(1, **SETTLED), as_of=as_of))
    assert (row["recovery_hits"], row["recovery_of"], row["recovery_open"]) == (0, of, waits)
    assert pd.isna(row["recovery_share"]) == (of == 0)


def test_a_customer_counts_once_from_the_last_end_and_one_without_settlement_not_at_all() -> None:
    later = {**SETTLED, "ended_on": "2026-04-20"}
    twice = learned(case(1, **SETTLED), case(2, **later), bought=((7, "2026-04-10"),))
    assert share(twice, "recovery") == (0, 0)
    assert march(twice)["recovery_open"] == 1
    open_case, nobody = learned(case(1), bought=((7, "2026-04-10"),)), learned(case(1, **SETTLED, customer_id=0))
    assert share(open_case, "recovery") == share(nobody, "recovery") == (0, 0)


@pytest.mark.requirement("S2-56")
def test_each_share_leaves_out_what_nobody_can_say_yet() -> None:
    found = learned(
        case(1, **SETTLED, first_contact="yes", improvement="Thicker boxes"),
        case(2, **{**SETTLED, "resolution_state": "breached"}, first_contact="no", improvement="  "),
        case(3, **SETTLED),
        case(4, first_contact="yes", improvement="Not settled yet", response_state="breached"),
    )
    assert {name: share(found, name) for name in FIGURES} == {
        "response": (3, 4), "resolution": (2, 3), "first_contact": (1, 2), "recurrence": (0, 0),
        "improvements": (1, 3), "recovery": (0, 1),
    }  # fmt: skip
    row = march(found)
    assert [round(float(row[f"{name}_share"]), 4) for name in ("response", "resolution", "improvements")] == [
        0.75, 0.6667, 0.3333,
    ]  # fmt: skip


def test_the_clocks_by_tier_at_intake_and_none_for_a_tier_of_which_all_run() -> None:
    found = learned(case(1, **SETTLED), case(2, **SETTLED, tier=None), case(3, tier="bronze")).tiers
    rows = {row["tier"]: row for row in found.to_dict("records")}
    assert {tier: (row["response_hits"], row["response_of"]) for tier, row in rows.items()} == {
        "": (1, 1), "bronze": (0, 0), "gold": (1, 1),
    }  # fmt: skip
    assert pd.isna(rows["bronze"]["resolution_share"])


def test_months_and_companies_stand_apart_and_nothing_is_left_without_complaints() -> None:
    found = learned(
        case(1, cost_minor=500), case(2, received_on="2026-03-31", cost_minor=7), case(3, received_on="2026-04-01"),
        case(4, company_id=2),
    )  # fmt: skip
    keys = found.months[["company_id", "month", "complaints", "cost_minor"]]
    assert keys.to_numpy().tolist() == [[1, "2026-03", 2, 507], [1, "2026-04", 1, 0], [2, "2026-03", 1, 0]]
    empty = learned()
    assert [len(frame) for frame in (empty.months, empty.causes, empty.tiers, empty.cases)] == [0, 0, 0, 0]
