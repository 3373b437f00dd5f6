"""Bad-debt cases: since when, with which amount, what is advised, and what people's decisions do to them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.bad_debt import PayerClass
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items
from kam_connector.rules.cases import CAUSE_COLUMNS, PREVIOUS_COLUMNS, decide_cases
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.payers import CLASSES
from tests.rules.papers import COMPANIES, item, items

STEP = {"code": "remind", "level": 1, "after_days": 1}
ADVICE = [
    {"advise": "legal", "causes": ["insolvency", "bad_faith"]},
    {"advise": "write_off", "over_days": 1095},
    {"advise": "instalments", "payers": ["honest_short"]},
    {"advise": "legal", "over_days": 365, "payers": ["bad"]},
]
DEBT = items(item(1, 100000, "2025-12-01"))
"""180 days past due on 2026-05-30."""


def policy(doubtful: str = "180d", **bad_debt: Any) -> CollectionsPolicy:
    ageing = {"valid_from": date(2026, 1, 1), "doubtful": doubtful}
    return CollectionsPolicy.model_validate({"ageing": ageing, "step": [STEP], "bad_debt": bad_debt})


def frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(columns))
    whole = {name: "int64" for name in columns if name.endswith(("_id", "_minor"))}
    return table.astype(whole)


def case(state: str, number: int = 1, amount: int = 100000) -> dict[str, Any]:
    row = {"company_id": 1, "customer_id": 7, "oldest_item_id": number}
    return row | {"state": state, "amount_minor": amount}


def closed(cause: str, number: int = 1, task: int = 40, on: str = "2026-05-01") -> dict[str, Any]:
    """A task about the item that a person closed with the cause."""
    row = {"company_id": 1, "customer_id": 7, "task_id": task, "oldest_item_id": number}
    return row | {"cause": cause, "closed_on": date.fromisoformat(on)}


def decide(
    rows: pd.DataFrame,
    as_of: str,
    *previous: dict[str, Any],
    causes: list[dict[str, Any]] | None = None,
    payer: str = "new",
    own: CollectionsPolicy | None = None,
) -> Decisions:
    day, own = date.fromisoformat(as_of), own or policy()
    payers = pd.DataFrame({"company_id": [1], "customer_id": [7], "payer_class": [payer]})
    told = (frame(causes or [], CAUSE_COLUMNS), frame(list(previous), PREVIOUS_COLUMNS))
    return decide_cases(bucket_items(rows, own.ageing, day), payers, *told, own, day, COMPANIES)


def amounts(decided: Decisions) -> list[tuple[int, int]]:
    return list(zip(decided.frame["oldest_item_id"], decided.frame["amount_minor"], strict=True))


def reasons(table: pd.DataFrame) -> list[str]:
    return [code.removeprefix("case.") for code in table["reason_code"]]


@pytest.mark.requirement("S4-40")
@pytest.mark.parametrize(("as_of", "count"), [("2026-05-29", 0), ("2026-05-30", 0), ("2026-05-31", 1)])
def test_a_debt_is_a_case_from_the_day_after_the_limit(as_of: str, count: int) -> None:
    assert len(decide(DEBT, as_of).frame) == count


@pytest.mark.requirement("S4-40")
@pytest.mark.parametrize(("as_of", "count"), [("2026-09-01", 0), ("2026-09-02", 1)])
def test_calendar_months_are_counted_as_in_case_y(as_of: str, count: int) -> None:
    """Due 2026-03-01: six months end on 09-01; by 180 days it would be a case from 08-29."""
    decided = decide(items(item(1, 100, "2026-03-01")), as_of, own=policy("6m"))
    assert reasons(decided.frame) == ["over_months"] * count


def test_a_span_of_its_own_goes_before_the_ageings() -> None:
    assert decide(DEBT, "2026-05-31", own=policy(after="181d")).frame.empty
    assert len(decide(DEBT, "2026-06-01", own=policy(after="181d")).frame) == 1


@pytest.mark.requirement("S4-40")
def test_the_worked_figure_of_the_module() -> None:
    rows = items(
        item(1, 100000, "2025-12-01", disputed_minor=10000),
        item(2, 40000, "2026-01-01"),
        item(3, -30000, "2026-05-01"),
    )
    assert decide(rows, "2026-05-30").frame.empty
    assert amounts(decide(rows, "2026-05-31")) == [(1, 60000)]
    assert amounts(decide(rows, "2026-07-01", case("open"))) == [(1, 100000)]
    assert decide(rows[2:], "2026-07-01", case("open")).frame.empty


def test_the_reason_carries_the_figures() -> None:
    (row,) = decide(DEBT, "2026-06-30").frame.to_dict("records")
    assert (row["reason_code"], row["days_overdue"], row["move_id"], row["user_id"]) == (
        "case.over_days", 211, 1001, 5,
    )  # fmt: skip
    assert json.loads(row["reason_args"]) == {
        "amount": "1000.00", "currency": "CNY", "due_date": "2025-12-01", "after_days": 180,
        "valid_from": "2026-01-01",
    }  # fmt: skip


def test_an_unchanged_case_reads_the_same_the_next_day() -> None:
    first, second = (decide(DEBT, day, case("open")).frame.iloc[0] for day in ("2026-06-29", "2026-06-30"))
    names = ["amount_minor", "oldest_item_id", "due_date", "advice", "reason_code", "reason_args"]
    assert first[names].tolist() == second[names].tolist()


@pytest.mark.parametrize("field", ["pending", "disputed_minor"])
def test_what_is_on_its_way_or_disputed_is_no_case(field: str) -> None:
    value: Any = True if field == "pending" else 100000
    decided = decide(items(item(1, 100000, "2025-12-01", **{field: value})), "2026-06-30")
    assert decided.frame.empty
    assert reasons(decided.rest) == ["none_covered"]


def test_a_dispute_that_comes_later_empties_the_case_but_does_not_close_it() -> None:
    disputed = items(item(1, 100000, "2025-12-01", disputed_minor=100000))
    decided = decide(disputed, "2026-06-30", case("open"))
    assert (amounts(decided), reasons(decided.frame)) == ([(1, 0)], ["covered"])


def test_credits_that_clear_everything_leave_no_case() -> None:
    assert decide(items(item(1, 100000, "2025-12-01"), item(2, -100000, "2026-05-01")), "2026-06-30").frame.empty


def test_a_debt_of_nobody_is_no_case() -> None:
    assert decide(items(item(1, 100000, "2025-12-01", customer_id=0)), "2026-06-30").frame.empty


@pytest.mark.parametrize(("least", "count"), [("999.99", 1), ("1000", 1), ("1000.01", 0)])
def test_small_debts_are_no_case(least: str, count: int) -> None:
    decided = decide(DEBT, "2026-06-30", own=policy(min_amount=least))
    assert len(decided.frame) == count
    assert reasons(decided.rest) == ["none_small"] * (1 - count)


def test_a_case_that_has_become_small_stays_a_case() -> None:
    assert amounts(decide(DEBT, "2026-06-30", case("open"), own=policy(min_amount="5000"))) == [(1, 100000)]


def test_each_company_has_its_own_case_in_its_own_currency() -> None:
    yen = item(2, 5000, "2025-12-01", company_id=3, company_currency_id=30)
    found = decide(items(item(1, 100000, "2025-12-01"), yen), "2026-06-30").frame
    assert found[["company_id", "currency_id", "amount_minor"]].to_numpy().tolist() == [[1, 10, 100000], [3, 30, 5000]]
    assert json.loads(found["reason_args"][1])["amount"] == "5000"


@pytest.mark.requirement("S4-40")
@pytest.mark.parametrize(("cause", "amount"), [("insolvency", 150000), ("bad_faith", 100000), ("cash", 0)])
def test_insolvency_and_bad_faith_are_a_case_before_the_limit(cause: str, amount: int) -> None:
    """An insolvent's debts all fall due at once; in bad faith counts what is past due."""
    rows = items(item(1, 100000, "2026-04-20"), item(2, 50000, "2026-07-31"))
    decided = decide(rows, "2026-05-10", causes=[closed(cause)])
    assert amounts(decided) == ([(1, amount)] if amount else [])
    assert reasons(decided.frame) == ([cause] if amount else [])
    assert [json.loads(text)["task"] for text in decided.frame["reason_args"]] == ([40] if amount else [])


def test_a_cause_counts_only_while_its_item_is_owed() -> None:
    assert decide(items(item(2, 100, "2026-04-20")), "2026-05-10", causes=[closed("insolvency")]).frame.empty


def test_the_cause_that_was_given_last_counts() -> None:
    told = [closed("insolvency", task=40), closed("bad_faith", task=41, on="2026-05-05")]
    assert reasons(decide(items(item(1, 100, "2026-04-20")), "2026-05-10", causes=told).frame) == ["bad_faith"]


@pytest.mark.parametrize("state", ["open", "proposed"])
def test_a_case_keeps_the_item_under_which_it_was_opened(state: str) -> None:
    """Item 1 is paid, item 2 is over the limit too: the record stays the same one."""
    (row,) = decide(items(item(2, 40000, "2025-12-05")), "2026-06-30", case(state)).frame.to_dict("records")
    assert (row["oldest_item_id"], row["amount_minor"], row["move_id"], row["state"]) == (1, 40000, 1002, state)


@pytest.mark.parametrize("state", ["approved", "refused", "closed"])
def test_there_is_no_second_case_while_the_item_of_a_decided_one_is_owed(state: str) -> None:
    rows = items(item(1, 100000, "2025-12-01"), item(2, 40000, "2025-12-05"))
    decided = decide(rows, "2026-06-30", case(state, number=2, amount=90000))
    assert decided.frame.empty
    (row,) = decided.rest.to_dict("records")
    assert (row["reason_code"], row["state"], row["amount_minor"]) == ("case.none_decided", state, 90000)
    assert row["oldest_item_id"] == 2


def test_once_a_decided_debt_is_settled_the_next_one_is_a_case_of_its_own() -> None:
    assert amounts(decide(items(item(2, 40000, "2025-12-05")), "2026-06-30", case("approved"))) == [(2, 40000)]


def test_an_open_case_whose_debts_are_paid_is_to_be_closed() -> None:
    decided = decide(items(item(9, 100, "2026-06-01")), "2026-06-30", case("open"))
    assert decided.frame.empty
    (row,) = decided.detail.to_dict("records")
    assert (row["oldest_item_id"], row["amount_minor"], row["state"], row["reason_code"]) == (
        1, 0, "closed", "case.paid",
    )  # fmt: skip


def test_a_proposed_case_whose_debts_are_paid_waits_for_the_person_with_nothing_left() -> None:
    decided = decide(items(item(9, 100, "2026-06-01")), "2026-06-30", case("proposed"))
    assert (amounts(decided), reasons(decided.frame)) == ([(1, 0)], ["paid"])


@pytest.mark.parametrize(
    ("payer", "cause", "due", "advice"),
    [
        ("new", "", "2025-12-01", "provision"),
        ("bad", "", "2025-12-01", "provision"),
        ("bad", "", "2025-06-30", "provision"),
        ("bad", "", "2025-06-29", "legal"),
        ("slow", "", "2025-06-29", "provision"),
        ("honest_short", "", "2025-06-29", "instalments"),
        ("honest_short", "", "2023-07-01", "instalments"),
        ("honest_short", "", "2023-06-30", "write_off"),
        ("prompt", "insolvency", "2023-06-30", "legal"),
    ],
)
def test_the_first_advice_that_fits_is_given(payer: str, cause: str, due: str, advice: str) -> None:
    """As of 2026-06-30: due 2025-06-29 is 366 days, 2023-07-01 is 1095 days, 2023-06-30 is 1096 days past due."""
    told = [closed(cause)] if cause else []
    decided = decide(items(item(1, 100, due)), "2026-06-30", causes=told, payer=payer, own=policy(advice=ADVICE))
    assert decided.frame["advice"].tolist() == [advice]


def test_without_any_advice_a_provision_is_advised() -> None:
    assert decide(DEBT, "2026-06-30", own=policy(advice=[])).frame["advice"].tolist() == ["provision"]


def test_the_policy_knows_every_class_of_payer() -> None:
    assert set(PayerClass.__args__) == set(CLASSES.values())


def test_nothing_owed_is_no_case() -> None:
    assert decide(items(item(1, -100, "2025-12-01")), "2026-06-30").frame.empty
