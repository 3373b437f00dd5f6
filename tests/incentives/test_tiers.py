"""Worked cases of incentives.md 3.1, through `kam incentives simulate`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.incentives.trying import commission, plan_text, simulate, table

SPIFF = (("0", "0.04"), ("150000", "0.06"), ("250000", "0.08"))
ORACLE = (("0", "0.01"), ("1000", "0.02"), ("3000", "0.03"), ("8000", "0.05"))
AMOUNTS = (("0", "10"), ("1000", "40"), ("3000", "100"), ("8000", "2000"), ("20000", "0"))
COOKIE = (("0", "0.05"), ("50000", "0.08"))
OCA = (("0", "0.05"), ("1000", "0.10"), ("5000", "0.15"))
DEALS = ("200", "300", "1500", "1200", "2000", "4500")


def credits(*nets: str) -> str:
    """One credit a day, named by its place."""
    rows = [f"{n},Ann,2026-03-{n:02d},{net}" for n, net in enumerate(nets, start=1)]
    return table("credit,payee,date,net", *rows)


def earned(folder: Path, plan: str, *nets: str) -> list[Decimal]:
    answer = simulate(folder, plan, credits(*nets))
    return [answer.earned(str(n)) for n in range(1, len(nets) + 1)]


@pytest.mark.requirement("S0-7")
def test_e1_the_deal_that_crosses_is_cut_in_two(tmp_path: Path) -> None:
    answer = simulate(tmp_path, plan_text(commission(*SPIFF)), credits("145000", "20000"))
    slices = [row for row in answer.rows if row["credit"] == "2"]
    assert [(row["base"], row["slice_from"], row["slice_to"], row["rate"], row["amount_exact"]) for row in slices] == [
        ("5000.00", "0.00", "150000.00", "0.04", "200"), ("15000.00", "150000.00", "250000.00", "0.06", "900"),
    ]  # fmt: skip
    assert slices[1]["reason"] == (
        "CNY 15,000.00 at 6%: the part from CNY 150,000.00 to CNY 250,000.00 of plan p, in force since 1 January 2026."
    )
    assert answer.payouts == ["6900.00"]


def test_e2_each_deal_alone(tmp_path: Path) -> None:
    plan = plan_text(commission(*ORACLE, more='mode = "marginal"\nbasis = "line"'))
    assert earned(tmp_path, plan, *DEALS) == [2, 3, 20, 14, 30, 95]
    assert simulate(tmp_path, plan, credits(*DEALS)).payouts == ["164.00"]


def test_e4_interpolated_amounts_each_deal_alone(tmp_path: Path) -> None:
    more = 'mode = "interpolated"\nbasis = "line"'
    plan = plan_text(commission(*AMOUNTS, more=more, figure="amount"))
    assert earned(tmp_path, plan, *DEALS) == [2, 3, 20, 14, 30, 80]


@pytest.mark.parametrize(
    ("mode", "deals", "paid"),
    [
        ("marginal", ("45000", "15000"), "3300.00"),
        ("marginal", ("15000", "45000"), "3300.00"),
        ("crossing", ("45000", "15000"), "3450.00"),
        ("crossing", ("15000", "45000"), "4350.00"),
    ],
)
def test_e7_only_crossing_depends_on_the_order(tmp_path: Path, mode: str, deals: tuple[str, ...], paid: str) -> None:
    plan = plan_text(commission(*COOKIE, more=f'mode = "{mode}"'))
    assert simulate(tmp_path, plan, credits(*deals)).payouts == [paid]


def test_e8_nothing_below_the_threshold(tmp_path: Path) -> None:
    assert earned(tmp_path, plan_text(commission(("0", "0"), ("10000", "0.04"))), "8000", "3000") == [0, 40]


@pytest.mark.parametrize(
    ("net", "paid"),
    [
        ("1000", "50"), ("1000.01", "100.001"), ("5000", "500"), ("5000.01", "750.0015"), ("12000", "1800"),
        ("1000.005", "100.0005"),  # the gap of the anchor, which paid 0
        ("-200", "-10"),  # the anchor pays 0 for what comes back; here it comes back at the rate of its bracket
    ],
)  # fmt: skip
def test_e10_sections_by_line_without_gaps(tmp_path: Path, net: str, paid: str) -> None:
    more = 'mode = "whole"\nbasis = "line"\nedge = "upper"'
    plan = plan_text(commission(*OCA, more=more), head='currency = "KWD"')  # a currency with three digits
    assert earned(tmp_path, plan, net) == [Decimal(paid)]


def test_e10_marginal_answer_and_the_line_that_is_split(tmp_path: Path) -> None:
    assert earned(tmp_path, plan_text(commission(*OCA)), "12000") == [1500]
    plan = plan_text(commission(*OCA, more='mode = "whole"\nbasis = "line"'))
    assert earned(tmp_path, plan, "1200") == [120]
    assert sum(earned(tmp_path, plan, "600", "600")) == 60
    by_document = plan_text(commission(*OCA, more='mode = "whole"\nbasis = "document"'))
    lines = table("credit,payee,date,document,net", "1,Ann,2026-03-01,D,600", "2,Ann,2026-03-01,D,600")
    assert simulate(tmp_path, by_document, lines).payouts == ["120.00"]


@pytest.mark.parametrize(
    ("booked", "linear", "step"),
    [("800", "1300.00", "600.00"), ("1200", "2600.00", "2000.00"), ("2000", "3500.00", "3500.00")],
)
@pytest.mark.requirement("S4-35")
def test_e29_payout_levels_linear_and_in_steps(tmp_path: Path, booked: str, linear: str, step: str) -> None:
    levels = (("0", "0"), ("0.6", "600"), ("1", "2000"), ("1.5", "3500"))
    quota = '[quota]\namount = "1000"\nperiod = "month"\n'
    rising = 'mode = "interpolated"\non = "attainment"\namounts = "level"'
    steps = 'mode = "whole"\non = "attainment"'
    for more, paid in ((rising, linear), (steps, step)):
        plan = plan_text(commission(*levels, more=more, figure="amount"), quota)
        assert simulate(tmp_path, plan, credits(booked)).payouts == [paid]


@pytest.mark.parametrize(("booked", "paid"), [("650000", "145000.00"), ("200000", "20000.00")])
@pytest.mark.requirement("S4-26")
def test_e30_variable_pay_with_accelerator_and_decelerator(tmp_path: Path, booked: str, paid: str) -> None:
    more = 'mode = "{mode}"\non = "attainment"\naccumulate = "year"\nvariable = "100000"'
    quota = '[quota]\namount = "500000"\nperiod = "year"\n'
    fast = commission(("0", "1"), ("1", "1.5"), more=more.format(mode="marginal"))
    slow = commission(("0", "0.5"), ("0.5", "1"), ("1", "1.5"), more=more.format(mode="whole"))
    plan = plan_text(fast if booked == "650000" else slow, quota)
    assert simulate(tmp_path, plan, credits(booked)).payouts == [paid]


@pytest.mark.parametrize(("base", "paid"), [("250", 40), ("300", 50), ("1000", 260), ("3800", 1100), ("6000", 1760)])
def test_r2_graduated_as_it_should_be(tmp_path: Path, base: str, paid: int) -> None:
    assert earned(tmp_path, plan_text(commission(("0", "0.10"), ("100", "0.20"), ("300", "0.30"))), base) == [paid]


@pytest.mark.parametrize(
    ("accumulate", "paid"), [("period", ["2500.00", "2500.00"]), ("quarter", ["2500.00", "4000.00"])]
)
def test_brackets_fill_over_the_accumulator(tmp_path: Path, accumulate: str, paid: list[str]) -> None:
    plan = plan_text(commission(*COOKIE, more=f'mode = "marginal"\naccumulate = "{accumulate}"'))
    rows = table("credit,payee,date,net", "1,Ann,2026-01-31,50000", "2,Ann,2026-02-01,50000")
    assert simulate(tmp_path, plan, rows).payouts == paid


def test_a_higher_rate_for_everything_makes_up_for_earlier_periods(tmp_path: Path) -> None:
    plan = plan_text(commission(*COOKIE, more='mode = "whole"\naccumulate = "quarter"'))
    rows = table("credit,payee,date,net", "1,Ann,2026-01-31,40000", "2,Ann,2026-02-01,10000")
    answer = simulate(tmp_path, plan, rows)
    assert answer.payouts == ["2000.00", "2000.00"]  # 40,000 at 5 %; 10,000 at 8 % and 40,000 at 3 % more
    made_up = [row for row in answer.rows if row["rate"] == "0.03"]
    assert [(row["credit"], row["period"], row["amount_exact"]) for row in made_up] == [("1", "2026-02", "1200")]


@pytest.mark.parametrize(("prorate", "from_january"), [("days", "10191.78"), ("months", "10000.00")])
def test_a_year_s_quota_is_divided_by_days_or_by_months(tmp_path: Path, prorate: str, from_january: str) -> None:
    more = 'mode = "marginal"\non = "attainment"'
    quota = f'[quota]\namount = "120000"\nperiod = "year"\nprorate = "{prorate}"\n'
    plan = plan_text(commission(("0", "0.01"), ("1", "0.02"), more=more), quota)
    answer = simulate(tmp_path, plan, table("credit,payee,date,net", "1,Ann,2026-01-05,20000"))
    assert [row["slice_to"] for row in answer.rows] == [from_january, ""]


@pytest.mark.parametrize(("day", "rate"), [("2026-03-01", "0.05"), ("2026-03-16", "0.08"), ("2026-03-17", "0.08")])
def test_the_quota_of_a_plan_that_begins_within_the_period(tmp_path: Path, day: str, rate: str) -> None:
    more = 'mode = "whole"\non = "attainment"'
    quota = '[quota]\namount = "3100"\nperiod = "month"\n'
    plan = plan_text(commission(("0", "0.05"), ("1", "0.08"), more=more), quota).replace("2026-01-01", day)
    answer = simulate(tmp_path, plan, table("credit,payee,date,net", "1,Ann,2026-03-31,1600"))
    assert [row["rate"] for row in answer.rows] == [rate]  # from the 16th on it is 16 of 31 days: 1,600
