"""Payouts as the ERP takes them: lines that sum, numbered statements, deltas, currencies, versions of a plan."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from kam_connector.policy.payterms import Draw, Limits
from kam_connector.policy.plans import Plan
from kam_connector.rules.decisions import currencies_of
from kam_connector.rules.pay.engine import compute_versions
from kam_connector.rules.pay.given import Given
from kam_connector.rules.pay.rows import pay_rows
from kam_connector.rules.payouts import Payouts, state_payouts
from tests.rules.papers import COMPANIES

TODAY = date(2026, 3, 31)
HOMES = dict(zip(COMPANIES["company_id"], COMPANIES["currency_id"], strict=True))


def plan(brackets: list[tuple[str, str]] | None = None, **head: Any) -> Plan:
    table = [{"from": start, "rate": rate} for start, rate in brackets or [("0", "0.05")]]
    return Plan.model_validate({
        "plan": {"code": "p", "valid_from": date(2026, 1, 1), "period": "month", **head}, "payees": {"users": ["*"]},
        "component": [{"kind": "commission", "mode": "marginal", "brackets": table}],
    })  # fmt: skip


def credit(number: int, net: int, day: str = "2026-03-10", **more: Any) -> dict[str, Any]:
    row = {
        "credit_id": number, "document_id": number, "company_id": 1, "payee_id": 5, "customer_id": 7, "origin_id": 0,
        "date": date.fromisoformat(day), "kind": "invoice" if net >= 0 else "credit_note", "currency_id": 10,
        "net_minor": net, "net_company_minor": net, "company_currency_id": 10,
    }  # fmt: skip
    return row | more


def settled(amount: int, sequence: int = 1, **more: Any) -> pd.DataFrame:
    row = {"company_id": 1, "payee_id": 5, "plan": "p", "period": "2026-03", "currency_id": 10}
    return pd.DataFrame([row | {"amount_minor": amount, "sequence": sequence} | more])


def compute(
    *credits: dict[str, Any],
    plans: list[Plan] | None = None,
    paid: pd.DataFrame | None = None,
    periods: tuple[str, ...] = ("2026-03",),
) -> Payouts:
    table = pd.DataFrame(list(credits), columns=list(dict.fromkeys([*credit(0, 0), *(credits[0] if credits else ())])))
    currencies = currencies_of(COMPANIES)
    more = {} if paid is None else {"paid": paid}
    pays = compute_versions([(each, Given(table, TODAY, currencies, HOMES, **more)) for each in plans or [plan()]])
    nothing = settled(0).iloc[:0]
    return state_payouts(pays, {"p": periods}, nothing if paid is None else paid, currencies)


def test_an_event_is_a_line_of_no_document() -> None:
    bonus = plan()
    components = Plan.model_validate({
        "plan": {"code": "p", "valid_from": date(2026, 1, 1)}, "payees": {"users": ["*"]},
        "component": [{"kind": "bonus", "event": "retained", "amount": Decimal(500)}],
    }).component  # fmt: skip
    table = credit(-77, 0, kind="event") | {"document_id": -77, "category": "retained"}
    decided = compute(table, plans=[bonus.model_copy(update={"component": components})])
    (line,) = decided.detail.to_dict("records")
    assert (line["move_id"], line["customer_id"], line["credit_id"], line["amount_exact"]) == (0, 7, -77, Decimal(500))
    assert payouts(decided) == [50000]


def payouts(decided: Payouts) -> list[int]:
    return [int(amount) for amount in decided.frame["payout_minor"]]


def test_a_line_and_a_payout_say_why() -> None:
    decided = compute(credit(1, 100000))
    (line,) = decided.detail.to_dict("records")
    assert (line["plan"], line["component"], line["period"], line["base_minor"], line["slice_to"], line["move_id"]) == (
        "p", "commission", "2026-03", 100000, -1, 1,
    )  # fmt: skip
    assert json.loads(line["reason_args"]) == {
        "base": "1000.00", "currency": "CNY", "plan": "p", "rate": "0.05", "valid_from": "2026-01-01",
    }  # fmt: skip
    (payout,) = decided.frame.to_dict("records")
    assert (payout["date_from"], payout["date_to"], payout["sequence"]) == (date(2026, 3, 1), date(2026, 3, 31), 1)
    assert (payout["reason_code"], json.loads(payout["reason_args"])["payout"]) == ("payout.earned", "50.00")


def test_each_payee_has_his_own_brackets_and_statement() -> None:
    cookie = plan([("0", "0.05"), ("50000", "0.08")])
    decided = compute(credit(1, 6000000), credit(2, 6000000, payee_id=6), plans=[cookie])
    assert decided.frame[["payee_id", "payout_minor"]].to_numpy().tolist() == [[5, 330000], [6, 330000]]


def test_what_was_settled_is_not_paid_twice() -> None:
    decided = compute(credit(1, 100000), paid=settled(5000))
    assert decided.frame.empty
    assert decided.rest["reason_code"].tolist() == ["payout.settled"]


def test_later_truth_is_the_difference_in_the_next_statement() -> None:
    late = compute(credit(1, 100000), credit(2, 40000), paid=settled(5000))
    assert late.frame[["sequence", "payout_minor", "settled_minor"]].to_numpy().tolist() == [[2, 2000, 5000]]
    assert sum(late.detail["amount_exact"]) == 20
    back = compute(credit(1, 100000), credit(2, -40000, origin_id=1), paid=settled(5000, 3))
    assert back.frame[["sequence", "payout_minor"]].to_numpy().tolist() == [[4, -2000]]


def test_when_every_credit_is_gone_the_settled_amount_is_owed_back() -> None:
    assert payouts(compute(paid=settled(5000))) == [-5000]


def test_settled_statements_of_other_periods_do_not_count() -> None:
    assert payouts(compute(credit(1, 100000), paid=settled(5000, period="2026-02"))) == [5000]


def test_without_a_plan_currency_each_company_pays_in_its_own() -> None:
    yen = credit(2, 500, company_id=3, currency_id=10, net_company_minor=9999, company_currency_id=30)
    decided = compute(credit(1, 777, currency_id=20, net_company_minor=100000), yen)
    paid = decided.frame[["company_id", "currency_id", "payout_minor"]].to_numpy().tolist()
    assert paid == [[1, 10, 5000], [3, 30, 500]]


def test_a_plan_in_a_currency_never_adds_up_two() -> None:
    euro = plan(currency="EUR")
    booked = credit(1, 777, company_id=2, currency_id=10, net_company_minor=100000, company_currency_id=20)
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
        "Credits without a salesperson (2): plan p pays nobody for them."
    ]


@pytest.mark.parametrize(
    ("day", "version"), [("2026-03-04", 0), ("2026-03-05", 1), ("2026-03-20", 1), ("2026-03-21", 0)]
)
def test_a_plan_pays_from_its_first_to_its_last_day(day: str, version: int) -> None:
    short = plan(valid_from=date(2026, 3, 5), valid_to=date(2026, 3, 20))
    assert len(compute(credit(1, 100000, day), plans=[short]).detail) == version


def test_two_versions_of_a_plan_make_one_statement() -> None:
    old, new = plan(valid_to=date(2026, 3, 15)), plan([("0", "0.10")], valid_from=date(2026, 3, 16))
    decided = compute(credit(1, 100000), credit(2, 100000, "2026-03-16"), plans=[old, new])
    assert decided.frame[["period", "payout_minor"]].to_numpy().tolist() == [["2026-03", 15000]]
    assert decided.detail["rate"].tolist() == [Decimal("0.05"), Decimal("0.10")]


def test_an_invoice_dated_back_into_a_settled_period_is_due_in_a_further_statement_of_it() -> None:
    """January was settled at 100.00; an invoice of 5,000 dated 31 January came to light on 5 February."""
    january = settled(10000, period="2026-01")
    known = (credit(1, 200000, "2026-01-10"), credit(2, 20000, "2026-02-03"))
    months = ("2026-01", "2026-02")
    shown = ["period", "sequence", "payout_minor"]
    before = compute(*known, paid=january, periods=months)
    assert before.frame[shown].to_numpy().tolist() == [["2026-02", 1, 1000]]
    late = compute(*known, credit(3, 500000, "2026-01-31"), paid=january, periods=months)
    assert late.frame[shown].to_numpy().tolist() == [["2026-01", 2, 25000], ["2026-02", 1, 1000]]
    assert late.detail.groupby("period")["amount_exact"].sum().tolist() == [250, 10]
    assert late.computed == (("p", "2026-01"), ("p", "2026-02"))


def test_periods_that_were_computed_are_named_though_nothing_came_of_them() -> None:
    assert compute(periods=("2026-02", "2026-03")).computed == (("p", "2026-02"), ("p", "2026-03"))


def test_what_was_settled_before_the_plan_began_is_not_taken_back() -> None:
    old = settled(5000, period="2025-12")
    assert compute(credit(1, 100000), paid=old, periods=("2025-12", "2026-03")).frame["period"].tolist() == ["2026-03"]


def versions(**tables: Any) -> list[Plan]:
    """The first two months at 5 %, from March on at 10 %, both with these tables."""
    old = plan(valid_to=date(2026, 2, 28)).model_copy(update=tables)
    return [old, plan([("0", "0.10")], valid_from=date(2026, 3, 1)).model_copy(update=tables)]


def test_a_version_that_has_ended_takes_back_what_it_paid_at_its_own_rate() -> None:
    back = credit(2, -100000, "2026-03-20", origin_id=1)
    decided = compute(credit(1, 100000, "2026-02-10"), back, plans=versions(), periods=("2026-02", "2026-03"))
    assert payouts(decided) == [5000, -5000]
    ended = plan(valid_to=date(2026, 2, 28))
    decided = compute(credit(1, 100000, "2026-02-10"), back, plans=[ended], periods=("2026-02", "2026-03"))
    assert payouts(decided) == [5000, -5000]


def test_what_reverses_an_invoice_from_before_the_plan_takes_nothing_back() -> None:
    new = versions()[1]
    assert payouts(compute(credit(1, 100000, "2026-02-10"), credit(2, -100000, origin_id=1), plans=[new])) == []


def test_a_cap_and_a_draw_count_once_for_all_versions_of_a_plan() -> None:
    middle = [plan(valid_to=date(2026, 3, 15)), plan(valid_from=date(2026, 3, 16))]
    capped = [each.model_copy(update={"limits": Limits(cap=Decimal(50))}) for each in middle]
    sold = (credit(1, 200000, "2026-03-02"), credit(2, 200000, "2026-03-20"))
    assert payouts(compute(*sold, plans=capped)) == [5000]
    advanced = [each.model_copy(update={"draw": Draw(amount=Decimal(1000))}) for each in middle]
    assert payouts(compute(*sold, plans=advanced)) == [100000]


def test_a_draw_ends_with_the_plan_and_is_recovered_after_it() -> None:
    ended = plan(valid_to=date(2026, 2, 28)).model_copy(update={"draw": Draw(amount=Decimal(100))})
    sold = (credit(1, 100000, "2026-02-10"), credit(2, -20000, "2026-03-10", origin_id=1))
    assert payouts(compute(*sold, plans=[ended], periods=("2026-02", "2026-03"))) == [10000, -1000]


def test_an_advance_of_last_year_is_not_paid_again_at_the_turn_of_the_year() -> None:
    """5,000 earned and paid in each month of 2025 with a draw of 1,000: January 2026 pays 5,000."""
    drawn = plan([("0", "0.10")], valid_from=date(2025, 1, 1)).model_copy(update={"draw": Draw(amount=Decimal(1000))})
    months = [f"2025-{month:02}" for month in range(1, 13)]
    sold = [credit(number, 5000000, f"{month}-10") for number, month in enumerate([*months, "2026-01"], start=1)]
    paid = pd.concat([settled(500000, period=month) for month in months], ignore_index=True)
    decided = compute(*sold, plans=[drawn], paid=paid, periods=(*months, "2026-01"))
    assert decided.frame[["period", "payout_minor"]].to_numpy().tolist() == [["2026-01", 500000]]


def test_a_plan_in_a_currency_that_nobody_knows_pays_nothing_and_says_so() -> None:
    decided = compute(credit(1, 100000), plans=[plan(currency="GBP")])
    assert payouts(decided) == []
    assert [(found.severity, found.record) for found in decided.findings] == [("error", "p")]
    assert "GBP" in decided.findings[0].message


def test_a_credit_in_a_currency_that_nobody_knows_is_left_out_and_told() -> None:
    decided = compute(credit(1, 100000), credit(2, 100000, currency_id=99))
    assert payouts(decided) == [5000]
    assert [(found.severity, found.record) for found in decided.findings] == [("error", "2")]


def test_a_credit_note_in_a_foreign_currency_takes_back_what_its_invoice_was_booked_at() -> None:
    sold = credit(1, 10000, "2026-02-10", currency_id=20, net_company_minor=80000)
    back = credit(2, -10000, "2026-03-10", currency_id=20, net_company_minor=-70000, origin_id=1)
    assert payouts(compute(sold, back, periods=("2026-02", "2026-03"))) == [4000, -4000]


def test_the_periods_of_an_advance_go_on_across_versions() -> None:
    """Advances in the first two periods only: March is the third of the plan, though the first of its version."""
    draw = Draw.model_validate({"amount": "100", "recoverable": False, "periods": (1, 2)})
    old = plan(valid_to=date(2026, 2, 28)).model_copy(update={"draw": draw})
    new = plan(valid_from=date(2026, 3, 1)).model_copy(update={"draw": draw})
    sold = [credit(number, 20000, f"2026-0{number}-10") for number in (1, 2, 3)]
    months = ("2026-01", "2026-02", "2026-03")
    decided = compute(*sold, plans=[old, new], periods=months)
    assert payouts(decided) == [10000, 10000, 1000]


def test_a_version_that_is_not_read_any_more_still_counts_as_the_first() -> None:
    draw = Draw.model_validate({"amount": "100", "recoverable": False, "periods": (1, 2)})
    new = plan(valid_from=date(2026, 3, 1)).model_copy(update={"draw": draw})
    given = Given(pd.DataFrame([credit(1, 20000)]), TODAY, currencies_of(COMPANIES), HOMES)
    (alone,) = compute_versions([(new, given)])
    (after,) = compute_versions([(new, given)], date(2026, 1, 1))
    assert [pay.statements[0].payout for pay in (alone, after)] == [10000, 1000]


def test_a_row_shows_the_rate_at_which_it_was_booked() -> None:
    """100.00 of currency 20 were booked as 1,200.00: 12, of its refund too, whatever that was booked at."""
    sold = credit(1, 10000, currency_id=20, net_company_minor=120000)
    back = credit(2, -10000, currency_id=20, net_company_minor=-130000, origin_id=1)
    nothing = credit(3, 0, currency_id=20, net_company_minor=500)
    table = pd.DataFrame([sold, back, nothing])
    currencies = currencies_of(COMPANIES)
    (pay,) = compute_versions([(plan(), Given(table, TODAY, currencies, HOMES))])
    rows = pay_rows(pay, currencies)
    assert rows.groupby("credit_id")["exchange"].first().to_dict() == {1: Fraction(12), 2: Fraction(12)} | (
        {3: None} if 3 in set(rows["credit_id"]) else {}
    )
