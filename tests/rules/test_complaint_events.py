"""What the log noted of complaints, and what their own moments tell besides."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from kam_connector.rules.complaint_events import events_of


def complaint(number: int, **values: Any) -> dict[str, Any]:
    row = {"complaint_id": number, "state": "investigating", "tier": "gold", "type": "product", "severity": "high",
           "received_at": "2026-06-01 08:00:00"}  # fmt: skip
    return {**row, **values}


def noted(*rows: tuple[int, str, str]) -> pd.DataFrame:
    named = [(number, event, f"2026-06-{at}", place) for place, (number, event, at) in enumerate(rows)]
    return pd.DataFrame(named, columns=["complaint_id", "event", "at", "place"])


def told(complaints: list[dict[str, Any]], log: pd.DataFrame | None = None) -> list[tuple[int, str, str]]:
    frame = events_of(pd.DataFrame(complaints), log)
    return [(row.complaint, row.event, f"{row.at:%d %H:%M}") for row in frame.itertuples()]


@pytest.mark.requirement("S4-75")
def test_the_log_is_told_with_what_is_owed_for_the_complaint() -> None:
    log = noted((1, "received", "01 08:00"), (1, "waiting_customer", "02 09:00"), (1, "customer_message", "03 09:00"))
    frame = events_of(pd.DataFrame([complaint(1)]), log)
    assert frame["event"].tolist() == ["received", "waiting_customer", "customer_message"]
    asked = list(zip(frame["tier"], frame["type"], frame["severity"], strict=True))
    assert asked == [("gold", "product", "high"), ("", "", ""), ("", "", "")]


def test_type_and_severity_at_intake_are_what_the_log_noted_first() -> None:
    log = noted((1, "received", "01 08:00"), (1, "changed", "02 08:00"), (1, "resolved", "03 08:00"))
    log = log.assign(type=["product", "product", "transport"], severity=[None, "medium", "critical"])
    frame = events_of(pd.DataFrame([complaint(1, severity="critical", type="transport")]), log)
    asked = list(zip(frame["event"], frame["tier"], frame["type"], frame["severity"], strict=True))
    assert asked == [("received", "gold", "product", "medium"), ("changed", "", "product", "medium"),
                     ("resolved", "", "transport", "critical")]  # fmt: skip


def test_a_complaint_older_than_the_log_has_its_intake_from_itself_and_its_end_from_the_log() -> None:
    old = complaint(1, responded_at="2026-06-01 09:00:00", resolved_at="2026-06-01 10:00:00", state="investigating")
    log = noted((1, "reopened", "04 09:00"), (1, "resolved", "03 09:00"))
    assert told([old], log) == [
        (1, "received", "01 08:00"), (1, "responded", "01 09:00"), (1, "resolved", "03 09:00"),
        (1, "reopened", "04 09:00"),
    ]  # fmt: skip


def test_one_that_was_never_noted_keeps_its_own_moments_beside_one_that_was() -> None:
    alone = complaint(2, resolved_at="2026-06-03 08:00:00", state="confirmed")
    log = noted((1, "received", "01 08:00"))
    assert told([complaint(1), alone], log) == [
        (1, "received", "01 08:00"), (2, "received", "01 08:00"), (2, "resolved", "03 08:00"),
    ]  # fmt: skip
    assert told([complaint(1), alone]) == [(1, "received", "01 08:00"), (2, "received", "01 08:00"),
                                           (2, "resolved", "03 08:00")]  # fmt: skip


INTAKE, ANSWER = (1, "received", "01 08:00"), (1, "responded", "01 09:00")
SETTLED = {"responded_at": "2026-06-01 09:00:00", "resolved_at": "2026-06-02 10:00:00"}


@pytest.mark.parametrize(
    ("state", "row"),
    [
        ("closed", (1, "closed", "09 08:00")), ("confirmed", (1, "customer_message", "09 08:00")),
        ("confirmed", (1, "responded", "01 09:00")),
    ],
)  # fmt: skip
def test_a_row_about_something_else_does_not_take_an_old_complaints_solution_away(
    state: str, row: tuple[int, str, str]
) -> None:
    old = complaint(1, **SETTLED, state=state, closed_at="2026-06-09 08:00:00" if state == "closed" else None)
    shown = [] if row[1] == "responded" else [row]
    assert told([old], noted(row)) == [INTAKE, ANSWER, (1, "resolved", "02 10:00"), *shown]


def test_an_end_that_was_corrected_counts_once_as_it_was_noted_last() -> None:
    log = noted((1, "received", "01 08:00"), (1, "resolved", "03 09:00"), (1, "closed", "04 09:00"),
                (1, "resolved", "02 10:00"), (1, "closed", "05 09:00"))  # fmt: skip
    closed = complaint(1, **SETTLED, state="closed", closed_at="2026-06-05 09:00:00")
    assert told([closed], log) == [INTAKE, ANSWER, (1, "resolved", "02 10:00"), (1, "closed", "05 09:00")]


def test_the_end_before_a_reopening_stands_beside_the_one_after_it() -> None:
    log = noted((1, "resolved", "02 10:00"), (1, "reopened", "03 10:00"), (1, "resolved", "05 10:00"),
                (1, "resolved", "04 10:00"))  # fmt: skip
    again = complaint(1, responded_at="2026-06-01 09:00:00", resolved_at="2026-06-04 10:00:00", state="confirmed")
    ends = [(1, "resolved", "02 10:00"), (1, "reopened", "03 10:00"), (1, "resolved", "04 10:00")]
    assert told([again], log) == [INTAKE, ANSWER, *ends]


def test_a_first_answer_that_was_taken_back_or_corrected_is_that_of_the_complaint() -> None:
    log = noted((1, "received", "01 07:00"), (1, "responded", "01 12:00"))
    assert told([complaint(1)], log) == [INTAKE]
    assert told([complaint(1, responded_at="2026-06-01 09:00:00")], log) == [INTAKE, ANSWER]


def test_an_old_complaint_that_was_reopened_ended_before_with_what_is_known_of_it() -> None:
    old = complaint(1, responded_at="2026-06-01 09:00:00")
    ended = [INTAKE, ANSWER, (1, "closed", "01 09:00"), (1, "reopened", "04 09:00")]
    assert told([old], noted((1, "reopened", "04 09:00"))) == ended


def test_a_case_recorded_as_closed_without_dates_ends_with_its_last_known_moment() -> None:
    closed = complaint(1, state="closed", responded_at="2026-06-01 09:00:00")
    log = noted((1, "received", "01 08:00"), (1, "responded", "01 09:00"))
    assert told([closed], log) == [INTAKE, ANSWER, (1, "closed", "01 09:00")]
    rejected = noted((1, "received", "01 08:00"), (1, "resolved", "02 08:00"))
    assert told([complaint(1, state="rejected")], rejected) == [INTAKE, (1, "resolved", "02 08:00")]


def test_without_a_log_the_moments_follow_each_other_too() -> None:
    late = complaint(1, received_at="2026-06-09 08:00:00")
    assert told([late, complaint(2)]) == [(2, "received", "01 08:00"), (1, "received", "09 08:00")]
