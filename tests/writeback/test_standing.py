"""How a customer pays and what he may owe, on his record in the ERP: what causes a write, what only comes along."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from kam_connector import writeback
from kam_connector.ledger import Ledger
from kam_connector.writeback import Decided, Outcome, Plan
from tests.writeback.fake_erp import FakeErp
from tests.writeback.nights import ANCHOR, decided

pytestmark = pytest.mark.long

NEW_FIELDS = {
    "payer_class", "paid_items", "days_late_mean", "days_late_spread", "share_late", "payer_trend", "payer_reason_code",
    "payer_reason_args", "expected_on", "expected_amount", "credit_advice", "exposure", "credit_limit", "headroom",
    "provision", "credit_reason_code", "credit_reason_args",
}  # fmt: skip
PAYER = {
    "company_id": 1, "customer_id": 11, "payer_class": "slow", "paid_items": 3, "days_late_mean": 8.0,
    "days_late_spread": 3.741657, "share_late": 1.0, "trend": "worse", "reason_code": "payer.slow",
    "reason_args": '{"paid_items":3}',
}  # fmt: skip
CREDIT = {
    "company_id": 1, "customer_id": 11, "exposure_minor": 105_000_00, "limit_minor": 100_000_00,
    "headroom_minor": -5_000_00, "advice": "hold", "reason_code": "credit.hold_limit", "reason_args": "{}",
}  # fmt: skip
EXPECTED = {"company_id": 1, "customer_id": 11, "expected_on": date(2026, 7, 8), "expected_minor": 40_00}
BANDS = [{"company_id": 1, "customer_id": 11, "provision_minor": minor} for minor in (40_000_00, 10_000_00)]


def standing(day: date = ANCHOR, *, payer: Any = None, credit: Any = None, expected: Any = None) -> Decided:
    """A night with the figures of one customer; further rows or other values as given."""
    return decided(
        as_of=day,
        payers=pd.DataFrame([PAYER | (payer or {})]),
        credit=pd.DataFrame([CREDIT | (credit or {})]).astype({"limit_minor": "Int64", "headroom_minor": "Int64"}),
        expected=pd.DataFrame([EXPECTED | (expected or {})]),
        provision=pd.DataFrame(BANDS),
    )


def night(erp: FakeErp, book: Ledger, run: str, what: Decided) -> tuple[Plan, Outcome]:
    con = erp.pull()
    plan = writeback.make_plan(writeback.desired_records(what, con), con, book, erp)
    return plan, writeback.push(plan, erp, book, run=run)


def customer(erp: FakeErp, partner: int = 11) -> dict[str, Any]:
    return next(row for row in erp.rows("kam.customer") if row["partner_id"] == partner)


@pytest.mark.requirement("S4-49")
def test_the_figures_arrive_as_decided(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", standing())
    row = customer(erp)
    assert {name: row[name] for name in NEW_FIELDS} == {
        "payer_class": "slow", "paid_items": 3, "days_late_mean": 8.0, "days_late_spread": 3.7, "share_late": 1.0,
        "payer_trend": "worse", "payer_reason_code": "payer.slow", "payer_reason_args": '{"paid_items":3}',
        "expected_on": "2026-07-08", "expected_amount": 40.0, "credit_advice": "hold", "exposure": 105_000.0,
        "credit_limit": 100_000.0, "headroom": -5_000.0, "provision": 50_000.0,
        "credit_reason_code": "credit.hold_limit", "credit_reason_args": "{}",
    }  # fmt: skip
    other = customer(erp, 12)
    assert (other["payer_class"], other["exposure"], other["expected_on"]) == (False, 0.0, False)


def test_what_moves_with_the_calendar_alone_writes_nothing(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", standing())
    later = ANCHOR + timedelta(days=1)
    moved = {
        "days_late_mean": 8.5, "days_late_spread": 4.0, "share_late": 0.9, "paid_items": 2, "trend": "steady",
        "reason_args": '{"paid_items":2}',
    }  # fmt: skip
    plan, _ = night(erp, book, "r2", standing(later, payer=moved, expected={"expected_on": later}))
    assert [change for change in plan.changes if change.model == "kam.customer"] == []
    assert customer(erp)["days_late_mean"] == 8.0


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("payer_class", {"payer": {"payer_class": "unreliable"}}),
        ("credit_advice", {"credit": {"advice": "watch"}}),
        ("exposure", {"credit": {"exposure_minor": 1}}),
        ("credit_limit", {"credit": {"limit_minor": None}}),
        ("headroom", {"credit": {"headroom_minor": 7}}),
    ],
)
def test_a_decision_or_amount_that_changed_is_written_with_all_that_moved(
    erp: FakeErp, book: Ledger, field: str, change: dict[str, Any]
) -> None:
    night(erp, book, "r1", standing())
    before = customer(erp)
    change["payer"] = {"days_late_mean": 9.04} | change.get("payer", {})
    plan, _ = night(erp, book, "r2", standing(**change))
    (sent,) = [each for each in plan.changes if each.model == "kam.customer"]
    assert (sent.key, field in sent.values) == ("customer:11", True)
    after = customer(erp)
    assert after[field] != before[field]
    assert (after["days_late_mean"], after["kam_version"]) == (9.0, before["kam_version"] + 1)


def test_a_limit_alone_makes_nobody_a_customer_and_an_order_does(erp: FakeErp, book: Ledger) -> None:
    erp.add("res.partner", id=14, company_id=1)
    erp.add("res.partner", id=15, company_id=1)
    what = standing()
    only = {**CREDIT, "exposure_minor": 0, "headroom_minor": 9, "limit_minor": 9, "advice": "none"}
    rows = [CREDIT, {**only, "customer_id": 14}, {**only, "customer_id": 15, "exposure_minor": 5},
            {**only, "customer_id": 12, "limit_minor": 70_00}]  # fmt: skip
    night(erp, book, "r1", decided(credit=pd.DataFrame(rows), payers=what.payers))
    assert {row["partner_id"] for row in erp.rows("kam.customer")} == {11, 12, 13, 15}
    assert customer(erp, 12)["credit_limit"] == 70.0


def test_a_customer_without_business_any_more_is_emptied(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", standing())
    what = decided()
    gone = {
        name: getattr(what, name)[lambda rows: rows["customer_id"] != 11] for name in ("tiers", "ageing", "revenue")
    }
    empty = {name: getattr(standing(), name).iloc[:0] for name in ("payers", "credit", "expected", "provision")}
    night(erp, book, "r2", decided(**gone, **empty, tie_out=None, tasks=None))
    row = customer(erp)
    assert not any(row[name] for name in NEW_FIELDS)


def test_a_step_that_did_not_run_leaves_its_figures_alone(erp: FakeErp, book: Ledger) -> None:
    night(erp, book, "r1", standing())
    before = customer(erp)
    night(erp, book, "r2", decided())
    assert customer(erp) == before


def test_an_older_addon_is_written_what_it_knows_and_the_plan_names_the_rest(erp: FakeErp, book: Ledger) -> None:
    erp.lacking = set(NEW_FIELDS)
    plan, outcome = night(erp, book, "r1", standing())
    assert outcome.is_clean
    assert customer(erp)["receivable_total"] == 115.15
    assert not NEW_FIELDS & customer(erp).keys()
    (told,) = map(str, plan.local)
    assert told.endswith("of kam.customer")
    assert set(told.removesuffix(" of kam.customer").split(", ")) == NEW_FIELDS
    erp.lacking = set()
    night(erp, book, "r2", standing())
    assert customer(erp)["payer_class"] == "slow"
