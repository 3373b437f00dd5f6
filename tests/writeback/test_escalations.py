"""What a complaint in the ERP says of its escalation: every level, and the highest that told somebody."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

import pandas as pd
import pytest

from kam_connector.rules.escalations import COLUMNS
from kam_connector.writeback.escalations import with_escalations

SHOWN = ("escalation_level", "escalation_role", "escalated_to_id", "escalation_state")


def level(number: int, clock: str, state: str, user: int = 11, *, complaint: int = 7, day: int = 1) -> dict[str, Any]:
    moment = f"2026-07-{day:02d} 22:00:00"
    return {
        "company_id": 1, "complaint_id": complaint, "clock": clock, "level": number, "percent": 75, "role": "owner",
        "reached_at": "2026-07-01 10:00:00", "recorded_at": moment, "user_id": user, "told_role": f"role {user}",
        "state": state, "reason_code": "escalation.told", "reason_args": "{}",
    }  # fmt: skip


def shown(*rows: dict[str, Any], complaints: tuple[int, ...] = (7,)) -> list[dict[Hashable, Any]]:
    frame = pd.DataFrame({"complaint_id": complaints}, index=range(5, 5 + len(complaints)))
    return with_escalations(frame, pd.DataFrame(rows, columns=list(COLUMNS))).to_dict("records")


def highest(*rows: dict[str, Any]) -> tuple[Any, ...]:
    [row] = shown(*rows)
    return tuple(row[name] for name in SHOWN)


@pytest.mark.requirement("S4-77")
def test_the_highest_level_that_told_somebody_stands_in_columns() -> None:
    rows = [level(3, "resolution", "passed", 0), level(2, "resolution", "told", 12), level(1, "resolution", "told")]
    assert highest(*rows) == (2, "role 12", 12, "open")
    assert highest(level(1, "resolution", "told"), level(4, "response", "over", 14)) == (1, "role 11", 11, "open")
    assert highest(level(1, "resolution", "over"), level(4, "response", "over", 14)) == (4, "role 14", 14, "over")


def test_of_the_same_level_on_both_clocks_the_later_stands_there_else_that_of_the_solution() -> None:
    assert highest(level(1, "response", "told", 12, day=2), level(1, "resolution", "told")) == (
        1, "role 12", 12, "open",
    )  # fmt: skip
    assert highest(level(1, "resolution", "told"), level(1, "response", "told", 12)) == (1, "role 11", 11, "open")


def test_each_complaint_has_its_own_levels_by_clock_and_level_and_one_without_is_empty() -> None:
    rows = [level(2, "resolution", "told"), level(1, "resolution", "passed", 0), level(1, "response", "told"),
            level(1, "response", "over", 12, complaint=8)]  # fmt: skip
    first, none, last = shown(*rows, complaints=(7, 9, 8))
    told = [(each["clock"], each["level"], each["told_at"]) for each in json.loads(first["escalations"])]
    moment = "2026-07-01 22:00:00"
    assert told == [("response", 1, moment), ("resolution", 1, moment), ("resolution", 2, moment)]
    assert [none[name] for name in ("escalations", *SHOWN)] == ["", 0, "", 0, ""]
    assert pd.isna(none["escalated_at"])
    assert (last["escalated_to_id"], last["escalated_at"]) == (12, pd.Timestamp(moment, tz="UTC"))


@pytest.mark.requirement("S4-77")
def test_where_every_level_was_long_ago_the_levels_stand_there_and_no_highest() -> None:
    [row] = shown(level(1, "resolution", "passed", 0), level(2, "resolution", "passed", 0))
    assert [each["level"] for each in json.loads(row["escalations"])] == [1, 2]
    assert [row[name] for name in SHOWN] == [0, "", 0, ""]
    assert pd.isna(row["escalated_at"])


def test_where_nothing_is_known_of_escalation_its_columns_are_left_out() -> None:
    assert with_escalations(pd.DataFrame({"complaint_id": [7]}), None).columns.tolist() == ["complaint_id"]
    assert shown()[0]["escalations"] == ""
