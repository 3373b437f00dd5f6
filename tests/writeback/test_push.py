from dataclasses import replace

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.writeback.journal import read_journal
from tests.writeback.nights import ageing_row, deadlines, decided, task_row, tier_row


def night(erp, book, run, what=None):
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(what or decided(), con), con, book, erp)
    return plan, writeback.push(plan, erp, book, run=run)


def tiers_with(first):
    return pd.DataFrame([first, tier_row(1, 12, "silver", "55"), tier_row(2, 13, "gold", "91.5")])


def tasks_with(amount):
    return pd.DataFrame([task_row(1, 11, 9001, "reminder1", amount), task_row(2, 13, 9003, "reminder1", 99)])


def states(book):
    return {line.state for line in read_journal(book).values()}


def test_first_night_makes_every_record_once(erp, book):
    plan, outcome = night(erp, book, "r1")
    assert outcome.is_clean
    assert {model: len(erp.rows(model)) for model, _ in plan.counts()} == {
        "kam.tier": 4,
        "kam.customer": 3,
        "kam.score": 3,
        "kam.ageing": 2,
        "kam.ageing.line": 3,
        "kam.collection.task": 2,
        "kam.payout": 2,
        "kam.payout.line": 2,
    }
    assert states(book) == {"confirmed"}


def test_an_item_of_nobody_is_in_the_total_and_in_no_record_of_a_customer(erp, book):
    what = decided()
    nobody = pd.DataFrame([ageing_row(1, 0, None, d31_60=7_00)])
    ageing = pd.concat([what.ageing, nobody], ignore_index=True)
    tie_out = what.tie_out.assign(ageing_minor=what.tie_out["ageing_minor"] + [7_00, 0])
    _, outcome = night(erp, book, "r1", replace(what, ageing=ageing, tie_out=tie_out))
    assert outcome.is_clean
    assert {row["partner_id"] for row in erp.rows("kam.ageing.line")} == {11, 13}
    assert {row["partner_id"] for row in erp.rows("kam.customer")} == {11, 12, 13}
    whole = next(row for row in erp.rows("kam.ageing") if row["company_id"] == 1)
    assert (whole["total"], whole["d31_60"]) == (122.15, 7.0)


def test_figures_arrive_as_decided(erp, book):
    night(erp, book, "r1")
    customer = next(row for row in erp.rows("kam.customer") if row["partner_id"] == 11)
    shown = {
        name: customer[name]
        for name in (
            "score",
            "score_loyalty",
            "not_due",
            "d1_30",
            "d181_plus",
            "receivable_total",
            "overdue",
            "user_id",
        )
    }
    assert shown == {
        "score": 83.26,
        "score_loyalty": 70.5,
        "not_due": 100.05,
        "d1_30": 20.1,
        "d181_plus": -5.0,
        "receivable_total": 115.15,
        "overdue": 15.1,
        "user_id": 7,
    }
    assert customer["score_risk"] == 0.0
    assert (customer["as_of"], customer["oldest_due"], customer["revenue_12m"]) == (
        "2026-06-30",
        "2026-05-01",
        1234567.89,
    )
    yen = next(row for row in erp.rows("kam.payout") if row["currency_id"] == 3)
    assert (yen["earned"], yen["amount"], yen["date_to"]) == (1286.0, 1286.0, "2026-06-30")
    line = next(row for row in erp.rows("kam.payout.line") if row["move_id"] == 502)
    assert (line["base"], line["rate"], line["amount_exact"], line["amount"]) == (2142.5, 0.03, "64.275", 64.28)


def test_second_night_on_unchanged_data_plans_nothing(erp, book):
    night(erp, book, "r1")
    writes = erp.writes
    plan, outcome = night(erp, book, "r2")
    assert (plan.changes, plan.held, outcome.answers) == ((), (), ())
    assert plan.unchanged == 21
    assert erp.writes == writes


def test_an_unchanged_next_day_writes_nothing(erp, book):
    from datetime import date

    night(erp, book, "r1")
    later = pd.DataFrame(
        [
            task_row(1, 11, 9001, "reminder1", 15_10, days_overdue=61, priority=13.0, deadline=date(2026, 7, 4)),
            task_row(2, 13, 9003, "reminder1", 99, days_overdue=61),
        ]
    )
    plan, _ = night(erp, book, "r2", decided(as_of=date(2026, 7, 1), tasks=later))
    assert plan.changes == ()


def test_planning_twice_without_a_pull_sends_what_the_erp_calls_unchanged(erp, book):
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(decided(), con), con, book, erp)
    writeback.push(plan, erp, book, run="r1")
    outcome = writeback.push(plan, erp, book, run="r2")
    assert {answer.status for answer in outcome.answers} == {"unchanged"}
    assert len(erp.rows("kam.customer")) == 3


def test_only_what_differs_is_sent_with_the_day_beside_it(erp, book):
    night(erp, book, "r1")
    ageing = decided().ageing
    ageing.loc[0, ["d1_30_minor", "total_minor", "overdue_minor"]] = [30_10, 130_15, 30_10]
    plan, outcome = night(erp, book, "r2", decided(ageing=ageing))
    customer = next(change for change in plan.changes if change.model == "kam.customer")
    assert sorted(customer.values) == ["as_of", "d1_30", "overdue", "receivable_total"]
    assert customer.version == 1
    assert outcome.is_clean
    assert night(erp, book, "r3", decided(ageing=ageing))[0].changes == ()


def test_a_score_row_is_made_only_on_a_day_of_change(erp, book):
    from datetime import date

    night(erp, book, "r1")
    tiers = pd.DataFrame(
        [tier_row(1, 11, "silver", "70"), tier_row(1, 12, "silver", "55"), tier_row(2, 13, "gold", "91.5")]
    )
    night(erp, book, "r2", decided(as_of=date(2026, 7, 1), tiers=tiers))
    night(erp, book, "r3", decided(as_of=date(2026, 7, 2), tiers=tiers))
    rows = [(row["partner_id"], row["valid_from"], row["score"]) for row in erp.rows("kam.score")]
    assert sorted(rows) == [
        (11, "2026-06-30", 83.26),
        (11, "2026-07-01", 70.0),
        (12, "2026-06-30", 55.0),
        (13, "2026-06-30", 91.5),
    ]


def test_a_second_decision_of_one_day_changes_that_days_score_row(erp, book):
    night(erp, book, "r1")
    tiers = pd.DataFrame(
        [tier_row(1, 11, "silver", "70"), tier_row(1, 12, "silver", "55"), tier_row(2, 13, "gold", "91.5")]
    )
    night(erp, book, "r2", decided(tiers=tiers))
    assert [row["score"] for row in erp.rows("kam.score") if row["partner_id"] == 11] == [70.0]


def test_a_line_without_balance_is_zeroed_and_archived_and_comes_back(erp, book):
    night(erp, book, "r1")
    paid = decided(ageing=pd.DataFrame([ageing_row(1, 11, 7, not_due=100_05, d1_30=20_10)]))
    night(erp, book, "r2", paid)
    gone = {row["kam_key"]: (row["active"], row["total"], row["d31_60"]) for row in erp.rows("kam.ageing.line")}
    assert gone == {
        "ageing:due:11:7": (True, 120.15, 0.0),
        "ageing:due:11:0": (False, 0.0, 0.0),
        "ageing:due:13:8": (False, 0.0, 0.0),
    }
    assert next(row for row in erp.rows("kam.customer") if row["partner_id"] == 13)["receivable_total"] == 0.0
    assert night(erp, book, "r3", paid)[0].changes == ()
    night(erp, book, "r4")
    assert all(row["active"] for row in erp.rows("kam.ageing.line"))


def test_a_step_that_did_not_run_leaves_its_records_alone(erp, book):
    night(erp, book, "r1")
    before = erp.rows("kam.ageing.line"), erp.rows("kam.collection.task"), erp.rows("kam.customer")
    plan, _ = night(erp, book, "r2", decided(ageing=None, tie_out=None, tasks=None, payouts=None, deadlines=None))
    assert plan.changes == ()
    assert before == (erp.rows("kam.ageing.line"), erp.rows("kam.collection.task"), erp.rows("kam.customer"))


def test_another_companys_records_are_never_touched(erp, book):
    night(erp, book, "r1")
    only = decided(
        companies=decided().companies.iloc[:1],
        ageing=pd.DataFrame([ageing_row(1, 11, 7, d1_30=1)]),
        tasks=pd.DataFrame([task_row(1, 11, 9001, "reminder1", 15_10)]),
    )
    plan, _ = night(erp, book, "r2", only)
    assert {change.company_id for change in plan.changes} == {1}
    assert [row["state"] for row in erp.rows("kam.collection.task") if row["company_id"] == 2] == ["open"]


def test_a_settled_task_is_closed_when_no_person_touched_it(erp, book):
    night(erp, book, "r1")
    night(erp, book, "r2", decided(tasks=decided().tasks.iloc[:0]))
    assert {row["state"] for row in erp.rows("kam.collection.task")} == {"done"}
    assert night(erp, book, "r3", decided(tasks=decided().tasks.iloc[:0]))[0].changes == ()


def test_a_settled_task_that_a_person_touched_stays_with_the_person(erp, book):
    night(erp, book, "r1")
    erp.edit("kam.collection.task", "task:11:9001:reminder1", date_deadline="2026-08-01")
    plan, _ = night(erp, book, "r2", decided(tasks=decided().tasks.iloc[:0]))
    assert {row["kam_key"]: row["state"] for row in erp.rows("kam.collection.task")} == {
        "task:11:9001:reminder1": "open",
        "task:13:9003:reminder1": "done",
    }
    assert [(held.key, held.why) for held in plan.held] == [("task:11:9001:reminder1", "closed")]


def test_a_touched_task_stays_with_the_person_also_after_a_later_change_of_ours(erp, book):
    night(erp, book, "r1")
    erp.edit("kam.collection.task", "task:11:9001:reminder1", note="called")
    night(erp, book, "r2", decided(tasks=tasks_with(20_00)))
    night(erp, book, "r3", decided(tasks=tasks_with(30_00)))
    plan, _ = night(erp, book, "r4", decided(tasks=tasks_with(0).iloc[1:]))
    assert [(held.key, held.why) for held in plan.held] == [("task:11:9001:reminder1", "closed")]
    assert next(row for row in erp.rows("kam.collection.task") if row["partner_id"] == 11)["state"] == "open"


def test_a_persons_deadline_owner_and_state_win(erp, book):
    night(erp, book, "r1")
    key = "task:11:9001:reminder1"
    erp.edit("kam.collection.task", key, date_deadline="2026-08-01", user_id=99)
    more = tasks_with(20_00)
    night(erp, book, "r2", decided(tasks=more))
    row = next(row for row in erp.rows("kam.collection.task") if row["kam_key"] == key)
    assert (row["amount"], row["date_deadline"], row["user_id"]) == (20.0, "2026-08-01", 99)
    erp.edit("kam.collection.task", key, state="done")
    again = tasks_with(30_00)
    plan, _ = night(erp, book, "r3", decided(tasks=again))
    assert plan.changes == ()
    assert [(held.key, held.why, "amount" in held.fields) for held in plan.held] == [(key, "closed", True)]


def test_a_task_that_a_person_deleted_is_never_made_again(erp, book):
    night(erp, book, "r1")
    erp.delete("kam.collection.task", "task:11:9001:reminder1")
    plan, _ = night(erp, book, "r2")
    assert plan.changes == ()
    assert [(held.key, held.why) for held in plan.held] == [("task:11:9001:reminder1", "gone")]


def test_deleted_figures_are_made_again(erp, book):
    night(erp, book, "r1")
    erp.delete("kam.customer", "customer:11")
    plan, outcome = night(erp, book, "r2")
    assert [(change.key, change.action) for change in plan.changes] == [("customer:11", "create")]
    assert outcome.written == 1


def test_an_edit_between_pull_and_push_is_a_conflict_and_settled_the_next_night(erp, book):
    night(erp, book, "r1")
    con = erp.pull()
    more = decided(tasks=tasks_with(20_00))
    plan = writeback.make_plan(writeback.desired_records(more, con), con, book, erp)
    erp.edit("kam.collection.task", "task:11:9001:reminder1", note="called")
    outcome = writeback.push(plan, erp, book, run="r2")
    assert [(answer.change.key, answer.status) for answer in outcome.of("conflict")] == [
        ("task:11:9001:reminder1", "conflict")
    ]
    _, outcome = night(erp, book, "r3", more)
    assert outcome.is_clean
    row = next(row for row in erp.rows("kam.collection.task") if row["partner_id"] == 11)
    assert (row["amount"], row["note"]) == (20.0, "called")


def test_a_draft_of_which_nothing_is_left_is_emptied(erp, book):
    """The only invoice was cancelled: no payout and no line, yet plan and period were computed."""
    night(erp, book, "r1")
    assert all(row["amount"] for row in erp.rows("kam.payout"))
    gone = {"payouts": decided().payouts.iloc[:0], "payout_lines": decided().payout_lines.iloc[:0]}
    assert night(erp, book, "r2", decided(**gone, paid_periods=(("flat", "2026-05"),)))[0].changes == ()
    night(erp, book, "r3", decided(**gone))
    assert [row["amount"] for row in erp.rows("kam.payout")] == [0, 0]


def test_an_approved_payout_and_its_lines_are_not_written(erp, book):
    night(erp, book, "r1")
    for row in erp.rows("kam.payout"):
        erp.edit("kam.payout", row["kam_key"], state="approved")
    plan, _ = night(erp, book, "r2")
    assert plan.changes == ()
    gone = {"payouts": decided().payouts.iloc[:0], "payout_lines": decided().payout_lines.iloc[:0]}
    assert night(erp, book, "r3", decided(**gone))[0].changes == ()


@pytest.mark.parametrize(("model", "column"), [("payouts", "payout_minor"), ("payout_lines", "base_minor")])
def test_r60_other_content_under_the_key_of_an_approved_payout_stops_everything(erp, book, model, column):
    from kam_connector.errors import Contradiction

    night(erp, book, "r1")
    for row in erp.rows("kam.payout"):
        erp.edit("kam.payout", row["kam_key"], state="approved")
    frame = getattr(decided(), model)
    frame.loc[1, column] = 9999
    writes, events = erp.writes, book.head()
    with pytest.raises(Contradiction, match="payout:8:flat:2026-06:1") as caught:
        night(erp, book, "r2", decided(**{model: frame}))
    assert caught.value.exit_code == 7
    assert (erp.writes, book.head()) == (writes, events)


def test_a_complaints_deadlines_are_written_and_its_people_fields_are_not(erp, book):
    number = erp.add("kam.complaint", company_id=1, kam_version=3, state="assigned", description="<p>x</p>")
    erp.edit("kam.complaint", str(number), kam_key=f"kam.complaint,{number}")
    night(erp, book, "r1", decided(deadlines=deadlines(number)))
    row = erp.rows("kam.complaint")[0]
    assert (row["response_due"], row["resolution_due"]) == ("2026-06-30 09:30:15", "2026-07-03 09:30:00")
    assert (row["response_breached"], row["state"], row["kam_version"]) == (True, "assigned", 5)
    assert night(erp, book, "r2", decided(deadlines=deadlines(number)))[0].changes == ()


def test_a_complaint_that_is_gone_is_not_made(erp, book):
    plan, _ = night(erp, book, "r1", decided(deadlines=deadlines(4711)))
    assert [(held.model, held.why) for held in plan.held] == [("kam.complaint", "gone")]


def test_a_dry_run_writes_nothing_anywhere(erp, book):
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(decided(), con), con, book, erp)
    assert plan.counts()["kam.customer", "create"] == 3
    assert (erp.writes, book.head().seq) == (0, 0)


def test_hostile_texts_and_extreme_figures_come_back_equal(erp, book):
    tiers = decided().tiers
    tiers.loc[0, "reason_args"] = '{"score":"=cmd|\'/C calc\'!A0\x07\\u0000 中"}'
    tiers.loc[1, ["score", "coverage"]] = [None, None]
    ageing = pd.DataFrame([ageing_row(1, 11, 7, d1_30=900_719_925_474_09), ageing_row(1, 12, 7, d1_30=-1)])
    what = decided(tiers=tiers, ageing=ageing)
    night(erp, book, "r1", what)
    assert night(erp, book, "r2", what)[0].changes == ()


def test_nothing_decided_is_an_empty_plan(erp, book):
    empty = decided(
        tiers=decided().tiers.iloc[:0],
        tier_codes=(),
        revenue=None,
        ageing=decided().ageing.iloc[:0],
        tie_out=None,
        tasks=decided().tasks.iloc[:0],
        payouts=decided().payouts.iloc[:0],
        payout_lines=decided().payout_lines.iloc[:0],
    )
    plan, _ = night(erp, book, "r1", empty)
    assert plan.counts() == {("kam.ageing", "create"): 2}


@pytest.mark.parametrize("rows", [2, 3])
def test_two_decisions_for_one_record_stop_everything(erp, book, rows):
    from kam_connector.errors import Contradiction

    tasks = pd.DataFrame([task_row(1, 11, 9001, "reminder1", amount) for amount in range(rows)])
    con = erp.pull()
    desired = writeback.desired_records(decided(tasks=tasks), con)
    with pytest.raises(Contradiction, match="task:11:9001:reminder1") as caught:
        writeback.make_plan(desired, con, book, erp)
    assert caught.value.exit_code == 7
    assert (erp.writes, book.head().seq) == (0, 0)
