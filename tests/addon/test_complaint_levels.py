"""Levels of a complaint's ladder on a real Odoo 19: who is told, once, and what ends it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.addon.cast import Cast
from tests.addon.rpc import Refused
from tests.addon.test_complaints import MODEL, bring, record

pytestmark = [pytest.mark.odoo, pytest.mark.long]
ANSWER, SOLUTION = "A complaint waits for its first response", "A complaint waits for its solution"


def level(cast: Cast, number: int, person: str, clock: str = "resolution", state: str = "told") -> dict[str, Any]:
    role = ("owner", "lead", "director", "general_manager")[number - 1]
    figures = {"clock": clock, "level": number, "percent": (75, 100, 150, 200)[number - 1], "role": role,
               "target_hours": "8", "valid_from": "2026-01-01"}  # fmt: skip
    return {
        "clock": clock, "level": number, "percent": figures["percent"], "at": "2026-06-01 09:00:00",
        "told_at": "2026-06-01 22:00:00", "user_id": cast.users[person] if person else 0, "state": state,
        "reason_code": "escalation.passed" if state == "passed" else "escalation.told",
        "reason_args": json.dumps(figures),
    }  # fmt: skip


def escalate(cast: Cast, complaint: int, *levels: dict[str, Any]) -> str:
    """What the endpoint answers to the connector that says which levels were reached."""
    row = cast.admin.read(MODEL, complaint, "kam_key", "kam_version")
    highest = max(levels, key=lambda each: each["level"])
    values = {"escalations": json.dumps(levels), "escalation_level": highest["level"], "escalation_state": "open",
              "escalated_to_id": highest["user_id"], "escalated_at": highest["told_at"]}  # fmt: skip
    [answer] = cast.apply(MODEL, {**cast.row(row["kam_key"], **values), "version": row["kam_version"]})
    return str(answer["status"])


def told(cast: Cast, complaint: int) -> list[tuple[str, int]]:
    """Summary and person of the open activities of the escalation."""
    domain = [["res_model", "=", MODEL], ["res_id", "=", complaint], ["activity_type_id.name", "ilike", "Escalation"]]
    rows = cast.admin.call("mail.activity", "search_read", domain, ["summary", "user_id"], load="", order="id")
    return [(row["summary"], row["user_id"]) for row in rows]


@pytest.mark.requirement("S4-62", "S4-77")
def test_a_level_tells_its_person_once_and_after_an_outage_only_the_highest(cast: Cast) -> None:
    complaint, users = record(cast.login("anna"), cast), cast.users
    owner = level(cast, 1, "anna")
    assert escalate(cast, complaint, owner) == "updated"
    assert told(cast, complaint) == [(SOLUTION, users["anna"])]
    assert escalate(cast, complaint, owner) == "unchanged"
    levels = [owner, level(cast, 2, "", state="passed"), level(cast, 3, "dir"), level(cast, 2, "li", "response")]
    assert escalate(cast, complaint, *levels) == "updated"
    now = [(SOLUTION, users["anna"]), (ANSWER, users["li"]), (SOLUTION, users["dir"])]
    assert told(cast, complaint) == now
    row = cast.login("anna").read(MODEL, complaint, "escalation_story", "escalation_level", "escalated_to_id")
    story = row["escalation_story"].splitlines()
    assert (len(story), row["escalation_level"]) == (4, 3)
    assert "Resolution, level 3: 150 % of 8 working hours are used up. Told: key-account director." in story[2]
    assert story[2].endswith("Dir")
    assert "was not told" in story[1]
    assert cast.login("li").search(MODEL, [["escalation_state", "=", "open"], ["id", "=", complaint]]) == [complaint]


@pytest.mark.requirement("S4-77")
def test_what_was_missed_while_the_erp_was_away_tells_the_highest_alone(cast: Cast) -> None:
    complaint = record(cast.login("anna"), cast)
    escalate(cast, complaint, level(cast, 1, "anna"), level(cast, 2, "li"))
    assert told(cast, complaint) == [(SOLUTION, cast.users["li"])]


@pytest.mark.requirement("S4-75", "S4-77")
def test_answer_and_solution_cancel_the_activities_of_their_clock_at_once_and_peoples_own_stay(cast: Cast) -> None:
    complaint, users = record(cast.login("anna"), cast), cast.users
    escalate(cast, complaint, level(cast, 1, "anna", "response"), level(cast, 1, "anna"))
    escalate(cast, complaint, level(cast, 1, "anna", "response"), level(cast, 1, "anna"), level(cast, 2, "li"))
    cast.login("anna").call(MODEL, "action_respond", [complaint])
    assert told(cast, complaint) == [(SOLUTION, users["anna"]), (SOLUTION, users["li"])]
    own = [["res_model", "=", MODEL], ["res_id", "=", complaint], ["summary", "=", SOLUTION]]
    mine = cast.admin.search("mail.activity", own, order="id")[0]
    cast.login("anna").write("mail.activity", mine, date_deadline="2026-12-24")
    bring(cast, complaint, "accepted", "rejected")
    assert told(cast, complaint) == [(SOLUTION, users["anna"])]
    bring(cast, complaint, "accepted")
    again = [level(cast, 1, "anna", "response", "over"), level(cast, 1, "anna", state="over"), level(cast, 2, "li")]
    assert escalate(cast, complaint, *again) == "updated"
    assert told(cast, complaint) == [(SOLUTION, users["anna"])]


@pytest.mark.requirement("S4-77")
def test_a_level_told_after_a_reopening_stays_open_while_its_clock_runs(cast: Cast) -> None:
    complaint, users = record(cast.login("anna"), cast), cast.users
    levels = [level(cast, 1, "anna", state="over"), level(cast, 2, "li")]
    escalate(cast, complaint, *levels)
    assert told(cast, complaint) == [(SOLUTION, users["li"])]
    escalate(cast, complaint, *levels, level(cast, 1, "anna", "response"))
    assert told(cast, complaint) == [(SOLUTION, users["li"]), (ANSWER, users["anna"])]


def test_a_case_is_settled_though_its_kind_of_activity_was_deleted(cast: Cast) -> None:
    complaint, name = record(cast.login("anna"), cast), "mail_activity_type_escalation_resolution"
    [known] = cast.admin.search("ir.model.data", [["module", "=", "kam_connector"], ["name", "=", name]])
    cast.admin.write("ir.model.data", known, name="gone")
    try:
        bring(cast, complaint, "accepted", "rejected")
    finally:
        cast.admin.write("ir.model.data", known, name=name)
    assert cast.admin.read(MODEL, complaint, "state")["state"] == "rejected"


def test_who_may_not_see_the_case_is_not_told_but_the_responsible_one(cast: Cast) -> None:
    complaint = record(cast.login("anna"), cast)
    escalate(cast, complaint, level(cast, 4, "out"))
    assert told(cast, complaint) == [(SOLUTION, cast.users["anna"])]


def test_nobody_but_the_connector_says_who_is_told(cast: Cast) -> None:
    complaint = record(cast.login("anna"), cast, escalations=json.dumps([level(cast, 1, "li")]))
    assert not cast.admin.read(MODEL, complaint, "escalations")["escalations"]
    with pytest.raises(Refused, match="escalations"):
        cast.login("anna").write(MODEL, complaint, escalations=json.dumps([level(cast, 1, "li")]))
    row = cast.admin.read(MODEL, complaint, "kam_key")
    [answer] = cast.apply(MODEL, cast.row(row["kam_key"], escalations='{"no": "list"}'))
    assert (answer["status"], "JSON list" in answer["message"]) == ("refused", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "1"}, {"level": True}, {"user_id": None}, {"state": "open"}, {"at": "soon"}, {"at": ""},
        {"clock": "all"}, {"reason_args": {}}, {"reason_code": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_level_with_a_value_of_another_type_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    row = cast.admin.read(MODEL, record(cast.login("anna"), cast), "kam_key")
    levels = json.dumps([{**level(cast, 1, "anna"), **wrong}])
    [answer] = cast.apply(MODEL, cast.row(row["kam_key"], escalations=levels))
    assert (answer["status"], "JSON list" in answer["message"]) == ("refused", True)
