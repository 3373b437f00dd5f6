"""A collection task becomes one activity of the salesperson, and is done with it."""

from __future__ import annotations

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused

pytestmark = pytest.mark.odoo


@pytest.fixture
def task(cast: Cast, request: pytest.FixtureRequest) -> int:
    """A task of Beck for Bo."""
    beck, bo = cast.partners["Beck"], cast.users["bo"]
    key = f"task:{request.node.name}"
    row = cast.row(key, partner_id=beck, user_id=bo, step="remind", amount=10.0, date_deadline="2026-07-01")
    [answer] = cast.apply("kam.collection.task", row)
    return int(answer["id"])


def activities(cast: Cast, task: int, **options: object) -> list[dict[str, object]]:
    domain = [["res_model", "=", "kam.collection.task"], ["res_id", "=", task]]
    found: list[dict[str, object]] = cast.admin.call(
        "mail.activity", "search_read", domain, ["user_id", "date_deadline", "summary"], load="", **options
    )
    return found


def test_a_task_is_one_activity_of_the_salesperson(cast: Cast, task: int) -> None:
    [activity] = activities(cast, task)
    assert (activity["user_id"], activity["date_deadline"]) == (cast.users["bo"], "2026-07-01")
    key = cast.admin.read("kam.collection.task", task, "kam_key")["kam_key"]
    cast.apply("kam.collection.task", cast.row(key, amount=12.0))
    cast.apply("kam.collection.task", cast.row(key, amount=14.0, overdue_days=3))
    assert len(activities(cast, task)) == 1


def test_the_activity_follows_the_tasks_day_and_person(cast: Cast, task: int) -> None:
    cast.login("li").write("kam.collection.task", task, user_id=cast.users["anna"], date_deadline="2026-07-08")
    [activity] = activities(cast, task)
    assert (activity["user_id"], activity["date_deadline"]) == (cast.users["anna"], "2026-07-08")


def test_a_finished_activity_finishes_the_task(cast: Cast, task: int) -> None:
    [activity] = activities(cast, task)
    cast.login("bo").write("kam.collection.task", task, cause_code="cash")
    cast.login("bo").call("mail.activity", "action_feedback", [activity["id"]], feedback="promised for Friday")
    assert cast.admin.read("kam.collection.task", task, "state")["state"] == "done"
    assert activities(cast, task) == []


def test_a_finished_task_finishes_its_activity_and_stays_finished(cast: Cast, task: int) -> None:
    cast.login("bo").write("kam.collection.task", task, cause_code="cash")
    cast.login("bo").call("kam.collection.task", "action_done", [task])
    assert activities(cast, task) == []
    key = cast.admin.read("kam.collection.task", task, "kam_key")["kam_key"]
    cast.apply("kam.collection.task", cast.row(key, state="open", amount=99.0))
    assert cast.admin.read("kam.collection.task", task, "state")["state"] == "done"
    assert activities(cast, task) == []


def test_a_cancelled_task_has_no_activity_and_a_reopened_one_has_one(cast: Cast, task: int) -> None:
    bo = cast.login("bo")
    bo.write("kam.collection.task", task, state="cancelled", cause_code="other")
    assert activities(cast, task) == []
    bo.call("kam.collection.task", "action_reopen", [task])
    assert len(activities(cast, task)) == 1


@pytest.mark.parametrize("person", ["out", "finb"])
def test_somebody_who_may_not_see_the_task_gets_no_activity(cast: Cast, person: str) -> None:
    row = cast.row(f"task:for {person}", partner_id=cast.partners["Beck"], user_id=cast.users[person], amount=1.0)
    [answer] = cast.apply("kam.collection.task", row)
    assert answer["status"] == "created"
    assert activities(cast, answer["id"]) == []


@pytest.mark.requirement("S4-46")
@pytest.mark.parametrize("action", ["action_done", "action_cancel"])
def test_nobody_closes_a_task_without_saying_why_the_customer_pays_late(cast: Cast, task: int, action: str) -> None:
    bo = cast.login("bo")
    with pytest.raises(Refused, match="Say why the customer pays late"):
        bo.call("kam.collection.task", action, [task])
    assert cast.admin.read("kam.collection.task", task, "state")["state"] == "open"


@pytest.mark.requirement("S4-46")
def test_finishing_the_activity_asks_for_the_cause_too(cast: Cast, task: int) -> None:
    [activity] = activities(cast, task)
    with pytest.raises(Refused, match="Say why the customer pays late"):
        cast.login("bo").call("mail.activity", "action_feedback", [activity["id"]])
    assert len(activities(cast, task)) == 1


@pytest.mark.requirement("S4-46")
def test_the_dialog_is_the_task_with_its_cause(cast: Cast, task: int) -> None:
    bo = cast.login("bo")
    action = bo.call("kam.collection.task", "action_open_done_dialog", [task])
    assert (action["res_id"], action["target"]) == (task, "new")
    view = cast.admin.xml_id("kam_connector.kam_collection_task_view_form_done")
    assert action["views"] == [[view, "form"]]


@pytest.mark.requirement("S4-46")
def test_the_connector_closes_a_paid_task_without_a_cause(cast: Cast, task: int) -> None:
    key = cast.admin.read("kam.collection.task", task, "kam_key")["kam_key"]
    [answer] = cast.apply("kam.collection.task", {**cast.row(key, state="done"), "version": 1})
    assert answer["status"] == "updated"
    assert cast.admin.read("kam.collection.task", task, "state")["state"] == "done"
