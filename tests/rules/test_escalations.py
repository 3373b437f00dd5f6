"""Who is told of which level of the ladder: once, the highest, until the clock ends."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.complaints import Complaints
from kam_connector.policy.escalation import Person
from kam_connector.rules.deadlines import NO_LEVELS
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.escalations import COLUMNS, Staff, decide_escalations

ANNA, LEA, DORA, GUO = 11, 12, 13, 14
SAID = Complaints(valid_from=date(2020, 1, 1))
NOTHING = pd.DataFrame(columns=list(COLUMNS))
RUNG = {1: (75, "owner"), 2: (100, "lead"), 3: (150, "director"), 4: (200, "general_manager")}
PEOPLE = (Person(role="director", login="dora"), Person(role="general_manager", login="guo"))


def staff(people: tuple[Person, ...] = PEOPLE, *, owner: int = ANNA, leader: int = LEA, gone: int = 0) -> Staff:
    users = [(ANNA, "anna"), (LEA, "lea"), (DORA, "dora"), (GUO, "guo")]
    return Staff(
        owners=pd.DataFrame({"complaint_id": [7, 8], "user_id": [owner, owner]}),
        leaders=pd.DataFrame({"user_id": [ANNA] if leader else [], "manager_id": [leader] if leader else []}),
        users=pd.DataFrame([user for user in users if user[0] != gone], columns=["user_id", "login"]),
        companies=pd.DataFrame({"company_id": [1, 2], "name": ["North", "South"]}),
        people=people,
    )


def reached(*levels: tuple[str, int], complaint: int = 7, company: int = 1) -> pd.DataFrame:
    if not levels:
        return NO_LEVELS
    return pd.DataFrame([
        {"company_id": company, "complaint_id": complaint, "clock": clock, "level": level, "percent": RUNG[level][0],
         "role": RUNG[level][1], "target": pd.Timedelta(hours=8), "reached_at": pd.Timestamp("2025-09-15 02:00Z"),
         "seen_at": pd.Timestamp("2025-09-15 14:00Z")}
        for clock, level in levels
    ])  # fmt: skip


def deadlines(*, response: bool = False, resolution: bool = False, complaint: int = 7) -> pd.DataFrame:
    """Which clocks have ended."""
    return pd.DataFrame({
        "complaint_id": [complaint], "response_ended": [response], "resolution_ended": [resolution],
    })  # fmt: skip


def run(levels: pd.DataFrame, before: pd.DataFrame = NOTHING, ended: pd.DataFrame | None = None,
        who: Staff | None = None, day: int = 15) -> Decisions:  # fmt: skip
    levels = levels.assign(seen_at=levels["seen_at"] + pd.Timedelta(days=day - 15))
    ended = deadlines() if ended is None else ended
    return decide_escalations(levels, ended, before, who or staff(), SAID)


def said(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = ["clock", "level", "state", "user_id"]
    return list(frame[columns].itertuples(index=False, name=None))


@pytest.mark.requirement("S4-62", "S4-77")
def test_each_level_tells_its_role_once() -> None:
    first = run(reached(("resolution", 1)))
    assert said(first.frame) == [("resolution", 1, "told", ANNA)]
    again = run(reached(("resolution", 1)), first.frame, day=16)
    pd.testing.assert_frame_equal(again.frame, first.frame)
    then = run(reached(("resolution", 1), ("resolution", 2)), again.frame, day=17)
    assert said(then.frame) == [("resolution", 1, "told", ANNA), ("resolution", 2, "told", LEA)]
    assert then.frame["recorded_at"].tolist() == ["2025-09-15 14:00:00", "2025-09-17 14:00:00"]
    assert not then.findings


@pytest.mark.requirement("S4-77")
def test_after_an_outage_all_are_recorded_and_only_the_highest_tells() -> None:
    """No run while 75, 100 and 150 % of 8 h went by: the key-account director alone is told, once."""
    late = run(reached(("resolution", 1), ("resolution", 2), ("resolution", 3)))
    assert said(late.frame) == [
        ("resolution", 1, "passed", 0), ("resolution", 2, "passed", 0), ("resolution", 3, "told", DORA),
    ]  # fmt: skip
    assert late.frame["reason_code"].tolist() == ["escalation.passed", "escalation.passed", "escalation.told"]
    assert json.loads(late.frame["reason_args"].iloc[2]) == {
        "clock": "resolution", "level": 3, "percent": 150, "role": "director", "target_hours": "8",
        "valid_from": "2020-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(("days", "state", "reason"), [
    (14, "told", "escalation.told"), (15, "passed", "escalation.long_ago"),
])  # fmt: skip
def test_of_what_was_reached_long_ago_nobody_is_told(days: int, state: str, reason: str) -> None:
    """Fourteen days are the limit of the policy; a higher level tells somebody all the same."""
    levels = reached(("resolution", 1), ("resolution", 3))
    levels["reached_at"] = levels["seen_at"] - pd.Timedelta(days=days)
    first = run(levels)
    assert said(first.frame) == [
        ("resolution", 1, "passed", 0), ("resolution", 3, state, DORA if state == "told" else 0),
    ]  # fmt: skip
    assert first.frame["reason_code"].tolist() == ["escalation.passed", reason]
    assert json.loads(first.frame["reason_args"].iloc[1]).get("tell_within_days") == (14 if days > 14 else None)
    assert not first.findings
    higher = run(pd.concat([levels, reached(("resolution", 4))]), first.frame)
    assert said(higher.frame)[2] == ("resolution", 4, "told", GUO)


def test_each_clock_has_its_own_highest_level() -> None:
    both = run(reached(("response", 1), ("response", 2), ("resolution", 1)))
    assert said(both.frame) == [
        ("resolution", 1, "told", ANNA), ("response", 1, "passed", 0), ("response", 2, "told", LEA),
    ]  # fmt: skip


def test_a_level_below_a_recorded_one_tells_nobody() -> None:
    """A ladder with a rung more since yesterday: what came in below it is recorded."""
    before = run(reached(("resolution", 2))).frame
    then = run(reached(("resolution", 1), ("resolution", 2)), before)
    assert said(then.frame) == [("resolution", 1, "passed", 0), ("resolution", 2, "told", LEA)]


@pytest.mark.requirement("S4-77")
def test_the_end_of_a_clock_is_the_end_of_its_levels() -> None:
    open_ones = run(reached(("response", 2), ("resolution", 1))).frame
    answered = run(reached(("resolution", 1)), open_ones, deadlines(response=True))
    assert said(answered.frame) == [("resolution", 1, "told", ANNA), ("response", 2, "over", LEA)]
    settled = run(reached(), answered.frame, deadlines(response=True, resolution=True))
    assert said(settled.frame) == [("resolution", 1, "over", ANNA), ("response", 2, "over", LEA)]


@pytest.mark.requirement("S4-77")
def test_a_case_that_is_opened_again_tells_nobody_a_second_time() -> None:
    settled = run(reached(), run(reached(("resolution", 2))).frame, deadlines(resolution=True)).frame
    again = run(reached(("resolution", 1), ("resolution", 2)), settled)
    assert said(again.frame) == [("resolution", 1, "passed", 0), ("resolution", 2, "over", LEA)]
    higher = run(reached(("resolution", 1), ("resolution", 2), ("resolution", 3)), again.frame)
    assert said(higher.frame)[2] == ("resolution", 3, "told", DORA)


def test_what_ended_before_any_run_saw_it_is_not_recorded() -> None:
    assert run(reached(), ended=deadlines(response=True, resolution=True)).frame.empty


@pytest.mark.parametrize(
    ("level", "who", "told", "sentence"),
    [
        (1, staff(owner=0), DORA, "nobody who works here is responsible"),
        (1, staff(gone=ANNA), LEA, "nobody who works here is responsible"),
        (2, staff(leader=0), DORA, "in no team with a leader"),
        (2, staff(gone=LEA), DORA, "in no team with a leader"),
        (3, staff(PEOPLE[1:]), GUO, 'Complaints of North escalate to the role "director"'),
        (4, staff(PEOPLE[:1]), DORA, 'Complaints of North escalate to the role "general_manager"'),
        (4, staff(()), LEA, 'Complaints of North escalate to the role "general_manager"'),
    ],
)
def test_for_a_role_that_nobody_has_the_next_is_told(level: int, who: Staff, told: int, sentence: str) -> None:
    """The next above that there is; where there is none above, the next below."""
    found = run(reached(("resolution", level)), who=who)
    assert said(found.frame) == [("resolution", level, "told", told)]
    assert found.frame["reason_code"].tolist() == ["escalation.instead"]
    assert [sentence in finding.message for finding in found.findings] == [True]


def test_where_nobody_is_known_the_level_says_so() -> None:
    found = run(reached(("resolution", 1)), who=staff((), owner=0))
    assert said(found.frame) == [("resolution", 1, "told", 0)]
    assert found.frame[["told_role", "reason_code"]].to_numpy().tolist() == [["", "escalation.nobody"]]


def test_a_person_for_one_company_goes_before_one_for_all() -> None:
    people = (Person(role="director", login="guo", company="South"), Person(role="director", login="dora"))
    assert said(run(reached(("resolution", 3)), who=staff(people)).frame)[0][3] == DORA
    south = run(reached(("resolution", 3), company=2), who=staff(people))
    assert said(south.frame)[0][3] == GUO


def test_a_login_and_a_company_that_the_erp_does_not_have_are_found_every_night() -> None:
    people = (*PEOPLE, Person(role="director", login="nobody", company="West"))
    found = run(reached(), who=staff(people))
    assert [finding.record for finding in found.findings] == ["nobody", "West"]
    login, company = (finding.message for finding in found.findings)
    assert login.startswith('complaints.toml gives the role "director" to nobody, and no user who works here has this')
    assert company.startswith('complaints.toml gives the role "director" to nobody for the company West, which the ERP')
