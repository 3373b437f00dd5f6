"""Worked cases of incentives.md 3.2 and 3.3: base, payment, refunds, currency, stacking, through the command."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.incentives.trying import commission, plan_text, simulate, table

CREDITS = "credit,payee,date,document,net,document_total"
CASH = "document,date,amount,kind"
BY_CASH = '[credit]\nsource = "cash"\n'
TEN = commission(("0", "0.10"))
FIVE = commission(("0", "0.05"))


@pytest.mark.requirement("S4-33")
def test_e12_a_third_is_released_by_a_third_of_the_cash(tmp_path: Path) -> None:
    plan = plan_text(commission(("0", "0.20")), BY_CASH)
    credits = table(CREDITS, "1,Ann,2026-03-01,D,30.00,34.50")
    answer = simulate(tmp_path, plan, credits, cash=table(CASH, "D,2026-03-20,11.50,cash"))
    assert (answer.totals[0]["earned"], answer.totals[0]["released"], answer.payouts) == ("6.00", "2.00", ["2.00"])


def test_e12_instalments_are_cumulative_to_the_cent(tmp_path: Path) -> None:
    cash = table(CASH, "D,2026-03-20,403.33,cash", "D,2026-04-20,403.33,cash", "D,2026-05-20,403.34,cash")
    answer = simulate(
        tmp_path, plan_text(TEN, BY_CASH), table(CREDITS, "1,Ann,2026-03-01,D,1000.00,1210.00"), cash=cash
    )
    assert [total["released"] for total in answer.totals] == ["33.33", "33.34", "33.33"]
    assert answer.payouts == ["33.33", "33.34", "33.33"]


def test_e13_a_foreign_invoice_is_released_in_its_own_currency(tmp_path: Path) -> None:
    plan = plan_text(commission(("0", "0.20")), BY_CASH, head='currency = "EUR"')
    credits = table("credit,payee,date,document,net,currency", "1,Ann,2026-03-01,D,1000.00,EUR")
    cash = table("document,date,amount,currency,kind", "D,2026-03-20,1000.00,EUR,cash")
    assert simulate(tmp_path, plan, credits, cash=cash).payouts == ["200.00"]


@pytest.mark.parametrize(("counts", "paid"), [("proportional", ["75.00", "25.00"]), ("final", ["100.00"])])
def test_e15_a_down_payment_earns_what_its_order_lines_earn(tmp_path: Path, counts: str, paid: list[str]) -> None:
    plan = plan_text(TEN, f'[cash]\ndown_payment = "{counts}"\n[filter]\ncategories = ["earning"]\n')
    credits = table(
        "credit,payee,date,document,kind,origin,category,net",
        "L1,Ann,2026-01-10,SO1,order,,earning,1000", "L2,Ann,2026-01-10,SO1,order,,other,1000",
        "A,Ann,2026-01-15,DP1,down_payment,L1,,1500",
        "F1,Ann,2026-02-20,INV1,invoice,,earning,1000", "F2,Ann,2026-02-20,INV1,invoice,,other,1000",
        "F3,Ann,2026-02-20,INV1,down_payment,L1,,-1500",
    )  # fmt: skip
    assert simulate(tmp_path, plan, credits).payouts == paid


def test_e11_a_margin_is_never_negative_for_a_sale_and_always_for_a_return(tmp_path: Path) -> None:
    credits = table(
        "credit,payee,date,net,margin", "1,Ann,2026-03-01,1000,300", "2,Ann,2026-03-02,650,-50",
        "3,Ann,2026-03-03,-300,-90",
    )  # fmt: skip
    answer = simulate(tmp_path, plan_text(TEN, '[credit]\nbase = "margin"\n'), credits)
    assert [answer.earned(str(n)) for n in (1, 2, 3)] == [30, 0, -9]
    counted = simulate(tmp_path, plan_text(TEN, '[credit]\nbase = "margin"\nloss = "count"\n'), credits)
    assert counted.earned("2") == -5


def test_e17_credit_notes_reduce_and_only_what_came_in_pays(tmp_path: Path) -> None:
    four = commission(("0", "0.04"))
    credits = table(
        "credit,payee,date,kind,origin,net", "1,Ann,2026-03-01,,,1000", "2,Ann,2026-03-05,credit_note,1,-200"
    )
    assert simulate(tmp_path, plan_text(four), credits).payouts == ["32.00"]
    invoice, cash = table(CREDITS, "1,Ann,2026-03-01,D,10000,10000"), table(CASH, "D,2026-03-09,8000,cash")
    assert simulate(tmp_path, plan_text(four, BY_CASH), invoice, cash=cash).payouts == ["320.00"]


@pytest.mark.parametrize(
    "cash", [("D,2026-03-20,800,cash", "D,2026-03-05,200,credit_note"), ("D,2026-03-20,800,cash",)]
)
def test_e17_a_credit_note_makes_the_document_smaller_and_is_no_cash(tmp_path: Path, cash: tuple[str, ...]) -> None:
    credits = table(
        "credit,payee,date,document,kind,origin,net,document_total", "1,Ann,2026-03-01,D,invoice,,1000,1000",
        "2,Ann,2026-03-05,N,credit_note,1,-200,-200",
    )  # fmt: skip
    answer = simulate(tmp_path, plan_text(commission(("0", "0.04")), BY_CASH), credits, cash=table(CASH, *cash))
    assert answer.payouts == ["32.00"]


def test_e19_rows_are_exact_and_the_statement_is_rounded_once(tmp_path: Path) -> None:
    credits = table("credit,payee,date,net", *(f"{n},Ann,2026-03-0{n},10.05" for n in (1, 2, 3)))
    answer = simulate(tmp_path, plan_text(FIVE), credits)
    assert [row["amount_exact"] for row in answer.rows] == ["0.5025"] * 3
    assert answer.payouts == ["1.51"]


def test_e20_a_base_is_converted_once_and_keeps_the_rate(tmp_path: Path) -> None:
    plan = plan_text(TEN, head='currency = "USD"')
    credits = table("credit,payee,date,net,currency", "1,Ann,2026-03-10,100,EUR")
    rates = table("currency,date,rate", "USD,2026-01-01,1", "EUR,2026-01-01,2", "EUR,2026-03-11,4")
    (row,) = simulate(tmp_path, plan, credits, rates=rates).rows
    assert (row["base"], row["exchange_rate"], row["amount_exact"]) == ("50.00", "0.5", "5")
    at_end = plan + '[cash]\nrate_date = "period_end"\n'
    assert simulate(tmp_path, at_end, credits, rates=rates).payouts == ["2.50"]
    when_paid = plan + '[cash]\nrate_date = "payment"\n' + BY_CASH
    cash = table(CASH, "1,2026-04-02,100,cash")
    assert simulate(tmp_path, when_paid, credits, rates=rates, cash=cash).totals[0]["period"] == "2026-04"


@pytest.mark.parametrize("rates", [None, "EUR,2026-03-11,2"])
def test_a_credit_without_a_rate_is_left_out_and_told(tmp_path: Path, rates: str | None) -> None:
    plan = plan_text(TEN, head='currency = "USD"')
    credits = table("credit,payee,date,net,currency", "A,Ann,2026-03-10,100,EUR", "B,Ann,2026-03-10,100,USD")
    files = {"rates": table("currency,date,rate", rates)} if rates else {}
    answer = simulate(tmp_path, plan, credits, **files)
    assert (answer.payouts, answer.exit_code) == (["10.00"], 1)
    assert [found["record"] for found in answer.findings] == ["A"]


@pytest.mark.parametrize(("bad_debt", "paid"), [("forfeit", "1.00"), ("keep", "10.00")])
def test_e21_a_write_off_is_not_cash(tmp_path: Path, bad_debt: str, paid: str) -> None:
    plan = plan_text(TEN, BY_CASH, f'[cash]\nbad_debt = "{bad_debt}"\n')
    cash = table(CASH, "D,2026-03-20,10,cash", "D,2026-03-25,90,write_off")
    answer = simulate(tmp_path, plan, table(CREDITS, "1,Ann,2026-03-01,D,100,100"), cash=cash)
    assert answer.payouts == [paid]
    assert (answer.totals[0]["earned"], len(answer.rows)) == ((paid, 2) if bad_debt == "forfeit" else (paid, 1))


@pytest.mark.parametrize(("release", "paid"), [("proportional", ["4.00", "6.00"]), ("full", ["0.00", "10.00"])])
def test_e21_in_proportion_or_only_when_everything_is_paid(tmp_path: Path, release: str, paid: list[str]) -> None:
    plan = plan_text(TEN, BY_CASH, f'[cash]\nrelease = "{release}"\n')
    cash = table(CASH, "D,2026-03-20,40,cash", "D,2026-04-20,60,cash")
    assert simulate(tmp_path, plan, table(CREDITS, "1,Ann,2026-03-01,D,100,100"), cash=cash).payouts == paid


@pytest.mark.parametrize(
    ("kind", "paid"), [("cash", "10.00"), ("pending", "0.00"), ("exchange", "0.00"), ("credit_note", "0.00")]
)
def test_only_cash_at_the_bank_releases(tmp_path: Path, kind: str, paid: str) -> None:
    cash = table(CASH, f"D,2026-03-20,100,{kind}")
    credits = table(CREDITS, "1,Ann,2026-03-01,D,100,100")
    assert simulate(tmp_path, plan_text(TEN, BY_CASH), credits, cash=cash).payouts == [paid]


def test_a_payment_that_bounces_takes_its_release_back(tmp_path: Path) -> None:
    cash = table(CASH, "D,2026-03-20,100,cash", "D,2026-04-02,-100,cash")
    answer = simulate(tmp_path, plan_text(TEN, BY_CASH), table(CREDITS, "1,Ann,2026-03-01,D,100,100"), cash=cash)
    assert answer.payouts == ["10.00", "-10.00"]


def test_what_was_paid_at_invoicing_is_forfeited_by_a_write_off(tmp_path: Path) -> None:
    cash = table(CASH, "D,2026-03-20,25,cash", "D,2026-05-20,75,write_off")
    answer = simulate(tmp_path, plan_text(TEN), table(CREDITS, "1,Ann,2026-03-01,D,100,100"), cash=cash)
    assert [(total["period"], total["payout"]) for total in answer.totals] == [
        ("2026-03", "10.00"),
        ("2026-05", "-7.50"),
    ]


def test_e22_a_refund_gets_the_treatment_of_the_original(tmp_path: Path) -> None:
    four = [f"{n},Ann,2026-03-0{n},,25" for n in (1, 2, 3, 4)]
    credits = table("credit,payee,date,origin,net", *four, "5,Ann,2026-03-05,4,-25")
    answer = simulate(tmp_path, plan_text(TEN), credits)
    assert (sum(answer.earned(str(n)) for n in (1, 2, 3, 4)), answer.earned("5")) == (10, Decimal("-2.5"))


@pytest.mark.parametrize("basis", ["line", "document", "period"])
@pytest.mark.parametrize("policy", ["recompute", "historic", "money_only"])
def test_e22_the_net_truth_of_a_slab_is_paid_and_not_minus_thirty(tmp_path: Path, basis: str, policy: str) -> None:
    slab = commission(("0", "0.05"), ("1000", "0.10"), more=f'mode = "whole"\nbasis = "{basis}"')
    plan = plan_text(slab, f'[clawback]\npolicy = "{policy}"\n')
    credits = table("credit,payee,date,origin,net", "1,Ann,2026-03-01,,2000", "2,Ann,2026-04-01,1,-600")
    answer = simulate(tmp_path, plan, credits)
    assert answer.payouts == ["200.00", "-60.00"]  # net 1,400 at 10 % is 140; the anchor took back 30


@pytest.mark.parametrize(
    ("policy", "taken"), [("recompute", "-175.00"), ("historic", "-150.00"), ("money_only", "-150.00")]
)
def test_the_three_policies_differ_where_the_rate_falls(tmp_path: Path, policy: str, taken: str) -> None:
    slab = commission(("0", "0.05"), ("1000", "0.10"), more='mode = "whole"')
    credits = table("credit,payee,date,origin,net", "1,Ann,2026-03-01,,2000", "2,Ann,2026-04-01,1,-1500")
    answer = simulate(tmp_path, plan_text(slab, f'[clawback]\npolicy = "{policy}"\n'), credits)
    assert answer.payouts == ["200.00", taken]  # 500 at 5 % is 25; or 1,500 at the 10 % that were paid


@pytest.mark.parametrize(("policy", "later"), [("historic", "1000.00"), ("money_only", "1600.00")])
def test_attainment_falls_with_historic_and_stays_with_money_only(tmp_path: Path, policy: str, later: str) -> None:
    plan = plan_text(
        commission(("0", "0.05"), ("50000", "0.08"), more='mode = "marginal"\naccumulate = "quarter"'),
        f'[clawback]\npolicy = "{policy}"\n',
    )
    credits = table(
        "credit,payee,date,origin,net",
        "1,Ann,2026-01-05,,50000",
        "2,Ann,2026-02-05,1,-50000",
        "3,Ann,2026-03-05,,20000",
    )
    assert simulate(tmp_path, plan, credits).payouts == ["2500.00", "-2500.00", later]


@pytest.mark.requirement("S0-16")
def test_e23_paid_out_then_fully_credited(tmp_path: Path) -> None:
    credits = table("credit,payee,date,origin,net", "1,Ann,2026-03-01,,100", "2,Ann,2026-03-20,1,-100")
    paid = table("payee,period,component,amount", "Ann,2026-03,commission,10.00")
    answer = simulate(tmp_path, plan_text(TEN), credits, paid=paid)
    assert answer.payouts == ["-10.00"]
    assert sorted(row["released"] for row in answer.rows) == ["-10", "-10", "10"]


@pytest.mark.requirement("S4-25")
def test_e25_a_minimum_is_not_clawed_back(tmp_path: Path) -> None:
    plan = plan_text(FIVE, '[limits]\nfloor = "10"\n[clawback]\npolicy = "historic"\n')
    credits = table("credit,payee,date,origin,net", "1,Ann,2026-03-01,,100", "2,Ann,2026-04-20,1,-100")
    assert simulate(tmp_path, plan, credits).payouts == ["10.00", "-5.00"]


def test_e26_the_money_is_taken_back_and_the_attainment_stays(tmp_path: Path) -> None:
    plan = plan_text(
        commission(("0", "0.05"), ("10000", "0.10"), more='mode = "marginal"\naccumulate = "year"'),
        '[clawback]\npolicy = "money_only"\n',
    )
    credits = table(
        "credit,payee,date,origin,net", "1,Ann,2026-06-05,,10000", "2,Ann,2026-08-05,1,-10000", "3,Ann,2026-09-05,,1000"
    )
    assert simulate(tmp_path, plan, credits).payouts == ["500.00", "-500.00", "100.00"]


STEPS = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.01" }, { from = 30, points = "0" }, '
STEPS += '{ from = 60, points = "-0.01" }, { from = 90, points = "-0.02" }]\n'


@pytest.mark.parametrize("source", ["invoice", "cash"])
@pytest.mark.parametrize(
    ("day", "paid"), [(29, "600.00"), (30, "500.00"), (59, "500.00"), (60, "400.00"), (89, "400.00"), (90, "300.00")]
)
@pytest.mark.requirement("S4-60")
def test_e28_the_days_until_payment_change_the_rate(tmp_path: Path, day: int, paid: str, source: str) -> None:
    from datetime import date, timedelta

    plan = plan_text(FIVE, STEPS, f'[credit]\nsource = "{source}"\n', head='currency = "CNY"\nperiod = "year"')
    when = date(2026, 3, 1) + timedelta(days=day)
    credits = table(CREDITS, "1,Ann,2026-03-01,D,10000,11300")
    answer = simulate(tmp_path, plan, credits, cash=table(CASH, f"D,{when},11300,cash"))
    assert answer.payouts == [paid]


@pytest.mark.parametrize(("day", "paid"), [("2026-04-30", "500.00"), ("2026-05-01", "0.00")])
def test_e28_full_until_day_sixty_and_nothing_after(tmp_path: Path, day: str, paid: str) -> None:
    points = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0" }, { from = 61, points = "-0.05" }]\n'
    plan = plan_text(FIVE, points, BY_CASH, head='currency = "CNY"\nperiod = "year"')
    answer = simulate(
        tmp_path, plan, table(CREDITS, "1,Ann,2026-03-01,D,10000,10000"), cash=table(CASH, f"D,{day},10000,cash")
    )
    assert answer.payouts == [paid]


@pytest.mark.parametrize(("days", "paid"), [(10, "30.00"), (11, "20.00"), (21, "10.00"), (31, "0.00")])
def test_e28_a_rate_that_is_nothing_but_days(tmp_path: Path, days: int, paid: str) -> None:
    points = '[modifiers]\ndays_to_pay = [{ from = 0, points = "0.3" }, { from = 11, points = "0.2" }, '
    points += '{ from = 21, points = "0.1" }, { from = 31, points = "0" }]\n'
    plan = plan_text(commission(("0", "0")), points, BY_CASH, head='currency = "CNY"\nperiod = "year"')
    day = f"2026-03-{days:02d}"
    answer = simulate(
        tmp_path, plan, table(CREDITS, "1,Ann,2026-02-28,D,100,100"), cash=table(CASH, f"D,{day},100,cash")
    )
    assert answer.payouts == [paid]


def test_each_payment_has_the_points_of_its_own_day(tmp_path: Path) -> None:
    plan = plan_text(FIVE, STEPS, BY_CASH, head='currency = "CNY"\nperiod = "year"')
    cash = table(CASH, "D,2026-03-11,4000,cash", "D,2026-07-01,6000,cash")
    answer = simulate(tmp_path, plan, table(CREDITS, "1,Ann,2026-03-01,D,10000,10000"), cash=cash)
    assert answer.payouts == ["420.00"]  # 500, 1 % more of 4,000, 2 % less of 6,000


def test_days_may_run_from_the_due_date(tmp_path: Path) -> None:
    steps = STEPS.replace("[modifiers]", '[modifiers]\ndays_from = "due_date"')
    plan = plan_text(FIVE, steps, BY_CASH, head='currency = "CNY"\nperiod = "year"')
    credits = table(CREDITS + ",due_date", "1,Ann,2026-03-01,D,10000,10000,2026-04-01")
    assert simulate(tmp_path, plan, credits, cash=table(CASH, "D,2026-04-30,10000,cash")).payouts == ["600.00"]


def test_e35_a_negative_schedule_on_one_item_is_stacked(tmp_path: Path) -> None:
    item = commission(("0", "-0.05"), more='code = "item"\nmode = "marginal"\nfilter = { categories = ["X"] }')
    answer = simulate(
        tmp_path, plan_text(TEN, item), table("credit,payee,date,category,net", "1,Ann,2026-03-01,X,1000")
    )
    assert answer.payouts == ["50.00"]
