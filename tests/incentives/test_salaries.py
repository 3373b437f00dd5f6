"""Pay models through the command: salary only, base plus bonus; parts of months, limits, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.incentives.trying import Answer, commission, plan_text, simulate, table

TEN = commission(("0", "0.10"))
HEAD = "credit,payee,date,net"
MARCH = table(HEAD, "1,Bob,2026-03-31,5000.00")


def salary(payee: str = "Ann", amount: str = "1000.00", **more: str) -> str:
    """A [[salary]]; days and words as TOML writes them."""
    lines = "".join(f"{key.rstrip('_')} = {value}\n" for key, value in more.items())
    return f'[[salary]]\npayee = "{payee}"\namount = "{amount}"\n{lines}'


def only(*salaries: str, head: str = 'currency = "CNY"') -> str:
    """A plan that pays nothing else."""
    return plan_text(*salaries, head=head).replace('[payees]\nusers = ["*"]\n', "")


def paid(answer: Answer, payee: str) -> dict[str, str]:
    return {total["period"]: total["payout"] for total in answer.totals if total["payee"] == payee}


@pytest.mark.requirement("S4-26")
def test_salary_only_pays_each_month_that_has_begun(tmp_path: Path) -> None:
    answer = simulate(tmp_path, only(salary()), MARCH)
    assert paid(answer, "Ann") == {"2026-01": "1000.00", "2026-02": "1000.00", "2026-03": "1000.00"}
    assert paid(answer, "Bob") == {}
    assert [(row["component"], row["amount_exact"], row["released"]) for row in answer.rows] == [
        ("salary", "1000", "1000")] * 3  # fmt: skip
    assert answer.rows[0]["reason"] == (
        "Salary of CNY 1,000.00 for 1 January 2026 to 31 January 2026: 31 of 31 days at CNY 1,000.00 a month. "
        "Plan p, in force since 1 January 2026."
    )
    begun = simulate(tmp_path, only(salary()), MARCH, ("--as-of", "2026-02-01"))
    assert paid(begun, "Ann") == {"2026-01": "1000.00", "2026-02": "1000.00"}


@pytest.mark.requirement("S4-26")
def test_base_plus_bonus_is_one_statement_of_two_rows(tmp_path: Path) -> None:
    answer = simulate(tmp_path, plan_text(TEN, salary("Bob", "3000.00")), MARCH, ("--period", "2026-03"))
    assert answer.totals == [
        {"payee": "Bob", "plan": "p", "period": "2026-03", "currency": "CNY", "earned": "3500.00",
         "released": "3500.00", "adjustments": "0.00", "payout": "3500.00"}
    ]  # fmt: skip
    assert {row["component"]: row["released"] for row in answer.rows} == {"commission": "500", "salary": "3000"}


@pytest.mark.requirement("S4-26")
@pytest.mark.parametrize(
    ("first", "last", "january"),
    [
        ("2026-01-01", "2026-01-15", "483.87"),
        ("2026-01-16", "2026-01-31", "516.13"),
        ("2026-01-01", "2026-01-10", "322.58"),
        ("2026-01-11", "2026-01-20", "322.58"),
        ("2026-01-21", "2026-01-31", "354.84"),
        ("2026-01-31", "2026-01-31", "32.26"),
        ("2025-12-01", "2026-01-31", "1000.00"),
    ],
)
def test_a_part_of_a_month_is_paid_by_its_days(tmp_path: Path, first: str, last: str, january: str) -> None:
    answer = simulate(tmp_path, only(salary(from_=first, to=last)), MARCH)
    assert paid(answer, "Ann") == {"2026-01": january}


def test_any_parts_of_a_month_add_up_to_it(tmp_path: Path) -> None:
    for cuts in ((1, 8, 15, 22), (1, 2, 3, 4, 5, 30), tuple(range(1, 32))):
        ends = [*(cut - 1 for cut in cuts[1:]), 31]
        parts = [salary(from_=f"2026-01-{a:02d}", to=f"2026-01-{b:02d}") for a, b in zip(cuts, ends, strict=True)]
        answer = simulate(tmp_path, only(*parts), MARCH, ("--period", "2026-01"))
        assert sum(Decimal(row["released"]) for row in answer.rows) == 1000
        assert paid(answer, "Ann") == {"2026-01": "1000.00"}


def test_a_quarter_pays_its_months_and_a_plan_that_ends_pays_no_more(tmp_path: Path) -> None:
    head = 'currency = "CNY"\nperiod = "quarter"\nvalid_to = 2026-05-15'
    answer = simulate(tmp_path, only(salary(), head=head), table(HEAD, "1,Bob,2026-09-01,1"))
    assert paid(answer, "Ann") == {"2026-Q1": "3000.00", "2026-Q2": "1483.87"}


@pytest.mark.requirement("S4-26")
@pytest.mark.parametrize(
    ("limits", "bob"),
    [
        ("ignore", {"2026-01": "3000.00", "2026-02": "3000.00", "2026-03": "3400.00"}),
        ("count", {"2026-01": "400.00", "2026-02": "400.00", "2026-03": "400.00"}),
    ],
)
def test_a_cap_leaves_a_salary_alone_unless_it_counts(tmp_path: Path, limits: str, bob: dict[str, str]) -> None:
    plan = plan_text(TEN, salary("Bob", "3000.00", limits=f'"{limits}"'), '[limits]\ncap = "400.00"\n')
    assert paid(simulate(tmp_path, plan, MARCH), "Bob") == bob


@pytest.mark.requirement("S4-26")
def test_an_advance_goes_by_what_is_sold_and_nobody_is_advanced_for_a_salary_alone(tmp_path: Path) -> None:
    plan = plan_text(TEN, salary("Bob", "3000.00"), salary(), '[draw]\namount = "800.00"\n')
    credits = table(HEAD, "1,Bob,2026-02-10,1000", "2,Bob,2026-03-31,20000")
    answer = simulate(tmp_path, plan, credits)
    assert paid(answer, "Ann") == dict.fromkeys(("2026-01", "2026-02", "2026-03"), "1000.00")
    assert paid(answer, "Bob") == {"2026-01": "3000.00", "2026-02": "3800.00", "2026-03": "4300.00"}
    counted = plan.replace('amount = "3000.00"\n', 'amount = "3000.00"\nlimits = "count"\n')
    assert paid(simulate(tmp_path, counted, credits), "Bob") == {
        "2026-01": "3000.00", "2026-02": "3100.00", "2026-03": "5000.00"
    }  # fmt: skip


def test_what_was_settled_of_it_is_not_paid_again(tmp_path: Path) -> None:
    given = table("payee,period,amount", "Ann,2026-01,1000.00", "Ann,2026-02,900.00")
    answer = simulate(tmp_path, only(salary()), MARCH, paid=given)
    assert paid(answer, "Ann") == {"2026-01": "0.00", "2026-02": "100.00", "2026-03": "1000.00"}


def test_another_currency_is_another_statement(tmp_path: Path) -> None:
    answer = simulate(
        tmp_path, plan_text(TEN, salary("Bob", "300.00", currency='"EUR"')), MARCH, ("--period", "2026-03")
    )
    assert {total["currency"]: total["payout"] for total in answer.totals} == {"CNY": "500.00", "EUR": "300.00"}


def test_more_decimals_than_the_currency_has_is_found_and_not_paid(tmp_path: Path) -> None:
    answer = simulate(tmp_path, only(salary(amount="1000.005")), MARCH)
    assert answer.totals == []
    (found,) = answer.findings
    assert found["message"] == "The salary of Ann in plan p has more decimals than CNY: it is not paid."


def test_a_plan_of_a_group_is_tried_on_files_whichever_company_pays(tmp_path: Path) -> None:
    plan = only(salary(company="2"), salary("Bob", company="3"))
    answer = simulate(tmp_path, plan, MARCH, ("--period", "2026-03"))
    assert (paid(answer, "Ann"), paid(answer, "Bob")) == ({"2026-03": "1000.00"}, {"2026-03": "1000.00"})
    assert answer.findings == []
