"""Collection tasks: whom not to ask, the oldest item, steps one by one, a quiet next day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector import policy as policies
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.disputes import mark_disputes
from kam_connector.rules.dunning import decide_tasks
from tests.rules.papers import COMPANIES, NO_TASKS, NO_TIERS, item, items

POLICY = policies.load().at(date(2026, 6, 30)).collections
DAY = date(2026, 6, 30)
NO_DISPUTES = pd.DataFrame({"move_id": [], "disputed_minor": []})


def decide(rows: pd.DataFrame, as_of: str, previous: pd.DataFrame = NO_TASKS, **more: Any) -> Decisions:
    day, policy = date.fromisoformat(as_of), more.get("policy", POLICY)
    marked = mark_disputes(rows, more.get("disputed", NO_DISPUTES))
    open_items = bucket_items(marked, policy.ageing, day)
    ageing = by_customer(open_items, policy.ageing).frame
    return decide_tasks(ageing, open_items, more.get("tiers", NO_TIERS), previous, policy, day, COMPANIES)


def reasons(decided: Decisions) -> list[str]:
    return [code.removeprefix("task.") for code in (*decided.frame["reason_code"], *decided.rest["reason_code"])]


@pytest.mark.requirement("S4-50")
@pytest.mark.parametrize(("as_of", "tasks"), [("2026-06-30", 0), ("2026-07-01", 1), ("2026-07-02", 1)])
def test_the_first_task_comes_the_day_after_the_due_date(as_of: str, tasks: int) -> None:
    assert len(decide(items(item(1, 30000, "2026-06-30")), as_of).frame) == tasks


def test_a_task_says_who_is_asked_what_until_when_and_why() -> None:
    rows = items(item(1, 30000, "2026-06-01"), item(2, 20000, "2026-05-01", user_id=6), item(3, 999, "2026-08-01"))
    (task,) = decide(rows, "2026-06-30").frame.to_dict("records")
    known = ("customer_id", "user_id", "step", "level", "oldest_item_id", "move_id", "amount_minor", "days_overdue")
    assert [task[name] for name in known] == [7, 6, "remind", 1, 2, 1002, 50000, 60]
    assert task["deadline"].date() == date(2026, 7, 3)
    assert json.loads(task["reason_args"]) == {
        "after_days": 1, "amount": "500.00", "currency": "CNY", "due_date": "2026-05-01", "level": 1, "step": "remind",
        "valid_from": "2000-01-01",
    }  # fmt: skip


def test_a_debt_of_143_days_still_starts_at_the_first_step() -> None:
    assert decide(items(item(1, 80000, "2026-04-10")), "2026-08-31").frame["level"].tolist() == [1]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((item(1, 30000, "2026-04-10"), item(2, -30000, "2026-05-10")), "none_covered"),
        ((item(1, 30000, "2026-04-10"), item(2, -40000, "2026-08-10")), "none_covered"),
        ((item(1, 1000, "2026-04-10"),), "none_tolerance"),
        ((item(1, 1001, "2026-04-10"),), "opened"),
        ((item(1, 30000, "2026-04-10", pending=True),), "none_covered"),
        ((item(1, 10, "2026-04-10", company_id=3, company_currency_id=30),), "none_tolerance"),
        ((item(1, 11, "2026-04-10", company_id=3, company_currency_id=30),), "opened"),
    ],
)
def test_whom_not_to_ask(rows: tuple[dict[str, Any], ...], reason: str) -> None:
    assert reasons(decide(items(*rows), "2026-06-30")) == [reason]


def test_nothing_overdue_nothing_said() -> None:
    decided = decide(items(item(1, 30000, "2026-08-10"), item(2, -100, "2026-01-01")), "2026-06-30")
    assert decided.frame.empty
    assert decided.rest.empty


def test_only_the_disputed_part_is_left_out() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, 50000, "2026-05-10"))
    whole = pd.DataFrame({"move_id": [1001], "disputed_minor": [30000]})
    (task,) = decide(rows, "2026-06-30", disputed=whole).frame.to_dict("records")
    assert (task["amount_minor"], task["oldest_item_id"], task["days_overdue"]) == (50000, 2, 51)
    part = pd.DataFrame({"move_id": [1001], "disputed_minor": [10000]})
    (task,) = decide(rows, "2026-06-30", disputed=part).frame.to_dict("records")
    assert (task["amount_minor"], task["oldest_item_id"]) == (70000, 1)
    both = pd.DataFrame({"move_id": [1001, 1002], "disputed_minor": [30000, 50000]})
    assert reasons(decide(rows, "2026-06-30", disputed=both)) == ["none_disputed"]


def test_credits_cover_the_oldest_debts_first() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, 50000, "2026-06-25"), item(3, -30000, "2026-06-20"))
    (task,) = decide(rows, "2026-06-30").frame.to_dict("records")
    assert (task["amount_minor"], task["oldest_item_id"], task["days_overdue"]) == (50000, 2, 5)


def diary(events: dict[str, str], days: list[str], rows: pd.DataFrame) -> list[tuple[str, str]]:
    """What each night decides while a person acts on the open task on some days (`events`: day to state)."""
    tasks, seen = NO_TASKS, []
    for text in days:
        decided = decide(rows, text, tasks)
        seen.append((text[5:], " ".join([*(decided.frame["step"].tolist()), *reasons(decided)])))
        made = decided.frame.assign(state="open", acted_on=None)
        tasks = pd.concat([tasks, made], ignore_index=True).drop_duplicates(["oldest_item_id", "step"], keep="first")
        if text in events:
            is_open = tasks["state"] == "open"
            tasks.loc[is_open, "acted_on"] = text
            tasks.loc[is_open, "state"] = events[text]
    return seen


def test_the_level_rises_by_one_after_the_task_before_was_acted_on_and_a_week_has_passed() -> None:
    days = [f"2026-{day}" for day in ("05-01", "05-20", "05-21", "05-26", "05-27", "06-10", "06-17", "06-18")]
    acted = {"2026-05-20": "done", "2026-06-10": "cancelled"}
    assert diary(acted, days, items(item(1, 30000, "2026-04-10"))) == [
        ("05-01", "remind opened"), ("05-20", "remind open"), ("05-21", "none_interval"), ("05-26", "none_interval"),
        ("05-27", "call raised"), ("06-10", "call open"), ("06-17", "demand raised"), ("06-18", "demand open"),
    ]  # fmt: skip


def test_a_step_that_was_acted_on_waits_for_the_next_one_and_is_never_opened_again() -> None:
    days = ["2026-06-02", "2026-06-09", "2026-06-15", "2026-06-16"]
    assert diary({"2026-06-02": "done"}, days, items(item(1, 30000, "2026-06-01"))) == [
        ("06-02", "remind opened"), ("06-09", "none_acted"), ("06-15", "none_acted"), ("06-16", "call raised"),
    ]  # fmt: skip


def previous(**task: Any) -> pd.DataFrame:
    base = {"company_id": 1, "customer_id": 7, "step": "call", "level": 2, "oldest_item_id": 1, "state": "open"}
    return pd.DataFrame([base | task])


def test_an_unchanged_next_day_decides_exactly_the_same() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, 5000, "2026-05-10"))
    first = decide(rows, "2026-06-30").frame
    second = decide(rows, "2026-07-01", first.assign(state="open")).frame
    third = decide(rows, "2026-07-02", second.assign(state="open")).frame
    assert second["reason_code"].tolist() == ["task.open"]
    same = [column for column in first.columns if not column.startswith("reason")]
    pd.testing.assert_frame_equal(first[same], second[same])
    pd.testing.assert_frame_equal(second, third)


def test_an_open_task_keeps_its_item_and_its_level() -> None:
    rows = items(item(9, 20000, "2026-01-01"), item(1, 30000, "2026-06-25"))
    (task,) = decide(rows, "2026-06-30", previous()).frame.to_dict("records")
    assert (task["oldest_item_id"], task["move_id"], task["level"], task["amount_minor"]) == (1, 1001, 2, 50000)


def test_a_settled_item_ends_its_task_and_the_next_debt_begins_anew() -> None:
    decided = decide(items(item(2, 30000, "2026-04-10")), "2026-06-30", previous(level=3, step="demand"))
    assert decided.frame[["oldest_item_id", "level"]].to_numpy().tolist() == [[2, 1]]
    assert decided.detail[["oldest_item_id", "reason_code"]].to_numpy().tolist() == [[1, "task.settled"]]


def test_another_item_at_a_step_already_taken_repeats_the_step() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, 9000, "2026-06-20"), item(3, -30000, "2026-06-20"))
    done = previous(state="done", acted_on="2026-06-01", level=2)
    (task,) = decide(rows, "2026-06-30", done).frame.to_dict("records")
    assert (task["oldest_item_id"], task["level"], task["reason_code"]) == (2, 1, "task.repeated")


@pytest.mark.parametrize(("as_of", "level"), [("2026-06-07", 0), ("2026-06-08", 3), ("2026-06-09", 3)])
def test_the_interval_counts_from_the_day_on_which_the_task_was_acted_on(as_of: str, level: int) -> None:
    done = previous(state="done", acted_on=pd.Timestamp("2026-06-01"))
    decided = decide(items(item(1, 30000, "2026-04-10")), as_of, done)
    assert decided.frame["level"].tolist() == ([level] if level else [])
    assert reasons(decided) == (["raised"] if level else ["none_interval"])


def test_the_last_step_is_the_last() -> None:
    done = previous(state="done", acted_on="2026-01-01", level=5, step="bad_debt")
    assert reasons(decide(items(item(1, 30000, "2025-01-10")), "2026-06-30", done)) == ["none_acted"]


def test_the_worklist_is_ordered_by_level_amount_and_tier() -> None:
    rows = items(
        item(1, 30000, "2026-04-10", customer_id=1), item(2, 9900000, "2026-04-10", customer_id=2),
        item(3, 30000, "2026-04-10", customer_id=3), item(4, 2000, "2026-04-10", customer_id=4),
    )  # fmt: skip
    tiers = pd.DataFrame({"company_id": 1, "customer_id": [1, 3], "tier_rank": [1, 0]})
    raised = previous(state="done", acted_on="2026-06-01", oldest_item_id=4, customer_id=4, level=1)
    frame = decide(rows, "2026-06-30", raised, tiers=tiers).frame
    assert frame["customer_id"].tolist() == [4, 2, 3, 1]
    assert frame["priority"].tolist() == [22.0, 15.0, 13.9, 13.45]


def test_a_customer_of_two_companies_is_asked_by_each() -> None:
    rows = items(item(1, 30000, "2026-04-10"), item(2, 30000, "2026-04-10", company_id=2, company_currency_id=20))
    assert decide(rows, "2026-06-30").frame[["company_id", "currency_id"]].to_numpy().tolist() == [[1, 10], [2, 20]]


def test_a_policy_whose_first_step_comes_late() -> None:
    late = CollectionsPolicy.model_validate({
        "ageing": {"valid_from": date(2026, 1, 1)}, "step": [{"code": "x", "level": 1, "after_days": 20}],
    })  # fmt: skip
    rows = items(item(1, 30000, "2026-06-10"))
    days = [(date(2026, 6, 10) + timedelta(days=late_by)).isoformat() for late_by in (19, 20, 21)]
    assert [len(decide(rows, day, policy=late).frame) for day in days] == [0, 1, 1]


def test_a_company_that_nobody_owes_anything_has_no_tasks_and_no_trouble() -> None:
    open_items = bucket_items(mark_disputes(items(item(1, 100_00, "2026-06-01")), NO_DISPUTES), POLICY.ageing, DAY)[:0]
    open_items = open_items.assign(due_date=pd.Series(dtype="datetime64[us]"))
    ageing = by_customer(open_items, POLICY.ageing).frame
    assert decide_tasks(ageing, open_items, NO_TIERS, NO_TASKS, POLICY, DAY, COMPANIES).frame.empty
