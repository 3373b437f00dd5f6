"""The deadlines of several companies: what one company's schedule says wrong stops no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kam_connector import ledger, policy
from kam_connector.facts.complaints import complaints
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


def decide(con: Any, folder: Path, **more: Any) -> Decisions:
    with ledger.open(folder / "ledger.sqlite") as book:
        sources = Sources(con, book, policy.load(), ZONES, True, datetime(2026, 7, 31, tzinfo=UTC))
        frame, in_force = to_frame(complaints(con, JUNE, ZONES)), sources.policy.at(JUNE)
        table = in_force.complaints
        own = table.model_copy(update={"complaints": table.complaints.model_copy(update=more)})
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
