"""Without the addon: custom fields, activities, an attachment; what people changed or deleted stays so."""

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.writeback.journal import read_journal
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import ageing_row, decided, task_row, tier_row


@pytest.fixture
def plain(tmp_path):
    """The same three customers in an ERP that has no addon; all custom fields are there."""
    fake = FakeErp(tmp_path / "erp.json", addon=False)
    for number, company in ((11, 1), (12, False), (13, 2)):
        fake.add("res.partner", id=number, company_id=company)
    return fake


def make_plan(erp, book, what=None):
    con = erp.pull()
    return writeback.make_plan(writeback.desired_records(what or decided(), con), con, book, erp)


def night(erp, book, run, what=None):
    plan = make_plan(erp, book, what)
    return plan, writeback.push(plan, erp, book, run=run)


def partner(erp, number):
    return next(row for row in erp.rows("res.partner") if row["id"] == number)


def test_customers_get_their_figures_and_tasks_become_activities(plain, book):
    plan, outcome = night(plain, book, "r1")
    assert outcome.is_clean
    assert plan.counts() == {("res.partner", "update"): 3, ("mail.activity", "create"): 2}
    row = partner(plain, 11)
    wanted = {
        "x_kam_tier": "gold",
        "x_kam_score": 83.26,
        "x_kam_receivable": 115.15,
        "x_kam_overdue": 15.1,
        "x_kam_currency": "CNY",
        "x_kam_oldest_due": "2026-05-01",
        "x_kam_as_of": "2026-06-30",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert "83.26" in row["x_kam_reason"]
    activity = next(row for row in plain.rows("mail.activity") if row["res_id"] == 11)
    assert activity["summary"].endswith("(KAM 9001-reminder1)")
    assert (activity["user_id"], activity["date_deadline"], activity["res_model_id"]) == (7, "2026-07-03", 77)
    assert activity["activity_type_id"] == 4


@pytest.mark.parametrize("call", [0, 3, 4])
def test_an_ordinary_login_that_may_not_read_models_schedules_one_by_one(plain, book, call):
    plain.is_ordinary_user = True
    plain.faults = {call: "drop"}
    assert night(plain, book, "r1")[1].is_clean
    assert [method for model, method in plain.log if model == "mail.activity"] == ["activity_schedule"] * 2
    assert sorted(row["res_id"] for row in plain.rows("mail.activity")) == [11, 13]
    assert make_plan(plain, book).changes == ()


def test_an_ordinary_login_learns_the_model_from_an_activity_that_is_there(plain, book):
    plain.is_ordinary_user = True
    plain.add("mail.activity", res_id=12, res_model_id=77, summary="by hand")
    night(plain, book, "r1")
    assert [method for model, method in plain.log if model == "mail.activity"] == ["create"]


def test_the_command_can_say_what_stays_local(plain, book):
    plan = make_plan(plain, book)
    assert tuple(map(str, plan.local)) == (
        "score history",
        "ageing sets and their review",
        "complaint deadlines",
        "payouts and their approval",
    )


def test_second_night_plans_nothing(plain, book):
    night(plain, book, "r1")
    assert night(plain, book, "r2")[0].changes == ()


def test_missing_custom_fields_are_named_with_the_command_that_makes_them(plain, book):
    plain.partner_fields = set()
    plan = make_plan(plain, book)
    assert "kam erp prepare" in str(plan.local[0])
    assert {change.model for change in plan.changes} == {"mail.activity"}


def test_a_customer_of_two_companies_shows_the_own_companys_figures(plain, book):
    ageing = pd.DataFrame([ageing_row(1, 13, 7, d1_30=1), ageing_row(2, 13, 7, d1_30=2), ageing_row(2, 12, 7, d1_30=3)])
    night(plain, book, "r1", decided(tiers=None, revenue=None, ageing=ageing))
    assert (partner(plain, 13)["x_kam_overdue"], partner(plain, 13)["x_kam_currency"]) == (0.02, "EUR")
    assert (partner(plain, 12)["x_kam_overdue"], partner(plain, 12)["x_kam_currency"]) == (0.03, "EUR")


def test_equal_figures_are_written_in_one_call(plain, book):
    for number in range(100, 160):
        plain.add("res.partner", id=number, company_id=1)
    tiers = pd.DataFrame([tier_row(1, number, "gold" if number % 2 else "silver", "80") for number in range(100, 160)])
    night(plain, book, "r1", decided(tiers=tiers, revenue=None, ageing=None, tie_out=None, tasks=None))
    assert plain.log == [("res.partner", "write")] * 2


def test_one_bad_customer_stops_only_itself(plain, book):
    plain.bad = {"res.partner:12"}
    for number in (11, 13):
        assert "x_kam_tier" not in partner(plain, number)
    _, outcome = night(plain, book, "r1")
    assert [(answer.change.key, answer.message) for answer in outcome.of("refused")] == [
        ("12", "Record 12 cannot be written.")
    ]
    assert partner(plain, 13)["x_kam_tier"] == "gold"
    plan = make_plan(plain, book)
    assert [(held.key, held.why) for held in plan.held] == [("12", "quarantined")]


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_lost_answer_makes_no_second_activity(plain, book, call):
    plain.faults = {call: "drop"}
    night(plain, book, "r1")
    night(plain, book, "r2")
    assert len(plain.rows("mail.activity")) == 2
    assert {line.state for line in read_journal(book).values()} <= {"confirmed", "moot"}
    assert make_plan(plain, book).changes == ()


def test_an_activity_that_was_done_is_never_made_again(plain, book):
    night(plain, book, "r1")
    number = plain.rows("mail.activity")[0]["id"]
    plain.unlink("mail.activity", [number])
    assert night(plain, book, "r2")[0].changes == ()


def test_a_settled_activity_is_removed_unless_a_person_changed_it(plain, book):
    night(plain, book, "r1")
    mine, theirs = plain.rows("mail.activity")
    plain.edit("mail.activity", str(theirs["id"]), date_deadline="2026-09-09")
    plan, outcome = night(plain, book, "r2", decided(tasks=decided().tasks.iloc[:0]))
    assert [(change.action, change.id) for change in plan.changes] == [("remove", mine["id"])]
    assert outcome.written == 1
    assert [row["id"] for row in plain.rows("mail.activity")] == [theirs["id"]]
    assert night(plain, book, "r3", decided(tasks=decided().tasks.iloc[:0]))[0].changes == ()


def test_an_activity_without_owner_is_the_service_users_and_still_removed_when_settled(plain, book):
    night(plain, book, "r1", decided(tasks=pd.DataFrame([task_row(1, 11, 9001, "reminder1", 1, user_id=0)])))
    assert plain.rows("mail.activity")[0]["user_id"] == plain.uid
    night(plain, book, "r2", decided(tasks=decided().tasks.iloc[:0]))
    assert plain.rows("mail.activity") == []


def test_a_report_is_attached_once_and_replaced_when_it_changes(plain, book):
    con = plain.pull()
    report = writeback.Report(1, "kam-ageing.xlsx", b"first")
    assert writeback.attach_report(report, con, plain, book, run="r1") == "created"
    plain.edit("ir.attachment", str(plain.rows("ir.attachment")[0]["id"]), checksum=report.checksum)
    assert writeback.attach_report(report, con, plain, book, run="r2") == "unchanged"
    other = writeback.Report(1, "kam-ageing.xlsx", b"second")
    assert writeback.attach_report(other, con, plain, book, run="r3") == "updated"
    assert [(row["res_id"], row["datas"]) for row in plain.rows("ir.attachment")] == [(901, "c2Vjb25k")]
    assert [event.payload["state"] for event in book.events("attachment")] == ["sent", "confirmed"] * 2
