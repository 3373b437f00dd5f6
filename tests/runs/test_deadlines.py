"""The deadlines of several companies: what one company's schedule says wrong stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector import ledger, policy
from kam_connector.facts.complaints import complaints
from kam_connector.policy.complaints import TeamCalendar
from kam_connector.rules.decisions import Decisions
from kam_connector.runs.deadlines import decide_deadlines
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources
from tests.facts.conftest import Pulled, pulled
from tests.sync.books import Books

__all__ = ["pulled"]
JUNE = date(2026, 6, 30)
ZONES = {1: ZoneInfo("Asia/Shanghai"), 2: ZoneInfo("Europe/Berlin")}


@pytest.fixture
def books() -> Books:
    """Two companies with a complaint of 1 June each; the schedule of the second is at hand."""
    made = Books()
    made.partner("Acme")
    made.add("res.company", **{**made.row("res.company", 1), "id": 2, "name": "Berlin", "resource_calendar_id": 5})
    made.add("resource.calendar", id=5, name="Odd", tz="Europe/Berlin", two_weeks_calendar=False)
    for company in ZONES:
        made.add("kam.complaint", name="C", partner_id=1, company_id=company, state="received", type="product",
                 severity="high", received_at="2026-06-01 08:00:00")  # fmt: skip
    return made


def works(books: Books, begin: float, end: float) -> None:
    books.add("resource.calendar.attendance", calendar_id=5, name="Line", dayofweek="0", hour_from=begin, hour_to=end,
              day_period="morning", week_type=None, display_type=None)  # fmt: skip


def decide(con: Any, folder: Path, calendar: Sequence[dict[str, str]] = (), **more: Any) -> Decisions:
    with ledger.open(folder / "ledger.sqlite") as book:
        sources = Sources(con, book, policy.load(), ZONES, True, datetime(2026, 7, 31, tzinfo=UTC))
        frame, in_force = to_frame(complaints(con, JUNE, ZONES)), sources.policy.at(JUNE)
        table = in_force.complaints
        lines = tuple(TeamCalendar.model_validate(line) for line in calendar)
        own = table.model_copy(update={"complaints": table.complaints.model_copy(update=more), "calendar": lines})
        return decide_deadlines(sources, frame, replace(in_force, complaints=own), JUNE)


def test_a_schedule_that_cannot_be_is_found_by_the_companys_name_and_the_others_clocks_run(
    books: Books,
    pulled: Pulled,
    tmp_path: Path,
) -> None:
    works(books, 9.0, 25.0)
    decided = decide(pulled(books), tmp_path)
    assert decided.frame["company_id"].tolist() == [1]
    [found] = [found for found in decided.findings if found.severity == "error"]
    assert found.message == (
        "The complaints of Berlin get no deadline: Working hours overlap or run backwards at 09:00. Look at its working"
        " schedule and days off in the ERP, and at complaints.toml."
    )


@pytest.mark.parametrize(("begin", "end"), [(0.0, 0.0), (18.0, 6.0)])
def test_a_schedule_without_an_hour_leaves_the_policys(
    books: Books,
    pulled: Pulled,
    tmp_path: Path,
    begin: float,
    end: float,
) -> None:
    works(books, begin, end)
    assert decide(pulled(books), tmp_path).frame["company_id"].tolist() == [1, 2]


def test_a_company_that_is_closed_for_years_has_late_deadlines_and_no_crash(
    books: Books,
    pulled: Pulled,
    tmp_path: Path,
) -> None:
    works(books, 9.0, 17.0)
    books.add("resource.calendar.leaves", name="Closed", calendar_id=5, company_id=2, date_from="2024-01-01 00:00:00",
              date_to="2030-12-31 22:59:59", time_type="leave",
              resource_id=False)  # fmt: skip
    due = {row["company_id"]: row["response_due"] for row in decide(pulled(books), tmp_path).frame.to_dict("records")}
    assert due[2].year == 2031


def test_a_year_of_which_no_days_off_are_known_is_said_once_and_not_for_each_company(
    books: Books, pulled: Pulled, tmp_path: Path
) -> None:
    for number in (1, 2):
        books.change("kam.complaint", number, received_at="2003-06-02 08:00:00")
    decided = decide(pulled(books), tmp_path, country="CN")
    [found] = [found for found in decided.findings if found.record == "2003"]
    assert found.message.startswith("The official days off of 2003 are in no table")


def desk(books: Books) -> None:
    """Both companies work Monday to Friday by the policy, nine to six; a desk in Shanghai on Saturdays too; its leader
    (7) owns the first complaint, somebody else (8) the second."""
    books.add("resource.calendar", id=6, name="Six days", tz="Asia/Shanghai", company_id=1, active=True)
    for weekday in range(6):
        books.add("resource.calendar.attendance", calendar_id=6, name="Line", dayofweek=str(weekday), hour_from=9.0,
                  hour_to=13.0 if weekday == 5 else 18.0, day_period="morning")  # fmt: skip
    books.add("resource.calendar.leaves", name="Outing", calendar_id=6, company_id=1, time_type="leave",
              date_from="2026-06-12 16:00:00", date_to="2026-06-13 15:59:59", resource_id=False)  # fmt: skip
    books.add("crm.team", id=3, name="Desk", active=True, user_id=7)
    for number in (7, 8):
        books.add("res.users", id=number, login=f"user{number}", active=True)
        books.change("kam.complaint", number - 6, user_id=number)
    for number in (1, 2):
        books.change("kam.complaint", number, received_at="2026-06-05 09:00:00", company_id=1)  # a Friday, 17:00


def due_of(decided: Decisions) -> dict[int, str]:
    rows = decided.frame.to_dict("records")
    return {row["complaint_id"]: f"{row['response_due'].tz_convert(ZONES[1]):%a %d %H:%M}" for row in rows}


DESK = {"team": "Desk", "schedule": "Six days"}


@pytest.mark.requirement("S4-75")
@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ([], {1: "Mon 08 17:00", 2: "Mon 08 17:00"}),
        ([DESK], {1: "Mon 08 13:00", 2: "Mon 08 17:00"}),
        ([{"user": "user8", "schedule": "Six days"}], {1: "Mon 08 17:00", 2: "Mon 08 13:00"}),
        ([{"schedule": "Six days"}], {1: "Mon 08 13:00", 2: "Mon 08 13:00"}),
        ([{"team": "Desk", "user": "user8", "schedule": "Six days"}], {1: "Mon 08 17:00", 2: "Mon 08 17:00"}),
    ],
)
def test_a_complaint_runs_by_the_schedule_of_its_owners_team(
    books: Books, pulled: Pulled, tmp_path: Path, lines: list[dict[str, str]], due: dict[int, str]
) -> None:
    """9 h to answer, received Friday 17:00: one hour that day, at the desk four on Saturday, the rest on Monday."""
    desk(books)
    decided = decide(pulled(books), tmp_path, calendar=lines)
    assert (due_of(decided), decided.findings) == (due, ())


def test_the_days_off_of_the_desk_are_its_own(books: Books, pulled: Pulled, tmp_path: Path) -> None:
    desk(books)
    for number in (1, 2):
        books.change("kam.complaint", number, received_at="2026-06-12 09:00:00")
    assert due_of(decide(pulled(books), tmp_path, calendar=[DESK])) == {1: "Mon 15 17:00", 2: "Mon 15 17:00"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "Seven days"}, "The company has 0 of this name."),
        ({"company_id": 2}, "The company has 0 of this name."),
        ({"active": False}, "The company has 0 of this name."),
        ({"tz": "Asia/Atlantis"}, 'Time zone "Asia/Atlantis" is not known.'),
    ],
)
def test_a_schedule_that_cannot_count_is_told_and_the_companys_counts(
    books: Books, pulled: Pulled, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    desk(books)
    books.change("resource.calendar", 6, **change)
    decided = decide(pulled(books), tmp_path, calendar=[DESK])
    assert due_of(decided) == {1: "Mon 08 17:00", 2: "Mon 08 17:00"}
    [found] = decided.findings
    assert found.message == (
        f'The schedule "Six days" of [[calendar]] in complaints.toml does not count, the company\'s does: {why} Look at'
        " the working schedules in the ERP."
    )


def test_of_two_schedules_of_one_name_the_companys_counts_and_two_of_the_company_are_none(
    books: Books, pulled: Pulled, tmp_path: Path
) -> None:
    desk(books)
    books.add("resource.calendar", id=8, name="Six days", tz="UTC", active=True)
    assert due_of(decide(pulled(books), tmp_path, calendar=[DESK]))[1] == "Mon 08 13:00"
    books.change("resource.calendar", 8, company_id=1)
    [found] = decide(pulled(books), tmp_path, calendar=[DESK]).findings
    assert "The company has 2 of this name." in found.message


def test_a_schedule_without_hours_and_a_team_of_nobody_are_found(books: Books, pulled: Pulled, tmp_path: Path) -> None:
    desk(books)
    books.add("resource.calendar", id=9, name="Empty", tz="UTC", company_id=1, active=True)
    lines = [{"team": "Night", "schedule": "Six days"}, {"team": "Desk", "schedule": "Empty"}]
    messages = [found.message for found in decide(pulled(books), tmp_path, calendar=lines).findings]
    assert messages[0].startswith('The sales team "Night" of [[calendar]]')
    assert "Nobody works in it." in messages[1]


def test_a_schedule_that_is_worked_no_more_is_told_and_the_companys_counts(
    books: Books, pulled: Pulled, tmp_path: Path
) -> None:
    """All of its lines ended with last year: the desk's complaints have deadlines all the same."""
    desk(books)
    for line in books.tables["resource.calendar.attendance"]:
        books.change("resource.calendar.attendance", line["id"], date_to="2025-12-31")
    decided = decide(pulled(books), tmp_path, calendar=[DESK])
    assert due_of(decided) == {1: "Mon 08 17:00", 2: "Mon 08 17:00"}
    [found] = decided.findings
    assert "The calendar has too few working hours" in found.message


def test_a_desk_elsewhere_works_in_its_own_zone(books: Books, pulled: Pulled, tmp_path: Path) -> None:
    """Received on Sunday 7 June: nine hours of a desk in universal time end on Monday at 18:00 there."""
    desk(books)
    books.change("resource.calendar", 6, tz="UTC")
    books.change("kam.complaint", 1, received_at="2026-06-07 15:00:00")
    decided = decide(pulled(books), tmp_path, calendar=[DESK])
    assert due_of(decided)[1] == "Tue 09 02:00"
    [args] = [row["reason_args"] for row in decided.frame.to_dict("records") if row["complaint_id"] == 1]
    assert '"zone":"UTC"' in args
