"""Levels of the escalation ladder, by the hours of the worked cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings

from kam_connector.calendars import BusinessCalendar
from kam_connector.policy import ComplaintPolicy, Service
from kam_connector.rules.clocks import Terms, run_clocks
from kam_connector.rules.ladders import reach_levels
from kam_connector.rules.status_log import read_log
from tests.rules.clock_cases import CHINA, PLAIN, ZONE, Event, log_of
from tests.rules.test_clock_properties import BEGIN, Rows, logs

LADDER = [
    {"percent": 75, "role": "owner"},
    {"percent": 100, "role": "lead"},
    {"percent": 150, "role": "director"},
    {"percent": 200, "role": "general_manager"},
]
Levels = list[tuple[str, int, str]]


def policy(ladder: Any = LADDER, shifts: Iterable[dict[str, Any]] = (), hours: str = "8") -> ComplaintPolicy:
    return ComplaintPolicy.model_validate({
        "complaints": {"valid_from": date(2020, 1, 1)},
        "target": [
            {"tier": "gold", "response_hours": "1", "resolution_hours": hours},
            {"response_hours": "2", "resolution_hours": "24"},
        ],
        "week": [{"days": ["mon"], "from": "09:00", "to": "18:00"}],
        "escalation": ladder, "escalation_shift": list(shifts),
    })  # fmt: skip


def levels(events: Iterable[Event], now: str, own: ComplaintPolicy | None = None, clock: str = "resolution",
           calendar: BusinessCalendar = PLAIN, services: dict[str, Service] | None = None) -> Levels:  # fmt: skip
    """(role, percent, moment in Shanghai) of each level reached."""
    log, terms = log_of(events, now), Terms(own or policy(), services or {}, calendar)
    found = reach_levels(log, run_clocks(log, terms).frame, terms)
    rows = found[found["clock"] == clock].to_dict("records")
    assert [row["level"] for row in rows] == list(range(1, len(rows) + 1))
    return [
        (row["role"], row["percent"], f"{row['reached_at'].tz_convert(ZONE):%Y-%m-%d %H:%M}".removeprefix("2025-"))
        for row in rows
    ]


RECEIVED: list[Event] = [("c", "2025-09-12 10:00", "received", "gold")]
"""A Friday; 8 h are used up on Monday at 10:00."""


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("2025-09-12 16:59", []),
        ("2025-09-12 17:00", [("owner", 75, "09-12 17:00")]),
        ("2025-09-12 17:01", [("owner", 75, "09-12 17:00")]),
        ("2025-09-15 09:59", [("owner", 75, "09-12 17:00")]),
        ("2025-09-15 10:00", [("owner", 75, "09-12 17:00"), ("lead", 100, "09-15 10:00")]),
        ("2025-09-15 14:59", [("owner", 75, "09-12 17:00"), ("lead", 100, "09-15 10:00")]),
        (
            "2025-09-16 10:00",
            [("owner", 75, "09-12 17:00"), ("lead", 100, "09-15 10:00"), ("director", 150, "09-15 15:00"),
             ("general_manager", 200, "09-16 10:00")],
        ),
    ],
)  # fmt: skip
@pytest.mark.requirement("S4-77")
def test_a_level_is_reached_at_the_very_minute_at_which_its_share_is_used_up(now: str, reached: Levels) -> None:
    assert levels(RECEIVED, now) == reached


@pytest.mark.requirement("S4-77")
def test_waiting_for_the_customer_brings_no_level_nearer() -> None:
    """W15: 6 h are used on Friday at 17:00; the weekend and Monday's first hour count nothing; 8 h on Monday 12:00."""
    waits: list[Event] = [*RECEIVED, ("c", "2025-09-12 17:00", "waiting_customer")]
    owner = ("owner", 75, "09-12 17:00")
    assert levels(waits, "2025-10-30 12:00") == [owner]
    answered: list[Event] = [*waits, ("c", "2025-09-15 10:00", "customer_message")]
    assert levels(answered, "2025-09-15 11:59") == [owner]
    assert levels(answered, "2025-09-15 12:00") == [owner, ("lead", 100, "09-15 12:00")]
    assert levels(answered, "2025-09-15 17:00")[2:] == [("director", 150, "09-15 17:00")]


def test_waiting_for_a_supplier_goes_on_counting() -> None:
    waits: list[Event] = [*RECEIVED, ("c", "2025-09-12 11:00", "waiting_supplier")]
    assert levels(waits, "2025-09-15 10:00")[1] == ("lead", 100, "09-15 10:00")


@pytest.mark.requirement("S4-75")
def test_holidays_and_make_up_days_count_as_in_the_clocks() -> None:
    """W13: Tuesday 17:00 with 8 h is due on Thursday the 9th at 17:00; the Saturday after is worked."""
    received: list[Event] = [("c", "2025-09-30 17:00", "received", "gold")]
    assert levels(received, "2025-10-08 23:00", calendar=CHINA) == []
    assert levels(received, "2025-10-11 12:00", calendar=CHINA) == [
        ("owner", 75, "10-09 15:00"), ("lead", 100, "10-09 17:00"), ("director", 150, "10-10 12:00"),
        ("general_manager", 200, "10-10 17:00"),
    ]  # fmt: skip


def test_the_answer_has_a_ladder_of_its_own_and_ends_it() -> None:
    answered: list[Event] = [*RECEIVED, ("c", "2025-09-12 11:00", "responded")]
    assert levels(RECEIVED, "2025-09-12 11:00", clock="response") == [
        ("owner", 75, "09-12 10:45"), ("lead", 100, "09-12 11:00"),
    ]  # fmt: skip
    assert levels(answered, "2025-09-12 11:00", clock="response") == []
    own = policy([{"clock": "response", "percent": 50, "role": "lead"}, *LADDER[3:]])
    assert levels(RECEIVED, "2025-09-12 10:30", own, "response") == [("lead", 50, "09-12 10:30")]
    assert levels(RECEIVED, "2025-09-12 18:00", own) == []


def test_what_is_settled_reaches_nothing_and_goes_on_when_it_is_opened_again() -> None:
    """7 h are used when it is settled: after the reopening the eighth is used up at 10:00, not days before."""
    ends: list[Event] = [*RECEIVED, ("c", "2025-09-12 18:00", "resolved")]
    assert levels(ends, "2025-09-30 12:00") == []
    again: list[Event] = [*ends, ("c", "2025-09-30 09:00", "reopened")]
    assert levels(again, "2025-09-30 09:59") == [("owner", 75, "09-12 17:00")]
    assert levels(again, "2025-09-30 10:00")[1] == ("lead", 100, "09-30 10:00")


def test_a_target_that_becomes_shorter_brings_every_level_nearer() -> None:
    """W21: 24 h become 8 after 9 h, with 2 left: of 11 h three quarters are used up already."""
    raised: list[Event] = [
        ("c", "2025-09-15 09:00", "received", "silver"), ("c", "2025-09-16 10:00", "changed", "gold"),
    ]  # fmt: skip
    assert levels(raised, "2025-09-16 10:00") == [("owner", 75, "09-16 09:15")]
    assert levels(raised, "2025-09-16 12:00")[1] == ("lead", 100, "09-16 12:00")


@pytest.mark.requirement("S2-56")
def test_a_tier_escalates_earlier_or_to_somebody_higher() -> None:
    """25 points earlier: 50, 75, 125 and 175 % of 8 h; one role up: the lead at once, nobody above the top."""
    earlier = policy(shifts=[{"tier": "gold", "earlier_percent": 25}])
    assert levels(RECEIVED, "2025-09-15 15:00", earlier) == [
        ("owner", 50, "09-12 15:00"), ("lead", 75, "09-12 17:00"), ("director", 125, "09-15 12:00"),
    ]  # fmt: skip
    higher = policy(shifts=[{"tier": "gold", "roles_up": 1}])
    assert [role for role, _, _ in levels(RECEIVED, "2025-09-16 10:00", higher)] == [
        "lead", "director", "general_manager", "general_manager",
    ]  # fmt: skip
    other: list[Event] = [("c", "2025-09-12 10:00", "received", "silver")]
    assert levels(other, "2025-09-16 18:00", earlier) == [("owner", 75, "09-16 12:00")]


def test_a_shift_may_go_by_the_class_of_service() -> None:
    service = Service.model_validate({"sla_class": "A", "discount_limit": "0.1", "credit_factor": "1"})
    shifted = policy(shifts=[{"sla_class": "A", "earlier_percent": 50}])
    assert levels(RECEIVED, "2025-09-12 12:00", shifted, services={"gold": service}) == [("owner", 25, "09-12 12:00")]
    assert levels(RECEIVED, "2025-09-12 12:00", shifted) == []


def test_without_a_ladder_nothing_is_reached() -> None:
    assert levels(RECEIVED, "2026-09-12 12:00", policy([])) == []


def test_at_the_moment_of_intake_a_target_of_no_hours_is_not_used_up() -> None:
    none = policy(hours="0")
    assert levels(RECEIVED, "2025-09-12 10:00", none) == []
    assert len(levels(RECEIVED, "2025-09-12 10:01", none)) == 4


@settings(max_examples=20, deadline=None)
@given(logs())
def test_a_level_is_reached_exactly_when_the_clock_of_that_moment_says_so(rows: Rows) -> None:
    """The clock asked at a level's own moment has used its share, and a minute's working time before it has not."""
    frame = pd.DataFrame(rows, columns=["complaint", "minutes", "event", "tier"])
    frame["at"] = BEGIN + pd.to_timedelta(frame["minutes"], unit="min")
    terms = Terms(policy(), {}, CHINA)
    log = read_log(frame, (BEGIN + pd.Timedelta(days=45)).value // 1000)
    clocks = run_clocks(log, terms).frame
    reached = reach_levels(log, clocks, terms)
    assert reached["reached_at"].max() <= BEGIN + pd.Timedelta(days=45) or reached.empty
    assert (reached.groupby(["complaint", "clock"])["reached_at"].diff().dropna() >= pd.Timedelta(0)).all()
    running = clocks[clocks["ended_at"].isna()].set_index(["complaint", "clock"])
    for key, clock in running.iterrows():
        own = reached[(reached["complaint"] == key[0]) & (reached["clock"] == key[1])]
        share = clock["used"] / clock["target"] * 100
        assert own["percent"].tolist() == [rung["percent"] for rung in LADDER if share >= rung["percent"]]
    for level in reached.head(3).to_dict("records"):
        then = run_clocks(read_log(frame, level["reached_at"].value // 1000), terms).frame
        (row,) = then[(then["complaint"] == level["complaint"]) & (then["clock"] == level["clock"])].to_dict("records")
        if row["target"] == level["target"]:
            assert row["used"] == row["target"] * level["percent"] / 100
