"""What a night writes beside the targets in the ERP: how far they are reached, once, whoever has set them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kam_connector import mirror, sync
from kam_connector.erp import ErpAccess, connect
from kam_connector.facts import companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.reached import measure_targets
from kam_connector.runs.sources import Sources
from tests.runs import nights
from tests.runs.staff import ANN, BOB, EAST, HEAD, W32, Staff, books_of_staff, staff
from tests.sync.empty import empty_mirror

pytestmark = pytest.mark.long

GIVEN = W32 + "bob,,2026-06,revenue,400.00,,\n,East,2026-06,revenue,2000.00,,\nann,,2026-05,revenue,500.00,,\n"
BY_HAND = {"company_id": 1, "user_id": BOB, "period": "2026-Q2", "kind": "revenue", "amount": 800.0,
           "date_from": "2026-04-01", "date_to": "2026-06-30"}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Staff]:
    with staff(tmp_path) as found:
        found.load(GIVEN)
        yield found


def night(office: Staff, day: str = nights.ANCHOR) -> None:
    done = office.place.kam("run", "--yes", "--allow-past", "--as-of", day, "--skip", "report")
    assert done.returncode in (0, 1), (done.stdout, done.stderr)


def shown(office: Staff) -> dict[tuple[str, str, int, str], tuple[bool, float, str | bool]]:
    """Whether counted, how much and until when, by kind, period, person (0: nobody) and key without its figures."""
    return {
        (row["kind"], row["period"], _number(row["user_id"]), str(row["kam_key"])[:10]): (
            row["is_measured"], row["actual"], row["as_of"]
        )
        for row in office.server.rows("kam.target").values()
    }  # fmt: skip


def _number(value: Any) -> int:
    return int(value) if value else 0


@pytest.mark.requirement("S0-11")
def test_people_and_teams_see_how_far_they_came_and_the_next_night_writes_nothing(office: Staff) -> None:
    night(office)
    assert shown(office) == {
        ("revenue", "2026-06", ANN, "target:use"): (True, 920.0, "2026-06-30"),
        ("margin", "2026-06", ANN, "target:use"): (False, 0.0, False),
        ("collection", "2026-06", ANN, "target:use"): (True, 700.0, "2026-06-30"),
        ("new_customers", "2026-06", ANN, "target:use"): (True, 3.0, "2026-06-30"),
        ("revenue", "2026-06", BOB, "target:use"): (True, 500.0, "2026-06-30"),
        ("revenue", "2026-06", 0, "target:tea"): (True, 1420.0, "2026-06-30"),
        ("revenue", "2026-05", ANN, "target:use"): (True, 400.0, "2026-05-31"),
    }
    before = office.server.rows("kam.target")
    night(office)
    assert office.server.rows("kam.target") == before


@pytest.mark.requirement("S0-11")
def test_it_is_counted_up_to_the_day_and_moves_when_something_is_sold(office: Staff) -> None:
    night(office, "2026-06-09")
    assert shown(office)["revenue", "2026-06", ANN, "target:use"] == (True, 0.0, "2026-06-09")
    night(office, "2026-06-11")
    assert shown(office)["revenue", "2026-06", ANN, "target:use"] == (True, 900.0, "2026-06-11")
    assert shown(office)["revenue", "2026-06", BOB, "target:use"] == (True, 0.0, "2026-06-09")


def test_what_people_set_or_changed_is_counted_too_and_an_import_still_leaves_it(office: Staff) -> None:
    with connect(ErpAccess(office.server.url, "sandbox", "admin", office.server.password)) as session:
        session.create("kam.target", [BY_HAND])
    number = next(
        number for number, row in office.server.rows("kam.target").items()
        if row["kam_key"] == f"target:user:{ANN}:revenue:2026-06"
    )  # fmt: skip
    office.server.edit("kam.target", number, amount=1150.0, kam_version=2)
    night(office)
    found = shown(office)
    assert found["revenue", "2026-Q2", BOB, "kam.target"] == (True, 500.0, "2026-06-30")
    assert found["revenue", "2026-06", ANN, "target:use"] == (True, 920.0, "2026-06-30")
    assert office.load(GIVEN, codes=(1,)) == {"planned": 0, "written": 0, "unchanged": 6, "left": 1}
    assert office.targets()[f"target:user:{ANN}:revenue:2026-06"] == 1150.0


def test_an_import_after_a_night_changes_the_target_and_keeps_what_was_reached(office: Staff) -> None:
    night(office)
    assert office.load(GIVEN)["written"] == 0
    assert office.load(GIVEN.replace("revenue,1000,", "revenue,1100,"))["written"] == 1
    assert office.targets()[f"target:user:{ANN}:revenue:2026-06"] == 1100.0
    assert shown(office)["revenue", "2026-06", ANN, "target:use"] == (True, 920.0, "2026-06-30")


def imported(office: Staff, text: str) -> str:
    """The run of an import of these rows."""
    words = ("targets", "import", office.file(HEAD + text), "--yes", "--format", "json")
    return str(json.loads(office.place.kam(*words).stdout)["run"])


def test_an_import_is_taken_back_after_nights_have_counted_it_unless_somebody_has_changed_it(office: Staff) -> None:
    key, other = f"target:user:{ANN}:revenue:2026-06", f"target:user:{BOB}:revenue:2026-06"
    changed = GIVEN.replace("revenue,1000,", "revenue,1100,").replace("revenue,400.00", "revenue,450.00")
    run = imported(office, changed)
    night(office, "2026-06-09")
    number = next(number for number, row in office.server.rows("kam.target").items() if row["kam_key"] == other)
    office.server.edit("kam.target", number, amount=475.0, kam_version=9)
    night(office)
    office.place.kam("writeback", "undo", "--run", run, "--yes")
    assert (office.targets()[key], office.targets()[other]) == (1000.0, 475.0)
    assert shown(office)["revenue", "2026-06", ANN, "target:use"] == (True, 920.0, "2026-06-30")


def test_a_margin_is_counted_where_orders_have_costs_and_only_of_running_and_last_periods(tmp_path: Path) -> None:
    books = books_of_staff()
    for key, user, team in (
        ("a", ANN, None),
        ("b", None, EAST),
        ("c", BOB, None),
        ("of a team that is gone", None, None),
    ):
        books.add("kam.target", company_id=1, user_id=user, team_id=team, period="2026-Q2", kind="margin", kam_key=key,
                  date_from="2026-04-01", date_to="2026-06-30", amount=250.0)  # fmt: skip
    with mirror.open(empty_mirror(tmp_path / "mirror.duckdb")) as store:
        sync.pull(books.session(), store, run="test")
        sources = Sources(store.ibis, None, None, {}, False, datetime.now(UTC))  # type: ignore[arg-type]
        days = (date(2026, 6, 14), date(2026, 6, 30), date(2026, 9, 30), date(2026, 10, 1))
        firms = to_frame(companies.companies(store.ibis))
        found = [measure_targets(sources, firms, day) for day in days]
    assert [dict(zip(each["kam_key"], each["actual_minor"], strict=True)) for each in found] == [
        {"a": 0, "c": 0, "b": 0}, {"a": 18400, "c": 0, "b": 18400}, {"a": 18400, "c": 0, "b": 18400}, {},
    ]  # fmt: skip
    assert [each["is_measured"].tolist() for each in found] == [
        [False] * 3,
        [True, False, True],
        [True, False, True],
        [],
    ]
    assert set(found[2]["as_of"]) == {date(2026, 6, 30)}
