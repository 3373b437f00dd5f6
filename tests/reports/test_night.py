"""The night's workbook and the payout statement: names, sentences, deadlines in the company's zone, pay apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kam_connector.reports import Names, NightInput, PayoutInput, ReportHead, write_night, write_payouts

from .test_ageing import load, row_of, table, texts

SINCE = {"valid_from": "2026-01-01"}
POINTS = {
    "points": "31.90", "level": 2, "level_points": "20.00", "amount_points": "4.00", "tier": "gold",
    "tier_points": "0.90", "payer_class": "bad", "class_points": "5.00", "broken": 2, "broken_points": "2.00",
    "day_points": "0.00", **SINCE,
}  # fmt: skip


@pytest.fixture
def night() -> NightInput:
    kept = {"score": "81.50", "coverage": "0.80", "tier": "gold", "leave": "75", **SINCE}
    unrated = {"coverage": "0.40", "coverage_min": "0.60", "tier": "", **SINCE}
    task = {"amount": "4000.00", "currency": "CNY", "due_date": "2026-05-30", "step": "call", "level": 2, **SINCE}
    manner = {"channel": "call", "tone": "straight", "payer_class": "bad", **SINCE}
    late = {"tier": "gold", "severity": "high", "response_hours": "4", "zone": "Asia/Shanghai", **SINCE}
    points = {"contribution": Decimal("90"), "loyalty": Decimal("80"), "growth": None, "risk": Decimal("70.5")}
    nothing = dict.fromkeys(points)
    tiers = [
        {"company_id": 1, "customer_id": 22, "score": None, "coverage": Decimal("0.40"), "status": "unrated",
         "tier": "", "previous_tier": "", **nothing, "reason_code": "tier.unrated", "reason_args": json.dumps(unrated)},
        {"company_id": 1, "customer_id": 21, "score": Decimal("81.50"), "coverage": Decimal("0.80"),
         "status": "rated", "tier": "gold", "previous_tier": "gold", **points,
         "reason_code": "tier.kept", "reason_args": json.dumps(kept)},
        {"company_id": 2, "customer_id": 21, "score": Decimal("99"), "coverage": Decimal(1), "status": "rated",
         "tier": "gold", "previous_tier": "", **points, "reason_code": "tier.kept", "reason_args": json.dumps(kept)},
    ]  # fmt: skip
    tasks = [
        {"company_id": 1, "customer_id": 22, "user_id": 6, "step": "call", "level": 2, "oldest_item_id": 4,
         "amount_minor": 400_000, "currency_id": 7, "days_overdue": 31, "deadline": date(2026, 7, 3),
         "call_at": datetime(2026, 6, 30, 1, 0, tzinfo=UTC), "channel": "call", "tone": "straight", "manager_id": 5,
         "advice_code": "manner.usual", "advice_args": json.dumps(manner), "priority": 31.9,
         "priority_args": json.dumps(POINTS), "reason_code": "task.open", "reason_args": json.dumps(task)},
    ]  # fmt: skip
    complaints = [
        {"complaint_id": 8, "company_id": 1, "customer_id": 22, "type": None, "severity": None, "state": "closed",
         "received_at": None, "claimed_minor": None, "disputed_minor": None, "user_id": None},
        {"complaint_id": 9, "company_id": 1, "customer_id": 21, "type": "product", "severity": "high",
         "state": "received", "received_at": datetime(2026, 6, 29, 2, 0, tzinfo=UTC), "claimed_minor": 10_000,
         "disputed_minor": 5_000, "user_id": 5},
    ]  # fmt: skip
    deadlines = [
        {"complaint_id": 9, "company_id": 1, "customer_id": 21, "tier": "gold", "severity": "high",
         "response_due": datetime(2026, 6, 29, 6, 0, tzinfo=UTC), "response_breached": True,
         "resolution_due": datetime(2026, 7, 1, 6, 0, tzinfo=UTC), "resolution_breached": False,
         "reason_code": "complaint.response_late", "reason_args": json.dumps(late)},
    ]  # fmt: skip
    fall = {"revenue": "70.00", "revenue_before": "100.00", "currency": "CNY", "fall": "0.30", "limit_share": "0.30"}
    about = {"reason_code": "warning.volume_fall", "reason_args": json.dumps({**fall, **SINCE})}
    warnings = [
        {"company_id": company, "customer_id": customer, "rule": "volume_fall", "severity": severity, "state": state,
         "since": "2026-06-01", "figure": 0.3, **about}
        for company, customer, severity, state in ((1, 21, "low", "open"), (1, 22, "high", "raised"),
                                                   (1, 23, "high", "pending"), (2, 21, "high", "open"))
    ]  # fmt: skip
    frames = (tiers, tasks, complaints, deadlines, warnings)
    return NightInput(*(pd.DataFrame(rows) for rows in frames))


@pytest.fixture
def payouts() -> PayoutInput:
    earned = {
        "earned": "50.00",
        "currency": "CNY",
        "settled": "0.00",
        "payout": "50.00",
        "plan": "flat",
        "period": "2026-06",
    }
    flat = {"base": "1000.00", "currency": "CNY", "rate": "0.05", "plan": "flat", **SINCE}
    row = {"company_id": 1, "plan": "flat", "period": "2026-06"}
    statement = [
        {
            **row,
            "payee_id": 5,
            "sequence": 1,
            "currency_id": 7,
            "earned_exact": Decimal("50"),
            "settled_minor": 0,
            "payout_minor": 5000,
        },
        {
            **row,
            "payee_id": 6,
            "sequence": 1,
            "currency_id": 8,
            "earned_exact": Decimal("77.5"),
            "settled_minor": 0,
            "payout_minor": 78,
        },
    ]
    lines = [
        {**row, "payee_id": 5, "component": "commission", "move_id": 31, "currency_id": 7, "base_minor": 100_000,
         "rate": Decimal("0.05"), "amount_exact": Decimal("50.000000000000")},
    ]  # fmt: skip
    return PayoutInput(
        pd.DataFrame(statement).assign(reason_code="payout.earned", reason_args=json.dumps({**earned, **SINCE})),
        pd.DataFrame(lines).assign(reason_code="commission.flat", reason_args=json.dumps(flat)),
    )


@pytest.fixture
def book(tmp_path: Path, head: ReportHead, night: NightInput, names: Names) -> openpyxl.Workbook:
    return load(write_night(tmp_path / "n.xlsx", replace(head, zone="Asia/Shanghai"), night, names))


def test_customers_stand_best_first_with_their_reason_in_words(book: openpyxl.Workbook) -> None:
    tiers = table(book["Customers by tier"])
    assert tiers["Customer"].tolist() == ["上海远景机械有限公司", "=cmd|' /C calc'!A0"]
    assert tiers["Score"].tolist()[0] == 81.5
    assert tiers["Status"].tolist() == ["Rated", "Not rated"]
    assert tiers["Reason"][0].startswith("Score 81.50 is not below the 75 points")


def test_open_warnings_stand_the_most_severe_first_by_their_own_names(
    tmp_path: Path, head: ReportHead, night: NightInput, names: Names
) -> None:
    called = replace(names, warnings={"volume_fall": "Volume falls"})
    warnings = table(load(write_night(tmp_path / "n.xlsx", head, night, called))["Warnings"])
    assert warnings["Customer"].tolist() == ["=cmd|' /C calc'!A0", "上海远景机械有限公司"]
    assert warnings[["Warning", "Severity", "State"]].values.tolist() == [
        ["Volume falls", "high", "Raised today"], ["Volume falls", "low", "Open"],
    ]  # fmt: skip
    assert warnings["Since"].tolist() == [datetime(2026, 6, 1)] * 2
    assert warnings["Reason"][0].startswith("Three whole months brought CNY 70.00, the same months a year before CNY")


def test_a_task_says_how_to_ask_when_to_call_and_why_it_stands_there(book: openpyxl.Workbook) -> None:
    task = table(book["Worklist"]).iloc[0]
    assert (task["Channel"], task["Tone"], task["Manager"]) == ("Call", "straightforward", "王芳")
    assert task["Call at"] == datetime(2026, 6, 30, 9, 0)
    assert task["Advice"].startswith("Call, in a straightforward tone; payer class: Bad.")
    assert task["Why it is urgent"].startswith(
        "31.90 points: 20.00 for level 2, 4.00 for the size of the amount, 0.90 for tier Gold, 5.00 for payer class "
        "Bad, 2.00 for promises broken within twelve months (2), 0.00 for money that is due on this very day "
        "or known to be there."
    )


def test_a_task_names_step_amount_and_person(book: openpyxl.Workbook) -> None:
    task = table(book["Worklist"]).iloc[0]
    assert (task["Salesperson"], task["Step"], task["Amount"], task["Days overdue"]) == (
        "Ann Lee",
        "Call and agree a date",
        4000,
        31,
    )


def test_a_complaints_moments_are_in_the_companys_zone(book: openpyxl.Workbook) -> None:
    complaint = table(book["Complaints"]).iloc[0]
    assert complaint["Response due"] == datetime(2026, 6, 29, 14, 0)
    assert (complaint["Response late"], complaint["Resolution late"]) == ("yes", None)


def test_a_complaint_without_deadline_is_kept(book: openpyxl.Workbook) -> None:
    assert table(book["Complaints"])["Complaint"].tolist() == ["#9", "#8", "Total"]


def test_the_first_sheet_counts(book: openpyxl.Workbook) -> None:
    summary = book["Summary"]
    assert row_of(summary, "Collection tasks")[1] == 1
    assert row_of(summary, "Amount to ask for")[1] == 4000
    assert row_of(summary, "Response late")[1] == 1
    assert row_of(summary, "Gold")[1] == 1


def test_a_night_without_anything_is_still_a_paper(
    tmp_path: Path, head: ReportHead, night: NightInput, names: Names
) -> None:
    frames = (night.tiers, night.tasks, night.complaints, night.deadlines, night.warnings)
    empty = NightInput(*(frame.iloc[:0] for frame in frames))
    book = load(write_night(tmp_path / "n.xlsx", head, empty, names, "zh_CN"))
    assert "无数据。" in texts(book["投诉"])


def test_a_statement_has_a_sum_for_each_currency_and_none_over_two(
    tmp_path: Path, head: ReportHead, payouts: PayoutInput, names: Names
) -> None:
    book = load(write_payouts(tmp_path / "p.xlsx", head, payouts, replace(names, documents={31: "INV/1"})))
    assert row_of(book["Summary"], "CNY")[1:3] == [1, 50.00]
    assert row_of(book["Summary"], "JPY")[1:3] == [1, 78]
    assert table(book["Payouts"])["Due now"].tolist() == [78, 50.00]
    assert table(book["Lines"])[["Document", "Base", "Rate"]].values.tolist() == [["INV/1", 1000.00, 0.05]]


def test_one_persons_statement_shows_nobody_else(
    tmp_path: Path, head: ReportHead, payouts: PayoutInput, names: Names
) -> None:
    book = load(write_payouts(tmp_path / "p.xlsx", head, payouts, names, payee_id=6))
    shown = [text for sheet in book for text in texts(sheet)]
    assert "Ann Lee" in shown
    assert "王芳" not in shown


def test_both_files_repeat_to_the_byte(
    tmp_path: Path, head: ReportHead, night: NightInput, payouts: PayoutInput, names: Names
) -> None:
    for number in (1, 2):
        write_night(tmp_path / f"n{number}.xlsx", head, night, names)
        write_payouts(tmp_path / f"p{number}.xlsx", head, payouts, names)
    assert (tmp_path / "n1.xlsx").read_bytes() == (tmp_path / "n2.xlsx").read_bytes()
    assert (tmp_path / "p1.xlsx").read_bytes() == (tmp_path / "p2.xlsx").read_bytes()
