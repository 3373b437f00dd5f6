"""A ticket or claim becomes a complaint in the ERP once: made with its facts, then only its deadlines are written."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.rules.intake import TAKEN
from tests.writeback.nights import deadlines, decided

KEY = "crm.claim,12"


def taken() -> pd.DataFrame:
    row = {
        "case_key": KEY, "company_id": 1, "customer_id": 11, "contact_id": 0, "user_id": 8, "title": "Dents",
        "type": "transport", "subtype": "", "severity": "high", "order_id": 0,
        "received_at": pd.Timestamp("2026-06-29 08:00", tz="UTC"), "move_id": 0,
        "triage_code": "triage.line", "triage_args": "{}",
    }  # fmt: skip
    return pd.DataFrame([row], columns=list(TAKEN))


def keys(number: int) -> pd.DataFrame:
    return pd.DataFrame([{"complaint_id": number, "case_key": KEY, "company_id": 1}])


def night(erp, book, run, **what):
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(decided(**what), con), con, book, erp)
    return plan, writeback.push(plan, erp, book, run=run)


@pytest.mark.requirement("S4-73")
def test_it_is_made_with_its_facts_and_gets_its_deadlines_when_it_has_come_home(erp, book) -> None:
    night(erp, book, "r1", deadlines=deadlines(), taken=taken())
    [row] = erp.rows("kam.complaint")
    assert (row["kam_key"], row["partner_id"], row["subject"]) == (KEY, 11, "Dents")
    assert (row["type"], row["severity"], row["received_at"]) == ("transport", "high", "2026-06-29 08:00:00")

    erp.edit("kam.complaint", KEY, severity="critical", user_id=9)
    night(erp, book, "r2", deadlines=deadlines(row["id"]), case_keys=keys(row["id"]), taken=taken()[:0])
    [row] = erp.rows("kam.complaint")
    assert row["response_due"] == "2026-06-30 09:30:15"
    assert (row["severity"], row["user_id"]) == ("critical", 9)


def test_one_that_a_person_deleted_is_not_made_again(erp, book) -> None:
    night(erp, book, "r1", deadlines=deadlines(), taken=taken())
    erp.delete("kam.complaint", KEY)
    plan, _ = night(erp, book, "r2", deadlines=deadlines(), taken=taken())
    assert [(held.model, held.why) for held in plan.held] == [("kam.complaint", "gone")]
