"""Low ratings and survey answers on a real Odoo 19: pulled, made cases of once, whatever is answered later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.addon import odoo
from tests.addon.rpc import Login
from tests.runs import nights
from tests.scenarios.desks import CASE, Desk

pytestmark = [pytest.mark.odoo, pytest.mark.long, pytest.mark.timeout(600)]
SURVEY_LINE = """[[intake]]
source = "survey.user_input"
category = "Satisfaction"
at_most = 40

[[calendar]]
team = "Answer Desk"
schedule = "Round the clock"

# Stages"""


class AnswerDesk(Desk):
    """An Odoo with ratings and surveys."""

    def cases(self, *fields: str) -> dict[str, dict[str, Any]]:
        """The complaints by the key of the answer that they came of."""
        domain = [["kam_key", "like", "rating.rating,%"], ["kam_key", "like", "survey.user_input,%"]]
        rows = self.admin.call(CASE, "search_read", ["|", *domain], ["kam_key", *fields], load="", limit=9)
        return {str(row["kam_key"]): row for row in rows}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnswerDesk]:
    from rig import odoo as server

    for installed in odoo.copied_addon():
        admin = installed.admin
        server.run(19, admin.database, "-i", "rating,survey", what="Ratings and surveys cannot be installed.")
        place = nights.at(tmp_path_factory.mktemp("home"), admin.url, admin.database, "admin", "admin")
        written = place.kam("policy", "init")
        assert written.returncode == 0, written.stderr
        [policy] = place.home.rglob("complaints.toml")
        policy.write_text(policy.read_text(encoding="utf-8").replace("# Stages", SURVEY_LINE, 1), encoding="utf-8")
        yield AnswerDesk(admin, place, _write(admin))


def _write(admin: Login) -> dict[str, int]:
    """Acme rates an order 1 and its invoice 4, somebody unknown rates 1; Acme answers a survey with 25 percent."""
    seller = admin.create("res.users", name="Sina", login="sina")
    admin.create("crm.team", name="Answer Desk", user_id=seller)
    day = {"name": "All day", "hour_from": 0, "hour_to": 24, "day_period": "full_day"}
    admin.create("resource.calendar", name="Round the clock", tz="UTC",
                 attendance_ids=[[0, 0, {**day, "dayofweek": str(weekday)}] for weekday in range(7)])  # fmt: skip
    acme = admin.create("res.partner", name="Acme", is_company=True, user_id=seller)
    buyer = admin.create("res.partner", name="Buyer", parent_id=acme)
    orders = [admin.create("sale.order", partner_id=acme) for _ in range(2)]
    model = admin.search("ir.model", [["model", "=", "sale.order"]], limit=1)[0]
    base = {"res_model_id": model, "consumed": True}
    rated = {"res_id": orders[0], "partner_id": buyer}
    return {
        "acme": acme, "buyer": buyer, "seller": seller, "order": orders[0],
        "low": admin.create("rating.rating", rating=1, feedback="Dropped by the carrier", **rated, **base),
        "good": admin.create("rating.rating", rating=4, res_id=orders[1], partner_id=buyer, **base),
        "unknown": admin.create("rating.rating", rating=1, res_id=orders[1], **base),
        "old": _rated_long_ago(admin, res_id=orders[1], partner_id=buyer, **base),
        "answer": _answer(admin, buyer),
    }  # fmt: skip


def _ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")


def _rated_long_ago(admin: Login, **values: Any) -> int:
    """A rating of 32 days ago: Odoo itself notes the moment of making one, so it is put back afterwards."""
    made = admin.create("rating.rating", rating=1, **values)
    admin.write("rating.rating", made, rated_on=_ago(32))
    return made


def _answer(admin: Login, partner: int) -> int:
    """An answer to a survey of one question: the worst of two answers, worth 1 of 4 points."""
    survey = admin.create("survey.survey", title="Satisfaction", scoring_type="scoring_without_answers")
    choices = [[0, 0, {"value": name, "answer_score": score}] for name, score in (("Good", 4), ("Bad", 1))]
    question = admin.create("survey.question", title="How was it?", survey_id=survey, question_type="simple_choice",
                            suggested_answer_ids=choices)  # fmt: skip
    [bad] = admin.search("survey.question.answer", [["question_id", "=", question], ["value", "=", "Bad"]], limit=1)
    line = {"question_id": question, "answer_type": "suggestion", "suggested_answer_id": bad}
    return admin.create(
        "survey.user_input", survey_id=survey, partner_id=partner, state="done", end_datetime=_ago(1),
        predefined_question_ids=[[6, 0, [question]]], user_input_line_ids=[[0, 0, line]],
    )  # fmt: skip


@pytest.mark.requirement("S3-17")
def test_a_low_rating_and_a_low_survey_become_a_case_each_and_people_keep_what_they_change(desk: AnswerDesk) -> None:
    admin, ids = desk.admin, desk.ids
    keys = [f"rating.rating,{ids['low']}", f"survey.user_input,{ids['answer']}"]
    found = desk.night()
    assert [(each["record"], each["severity"]) for each in found] == [(f"rating.rating,{ids['unknown']}", "info")]

    names = ("type", "severity", "partner_id", "contact_id", "user_id", "subject", "order_id", "triage")
    made = desk.cases(*names)
    assert sorted(made) == sorted(keys)
    rated, answered = (made[key] for key in keys)
    assert (rated["type"], rated["partner_id"], rated["contact_id"]) == ("transport", ids["acme"], ids["buyer"])
    assert (rated["user_id"], rated["order_id"]) == (ids["seller"], ids["order"])
    assert rated["subject"].endswith(": Dropped by the carrier")
    assert "1 where 2 or less is a complaint" in rated["triage"]
    assert "25 where 40 or less is a complaint" in answered["triage"]
    assert (answered["type"], answered["subject"], answered["order_id"]) == ("product", "Satisfaction", False)

    # a person classifies anew; the customer answers better: the case stays, and gets its deadlines
    admin.write(CASE, rated["id"], type="service", severity="high")
    admin.write("rating.rating", ids["low"], rating=5)
    desk.night()
    after = desk.cases("type", "severity", "state", "response_due")
    assert (after[keys[0]]["type"], after[keys[0]]["severity"], after[keys[0]]["state"]) == (
        "service", "high", "received",
    )  # fmt: skip
    assert all(row["response_due"] for row in after.values())
    assert len(after) == 2


def test_a_second_low_rating_of_what_has_an_open_case_is_told_and_makes_none(desk: AnswerDesk) -> None:
    admin, ids = desk.admin, desk.ids
    model = admin.search("ir.model", [["model", "=", "sale.order"]], limit=1)[0]
    again = admin.create("rating.rating", rating=2, res_model_id=model, res_id=ids["order"], partner_id=ids["acme"],
                         consumed=True)  # fmt: skip
    [told] = [each for each in desk.night() if each["record"] == f"rating.rating,{again}"]
    assert "is no second one" in told["message"]
    assert f"rating.rating,{again}" not in desk.cases("state")


@pytest.mark.requirement("S4-75")
def test_the_clocks_of_a_case_run_by_the_schedule_of_the_team_that_its_owner_leads(desk: AnswerDesk) -> None:
    """9 h to answer and 90 to settle, at a desk that never closes: so many hours after the answer was given."""
    desk.night()
    moments = ("received_at", "response_due", "resolution_due")
    case = desk.cases("id", *moments)[f"survey.user_input,{desk.ids['answer']}"]
    received, response, resolution = (datetime.fromisoformat(case[name]) for name in moments)
    assert (response - received, resolution - received) == (timedelta(hours=9), timedelta(hours=90))
    done = desk.place.kam("explain", "complaint", f"#{case['id']}", "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = {row["subject"]: row["detail"] for row in json.loads(done.stdout)["rows"]}
    whose = 'The hours that count are those of the schedule "Round the clock", by [[calendar]] number 1.'
    assert [rows[clock][1] for clock in ("response", "resolution")] == [whose, whose]
