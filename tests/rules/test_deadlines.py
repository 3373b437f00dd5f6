"""Complaint deadlines: the line that fits, working hours, strictly after, each limit the minute before, at, after."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector import policy as policies
from kam_connector.calendars import BusinessCalendar, Hours
from kam_connector.policy import ComplaintPolicy
from kam_connector.policy.complaints import Target
from kam_connector.rules.clocks import Promise
from kam_connector.rules.deadlines import complaint_deadlines
from kam_connector.rules.decisions import Decisions

DAY = (Hours(540, 720), Hours(780, 1080))
OFF = tuple((date(2025, 10, day), ()) for day in range(1, 9))
CALENDARS = {
    1: BusinessCalendar("Asia/Shanghai", (DAY,) * 5 + ((), ()), (*OFF, (date(2025, 10, 11), DAY))),
    2: BusinessCalendar("Europe/Berlin", (DAY,) * 5 + ((), ())),
}
IN_FORCE = policies.load().at(date(2026, 6, 30))
SHIPPED, PRIVILEGES = IN_FORCE.complaints, policies.privileges_of(IN_FORCE.tiers.tier)
POLICY = ComplaintPolicy.model_validate({
    "complaints": {"valid_from": date(2025, 1, 1)},
    "week": [{"days": ["mon"], "from": "09:00", "to": "18:00"}],
    "target": [
        {"tier": "gold", "severity": "critical", "response_hours": 1, "resolution_hours": 8},
        {"tier": "gold", "response_hours": 2, "resolution_hours": 8},
        {"type": "transport", "response_hours": "1.5", "resolution_hours": 20},
        {"response_hours": 8, "resolution_hours": 24},
    ],
})  # fmt: skip


def complaint(received: str, **more: Any) -> dict[str, Any]:
    """Received at that Shanghai time."""
    row = {
        "complaint_id": 1, "company_id": 1, "customer_id": 7, "severity": "medium", "state": "received", "tier": "",
        "type": "product", "received_at": shanghai(received), "responded_at": None, "resolved_at": None,
    }  # fmt: skip
    return row | more


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def decide(*rows: dict[str, Any], at: str = "2025-09-30 17:00", **more: Any) -> Decisions:
    frame = pd.DataFrame(list(rows), columns=[*complaint("2025-01-01 00:00"), "ends_later"])
    policy = more.pop("policy", POLICY)
    return complaint_deadlines(frame, policy, CALENDARS, shanghai(at), privileges=PRIVILEGES, **more)


def one(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    (row,) = decide(*rows, **more).frame.to_dict("records")
    return row


@pytest.mark.requirement("S4-75")
def test_w13_eight_and_twenty_four_hours_over_the_national_holiday() -> None:
    row = one(complaint("2025-09-30 17:00"))
    assert row["response_due"] == shanghai("2025-10-09 17:00")
    assert row["resolution_due"] == shanghai("2025-10-11 17:00")
    assert row["reason_code"] == "complaint.running"
    assert json.loads(row["reason_args"]) == {
        "resolution_hours": "24", "response_hours": "8", "severity": "medium", "tier": "", "valid_from": "2025-01-01",
        "zone": "Asia/Shanghai",
    }  # fmt: skip


def test_w16_moments_without_a_zone_are_utc() -> None:
    row = one(complaint("2025-09-30 17:00", received_at=datetime(2025, 9, 30, 9, 0)))
    assert row["response_due"] == shanghai("2025-10-09 17:00")
    text = one(complaint("2025-09-30 17:00", received_at="2025-09-30 09:00:00"))
    assert text["response_due"] == shanghai("2025-10-09 17:00")


@pytest.mark.parametrize(
    ("more", "hours"),
    [
        ({"tier": "gold", "severity": "critical"}, "1"), ({"tier": "gold"}, "2"),
        ({"tier": "gold", "type": "transport"}, "2"), ({"tier": "silver", "type": "transport"}, "1.5"),
        ({"severity": "critical"}, "8"), ({"type": None, "severity": None}, "8"),
    ],
)  # fmt: skip
def test_the_first_line_that_fits_decides(more: dict[str, Any], hours: str) -> None:
    target = one(complaint("2025-09-12 09:00", **more))["response_target"]
    assert target == timedelta(hours=float(hours))


def test_w21_the_tier_at_intake_stands_and_who_had_none_has_none_later() -> None:
    assert one(complaint("2025-09-12 09:00", tier="silver"))["tier"] == "silver"
    assert one(complaint("2025-09-12 09:00", tier=None))["tier"] == ""


@pytest.mark.parametrize(
    ("before", "after", "now", "target", "state"),
    [
        # 17 of 24 hours are used when it is raised to 8: max(8, 17 + 2) = 19 h, due 12:00, and nothing is late at once
        ("medium", "critical", "2025-09-16 10:00", 19, "running"),
        ("medium", "critical", "2025-09-16 12:00", 19, "running"),
        ("medium", "critical", "2025-09-16 12:01", 19, "breached"),
        ("critical", "low", "2025-09-16 10:00", 8, "breached"),  # a click does not make it less late
    ],
)
def test_w21_a_severity_changed_on_the_way(before: str, after: str, now: str, target: int, state: str) -> None:
    lines = [{"severity": "critical", "response_hours": 8, "resolution_hours": 8},
             {"response_hours": 8, "resolution_hours": 24}]  # fmt: skip
    policy = POLICY.model_copy(update={"target": tuple(Target.model_validate(line) for line in lines)})
    events = pd.DataFrame({
        "complaint_id": 1, "company_id": 1, "place": [1, 2], "event": ["received", "changed"], "type": "product",
        "at": [shanghai("2025-09-12 09:00"), shanghai("2025-09-16 10:00")], "severity": [before, after],
    })  # fmt: skip
    answered = complaint("2025-09-12 09:00", severity=after, responded_at=shanghai("2025-09-12 10:00"))
    row = one(answered, policy=policy, at=now, events=events)
    assert (row["resolution_target"], row["resolution_state"]) == (timedelta(hours=target), state)


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (0, False), (1, True)])
def test_late_is_strictly_after_the_deadline(minutes: int, late: bool) -> None:
    due = shanghai("2025-09-12 18:00")
    answered = complaint("2025-09-12 09:00", responded_at=due + timedelta(minutes=minutes))
    assert one(answered)["response_breached"] is late
    now = (due + timedelta(hours=8, minutes=minutes)).strftime("%Y-%m-%d %H:%M")
    assert one(complaint("2025-09-12 09:00"), at=now)["response_breached"] is late


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "both_late"),
        ({"responded_at": shanghai("2025-09-12 10:00")}, "resolution_late"),
        ({"responded_at": shanghai("2025-09-15 09:00"), "resolved_at": shanghai("2025-09-15 10:00")}, "response_late"),
        ({"resolved_at": shanghai("2025-09-12 10:00")}, "met"),  # who settles has answered
        ({"responded_at": shanghai("2025-09-12 10:00"), "resolved_at": shanghai("2025-09-12 11:00")}, "met"),
        ({"state": "rejected"}, "met"),
    ],
)
def test_what_became_of_both_clocks(more: dict[str, Any], reason: str) -> None:
    row = one(complaint("2025-09-12 09:00", **more), at="2025-12-01 00:00")
    assert row["reason_code"] == f"complaint.{reason}"


def test_each_company_has_its_own_working_hours() -> None:
    rows = decide(complaint("2025-09-12 15:00"), complaint("2025-09-12 15:00", company_id=2, complaint_id=2)).frame
    due = rows["response_due"].tolist()
    assert due == [shanghai("2025-09-15 15:00"), datetime(2025, 9, 12, 16, 0, tzinfo=UTC)]


def test_complaints_that_cannot_be_clocked_are_findings_and_the_others_go_on() -> None:
    decided = decide(
        complaint("2025-09-12 15:00", received_at=None, complaint_id=4), complaint("2025-09-12 15:00", complaint_id=5),
        complaint("2025-09-12 15:00", company_id=9, complaint_id=6),
        complaint("2025-09-12 15:00", state="closed", complaint_id=7),
    )  # fmt: skip
    assert decided.frame["complaint_id"].tolist() == [5, 7]
    assert [found.record for found in decided.findings] == ["4", "6", "7"]


@pytest.mark.parametrize(("minutes", "rows"), [(-1, 1), (0, 1), (1, 0)])
def test_a_complaint_that_is_still_to_come_is_a_finding_of_its_own(minutes: int, rows: int) -> None:
    now = shanghai("2025-09-30 17:00")
    decided = decide(complaint("2025-09-12 15:00", received_at=now + timedelta(minutes=minutes)))
    assert len(decided.frame) == rows
    said = [(found.record, found.values["at"]) for found in decided.findings]
    assert said == ([] if rows else [("1", "2025-09-30 09:01:00Z")])


def test_a_case_that_ends_later_is_open_on_the_day_before_and_no_finding() -> None:
    decided = decide(complaint("2025-09-12 09:00", state="closed", ends_later=True), at="2025-09-12 10:00")
    assert (decided.frame["resolution_state"].tolist(), decided.findings) == (["running"], ())


def test_no_complaints_at_all() -> None:
    assert decide().frame.empty


def test_the_shipped_table_knows_every_shipped_tier_and_severity() -> None:
    rows = [complaint("2025-09-12 09:00", tier=tier, severity=severity, complaint_id=n)
            for n, (tier, severity) in enumerate((t, s) for t in ("gold", "silver", "bronze", "standard", "")
                                                 for s in ("low", "medium", "high", "critical"))]  # fmt: skip
    frame = decide(*rows, policy=SHIPPED).frame
    assert len(frame) == 20
    assert (frame["response_due"] <= frame["resolution_due"]).all()


LATER = POLICY.model_copy(update={
    "complaints": POLICY.complaints.model_copy(update={"valid_from": date(2025, 9, 15), "upgrade_rest_hours": 1}),
    "target": tuple(line.model_copy(update={"response_hours": 1, "resolution_hours": 4}) for line in POLICY.target),
})  # fmt: skip
PROMISES = (Promise(date(2025, 1, 1), POLICY, PRIVILEGES), Promise(date(2025, 9, 15), LATER, PRIVILEGES))


@pytest.mark.requirement("S4-75", "S2-56")
@pytest.mark.parametrize(
    ("received", "hours", "since"),
    [
        ("2024-12-31 10:00", "24", "2025-01-01"),  # before the first of them: as on its first day
        ("2025-09-14 23:59", "24", "2025-01-01"),
        ("2025-09-15 00:00", "4", "2025-09-15"),
        ("2025-09-16 09:00", "4", "2025-09-15"),
    ],
)
def test_a_complaint_keeps_the_targets_of_the_policy_of_the_day_of_its_intake(
    received: str, hours: str, since: str
) -> None:
    row = one(complaint(received), policy=LATER, promises=PROMISES)
    told = json.loads(row["reason_args"])
    assert (told["resolution_hours"], told["valid_from"]) == (hours, since)


def test_a_later_policy_leaves_the_clock_of_what_was_taken_in_as_it_was() -> None:
    old = complaint("2025-09-12 10:00")
    before, after = one(old), one(old, policy=LATER, promises=PROMISES)
    assert before == after
    assert one(old, policy=LATER)["resolution_due"] < before["resolution_due"]


def test_what_a_raised_case_keeps_at_least_is_of_the_day_of_intake_too() -> None:
    """9 h used of 24 h, then gold: due after max(8, 9 + 2) = 11 h by the old policy, max(4, 9 + 1) by the new one."""
    events = [("2025-09-11 10:00", "received", "medium"), ("2025-09-12 11:00", "changed", "critical")]
    noted = pd.DataFrame([
        {"complaint_id": 1, "company_id": 1, "at": shanghai(at), "event": event, "place": place, "type": "product",
         "severity": severity} for place, (at, event, severity) in enumerate(events)
    ])  # fmt: skip
    policy = POLICY.model_copy(update={"target": (
        POLICY.target[-1].model_copy(update={"severity": "critical", "response_hours": 1, "resolution_hours": 8}),
        POLICY.target[-1],
    )})  # fmt: skip
    later = LATER.model_copy(update={"target": policy.target})
    promises = (Promise(date(2025, 1, 1), policy, {}), Promise(date(2025, 9, 12), later, {}))
    row = one(complaint("2025-09-11 10:00", severity="critical"), policy=later, events=noted, promises=promises)
    assert row["resolution_due"] == shanghai("2025-09-12 14:00")
