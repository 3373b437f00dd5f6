"""How to ask, when to call, why it is urgent, and the manager who is told: as people see it in Odoo."""

from __future__ import annotations

import json

import pytest

from tests.addon.cast import Cast

pytestmark = [pytest.mark.odoo, pytest.mark.long]

HOUR = "2026-07-01 01:00:00"
ADVICE = {"channel": "call", "payer_class": "slow", "tone": "friendly", "valid_from": "2026-01-01"}
POINTS = {
    "points": "31.90", "level": 4, "level_points": "20.00", "amount_points": "4.00", "tier": "gold",
    "tier_points": "0.90", "payer_class": "bad", "class_points": "5.00", "broken": 2, "broken_points": "2.00",
    "day_points": "0.00", "valid_from": "2026-01-01",
}  # fmt: skip


def make(cast: Cast, key: str, **more: object) -> int:
    """A task of Beck for Bo at level 4, whose manager is Li."""
    values = {
        "partner_id": cast.partners["Beck"], "user_id": cast.users["bo"], "manager_id": cast.users["li"],
        "step": "escalate", "level": 4, "amount": 10.0, "date_deadline": "2026-07-01", "channel": "manager",
        "tone": "firm", "advice_code": "manner.usual", "advice_args": json.dumps(ADVICE),
        "priority_args": json.dumps(POINTS), "oldest_item": 1,
    }  # fmt: skip
    [answer] = cast.apply("kam.collection.task", cast.row(key, **{**values, **more}))
    return int(answer["id"])


def people(cast: Cast, task: int) -> list[tuple[int, str]]:
    """Who has an open activity about the task, for which day."""
    domain = [["res_model", "=", "kam.collection.task"], ["res_id", "=", task]]
    rows = cast.admin.call("mail.activity", "search_read", domain, ["user_id", "date_deadline"], load="")
    return sorted((row["user_id"], row["date_deadline"]) for row in rows)


def both(cast: Cast, day: str) -> list[tuple[int, str]]:
    return sorted((cast.users[name], day) for name in ("bo", "li"))


def test_the_manager_has_a_second_activity(cast: Cast) -> None:
    assert people(cast, make(cast, "task:m1")) == both(cast, "2026-07-01")


@pytest.mark.parametrize("person", ["anna", "out", "finb"])
def test_a_manager_who_may_not_see_the_task_is_not_told(cast: Cast, person: str) -> None:
    """Anna sees her own customers only; Out has none of our groups, Finb not the company."""
    task = make(cast, f"task:m2 {person}", manager_id=cast.users[person])
    assert people(cast, task) == [(cast.users["bo"], "2026-07-01")]


def test_a_manager_who_is_responsible_is_told_once(cast: Cast) -> None:
    task = make(cast, "task:m3", user_id=cast.users["li"])
    assert people(cast, task) == [(cast.users["li"], "2026-07-01")]


def test_the_managers_activity_moves_with_the_task_and_to_another_manager(cast: Cast) -> None:
    task = make(cast, "task:m4")
    cast.login("li").write("kam.collection.task", task, date_deadline="2026-07-08")
    assert people(cast, task) == both(cast, "2026-07-08")
    cast.login("li").write("kam.collection.task", task, manager_id=cast.users["dir"])
    assert people(cast, task) == sorted((cast.users[name], "2026-07-08") for name in ("bo", "dir"))
    cast.login("li").write("kam.collection.task", task, manager_id=False)
    assert people(cast, task) == [(cast.users["bo"], "2026-07-08")]


def test_the_salesperson_finishes_the_task_and_the_managers_activity_with_it(cast: Cast) -> None:
    task, bo = make(cast, "task:m5"), cast.login("bo")
    bo.write("kam.collection.task", task, cause_code="cash")
    bo.call("kam.collection.task", "action_done", [task])
    assert people(cast, task) == []


def test_the_manager_who_finishes_his_activity_leaves_the_task_open(cast: Cast) -> None:
    task = make(cast, "task:m6")
    domain = [["res_model", "=", "kam.collection.task"], ["res_id", "=", task], ["user_id", "=", cast.users["li"]]]
    [theirs] = cast.admin.call("mail.activity", "search", domain)
    cast.login("li").call("mail.activity", "action_feedback", [theirs], feedback="talked to the owner")
    assert cast.admin.read("kam.collection.task", task, "state")["state"] == "open"
    assert people(cast, task) == [(cast.users["bo"], "2026-07-01")]


def test_the_connector_names_a_manager_once_and_leaves_the_choice_to_people(cast: Cast) -> None:
    task = make(cast, "task:m7")
    cast.login("li").write("kam.collection.task", task, manager_id=cast.users["dir"])
    cast.apply("kam.collection.task", cast.row("task:m7", amount=12.0, manager_id=cast.users["li"]))
    assert cast.admin.read("kam.collection.task", task, "manager_id")["manager_id"] == cast.users["dir"]


def test_a_person_gives_the_call_another_hour_and_may_not_change_the_tone(cast: Cast) -> None:
    task, bo = make(cast, "task:m8", call_at=HOUR), cast.login("bo")
    bo.write("kam.collection.task", task, call_at="2026-07-01 06:30:00")
    assert cast.admin.read("kam.collection.task", task, "call_at")["call_at"] == "2026-07-01 06:30:00"
    with pytest.raises(Exception, match="tone"):
        bo.write("kam.collection.task", task, tone="friendly")


def test_a_reader_reads_how_to_ask_and_why_it_is_urgent_in_his_language(cast: Cast) -> None:
    task = make(cast, "task:m9")
    english = cast.login("bo").read("kam.collection.task", task, "advice", "priority_reason")
    assert english["advice"].startswith("Call, in a friendly tone; payer class: Slow.")
    assert english["priority_reason"].startswith("31.90 points: 20 for level 4, 4 for the size of the amount, 0.90 for")
    chinese = cast.login("bo", lang="zh_CN").read("kam.collection.task", task, "advice", "priority_reason")
    assert chinese["advice"].startswith("方式：致电；语气：友好；付款类别：缓慢。")
    assert chinese["priority_reason"].startswith("共 31.90 分：催收级别（第 4 级）20 分")


@pytest.mark.parametrize(("level", "rung"), [(0, "0"), (1, "1"), (9, "9"), (12, "9")])
def test_the_board_has_a_column_a_level(cast: Cast, level: int, rung: str) -> None:
    task = make(cast, f"task:m10 {level}", level=level)
    assert cast.admin.read("kam.collection.task", task, "rung")["rung"] == rung
