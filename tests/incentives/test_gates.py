"""Gates by what came in and what is overdue: credit notes, several currencies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.incentives.trying import commission, plan_text, simulate, table

TEN = commission(("0", "0.10"))
HEAD = "credit,payee,date,kind,origin,net"
CASH = "document,date,amount,kind"
OVERDUE = '[[gate]]\nfact = "overdue_share"\nabove = "0"\neffect = "hold"\n'
COLLECTED = '[[gate]]\nfact = "collection_rate"\nbelow = "0.45"\neffect = "hold"\n'
SOLD = ("1,Ann,2026-03-10,invoice,,100", "2,Ann,2026-03-11,invoice,,50")
PAID = "2,2026-03-20,50,cash"


@pytest.mark.parametrize(
    ("rows", "cash", "paid"),
    [
        (SOLD, [PAID], ["0.00"]),  # 100 of 150 is overdue
        ((*SOLD, "3,Ann,2026-03-30,credit_note,1,-99.99"), [PAID], ["0.00"]),
        ((*SOLD, "3,Ann,2026-03-31,credit_note,1,-100"), [PAID], ["5.00"]),
        ((*SOLD, "3,Ann,2026-04-01,credit_note,1,-100"), [PAID], ["0.00", "5.00"]),
        (SOLD, [PAID, "1,2026-03-31,100,credit_note"], ["15.00"]),
        ((*SOLD, "3,Ann,2026-03-31,credit_note,1,-100"), [PAID, "1,2026-03-31,100,credit_note"], ["5.00"]),
        (SOLD, [PAID, "1,2026-03-31,100,write_off"], ["0.00"]),  # lost is not paid
    ],
)
@pytest.mark.requirement("S4-60")
def test_an_invoice_that_is_credited_is_not_overdue(
    tmp_path: Path, rows: tuple[str, ...], cash: list[str], paid: list[str]
) -> None:
    answer = simulate(
        tmp_path, plan_text(TEN, '[cash]\nbad_debt = "keep"\n', OVERDUE), table(HEAD, *rows), cash=table(CASH, *cash)
    )
    assert [each for each in answer.payouts if each != "0.00"] == [each for each in paid if each != "0.00"]
    assert answer.payouts[0] == paid[0]


@pytest.mark.requirement("S4-60")
def test_what_was_credited_need_not_come_in(tmp_path: Path) -> None:
    """100 sold and 60 credited: 40 is owed, of which 18 is 45 %."""
    rows = table(HEAD, "1,Ann,2026-03-10,invoice,,100", "2,Ann,2026-03-12,credit_note,1,-60")
    for cash, paid in (("17.99", "0.00"), ("18.00", "4.00"), ("18.01", "4.00")):
        files = {"cash": table(CASH, f"1,2026-03-20,{cash},cash")}
        assert simulate(tmp_path, plan_text(TEN, COLLECTED), rows, **files).payouts == [paid]


@pytest.mark.requirement("S4-60")
@pytest.mark.parametrize(("below", "paid"), [("0.38", "130.00"), ("0.39", "0.00")])
def test_amounts_of_several_currencies_are_compared_in_that_of_pay(tmp_path: Path, below: str, paid: str) -> None:
    """100 USD at 8 are open, 10,000 JPY at 0.05 came in: 500 of 1,300, and not 10,000 of 20,000."""
    credits = table(
        "credit,payee,date,currency,net", "1,Ann,2026-03-10,USD,100.00", "2,Ann,2026-03-11,JPY,10000",
    )  # fmt: skip
    rates = table("currency,date,rate", "CNY,2026-01-01,1", "USD,2026-01-01,0.125", "JPY,2026-01-01,20")
    gate = f'[[gate]]\nfact = "collection_rate"\nbelow = "{below}"\neffect = "hold"\n'
    cash = table(CASH, "2,2026-03-20,10000,cash")
    assert simulate(tmp_path, plan_text(TEN, gate), credits, rates=rates, cash=cash).payouts == [paid]


@pytest.mark.parametrize(("below", "paid"), [("0.15", ["10.00", "1000"]), ("0.16", ["0.00", "1000"])])
def test_without_a_currency_of_the_plan_each_has_its_own_figure(tmp_path: Path, below: str, paid: list[str]) -> None:
    """15 % of the dollars came in, all of the yen: the one gate says nothing about the other."""
    credits = table("credit,payee,date,currency,net", "1,Ann,2026-03-10,USD,100.00", "2,Ann,2026-03-11,JPY,10000")
    gate = f'[[gate]]\nfact = "collection_rate"\nbelow = "{below}"\neffect = "hold"\n'
    cash = table(CASH, "1,2026-03-20,15,cash", "2,2026-03-20,10000,cash")
    answer = simulate(tmp_path, plan_text(TEN, gate, head=""), credits, cash=cash)
    assert sorted((total["currency"], total["payout"]) for total in answer.totals) == [
        ("JPY", paid[1]),
        ("USD", paid[0]),
    ]


@pytest.mark.requirement("S0-16")
def test_margins_of_several_currencies_are_compared_in_that_of_pay(tmp_path: Path) -> None:
    """A margin of 50 of 100 USD (400 of 800) and 0 of 10,000 JPY (500): 30.8 %, and not 25 %."""
    credits = table(
        "credit,payee,date,currency,net,margin", "1,Ann,2026-03-10,USD,100.00,50.00", "2,Ann,2026-03-11,JPY,10000,0",
    )  # fmt: skip
    rates = table("currency,date,rate", "CNY,2026-01-01,1", "USD,2026-01-01,0.125", "JPY,2026-01-01,20")
    for below, paid in (("0.30", "130.00"), ("0.31", "0.00")):
        gate = f'[[gate]]\nfact = "margin_share"\nbelow = "{below}"\neffect = "hold"\n'
        assert simulate(tmp_path, plan_text(TEN, gate), credits, rates=rates).payouts == [paid]


def test_an_upheld_complaint_closes_the_gate_in_every_currency(tmp_path: Path) -> None:
    credits = table(
        "credit,payee,date,kind,category,currency,net", "1,Ann,2026-03-10,,,USD,100", "2,Ann,2026-03-11,,,JPY,10000",
        "3,Ann,2026-03-12,event,complaint_upheld,USD,0",
    )  # fmt: skip
    gate = '[[gate]]\nfact = "upheld_complaints"\nabove = "0"\neffect = "hold"\n'
    assert simulate(tmp_path, plan_text(TEN, gate, head=""), credits).payouts == ["0.00", "0"]
