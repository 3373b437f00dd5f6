"""The two clocks of a complaint: W13 to W22 with their figures, each limit the minute before, at, after."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from kam_connector.calendars import BusinessCalendar, Hours
from kam_connector.policy import ComplaintPolicy
from kam_connector.rules.clocks import Promise, Terms, run_clocks
from kam_connector.rules.status_log import read_log
from tests.rules.clock_cases import CHINA, DAY, PLAIN, Event, at, clock, clocks, targets

EIGHT, DAY_AND_NIGHT = targets(("*", "8")), BusinessCalendar("Asia/Shanghai", ((Hours(0, 1440),),) * 7)
UPGRADE = targets(("gold", "8"), ("*", "24"))
PAUSED: list[Event] = [
    ("15", "2025-09-12 10:00", "received"),
    ("15", "2025-09-12 17:00", "waiting_customer"),
    ("15", "2025-09-15 10:00", "customer_message"),
]


@pytest.mark.requirement("S4-75")
@pytest.mark.parametrize(
    ("case", "calendar", "received", "policy", "due"),
    [
        ("W13: over the national holiday", CHINA, "2025-09-30 17:00", EIGHT, "2025-10-09 17:00"),
        ("W13: 24 h end on a make-up Saturday", CHINA, "2025-09-30 17:00", targets(("*", "24")), "2025-10-11 17:00"),
        ("W14: a make-up Sunday", CHINA, "2025-09-26 16:30", EIGHT, "2025-09-28 16:30"),
        ("W14: without it", PLAIN, "2025-09-26 16:30", EIGHT, "2025-09-29 16:30"),
        ("W18: the end of the day is inside", PLAIN, "2025-09-12 09:00", EIGHT, "2025-09-12 18:00"),
        ("W18: received in the lunch break", PLAIN, "2025-09-12 12:20", targets(("*", "1")), "2025-09-12 14:00"),
        ("W18: 0 h is the next working instant", PLAIN, "2025-09-12 18:20", targets(("*", "0")), "2025-09-15 09:00"),
        ("0 h within working time is at once", PLAIN, "2025-09-12 10:10", targets(("*", "0")), "2025-09-12 10:10"),
        ("received on a Saturday", PLAIN, "2025-09-13 11:00", targets(("*", "1")), "2025-09-15 10:00"),
    ],
)  # fmt: skip
def test_when_a_complaint_is_due(
    case: str, calendar: BusinessCalendar, received: str, policy: ComplaintPolicy, due: str
) -> None:
    assert clock("resolution", [("1", received, "received")], received, policy, calendar)["due_at"] == due, case


def test_w15_a_pause_counts_in_working_hours_and_moves_the_deadline_by_as_many() -> None:
    found = clock("resolution", PAUSED, "2025-09-15 10:00", EIGHT)
    assert (found["used"], found["paused"], found["due_at"], found["state"]) == (6, 2, "2025-09-15 12:00", "running")


@pytest.mark.parametrize(
    ("settled", "state", "used"),
    [("2025-09-15 11:59", "met", 8 - 1 / 60), ("2025-09-15 12:00", "met", 8), ("2025-09-15 13:01", "breached",
                                                                               8 + 1 / 60)],
)  # fmt: skip
def test_w15_late_is_strictly_after_the_deadline(settled: str, state: str, used: float) -> None:
    found = clock("resolution", [*PAUSED, ("15", settled, "resolved")], "2025-12-01 00:00", EIGHT)
    assert (found["state"], found["ended_at"]) == (state, settled)
    assert found["used"] == pytest.approx(used)
    assert found["breached_at"] == ("2025-09-15 12:00" if state == "breached" else "")


@pytest.mark.parametrize(
    ("now", "state"),
    [("2025-09-15 11:59", "running"), ("2025-09-15 12:00", "running"), ("2025-09-15 12:01", "breached")],
)
def test_a_running_clock_is_missed_from_the_first_minute_after_the_deadline(now: str, state: str) -> None:
    """12:01 lies in the lunch break: no more work is used, but the deadline has passed."""
    found = clock("resolution", PAUSED, now, EIGHT)
    assert (found["state"], found["due_at"]) == (state, "2025-09-15 12:00")


def test_w16_moments_of_the_erp_are_utc() -> None:
    """Read as local time it would be due Friday 18:00."""
    frame = pd.DataFrame({"complaint": [1], "at": ["2025-09-26 08:30:00"], "event": ["received"]})
    found = run_clocks(read_log(frame, at("2025-09-27 00:00").value // 1000), Terms(EIGHT, {}, CHINA)).frame
    assert found["due_at"].iloc[1] == at("2025-09-28 16:30")


def test_w20_the_supplier_counts_and_the_customer_does_not() -> None:
    """New 1 h, on hold for the supplier 5 h, pending on the customer 10 h, open 2 h: 18 h in all, 8 h of them used."""
    events: list[Event] = [
        ("20", "2025-09-12 00:00", "received"), ("20", "2025-09-12 01:00", "waiting_supplier"),
        ("20", "2025-09-12 06:00", "waiting_customer"), ("20", "2025-09-12 16:00", "customer_message"),
        ("20", "2025-09-12 18:00", "resolved"),
    ]  # fmt: skip
    resolution = clock("resolution", events, "2025-10-01 00:00", EIGHT, DAY_AND_NIGHT)
    assert [resolution[name] for name in ("used", "supplier", "paused")] == [8, 5, 10]
    assert (resolution["due_at"], resolution["state"]) == ("2025-09-12 18:00", "met")
    response = clock("response", events, "2025-10-01 00:00", EIGHT, DAY_AND_NIGHT)
    assert [response[name] for name in ("used", "supplier", "paused")] == [18, 0, 0]
    assert (response["due_at"], response["state"]) == ("2025-09-12 02:00", "breached")


@pytest.mark.parametrize(
    ("changed", "hours", "due"),
    [
        ("2025-09-15 10:00", 11, "2025-09-15 12:00"),  # after 9 h, W21: max(8, 9 + 2)
        ("2025-09-12 14:59", 8, "2025-09-12 18:00"),  # after 4:59 h: max(8, 6:59)
        ("2025-09-12 16:00", 8, "2025-09-12 18:00"),  # after 6 h: both are 8
        ("2025-09-12 16:01", 8 + 1 / 60, "2025-09-15 09:01"),  # after 6:01 h
        ("2025-09-16 17:00", 24, "2025-09-16 18:00"),  # after 23 h: the old deadline is the better one
    ],
)
def test_w21_a_raised_tier_shortens_the_target_and_leaves_two_hours(changed: str, hours: float, due: str) -> None:
    events: list[Event] = [("21", "2025-09-12 09:00", "received", "silver"),
                           ("21", changed, "waiting_supplier", "gold")]  # fmt: skip
    found = clock("resolution", events, changed, UPGRADE)
    assert found["target"] == pytest.approx(hours)
    assert (found["due_at"], found["state"], found["tier"]) == (due, "running", "silver")


def test_a_raised_tier_does_not_make_late_what_was_late_already_or_settled() -> None:
    late: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-30 10:00", "waiting_supplier", "gold")]
    found = clock("resolution", late, "2025-09-30 10:00", UPGRADE)
    assert (found["target"], found["breached_at"]) == (24, "2025-09-16 18:00")
    settled: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-15 18:00", "resolved"),
                            ("1", "2025-09-16 09:00", "closed", "gold")]  # fmt: skip
    found = clock("resolution", settled, "2025-09-30 10:00", UPGRADE)
    assert (found["target"], found["state"]) == (24, "met")


def test_a_lowered_tier_never_lengthens() -> None:
    events: list[Event] = [("1", "2025-09-12 09:00", "received", "gold"),
                           ("1", "2025-09-12 11:00", "waiting_supplier", "silver")]  # fmt: skip
    assert clock("resolution", events, "2025-09-12 12:00", UPGRADE)["due_at"] == "2025-09-12 18:00"


def test_a_tier_raised_and_lowered_again_keeps_the_better_deadline() -> None:
    events: list[Event] = [("1", "2025-09-12 09:00", "received", "silver"),
                           ("1", "2025-09-12 10:00", "responded", "gold"),
                           ("1", "2025-09-12 11:00", "waiting_supplier", "silver")]  # fmt: skip
    assert clock("resolution", events, "2025-09-12 12:00", UPGRADE)["due_at"] == "2025-09-12 18:00"


def test_a_tier_raised_while_the_customer_is_waited_for_counts_what_was_used_before() -> None:
    """9 h used on Monday 10:00, waiting from then on; raised on Tuesday: 11 h, of which 2 are left on Wednesday."""
    events: list[Event] = [
        ("1", "2025-09-12 09:00", "received"), ("1", "2025-09-15 10:00", "waiting_customer"),
        ("1", "2025-09-16 15:00", "responded", "gold"), ("1", "2025-09-17 09:00", "customer_message"),
    ]  # fmt: skip
    found = clock("resolution", events, "2025-09-17 09:30", UPGRADE)
    assert (found["target"], found["used"], found["due_at"]) == (11, 9.5, "2025-09-17 11:00")


def test_w22_a_pause_that_goes_straight_to_resolved_is_folded_first() -> None:
    """Six months of waiting are no work: 2 h are used."""
    events: list[Event] = [("22", "2025-03-03 09:00", "received"), ("22", "2025-03-03 11:00", "waiting_customer"),
                           ("22", "2025-09-03 11:00", "resolved")]  # fmt: skip
    found = clock("resolution", events, "2025-10-01 00:00", EIGHT)
    assert (found["used"], found["state"], found["ended_at"]) == (2, "met", "2025-09-03 11:00")
    assert found["paused"] == 1056  # Monday 3 March 11:00 to Wednesday 3 September 11:00: 132 working days of 8 h


def test_a_deadline_does_not_pass_while_the_customer_is_waited_for() -> None:
    """All 8 h are used at the moment of the pause: settled within it is in time, after it is not."""
    waiting: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 18:00", "waiting_customer")]
    assert clock("resolution", waiting, "2025-09-20 00:00", EIGHT)["state"] == "paused"
    within: list[Event] = [*waiting, ("1", "2025-09-18 10:00", "resolved")]
    assert clock("resolution", within, "2025-09-20 00:00", EIGHT)["state"] == "met"
    after: list[Event] = [
        *waiting,
        ("1", "2025-09-15 10:00", "customer_message"),
        ("1", "2025-09-15 10:01", "resolved"),
    ]
    found = clock("resolution", after, "2025-09-20 00:00", EIGHT)
    assert (found["state"], found["breached_at"]) == ("breached", "2025-09-15 10:00")


def test_a_pause_that_begins_after_the_deadline_saves_nothing() -> None:
    events: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 18:01", "waiting_customer"),
                           ("1", "2025-09-15 10:00", "customer_message")]  # fmt: skip
    found = clock("resolution", events, "2025-09-15 10:00", EIGHT)
    assert (found["state"], found["breached_at"], found["used"]) == ("breached", "2025-09-12 18:00", 8)


def test_only_the_customers_message_or_a_person_resumes() -> None:
    """An answer of ours does not end the waiting; the first message does, the second changes nothing."""
    events: list[Event] = [
        ("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 10:00", "waiting_customer"),
        ("1", "2025-09-12 11:00", "responded"), ("1", "2025-09-12 14:00", "customer_message"),
        ("1", "2025-09-12 15:00", "customer_message"),
    ]  # fmt: skip
    found = clock("resolution", events, "2025-09-12 16:00", EIGHT)
    assert (found["used"], found["paused"]) == (3, 3)
    resumed = [*events[:2], ("1", "2025-09-12 14:00", "resumed")]
    assert clock("resolution", resumed, "2025-09-12 16:00", EIGHT)["used"] == 3


def test_a_customers_message_does_not_end_waiting_for_the_supplier() -> None:
    events: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 10:00", "waiting_supplier"),
                           ("1", "2025-09-12 11:00", "customer_message")]  # fmt: skip
    assert clock("resolution", events, "2025-09-12 12:00", EIGHT)["supplier"] == 2


def test_a_reopened_complaint_goes_on_where_it_stood() -> None:
    """3 h used, settled over the weekend, reopened Monday 14:00: 5 h are left, until Tuesday 10:00."""
    events: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 12:00", "resolved"),
                           ("1", "2025-09-15 14:00", "reopened")]  # fmt: skip
    found = clock("resolution", events, "2025-09-15 15:00", EIGHT)
    assert (found["used"], found["paused"], found["due_at"]) == (4, 0, "2025-09-16 10:00")
    assert (found["state"], found["ended_at"]) == ("running", "")


@pytest.mark.parametrize(
    ("answered", "state"),
    [("2025-09-12 10:59", "met"), ("2025-09-12 11:00", "met"), ("2025-09-12 11:01", "breached")],
)
def test_the_response_clock_never_pauses(answered: str, state: str) -> None:
    events: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 09:01", "waiting_customer"),
                           ("1", answered, "responded")]  # fmt: skip
    found = clock("response", events, "2025-09-30 00:00", EIGHT)
    assert (found["state"], found["due_at"], found["ended_at"]) == (state, "2025-09-12 11:00", answered)


def test_whoever_settles_or_closes_has_answered() -> None:
    for event in ("resolved", "closed"):
        events: list[Event] = [("1", "2025-09-12 09:00", "received"), ("1", "2025-09-12 10:00", event)]
        assert [clock(name, events, "2025-09-30 00:00", EIGHT)["state"] for name in ("response", "resolution")] == [
            "met", "met"]  # fmt: skip


def test_what_happens_after_the_moment_is_not_known_yet() -> None:
    found = clock("resolution", PAUSED, "2025-09-14 12:00", EIGHT)
    assert (found["state"], found["used"], found["due_at"]) == ("paused", 6, "2025-09-15 11:00")


def test_rows_stand_in_the_order_in_which_complaints_are_named_response_first() -> None:
    frame = clocks([("b", "2025-09-12 09:00", "received"), ("a", "2025-09-11 09:00", "received")], "2025-09-12 10:00",
                   EIGHT).frame  # fmt: skip
    assert list(zip(frame["complaint"], frame["clock"], strict=True)) == [
        ("b", "response"), ("b", "resolution"), ("a", "response"), ("a", "resolution"),
    ]  # fmt: skip


def test_no_events_at_all() -> None:
    assert clocks([], "2025-09-12 10:00", EIGHT).frame.empty


def test_two_weeks_in_turn() -> None:
    """Worked in first weeks only; Monday 2025-01-06 begins a first week, so 13 to 17 January are off."""
    calendar = BusinessCalendar("Asia/Shanghai", (DAY,) * 5 + ((), ()) + ((),) * 7)
    found = clock("resolution", [("1", "2025-01-10 17:00", "received")], "2025-01-10 17:00", EIGHT, calendar)
    assert found["due_at"] == "2025-01-20 17:00"


def test_a_year_without_official_days_is_told_and_the_table_counts_alone() -> None:
    calendar = BusinessCalendar("Asia/Shanghai", PLAIN.week, (), (2004, 2026))
    decided = clocks([("1", "2026-12-31 17:00", "received")], "2026-12-31 17:30", EIGHT, calendar)
    assert [(found.record, found.severity) for found in decided.findings] == [("2027", "warning")]
    assert decided.frame["due_at"].iloc[1] == at("2027-01-01 17:00")
    inside = clocks([("1", "2026-12-28 17:00", "received")], "2026-12-28 17:30", EIGHT, calendar)
    assert inside.findings == ()


@pytest.mark.parametrize(
    ("received", "zone", "place"),
    [
        ("2025-09-11 23:59", "Asia/Shanghai", 0),
        ("2025-09-12 00:00", "Asia/Shanghai", 1),
        ("2025-09-12 07:59", "", 0),
        ("2025-09-12 08:00", "", 1),
    ],
)
def test_a_promise_begins_with_the_companys_day_and_not_with_that_of_a_desk_elsewhere(
    received: str, zone: str, place: int
) -> None:
    """Shanghai is eight hours ahead of a desk in universal time."""
    desk = BusinessCalendar("UTC", PLAIN.week)
    promises = tuple(Promise(date(2025, 9, day), EIGHT, {}) for day in (1, 12))
    moment = np.array([at(received).value // 1000], dtype=np.int64)
    assert Terms(EIGHT, {}, desk, promises, zone).places(moment).tolist() == [place]
