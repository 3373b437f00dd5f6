"""Working schedules of the ERP by company."""

from __future__ import annotations

from typing import Any

import pytest

from kam_connector.facts.work_hours import days_off, schedules, work_hours
from tests.facts.conftest import Pulled
from tests.sync.books import Books


@pytest.fixture
def books() -> Books:
    return Books()


def line(books: Books, **values: Any) -> None:
    books.add("resource.calendar.attendance", **{
        "calendar_id": 5, "name": "Line", "dayofweek": "0", "hour_from": 9.0, "hour_to": 12.0, "day_period": "morning",
        "week_type": None, "display_type": None, **values,
    })  # fmt: skip


def schedule(books: Books, *, two_weeks: bool) -> None:
    books.add("resource.calendar", id=5, name="Standard", tz="Asia/Shanghai", two_weeks_calendar=two_weeks)
    books.change("res.company", 1, resource_calendar_id=5)


def test_breaks_and_titles_are_no_hours_and_a_week_alone_has_no_turn(books: Books, pulled: Pulled) -> None:
    schedule(books, two_weeks=False)
    line(books)
    line(books, dayofweek="4", hour_from=13.5, hour_to=18.0, week_type="1")
    line(books, hour_from=12.0, hour_to=13.0, day_period="lunch")
    line(books, display_type="line_section")
    frame = work_hours(pulled(books)).to_pandas().sort_values("weekday")
    rows = frame[["company_id", "weekday", "hour_from", "hour_to"]].to_numpy().tolist()
    assert rows == [[1, 0, 9.0, 12.0], [1, 4, 13.5, 18.0]]
    assert frame["turn"].isna().all()


def test_of_two_weeks_each_stretch_has_its_turn(books: Books, pulled: Pulled) -> None:
    schedule(books, two_weeks=True)
    line(books, week_type="0")
    line(books, week_type="1", dayofweek="1")
    frame = work_hours(pulled(books)).to_pandas().sort_values("weekday")
    assert frame[["weekday", "turn"]].astype(int).to_numpy().tolist() == [[0, 0], [1, 1]]


def test_days_off_are_those_of_the_schedule_and_of_everybody(books: Books, pulled: Pulled) -> None:
    schedule(books, two_weeks=False)
    times = {
        "date_from": "2025-09-29 16:00:00",
        "date_to": "2025-09-30 15:59:59",
        "time_type": "leave",
        "resource_id": False,
    }
    own = {"calendar_id": 5, "company_id": 1}
    for name, values in (
        ("own", own), ("everybody", {}), ("company", {"company_id": 1}), ("other schedule", {"calendar_id": 6}),
        ("other company", {"company_id": 2}), ("at work elsewhere", {**own, "time_type": "other"}),
        ("a person's leave", {**own, "resource_id": 7}),
    ):  # fmt: skip
        books.add("resource.calendar.leaves", name=name, **{**times, **values})
    frame = days_off(pulled(books)).to_pandas()
    assert set(frame.loc[frame["company_id"] == 1, "name"]) == {"own", "everybody", "company"}


def test_the_hours_and_days_off_of_another_schedule_can_be_asked_for_and_lines_may_hold_for_some_days(
    books: Books, pulled: Pulled
) -> None:
    schedule(books, two_weeks=False)
    books.change("resource.calendar", 5, active=True)
    books.add("resource.calendar", id=6, name="Six days", tz="Asia/Urumqi", company_id=1, active=True)
    books.add("resource.calendar", id=7, name="Old", tz="UTC", active=False)
    line(books)
    line(books, calendar_id=6, dayofweek="5", date_from="2026-02-14", date_to="2026-02-21")
    off = {
        "date_from": "2025-09-29 16:00:00",
        "date_to": "2025-09-30 15:59:59",
        "time_type": "leave",
        "resource_id": False,
    }
    for name, values in (("own", {"calendar_id": 5}), ("desk", {"calendar_id": 6}), ("everybody", {})):
        books.add("resource.calendar.leaves", name=name, **off, **values)
    con = pulled(books)
    names = schedules(con).to_pandas().sort_values("calendar_id")[["schedule", "zone"]].to_numpy().tolist()
    assert names == [["Standard", "Asia/Shanghai"], ["Six days", "Asia/Urumqi"]]
    mine, other = (work_hours(con, number).filter(lambda t: t.company_id == 1).to_pandas() for number in (None, 6))
    assert (mine["weekday"].tolist(), mine["date_from"].isna().all()) == ([0], True)
    assert [str(other[name].iloc[0])[:10] for name in ("weekday", "date_from", "date_to")] == [
        "5", "2026-02-14", "2026-02-21",
    ]  # fmt: skip
    asked = days_off(con, 6)
    assert set(asked.filter(asked.company_id == 1).to_pandas()["name"]) == {"desk", "everybody"}
