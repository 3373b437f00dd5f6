"""Tasks of early warnings as activities: once a warning, whatever people do with them, beside collection tasks."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from kam_connector import ledger, writeback
from kam_connector.writeback.journal import note_planned, note_state
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided, task_row

pytestmark = pytest.mark.long


@pytest.fixture
def plain(tmp_path):
    fake = FakeErp(tmp_path / "erp.json", addon=False)
    for number, company in ((11, 1), (12, False), (13, 2)):
        fake.add("res.partner", id=number, company_id=company)
    return fake


def playbook(*since: str) -> pd.DataFrame:
    """One task a day on which customer 12 was warned of."""
    row: dict[str, Any] = {
        "company_id": 1, "customer_id": 12, "rule": "order_gap", "number": 1, "user_id": 7, "deadline": "2026-07-05",
        "title_en": "Ask why", "title_zh_CN": "了解原因", "title_zh_TW": "了解原因",
        "reason_code": "warning.contacts_gone", "reason_args": '{"contacts":"4","months":12,"valid_from":"2026-01-01"}',
    }  # fmt: skip
    columns = [*row, "since"]
    return pd.DataFrame([{**row, "since": day} for day in since], columns=columns)


def night(erp, book, run, *since, lang="en_US", **more):
    what = decided(playbooks=playbook(*since), **more)
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(what, con), con, book, erp, lang=lang)
    return plan, writeback.push(plan, erp, book, run=run)


def warned(erp):
    return [row for row in erp.rows("mail.activity") if row["res_id"] == 12]


def test_a_task_is_an_activity_of_its_owner_with_day_and_reason(plain, book):
    assert night(plain, book, "r1", "2026-06-30")[1].is_clean
    (row,) = warned(plain)
    assert (row["summary"], row["user_id"], row["date_deadline"]) == (
        "Ask why (KAM order_gap-2026-06-30:1)", 7, "2026-07-05",
    )  # fmt: skip
    assert "Contacts who stood on papers" in row["note"]


def test_the_title_is_in_the_language_of_the_erp(plain, book):
    night(plain, book, "r1", "2026-06-30", lang="zh_CN")
    assert warned(plain)[0]["summary"].startswith("了解原因 ")


def test_a_task_that_a_person_did_is_not_made_again_but_a_new_warning_has_its_own(plain, book):
    night(plain, book, "r1", "2026-06-30")
    plain.unlink("mail.activity", [warned(plain)[0]["id"]])
    assert night(plain, book, "r2", "2026-06-30")[0].changes == ()
    night(plain, book, "r3", "2026-08-01")
    assert [row["summary"] for row in warned(plain)] == ["Ask why (KAM order_gap-2026-08-01:1)"]


def test_a_cleared_warnings_task_goes_unless_a_person_changed_it(plain, book):
    night(plain, book, "r1", "2026-06-29", "2026-06-30")
    mine, touched = warned(plain)
    plain.write("mail.activity", [touched["id"]], {"date_deadline": "2026-09-09"})
    plan, _ = night(plain, book, "r2")
    assert [(change.action, change.id) for change in plan.changes] == [("remove", mine["id"])]


def test_collection_tasks_and_playbooks_leave_each_others_activities_alone(plain, book):
    night(plain, book, "r1", "2026-06-30")
    count = len(plain.rows("mail.activity"))
    assert count > 1
    without = decided(playbooks=None)
    con = plain.pull()
    assert writeback.make_plan(writeback.desired_records(without, con), con, book, plain).changes == ()
    night(plain, book, "r2", "2026-06-30", tasks=pd.DataFrame([task_row(1, 11, 9001, "remind", 1)]).iloc[:0])
    assert [row["res_id"] for row in plain.rows("mail.activity")] == [12]


RAISED: dict[str, Any] = {
    "company_id": 1, "customer_id": 12, "rule": "order_gap", "since": "2026-06-30", "user_id": 7, "state": "open",
    "severity": "high", "measure": "order_gap", "figure": 2.1, "raise_at": 2.0, "clear_at": 1.2, "rule_names": "{}",
    "cleared_on": "", "clear_code": "", "clear_args": "",
    "reason_code": "warning.contacts_gone", "reason_args": '{"contacts":"4","months":12,"valid_from":"2026-01-01"}',
}  # fmt: skip


def installed(plain: FakeErp) -> FakeErp:
    """The same ERP with the addon."""
    return FakeErp(plain.path)


def two_tasks() -> pd.DataFrame:
    """The playbook's task, and since last night a second one."""
    return pd.concat([playbook("2026-06-30"), playbook("2026-06-30").assign(number=2, title_en="Visit")])


def raised_with(erp: FakeErp, book: Any, run: str, tasks: pd.DataFrame, **more: Any) -> list[Any]:
    """The tasks that the records of customer 12 came with, after a night that was clean and a second one that wrote
    nothing more."""
    what = decided(warnings=pd.DataFrame([{**RAISED, **more}]), playbooks=tasks)
    for name in (run, f"{run}-again"):
        con = erp.pull()
        plan = writeback.make_plan(writeback.desired_records(what, con), con, book, erp)
        outcome = writeback.push(plan, erp, book, run=name)
        assert outcome.is_clean
    assert plan.changes == ()
    return [[task["titles"]["en"] for task in json.loads(row["playbook"])] for row in erp.rows("kam.warning")]


@pytest.mark.requirement("S2-50")
def test_tasks_made_without_the_addon_do_not_come_again_with_its_record(plain, book):
    night(plain, book, "r1", "2026-06-30")
    before = warned(plain)
    erp = installed(plain)
    assert raised_with(erp, book, "r2", two_tasks()) == [["Visit"]]
    assert warned(erp) == before


def test_a_task_that_a_person_did_before_the_addon_does_not_come_again_either(plain, book):
    night(plain, book, "r1", "2026-06-30")
    plain.unlink("mail.activity", [warned(plain)[0]["id"]])
    assert raised_with(installed(plain), book, "r2", two_tasks()) == [["Visit"]]


def test_a_task_that_only_the_mirror_knows_of_does_not_come_again(plain, book, tmp_path):
    """The book was restored from a copy of before that night."""
    night(plain, book, "r1", "2026-06-30")
    with ledger.open(tmp_path / "older.sqlite") as older:
        assert raised_with(installed(plain), older, "r2", two_tasks()) == [["Visit"]]


def test_a_warning_raised_anew_after_the_addon_came_has_all_its_tasks(plain, book):
    night(plain, book, "r1", "2026-06-30")
    night(plain, book, "r2")
    erp = installed(plain)
    assert raised_with(erp, book, "r3", playbook("2026-08-01"), since="2026-08-01") == [["Ask why"]]


def test_an_activity_of_a_push_killed_before_the_addon_came_does_not_come_again(plain, book):
    """Its answer was lost, and the addon does not know activities: the mirror shows it."""
    what = decided(playbooks=playbook("2026-06-30"))
    con = plain.pull()
    plan = writeback.make_plan(writeback.desired_records(what, con), con, book, plain)
    sent = [change for change in plan.changes if change.model == "mail.activity" and change.values["res_id"] == 12]
    places = note_planned(book, sent, "r1")
    note_state(book, "sent", places.values(), "r1")
    plain.create("mail.activity", [dict(change.values) for change in sent])
    assert raised_with(installed(plain), book, "r2", two_tasks()) == [["Visit"]]
