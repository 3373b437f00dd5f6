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


def proposals(number: int, minor: int = 900_00) -> pd.DataFrame:
    row = {"complaint_id": number, "company_id": 1, "proposed_remedy": "credit", "proposed_amount_minor": minor,
           "proposed_limit": "value", "approver": "manager", "proposal_code": "compensation.value",
           "proposal_args": "{}"}  # fmt: skip
    return pd.DataFrame([row])


def cleared(number: int) -> pd.DataFrame:
    """A complaint of which nothing is proposed any more."""
    frame = proposals(number)
    return frame.assign(**{name: None for name in frame if name not in ("complaint_id", "company_id")})


@pytest.mark.requirement("S4-69")
def test_a_proposal_is_written_once_follows_a_change_and_is_taken_away(erp, book) -> None:
    night(erp, book, "r1", deadlines=deadlines(), taken=taken())
    number = erp.rows("kam.complaint")[0]["id"]
    told = {"deadlines": deadlines(number), "case_keys": keys(number), "taken": taken()[:0]}
    night(erp, book, "r2", **told, compensation=proposals(number))
    [row] = erp.rows("kam.complaint")
    assert (row["proposed_remedy"], row["proposed_amount"], row["approver"]) == ("credit", 900.0, "manager")
    plan, _ = night(erp, book, "r3", **told, compensation=proposals(number))
    assert not [change for change in plan.changes if change.model == "kam.complaint"]
    night(erp, book, "r3b", **told, compensation=proposals(number).assign(proposal_args='{"left":"1.00"}'))
    assert erp.rows("kam.complaint")[0]["proposal_args"] == '{"left":"1.00"}'
    night(erp, book, "r4", **told, compensation=proposals(number, 899_99))
    assert erp.rows("kam.complaint")[0]["proposed_amount"] == 899.99
    night(erp, book, "r5", **told, compensation=None)
    assert erp.rows("kam.complaint")[0]["proposed_amount"] == 899.99
    night(erp, book, "r6", **told, compensation=cleared(number))
    [row] = erp.rows("kam.complaint")
    assert (row["proposed_remedy"], row["proposed_amount"], row["approver"]) == (False, 0.0, False)


def weighed(number: int, points: int, band: str) -> pd.DataFrame:
    row = {"complaint_id": number, "company_id": 1, "evidence_points": points, "evidence_band": band, "evidence": "[]",
           "evidence_code": f"evidence.{band}", "evidence_args": "{}"}  # fmt: skip
    return pd.DataFrame([row])


@pytest.mark.requirement("S4-74")
def test_evidence_is_written_once_follows_a_change_and_stays_where_nothing_is_known(erp, book) -> None:
    night(erp, book, "r1", deadlines=deadlines(), taken=taken())
    number = erp.rows("kam.complaint")[0]["id"]
    told = {"deadlines": deadlines(number), "case_keys": keys(number), "taken": taken()[:0]}
    for run, points, band in (("r2", 55, "review"), ("r3", 70, "suspected")):
        night(erp, book, run, **told, faith=weighed(number, points, band))
        [row] = erp.rows("kam.complaint")
        assert (row["evidence_points"], row["evidence_band"]) == (points, band)
    for run, faith in (("r4", weighed(number, 70, "suspected")), ("r5", None)):
        plan, _ = night(erp, book, run, **told, faith=faith)
        assert not [change for change in plan.changes if change.model == "kam.complaint"]
    assert erp.rows("kam.complaint")[0]["evidence_points"] == 70
