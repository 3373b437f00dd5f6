"""How a customer is asked, in the ERP: what is written with a task, what never causes a write, who else is told."""

import pandas as pd
import pytest

from kam_connector import writeback
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided, task_row

pytestmark = pytest.mark.long

HOUR = pd.Timestamp("2026-07-03T01:00Z")
MANNER = {
    "channel": "call",
    "tone": "friendly",
    "manager_id": 0,
    "call_at": pd.NaT,
    "advice_code": "manner.usual",
    "advice_args": '{"channel":"call","payer_class":"slow","tone":"friendly","valid_from":"2026-01-01"}',
    "priority_args": '{"points":"12.50"}',
}


def night(erp, book, run, **more):
    row = {"level": 0, **MANNER, **more}
    tasks = pd.DataFrame([task_row(1, 11, 9001, row.pop("step", "before_due"), 1, **row)])
    con = erp.pull()
    wanted = decided(tasks=tasks, tiers=None, revenue=None, ageing=None, tie_out=None, payouts=None, deadlines=None)
    plan = writeback.make_plan(writeback.desired_records(wanted, con), con, book, erp)
    assert writeback.push(plan, erp, book, run=run).is_clean
    return [(change.action, sorted(change.values)) for change in plan.changes if change.model != "kam.customer"]


def task(erp):
    (row,) = erp.rows("kam.collection.task")
    return row


def test_a_task_carries_how_to_ask_and_why_it_is_urgent(erp, book):
    night(erp, book, "r1", call_at=HOUR, manager_id=8)
    names = ("level", "channel", "tone", "manager_id", "call_at", "advice_code", "advice_args", "priority_args")
    assert [task(erp)[name] for name in names] == [
        0, "call", "friendly", 8, "2026-07-03 01:00:00", "manner.usual", MANNER["advice_args"], MANNER["priority_args"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{}, {"tone": "straight"}, {"channel": "visit"}, {"advice_code": "manner.extension"}, {"priority_args": "{}"},
     {"priority": 99.0}, {"manager_id": 8}],
    ids=str,
)  # fmt: skip
def test_what_alone_is_no_reason_to_write(erp, book, change):
    night(erp, book, "r1")
    assert night(erp, book, "r2", **change) == []


def test_the_hour_of_the_contract_day_is_written_on_that_day_with_the_new_priority(erp, book):
    night(erp, book, "r1")
    ((action, names),) = night(erp, book, "r2", call_at=HOUR, priority=22.5)
    assert (action, {"call_at", "priority", "priority_args", "tone"} <= set(names)) == ("update", True)
    assert (task(erp)["call_at"], task(erp)["priority"]) == ("2026-07-03 01:00:00", 22.5)
    assert night(erp, book, "r3", call_at=HOUR, priority=22.5) == []


def test_a_task_that_a_person_closed_stays_closed_whatever_the_hour(erp, book):
    night(erp, book, "r1")
    erp.edit("kam.collection.task", "task:11:9001:before_due", state="done")
    assert night(erp, book, "r2", call_at=HOUR) == []
    assert task(erp)["state"] == "done"


@pytest.fixture
def plain(tmp_path):
    fake = FakeErp(tmp_path / "erp.json", addon=False)
    fake.add("res.partner", id=11, company_id=1)
    return fake


def activities(plain):
    return sorted((row["user_id"], row["summary"].rpartition("(")[2]) for row in plain.rows("mail.activity"))


def test_without_the_addon_the_manager_has_an_activity_of_his_own(plain, book):
    night(plain, book, "r1", step="escalate", level=4, manager_id=8)
    assert activities(plain) == [(7, "KAM 9001-escalate)"), (8, "KAM 9001-escalate:manager)")]
    assert night(plain, book, "r2", step="escalate", level=4, manager_id=8) == []


def test_the_managers_activity_goes_with_the_task_and_never_comes_back_when_it_is_done(plain, book):
    night(plain, book, "r1", step="escalate", level=4, manager_id=8)
    (theirs,) = [row["id"] for row in plain.rows("mail.activity") if row["user_id"] == 8]
    plain.unlink("mail.activity", [theirs])
    assert night(plain, book, "r2", step="escalate", level=4, manager_id=8) == []
    assert night(plain, book, "r3", step="bad_debt", level=5, manager_id=8)[0][0] == "create"
    assert activities(plain) == [(7, "KAM 9001-bad_debt)"), (8, "KAM 9001-bad_debt:manager)")]


def test_the_activitys_note_says_how_to_ask(plain, book):
    night(plain, book, "r1")
    (row,) = plain.rows("mail.activity")
    assert "Call, in a friendly tone; payer class: Slow." in row["note"]


@pytest.mark.parametrize("kind", ["float64", "object", "str"])
def test_a_night_in_which_nobody_is_asked_closes_the_open_task(erp, book, kind):
    """Of no rows at all pandas does not know that the signal's day is a text."""
    night(erp, book, "r1")
    nobody = pd.DataFrame([task_row(1, 11, 9001, "before_due", 1, level=0, occasion="", **MANNER)])[:0]
    nobody = nobody.astype({"occasion": kind})
    con = erp.pull()
    wanted = decided(tasks=nobody, tiers=None, revenue=None, ageing=None, tie_out=None, payouts=None, deadlines=None)
    plan = writeback.make_plan(writeback.desired_records(wanted, con), con, book, erp)
    assert writeback.push(plan, erp, book, run="r2").is_clean
    assert task(erp)["state"] == "done"
