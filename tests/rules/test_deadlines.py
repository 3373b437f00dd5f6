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
from kam_connector.rules.deadlines import complaint_deadlines
from kam_connector.rules.decisions import Decisions
from tests.rules.papers import NO_TIERS

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


def decide(*rows: dict[str, Any], at: str = "2025-09-01 00:00", **more: Any) -> Decisions:
    frame = pd.DataFrame(list(rows), columns=list(complaint("2025-01-01 00:00")))
    tiers, policy = more.get("tiers", NO_TIERS), more.get("policy", POLICY)
    return complaint_deadlines(frame, tiers, policy, CALENDARS, shanghai(at), privileges=PRIVILEGES)


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
    assert str(one(complaint("2025-09-12 09:00", **more))["response_hours"]) == hours


def test_the_tier_at_intake_stands_and_only_without_one_the_tier_of_today_counts() -> None:
    tiers = pd.DataFrame({"company_id": [1], "customer_id": [7], "tier": ["gold"]})
    assert one(complaint("2025-09-12 09:00", tier="silver"), tiers=tiers)["tier"] == "silver"
    assert one(complaint("2025-09-12 09:00", tier=None), tiers=tiers)["tier"] == "gold"
    assert one(complaint("2025-09-12 09:00", customer_id=8), tiers=tiers)["tier"] == ""


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
        ({"resolved_at": shanghai("2025-09-12 10:00")}, "response_late"),
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


def test_no_complaints_at_all() -> None:
    assert decide().frame.empty


def test_the_shipped_table_knows_every_shipped_tier_and_severity() -> None:
    rows = [complaint("2025-09-12 09:00", tier=tier, severity=severity, complaint_id=n)
            for n, (tier, severity) in enumerate((t, s) for t in ("gold", "silver", "bronze", "standard", "")
                                                 for s in ("low", "medium", "high", "critical"))]  # fmt: skip
    frame = decide(*rows, policy=SHIPPED).frame
    assert len(frame) == 20
    assert (frame["response_due"] <= frame["resolution_due"]).all()
