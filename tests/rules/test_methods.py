"""The ten collection methods: one customer of each class over some weeks, and each key of the policy on its own."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from tests.rules.diaries import SHIPPED, debtor, diary, night, tier, with_keys
from tests.rules.papers import item, items
from tests.rules.test_promises import promise

DEBT = items(item(1, 500000, "2026-06-10"))
PAID = items(item(9, -1, "2026-01-01"))


def outcome(decided: Any) -> str:
    return " ".join(
        code.removeprefix("task.") for code in (*decided.frame["reason_code"], *decided.rest["reason_code"])
    )


def task(**more: Any) -> pd.DataFrame:
    """An earlier task about item 1."""
    base = {"company_id": 1, "customer_id": 7, "step": "remind", "level": 1, "oldest_item_id": 1, "state": "done"}
    return pd.DataFrame([base | {"acted_on": None} | more])


@pytest.mark.requirement("S4-50")
def test_a_prompt_payer_is_left_in_peace_until_the_day_after() -> None:
    """Method 1: dun at once after the debt arises."""
    days = ["06-03", "06-09", "06-10", "06-11", "06-12"]
    assert diary({"06-01": DEBT, "06-12": PAID}, days, {}, known=debtor("prompt")) == [
        ("06-03", "", ""), ("06-09", "", ""), ("06-10", "", ""), ("06-11", "opened", "remind 1"), ("06-12", "", ""),
    ]  # fmt: skip


@pytest.mark.requirement("S4-51")
def test_an_unreliable_payer_is_asked_often() -> None:
    """Method 2: three days after each task, where the others are left alone for a week."""
    old = items(item(1, 500000, "2026-04-10"))
    days = ["06-01", "06-03", "06-04", "06-06", "06-07", "06-08"]
    acts = {"06-01": "done", "06-04": "done"}
    assert diary({"06-01": old}, days, acts, known=debtor("unreliable")) == [
        ("06-01", "opened", "remind 1"), ("06-03", "none_interval", ""), ("06-04", "raised", "call 2"),
        ("06-06", "none_interval", ""), ("06-07", "raised", "demand 3"), ("06-08", "open", "demand 3"),
    ]  # fmt: skip
    assert [code for _, code, _ in diary({"06-01": old}, days, acts, known=debtor("slow"))] == [
        "opened", "none_interval", "none_interval", "none_interval", "none_interval", "raised",
    ]  # fmt: skip


@pytest.mark.requirement("S4-51")
@pytest.mark.parametrize(("payer_class", "days"), [("unreliable", 3), ("bad", 7), ("", 7)])
def test_the_interval_that_was_used_stands_in_the_reason(payer_class: str, days: int) -> None:
    old, before = items(item(1, 500000, "2026-04-10")), task(acted_on="2026-06-01")
    (row,) = night(old, "2026-06-02", before, known=debtor(payer_class)).rest.to_dict("records")
    args = json.loads(row["reason_args"])
    assert (args["interval_days"], args["not_before"]) == (days, f"2026-06-0{1 + days}")


@pytest.mark.requirement("S4-53")
def test_a_slow_payer_is_asked_before_the_day_on_the_day_and_from_the_day_after_by_the_ladder() -> None:
    """Methods 4 and 7: 5 000 due on 10 June; the call of the 4th is done, that of the 10th too."""
    days = ["06-02", "06-03", "06-04", "06-05", "06-09", "06-10", "06-11", "06-12"]
    assert diary({"06-01": DEBT}, days, {"06-04": "done", "06-10": "done"}, known=debtor("slow")) == [
        ("06-02", "", ""), ("06-03", "before_due", "before_due 0"), ("06-04", "open_early", "before_due 0"),
        ("06-05", "", ""), ("06-09", "", ""), ("06-10", "contract_day", "contract_day 0"),
        ("06-11", "opened", "remind 1"), ("06-12", "open", "remind 1"),
    ]  # fmt: skip


@pytest.mark.requirement("S4-53")
def test_an_open_task_about_the_item_gives_way_to_the_first_step() -> None:
    days = ["06-09", "06-10", "06-11", "06-12"]
    assert diary({"06-01": DEBT}, days, {}, known=debtor("slow")) == [
        ("06-09", "before_due", "before_due 0"), ("06-10", "open_early", "before_due 0"),
        ("06-11", "opened", "remind 1"), ("06-12", "open", "remind 1"),
    ]  # fmt: skip


def test_a_task_that_a_person_moved_stays_until_the_day_to_which_it_was_moved() -> None:
    days = ["06-09", "06-11", "06-15", "06-16"]
    assert diary({"06-01": DEBT}, days, {"06-09": "06-15"}, known=debtor("slow")) == [
        ("06-09", "before_due", "before_due 0"), ("06-11", "open_early", "before_due 0"),
        ("06-15", "open_early", "before_due 0"), ("06-16", "opened", "remind 1"),
    ]  # fmt: skip


def test_a_task_before_the_day_settles_when_the_item_is_paid() -> None:
    before = task(step="before_due", level=0, state="open")
    decided = night(PAID, "2026-06-05", before, known=debtor("slow"))
    assert decided.frame.empty
    assert decided.detail["reason_code"].tolist() == ["task.settled"]


def test_an_open_task_before_the_day_outlives_the_name_of_its_step() -> None:
    before = task(step="ask_early", level=0, state="open")
    (row,) = night(DEBT, "2026-06-09", before, known=debtor("slow")).frame.to_dict("records")
    assert (row["step"], row["channel"], row["tone"]) == ("ask_early", "call", "friendly")


def test_a_person_who_cancelled_the_task_before_the_day_is_not_asked_again() -> None:
    before = task(step="before_due", level=0, state="cancelled")
    assert outcome(night(DEBT, "2026-06-09", before, known=debtor("slow"))) == ""


@pytest.mark.requirement("S4-53")
@pytest.mark.parametrize(("as_of", "expected"), [("2026-06-02", ""), ("2026-06-03", "before_due")])
def test_what_is_asked_before_the_day(as_of: str, expected: str) -> None:
    decided = night(DEBT, as_of, known=debtor("slow"))
    assert outcome(decided) == expected
    if expected:
        (row,) = decided.frame.to_dict("records")
        assert [row[name] for name in ("level", "oldest_item_id", "move_id", "amount_minor", "days_overdue")] == [
            0, 1, 1001, 500000, 0,
        ]  # fmt: skip
        assert (row["user_id"], row["currency_id"], row["deadline"].date()) == (5, 10, date(2026, 6, 10))
        assert json.loads(row["reason_args"]) == {
            "ahead_days": 7, "amount": "5000.00", "currency": "CNY", "due_date": "2026-06-10", "payer_class": "slow",
            "step": "before_due", "valid_from": "2000-01-01",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([item(1, 10000, "2026-06-10")], "before_due"),
        ([item(1, 9999, "2026-06-10")], ""),
        ([item(1, 500000, "2026-06-10"), item(2, -1, "2026-06-01")], ""),
        ([item(1, 500000, "2026-06-10", disputed_minor=1)], ""),
        ([item(1, 500000, "2026-06-10", pending=True)], ""),
        ([item(1, 500000, "2026-06-10"), item(2, 30000, "2026-06-12")], "before_due"),
        ([item(1, 500000, "2026-06-10"), item(2, 30000, "2026-06-01")], "opened"),
        ([item(1, 500000, "2026-06-10"), item(2, 1000, "2026-06-01")], "before_due"),
        ([item(1, 500000, "2026-06-10"), item(2, 30000, "2026-06-01"), item(3, -30000, "2026-06-01")], "before_due"),
    ],
    ids=["smallest", "too small", "covered in part", "disputed in part", "on its way", "two items", "overdue",
         "overdue within the tolerance", "overdue and covered"],
)  # fmt: skip
def test_who_is_asked_before_the_day(rows: list[dict[str, Any]], expected: str) -> None:
    assert outcome(night(items(*rows), "2026-06-05", known=debtor("slow"))) == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [(500000, ""), (499999, "before_due")], ids=["covers the item", "a cent less"]
)
def test_a_running_promise_holds_the_task_before_the_day(amount: int, expected: str) -> None:
    said = [promise(amount=amount, due="2026-06-12", made="2026-06-01")]
    assert outcome(night(DEBT, "2026-06-05", known=debtor("slow"), said=said)) == expected


def test_an_item_that_a_promise_names_is_left_out_and_the_next_one_is_asked_for() -> None:
    rows = items(item(1, 500000, "2026-06-10"), item(2, 300000, "2026-06-11"))
    said = [promise(amount=500000, due="2026-06-12", made="2026-06-01", move_id=1001)]
    decided = night(rows, "2026-06-05", known=debtor("slow"), said=said)
    assert decided.frame["oldest_item_id"].tolist() == [2]


@pytest.mark.parametrize(("as_of", "expected"), [("2026-06-07", ""), ("2026-06-08", "before_due")])
def test_whoever_was_asked_is_left_alone_for_the_interval(as_of: str, expected: str) -> None:
    rows = items(item(1, 500000, "2026-06-09"), item(2, 300000, "2026-06-12"))
    done = task(step="before_due", level=0, acted_on="2026-06-01")
    assert outcome(night(rows, as_of, done, known=debtor("slow"))) == expected


@pytest.mark.requirement("S4-56")
@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-06-09", ""), ("2026-06-10", "contract_day"), ("2026-06-11", "opened")]
)
def test_a_bad_payer_is_asked_on_the_contract_day(as_of: str, expected: str) -> None:
    """Method 7: whoever comes first gets the money."""
    decided = night(DEBT, as_of, known=debtor("bad", "Asia/Shanghai"))
    assert outcome(decided) == expected
    if expected == "contract_day":
        (row,) = decided.frame.to_dict("records")
        assert (row["step"], row["level"], row["deadline"].date()) == ("contract_day", 0, date(2026, 6, 10))


@pytest.mark.requirement("S4-56")
@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Asia/Shanghai", "2026-06-10T01:00:00+00:00"), ("Europe/Berlin", "2026-06-10T07:00:00+00:00"),
        ("America/Los_Angeles", "2026-06-10T16:00:00+00:00"), ("", "2026-06-10T09:00:00+00:00"),
    ],
)  # fmt: skip
def test_the_call_is_for_the_opening_hour_by_the_customers_clock(zone: str, moment: str) -> None:
    (row,) = night(DEBT, "2026-06-10", known=debtor("bad", zone)).frame.to_dict("records")
    assert row["call_at"] == datetime.fromisoformat(moment)


def test_the_opening_hour_follows_the_customers_summer_time() -> None:
    """On 29 March 2026 Berlin's clocks go forward: nine o'clock is 08:00 UTC the day before and 07:00 on the day."""
    for day, hour in (("2026-03-28", 8), ("2026-03-29", 7)):
        rows = items(item(1, 500000, day))
        (row,) = night(rows, day, known=debtor("bad", "Europe/Berlin")).frame.to_dict("records")
        assert row["call_at"].hour == hour


@pytest.mark.requirement("S4-56")
def test_an_open_task_gets_its_hour_on_the_contract_day_and_keeps_the_one_that_a_person_gives_it() -> None:
    known = debtor("slow", "Asia/Shanghai")
    first = night(DEBT, "2026-06-03", known=known).frame
    assert first["call_at"].isna().all()
    eve = night(DEBT, "2026-06-09", first.assign(state="open"), known=known).frame
    assert eve["call_at"].isna().all()
    day = night(DEBT, "2026-06-10", eve.assign(state="open"), known=known).frame
    assert day["call_at"].tolist() == [pd.Timestamp("2026-06-10T01:00Z")]
    assert day["priority"].tolist() == [eve["priority"].iloc[0] + 10]
    again = night(DEBT, "2026-06-10", day.assign(state="open"), known=known).frame
    pd.testing.assert_frame_equal(day, again)
    moved = day.assign(state="open", call_at=pd.Timestamp("2026-06-10T06:30Z"))
    kept = night(DEBT, "2026-06-10", moved, known=known).frame
    assert kept["call_at"].tolist() == [pd.Timestamp("2026-06-10T06:30Z")]


def test_a_promise_for_this_day_gives_the_open_task_its_hour() -> None:
    said, tasks = [promise(due="2026-06-20", made="2026-06-12")], task(state="open")
    known = debtor("bad", "Asia/Shanghai")
    hours = [night(DEBT, f"2026-06-{day}", tasks, known=known, said=said).frame["call_at"].iloc[0] for day in (19, 20)]
    assert pd.isna(hours[0])
    assert hours[1] == pd.Timestamp("2026-06-20T01:00Z")


@pytest.mark.requirement("S4-52")
def test_the_honest_but_short_are_asked_in_a_friendly_tone_and_offered_a_later_day() -> None:
    """Method 3: a later day up to 30 days ahead; one further away a manager approves."""
    (row,) = night(DEBT, "2026-06-20", known=debtor("honest_short")).frame.to_dict("records")
    assert (row["channel"], row["tone"], row["advice_code"]) == ("email", "friendly", "manner.extension")
    assert json.loads(row["advice_args"])["max_days"] == 30


@pytest.mark.requirement("S4-54")
def test_a_bad_payer_is_asked_straightforwardly_whatever_he_buys() -> None:
    """Method 5; the class goes before the tier."""
    (row,) = night(DEBT, "2026-06-20", known=debtor("bad"), tiers=tier("gold")).frame.to_dict("records")
    assert (row["tone"], row["channel"], row["advice_code"]) == ("straight", "call", "manner.no_letter")


LADDER = [("remind", 1), ("call", 2), ("demand", 3), ("escalate", 4), ("bad_debt", 5)]
USUAL = ["email friendly", "call neutral", "letter firm", "manager firm", "manager straight"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("payer_class", "tier_name", "expected"),
    [
        ("prompt", "", USUAL),
        ("prompt", "silver", USUAL),
        ("prompt", "gold",
         ["call friendly", "call friendly", "call friendly", "manager friendly", "manager friendly"]),
        ("bad", "silver",
         ["email straight", "call straight", "letter straight", "manager straight", "manager straight"]),
        ("honest_short", "gold",
         ["call friendly", "call friendly", "call friendly", "manager friendly", "manager friendly"]),
    ],
)  # fmt: skip
def test_channel_and_tone_of_each_step(payer_class: str, tier_name: str, expected: list[str]) -> None:
    old, seen = items(item(1, 500000, "2025-06-10")), []
    for step, level in LADDER:
        tasks = task(step=step, level=level, state="open")
        (row,) = night(old, "2026-06-20", tasks, known=debtor(payer_class), tiers=tier(tier_name)).frame.to_dict(
            "records"
        )
        seen.append(f"{row['channel']} {row['tone']}")
    assert seen == expected


def test_a_letter_that_a_top_tier_is_spared_is_named_in_the_advice() -> None:
    old, tasks = items(item(1, 500000, "2025-06-10")), task(step="demand", level=3, state="open")
    (row,) = night(old, "2026-06-20", tasks, tiers=tier("gold")).frame.to_dict("records")
    assert json.loads(row["advice_args"]) == {
        "channel": "call", "payer_class": "new", "replaced": "letter", "tier": "gold", "tone": "friendly",
        "valid_from": "2000-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(("level", "manager"), [(3, 0), (4, 8), (5, 8)])
def test_from_the_policys_level_on_the_leader_of_the_team_is_named(level: int, manager: int) -> None:
    old, (step, _) = items(item(1, 500000, "2025-06-10")), LADDER[level - 1]
    tasks = task(step=step, level=level, state="open")
    (row,) = night(old, "2026-06-20", tasks, known=debtor(manager=8)).frame.to_dict("records")
    assert row["manager_id"] == manager


def test_a_leader_who_is_responsible_himself_is_not_named_twice_and_zero_names_nobody() -> None:
    old, tasks = items(item(1, 500000, "2025-06-10")), task(step="escalate", level=4, state="open")
    assert night(old, "2026-06-20", tasks, known=debtor(manager=5)).frame["manager_id"].tolist() == [0]
    never = with_keys(dunning={"manager_from_level": 0})
    assert night(old, "2026-06-20", tasks, known=debtor(manager=8), policy=never).frame["manager_id"].tolist() == [0]


def test_the_priority_says_its_parts() -> None:
    """Level 2, 5 000 owed, gold, bad, two broken promises: 20 + 4 + 0.90 + 5 + 2 = 31.90."""
    old, tasks = items(item(1, 500000, "2026-04-10")), task(acted_on="2026-05-01")
    said = [promise(n, 500000, f"2026-05-0{n + 1}", f"2026-05-0{n}") for n in (2, 3)]
    decided = night(old, "2026-06-20", tasks, known=debtor("bad"), tiers=tier("gold"), said=said)
    (row,) = decided.frame.to_dict("records")
    assert (row["step"], row["priority"]) == ("call", 31.9)
    assert json.loads(row["priority_args"]) == {
        "points": "31.90", "level": 2, "level_points": "20.00", "amount_points": "4.00", "tier": "gold",
        "tier_points": "0.90", "payer_class": "bad", "class_points": "5.00", "broken": 2, "broken_points": "2.00",
        "day_points": "0.00", "valid_from": "2000-01-01",
    }  # fmt: skip


def test_the_parts_of_a_priority_are_the_policys_and_sum_up_to_it() -> None:
    own = with_keys(priority={"level": "7", "amount_digit": "2.5", "by_class": {"slow": "4"}, "contract_day": "20"})
    (row,) = night(DEBT, "2026-06-10", known=debtor("slow"), policy=own).frame.to_dict("records")
    args = json.loads(row["priority_args"])
    assert [args[name] for name in ("level_points", "amount_points", "class_points", "day_points")] == [
        "0.00", "10.00", "4.00", "20.00",
    ]  # fmt: skip
    assert row["priority"] == 34


def test_broken_promises_count_up_to_the_policys_most() -> None:
    most = with_keys(priority={"broken_most": 1})
    said = [promise(n, 500000, f"2026-05-0{n + 1}", f"2026-05-0{n}") for n in (2, 3)]
    decided = night(items(item(1, 500000, "2026-04-10")), "2026-06-20", said=said, policy=most)
    (args,) = decided.frame["priority_args"]
    assert (json.loads(args)["broken"], json.loads(args)["broken_points"]) == (2, "1.00")


@pytest.mark.parametrize("payer_class", ["prompt", "honest_short", "slow", "unreliable", "bad", "new"])
def test_an_unchanged_next_night_decides_the_same_for_every_class(payer_class: str) -> None:
    known, frames = debtor(payer_class, "Asia/Shanghai", 8), []
    tasks = night(items(item(1, 500000, "2026-06-10"), item(2, 70000, "2026-06-25")), "2026-06-12", known=known).frame
    for day in ("2026-06-13", "2026-06-14"):
        rows = items(item(1, 500000, "2026-06-10"), item(2, 70000, "2026-06-25"))
        tasks = night(rows, day, tasks.assign(state="open"), known=known, tiers=tier("gold")).frame
        frames.append(tasks)
    pd.testing.assert_frame_equal(*frames)


def test_an_open_task_keeps_its_priority_and_the_words_for_it_when_the_class_changes() -> None:
    first = night(DEBT, "2026-06-12", known=debtor("new")).frame
    second = night(DEBT, "2026-06-13", first.assign(state="open"), known=debtor("bad")).frame
    assert second[["priority", "priority_args"]].equals(first[["priority", "priority_args"]])
    assert second["tone"].tolist() == ["straight"]


def test_customers_of_two_companies_are_told_apart() -> None:
    rows = items(item(1, 500000, "2026-06-10"), item(2, 500000, "2026-06-10", company_id=2, company_currency_id=20))
    frame = night(rows, "2026-06-05", known=debtor("slow")).frame
    assert frame["company_id"].tolist() == [1]


def test_the_shipped_policy_names_every_method() -> None:
    assert SHIPPED.dunning.interval_by_class == {"unreliable": 3}
    assert (SHIPPED.before_due.classes, SHIPPED.before_due.days) == (("slow",), 7)
    assert (SHIPPED.contract_day.classes, SHIPPED.contract_day.at) == (("slow", "bad"), 540)
    assert SHIPPED.dunning.manager_from_level == 4
