"""Bad events are findings with the record and what was wrong; the events around them still count."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.rules.status_log import StatusLog, read_log
from tests.rules.clock_cases import ZONE, Event, at, log_of

NOW = "2025-09-30 00:00"
INTAKE: Event = ("7", "2025-09-12 09:00", "received")


def doing(log: StatusLog) -> list[tuple[str, str, int]]:
    """Start, end (Shanghai) and mode of each stretch."""
    moments = [pd.to_datetime(log.stretches[name], unit="us", utc=True) for name in ("start", "end")]
    texts = [moment.dt.tz_convert(ZONE).dt.strftime("%d %H:%M") for moment in moments]
    return list(zip(*texts, log.stretches["mode"], strict=True))


def test_an_event_that_is_earlier_than_the_one_before_it_is_found_and_put_in_its_place() -> None:
    log = log_of([INTAKE, ("7", "2025-09-12 12:00", "resolved"), ("7", "2025-09-12 10:00", "waiting_customer")], NOW)
    assert doing(log) == [("12 09:00", "12 10:00", 0), ("12 10:00", "12 12:00", 1), ("12 12:00", "30 00:00", 3)]
    (found,) = log.findings
    assert found.message == (
        'Event "waiting_customer" of complaint 7 at 2025-09-12 02:00:00Z is earlier than the one given before it: the'
        " log is taken in the order of the moments."
    )


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (("7", "2025-09-12 10:00", "asleep"), "is not known"),
        (("7", "2025-09-12 08:59", "responded"), "earlier than its intake"),
        (("7", "2025-09-12 10:00", "received"), "cannot follow"),
        (("7", "2025-09-12 10:00", "reopened"), "cannot follow"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_does_not_count(event: Event, word: str) -> None:
    log = log_of([event, INTAKE] if word == "earlier than its intake" else [INTAKE, event], NOW)
    assert doing(log) == [("12 09:00", "30 00:00", 0)]
    (found,) = log.findings
    assert word in found.message
    assert found.record == "7"


@pytest.mark.parametrize("event", ["waiting_customer", "waiting_supplier", "resumed", "resolved"])
def test_after_the_end_nothing_is_waited_for_before_a_reopening(event: str) -> None:
    log = log_of([INTAKE, ("7", "2025-09-12 10:00", "resolved"), ("7", "2025-09-12 11:00", event)], NOW)
    assert doing(log)[-1] == ("12 10:00", "30 00:00", 3)
    assert len(log.findings) == 1


@pytest.mark.parametrize("event", ["customer_message", "responded", "closed"])
def test_after_the_end_a_complaint_is_still_talked_about_and_closed(event: str) -> None:
    log = log_of([INTAKE, ("7", "2025-09-12 10:00", "resolved"), ("7", "2025-09-12 11:00", event)], NOW)
    assert doing(log)[-1] == ("12 10:00", "30 00:00", 3)
    assert log.findings == ()


def test_a_complaint_without_intake_has_no_clock_and_is_found_once() -> None:
    log = log_of([("8", "2025-09-12 10:00", "responded"), ("8", "2025-09-12 11:00", "resolved"), INTAKE], NOW)
    assert list(log.complaints) == ["7"]
    assert [found.message for found in log.findings] == ['Complaint 8 has no event "received": it has no clock.']


def test_a_finding_names_the_place_of_the_event_where_it_is_known() -> None:
    frame = pd.DataFrame({"complaint": ["7"], "at": [at(NOW)], "event": ["asleep"], "record": ["events.csv row 2"]})
    (found,) = read_log(frame, at(NOW).value // 1000).findings
    assert found.record == "events.csv row 2"


def test_an_event_without_a_moment_does_not_count() -> None:
    frame = pd.DataFrame({"complaint": ["7", "7"], "at": ["2025-09-12", None], "event": ["received", "resolved"]})
    log = read_log(frame, at(NOW).value // 1000)
    assert log.stretches["mode"].tolist() == [0]
    assert "has no moment" in log.findings[0].message


def test_what_is_not_said_again_stays_as_it_was() -> None:
    events: list[Event] = [(*INTAKE, "gold"), ("7", "2025-09-12 10:00", "responded", ""),
                           ("7", "2025-09-12 11:00", "resumed", "silver"),
                           ("9", "2025-09-12 11:00", "received", "")]  # fmt: skip
    log = log_of(events, NOW)
    assert log.events["tier"].tolist() == ["gold", "gold", "silver", ""]
