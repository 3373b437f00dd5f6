"""Payouts: exact lines, one rounding, deltas, currencies, payees, periods."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.incentives import compute_payouts
from tests.rules.papers import COMPANIES

TODAY = date(2026, 3, 31)


def plan(brackets: list[tuple[str, str]] | None = None, **head: Any) -> Plan:
    table = [{"from": start, "rate": rate} for start, rate in brackets or [("0", "0.05")]]
    payees = head.pop("payees", {"users": ["*"]})
    return Plan.model_validate({
        "plan": {"code": "p", "valid_from": date(2026, 1, 1), "period": "month", **head}, "payees": payees,
        "component": [{"kind": "commission", "mode": "marginal", "brackets": table}],
    })  # fmt: skip


def credit(move: int, net: int, day: str = "2026-03-10", **more: Any) -> dict[str, Any]:
    row = {
        "move_id": move, "company_id": 1, "payee_id": 5, "customer_id": 7, "date": date.fromisoformat(day),
        "kind": "invoice" if net >= 0 else "credit_note", "currency_id": 10, "net_minor": net, "net_company_minor": net,
    }  # fmt: skip
    return row | more


def compute(*credits: dict[str, Any], plans: list[Plan] | None = None, **more: Any) -> Decisions:
    columns = list(credit(0, 0))
    as_of = more.pop("as_of", TODAY)
    return compute_payouts(pd.DataFrame(list(credits), columns=columns), plans or [plan()], as_of, COMPANIES, **more)


def payouts(decided: Decisions) -> list[int]:
    return [int(amount) for amount in decided.frame["payout_minor"]]


def test_e19_rows_are_exact_and_the_statement_is_rounded_once() -> None:
    decided = compute(credit(1, 1005), credit(2, 1005), credit(3, 1005))
    assert decided.detail["amount_exact"].tolist() == [Decimal("0.5025")] * 3
    assert decided.frame["earned_exact"].tolist() == [Decimal("1.5075")]
    assert payouts(decided) == [151]


def test_a_line_and_a_payout_say_why() -> None:
    decided = compute(credit(1, 100000))
    (line,) = decided.detail.to_dict("records")
    assert (line["plan"], line["component"], line["period"], line["base_minor"], line["slice_to"]) == (
        "p", "commission", "2026-03", 100000, -1,
    )  # fmt: skip
    assert json.loads(line["reason_args"]) == {
        "base": "1000.00", "currency": "CNY", "plan": "p", "rate": "0.05", "valid_from": "2026-01-01",
    }  # fmt: skip
    (payout,) = decided.frame.to_dict("records")
    assert (payout["date_from"], payout["date_to"], payout["sequence"]) == (date(2026, 3, 1), date(2026, 3, 31), 1)
    assert json.loads(payout["reason_args"])["payout"] == "50.00"


def test_e1_a_deal_over_the_edge_has_a_line_a_slice() -> None:
    spiff = plan([("0", "0.04"), ("150000", "0.06"), ("250000", "0.08")])
    decided = compute(credit(1, 14500000, "2026-03-01"), credit(2, 2000000, "2026-03-02"), plans=[spiff])
    lines = decided.detail[decided.detail["move_id"] == 2]
    assert lines["base_minor"].tolist() == [500000, 1500000]
    assert lines["amount_exact"].tolist() == [Decimal(200), Decimal(900)]
    assert lines["reason_code"].tolist() == ["commission.slice"] * 2
    assert json.loads(lines["reason_args"].iloc[1]) == {
        "base": "15000.00", "currency": "CNY", "plan": "p", "rate": "0.06", "slice_from": "150000.00",
        "slice_to": "250000.00", "valid_from": "2026-01-01",
    }  # fmt: skip


def test_e17_a_credit_note_reduces_what_is_paid() -> None:
    assert payouts(compute(credit(1, 100000), credit(2, -20000), plans=[plan([("0", "0.04")])])) == [3200]


def test_each_payee_has_his_own_brackets_and_statement() -> None:
    cookie = plan([("0", "0.05"), ("50000", "0.08")])
    decided = compute(credit(1, 6000000), credit(2, 6000000, payee_id=6), plans=[cookie])
    assert decided.frame[["payee_id", "payout_minor"]].to_numpy().tolist() == [[5, 330000], [6, 330000]]


@pytest.mark.parametrize(
    ("day", "counts"), [("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-15", 1), ("2026-03-16", 0), ("2026-04-01", 0)]
)
def test_credits_of_the_period_up_to_the_day_count(day: str, counts: int) -> None:
    assert len(compute(credit(1, 100000, day), as_of=date(2026, 3, 15)).frame) == counts


def test_a_named_period_is_computed_for_plans_of_that_length_only() -> None:
    plans = [plan(), plan(code="q", period="quarter")]
    credits = credit(1, 100000, "2026-01-10"), credit(2, 100000, "2026-02-10")
    assert compute(*credits, plans=plans).frame["plan"].tolist() == ["q"]
    assert compute(*credits, plans=plans, period="2026-Q1").frame["payout_minor"].tolist() == [10000]
    month = compute(*credits, plans=plans, period="2026-02").frame
    assert month[["plan", "payout_minor"]].to_numpy().tolist() == [["p", 5000]]


def test_a_plan_pays_from_its_first_to_its_last_day() -> None:
    short = plan(valid_from=date(2026, 3, 5), valid_to=date(2026, 3, 20))
    days = ["2026-03-04", "2026-03-05", "2026-03-20", "2026-03-21"]
    decided = compute(*(credit(n, 100000, day) for n, day in enumerate(days)), plans=[short])
    assert decided.detail["move_id"].tolist() == [1, 2]


def settled(amount: int, sequence: int = 1, **more: Any) -> pd.DataFrame:
    row = {"company_id": 1, "payee_id": 5, "plan": "p", "period": "2026-03", "currency_id": 10}
    return pd.DataFrame([row | {"settled_minor": amount, "sequence": sequence} | more])


def test_what_was_settled_is_not_paid_twice() -> None:
    decided = compute(credit(1, 100000), settled=settled(5000))
    assert decided.frame.empty
    assert decided.rest["reason_code"].tolist() == ["payout.settled"]


def test_later_truth_is_the_difference_in_the_next_statement() -> None:
    late = compute(credit(1, 100000), credit(2, 40000), settled=settled(5000))
    assert late.frame[["sequence", "payout_minor", "settled_minor"]].to_numpy().tolist() == [[2, 2000, 5000]]
    back = compute(credit(1, 100000), credit(2, -40000), settled=settled(5000, 3))
    assert back.frame[["sequence", "payout_minor"]].to_numpy().tolist() == [[4, -2000]]


def test_when_every_credit_is_gone_the_settled_amount_is_owed_back() -> None:
    assert payouts(compute(settled=settled(5000))) == [-5000]


def test_settled_statements_of_other_periods_do_not_count() -> None:
    assert payouts(compute(credit(1, 100000), settled=settled(5000, period="2026-02"))) == [5000]


def test_without_a_plan_currency_each_company_pays_in_its_own() -> None:
    yen = credit(2, 500, company_id=3, currency_id=10, net_company_minor=9999)
    decided = compute(credit(1, 100000, currency_id=20, net_minor=777), yen)
    paid = decided.frame[["company_id", "currency_id", "payout_minor"]].to_numpy().tolist()
    assert paid == [[1, 10, 5000], [3, 30, 500]]


def test_a_plan_in_a_currency_never_adds_up_two() -> None:
    euro = plan(currency="EUR")
    booked = credit(1, 0, company_id=2, currency_id=10, net_company_minor=100000)
    written = credit(2, 40000, currency_id=20, net_company_minor=310000)
    neither = credit(3, 500)
    decided = compute(booked, written, neither, plans=[euro])
    lines = decided.detail[["move_id", "base_minor", "currency_id"]].to_numpy().tolist()
    assert lines == [[2, 40000, 20], [1, 100000, 20]]
    assert [(found.record, found.severity) for found in decided.findings] == [("3", "warning")]


def test_credits_without_a_salesperson_are_told_once() -> None:
    decided = compute(credit(1, 100000, payee_id=None), credit(2, 100000, payee_id=None), credit(3, 100000))
    assert payouts(decided) == [5000]
    assert [found.message for found in decided.findings] == [
        "2 credits of 2026-03 have no salesperson: plan p pays nobody"
    ]


def test_a_plan_for_some_pays_those_only() -> None:
    people = pd.DataFrame({"user_id": [5, 6, 7], "login": ["ann", "bob", "cho"], "team": ["North", "South", None]})
    some = plan(payees={"users": ["ann"], "teams": ["South"]})
    credits = [credit(n, 100000, payee_id=n) for n in (5, 6, 7)]
    assert compute(*credits, plans=[some], people=people).frame["payee_id"].tolist() == [5, 6]
    with pytest.raises(ValueError, match="people"):
        compute(*credits, plans=[some])


def test_entries_that_are_no_invoice_earn_nothing() -> None:
    assert compute(credit(1, 100000, kind="entry")).frame.empty


AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=10)
COOKIE = plan([("0", "0.05"), ("50000", "0.08")])


@settings(max_examples=12, deadline=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_the_payout_does_not_depend_on_the_order_of_credits(amounts: list[int], random: Any) -> None:
    credits = [credit(n, amount, f"2026-03-{n + 1:02d}") for n, amount in enumerate(amounts)]
    shuffled = credits[:]
    random.shuffle(shuffled)
    one, other = compute(*credits, plans=[COOKIE]), compute(*shuffled, plans=[COOKIE])
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.detail, other.detail)
    assert sum(one.detail["amount_exact"], Decimal(0)) == sum(one.frame["earned_exact"], Decimal(0))


@settings(max_examples=12, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_settling_twice_is_settling_once(first: list[int], more: list[int]) -> None:
    credits = [credit(n, amount) for n, amount in enumerate([*first, *more])]
    early = compute(*credits[: len(first)], plans=[COOKIE])
    paid = sum(payouts(early))
    statement = settled(paid) if len(early.frame) else None
    late = compute(*credits, plans=[COOKIE], settled=statement)
    assert paid + sum(payouts(late)) == sum(payouts(compute(*credits, plans=[COOKIE])))
