"""The lines that prove a clock: days, pauses, the supplier, and nothing where nobody worked."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kam_connector.rules.proofs import prove_clocks
from tests.rules.clock_cases import CHINA, ZONE, Event, log_of


def lines(events: Iterable[Event], now: str, clock: str = "resolution") -> list[tuple[str, str, str, int, float]]:
    """Kind, start, end in Shanghai, working days, hours."""
    proof = prove_clocks(log_of(events, now), CHINA)
    proof = proof[proof["clock"] == clock]
    start, end = (proof[name].dt.tz_convert(ZONE).dt.strftime("%m-%d %H:%M") for name in ("start", "end"))
    return list(zip(proof["kind"], start, end, proof["days"], proof["worked"] / pd.Timedelta(hours=1), strict=True))


def test_w13_one_hour_on_tuesday_and_seven_on_thursday_after_the_holiday() -> None:
    events: list[Event] = [("13", "2025-09-30 17:00", "received"), ("13", "2025-10-09 17:00", "resolved")]
    assert lines(events, "2025-11-01 00:00") == [
        ("counted", "09-30 17:00", "09-30 18:00", 1, 1), ("counted", "10-09 09:00", "10-09 17:00", 1, 7),
    ]  # fmt: skip


def test_whole_days_between_are_one_line_that_says_how_many() -> None:
    """24 h over the holiday: Tuesday 1 h, Thursday and Friday 16 h, the make-up Saturday 7 h."""
    events: list[Event] = [("13", "2025-09-30 17:00", "received"), ("13", "2025-10-11 17:00", "resolved")]
    assert lines(events, "2025-11-01 00:00") == [
        ("counted", "09-30 17:00", "09-30 18:00", 1, 1), ("counted", "10-09 09:00", "10-10 18:00", 2, 16),
        ("counted", "10-11 09:00", "10-11 17:00", 1, 7),
    ]  # fmt: skip


def test_w15_a_pause_is_a_line_with_the_hours_that_it_left_out() -> None:
    events: list[Event] = [
        ("15", "2025-09-12 10:00", "received"), ("15", "2025-09-12 17:00", "waiting_customer"),
        ("15", "2025-09-15 10:00", "customer_message"), ("15", "2025-09-15 11:00", "waiting_supplier"),
        ("15", "2025-09-15 14:00", "responded"), ("15", "2025-09-15 15:00", "resolved"),
    ]  # fmt: skip
    assert lines(events, "2025-10-01 00:00") == [
        ("counted", "09-12 10:00", "09-12 17:00", 1, 6), ("paused", "09-12 17:00", "09-15 10:00", 2, 2),
        ("counted", "09-15 10:00", "09-15 11:00", 1, 1), ("supplier", "09-15 11:00", "09-15 15:00", 1, 3),
    ]  # fmt: skip
    assert lines(events, "2025-10-01 00:00", "response") == [
        ("counted", "09-12 10:00", "09-12 18:00", 1, 7), ("counted", "09-15 09:00", "09-15 14:00", 1, 4),
    ]  # fmt: skip


def test_nothing_is_counted_on_a_weekend_and_a_settled_complaint_has_no_line_until_it_is_reopened() -> None:
    events: list[Event] = [("1", "2025-09-13 10:00", "received"), ("1", "2025-09-14 10:00", "resolved"),
                           ("1", "2025-09-16 10:00", "reopened")]  # fmt: skip
    assert lines(events, "2025-09-16 11:00") == [("counted", "09-16 10:00", "09-16 11:00", 1, 1)]
    assert lines(events, "2025-09-16 11:00", "response") == []


def test_no_log_no_lines() -> None:
    assert prove_clocks(log_of([], "2025-09-16 11:00"), CHINA).empty
