"""Early warnings as records of the addon: written when raised and when cleared, and on no night between."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.ledger import Ledger
from kam_connector.writeback import Outcome, Plan
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import decided

MODEL = "kam.warning"
KEY = "warning:12:order_gap:2026-06-30"
RAISED = '{"gap_days":"75.0","last_order":"2026-01-31","limit_times":"2.0","valid_from":"2026-01-01"}'
WARNING: dict[str, Any] = {
    "company_id": 1, "customer_id": 12, "rule": "order_gap", "since": "2026-06-30", "user_id": 7, "severity": "medium",
    "state": "open", "cleared_on": "", "figure": 2.1, "raise_at": 2.0, "clear_at": 1.2, "measure": "order_gap",
    "rule_names": '{"en": "No orders"}', "reason_code": "warning.order_gap", "reason_args": RAISED,
    "clear_code": "", "clear_args": "",
}  # fmt: skip
CLEARED = {"state": "cleared", "cleared_on": "2026-07-04", "clear_code": "warning.cleared", "clear_args": "{}"}
TASK: dict[str, Any] = {
    "company_id": 1, "customer_id": 12, "rule": "order_gap", "since": "2026-06-30", "number": 1, "user_id": 7,
    "deadline": "2026-07-05", "title_en": "Ask why", "title_zh_CN": "了解原因", "title_zh_TW": "瞭解原因",
    "reason_code": "warning.order_gap", "reason_args": RAISED,
}  # fmt: skip


def night(erp: FakeErp, book: Ledger, run: str, *warnings: dict[str, Any]) -> tuple[Plan, Outcome]:
    """A night with these warnings; each open one of customer 12 has one task."""
    shown = pd.DataFrame(warnings, columns=list(WARNING))
    tasks = pd.DataFrame([TASK] * sum(row["state"] == "open" for row in warnings), columns=list(TASK))
    what = decided(warnings=shown, playbooks=tasks)
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(what, con), con, book, erp)
    return plan, writeback.push(plan, erp, book, run=run)


def changes(plan: Plan) -> list[tuple[str, str, dict[str, Any]]]:
    return [(change.action, change.key, dict(change.values)) for change in plan.changes]


@pytest.mark.requirement("S2-50")
def test_a_warning_is_one_record_with_its_reason_and_its_tasks(erp: FakeErp, book: Ledger) -> None:
    plan, outcome = night(erp, book, "r1", WARNING)
    assert outcome.is_clean
    assert [change.key for change in plan.changes if change.model in (MODEL, "mail.activity")] == [KEY]
    (row,) = erp.rows(MODEL)
    told = {name: row[name] for name in ("partner_id", "user_id", "rule", "severity", "state", "raised_on", "figure")}
    assert told == {
        "partner_id": 12, "user_id": 7, "rule": "order_gap", "severity": "medium", "state": "open",
        "raised_on": "2026-06-30", "figure": 2.1,
    }  # fmt: skip
    assert (row["reason_code"], row["reason_args"]) == ("warning.order_gap", RAISED)
    assert json.loads(row["playbook"]) == [
        {
            "user_id": 7,
            "deadline": "2026-07-05",
            "titles": {"en": "Ask why", "zh_CN": "了解原因", "zh_TW": "瞭解原因"},
        }
    ]


def test_an_open_warning_whose_figure_seller_or_playbook_moves_is_not_written(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    assert night(erp, book, "r2", WARNING)[0].changes == ()
    moved = {**WARNING, "figure": 2.4, "user_id": 8, "severity": "high", "raise_at": 1.9, "rule_names": "{}"}
    assert night(erp, book, "r3", moved)[0].changes == ()


@pytest.mark.requirement("S2-49")
def test_a_cleared_warning_is_sent_its_day_and_why_and_nothing_else(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    erp.edit(MODEL, KEY, note="On leave until July")
    plan, outcome = night(erp, book, "r2", WARNING | CLEARED)
    assert outcome.is_clean
    assert changes(plan) == [("update", KEY, CLEARED)]
    (row,) = erp.rows(MODEL)
    assert (row["state"], row["reason_code"], row["note"]) == ("cleared", "warning.order_gap", "On leave until July")
    assert night(erp, book, "r3")[0].changes == ()


def test_a_warning_that_is_raised_anew_is_another_record(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    night(erp, book, "r2", WARNING | CLEARED)
    night(erp, book, "r3", {**WARNING, "since": "2026-08-01"})
    assert [(row["raised_on"], row["state"]) for row in erp.rows(MODEL)] == [
        ("2026-06-30", "cleared"), ("2026-08-01", "open"),
    ]  # fmt: skip


def test_an_open_warning_that_nobody_knows_of_any_more_is_cleared(erp: FakeErp, book: Ledger) -> None:
    """A book that was restored from an older copy does not know what was raised since."""
    night(erp, book, "r1", WARNING)
    assert changes(night(erp, book, "r2")[0]) == [("update", KEY, {"state": "cleared"})]


def test_a_warning_that_a_person_deleted_is_not_made_again(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    erp.delete(MODEL, KEY)
    plan, _ = night(erp, book, "r2", WARNING)
    assert (plan.changes, [(held.key, held.why) for held in plan.held]) == ((), [(KEY, "gone")])


def test_a_step_that_did_not_run_leaves_the_warnings_alone(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    con = erp.pull()
    assert writeback.make_plan(writeback.desired_records(decided(), con), con, book, erp).changes == ()


def test_an_undo_opens_a_cleared_warning_again_and_takes_a_raised_one_back(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", WARNING)
    night(erp, book, "r2", WARNING | CLEARED)
    assert writeback.undo(erp, book, undone="r2", run="u1").outcome.is_clean
    (row,) = erp.rows(MODEL)
    assert (row["state"], row["cleared_on"], row["clear_code"], row["raised_on"]) == (
        "open",
        False,
        False,
        "2026-06-30",
    )
    night(erp, book, "r3", WARNING, {**WARNING, "customer_id": 11})
    assert len(erp.rows(MODEL)) == 2
    writeback.undo(erp, book, undone="r3", run="u2")
    assert [row["partner_id"] for row in erp.rows(MODEL)] == [12]
