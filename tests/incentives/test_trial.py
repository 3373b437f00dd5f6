"""The command around the engine: two plans beside each other, one period, bad files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kam_connector.errors import InputError
from tests.incentives.trying import commission, plan_text, simulate, table

FIVE, EIGHT = commission(("0", "0.05")), commission(("0", "0.08"))
HEAD = "credit,payee,date,net"


def test_two_plans_differ_by_person_and_by_deal(tmp_path: Path) -> None:
    other = plan_text(EIGHT).replace('"p"', '"q"')
    credits = table(HEAD, "1,Ann,2026-03-01,100", "2,Bob,2026-03-01,200")
    answer = simulate(tmp_path, plan_text(FIVE), credits, against=other)
    assert [(row["payee"], row["payout"], row["payout_against"], row["difference"]) for row in answer.totals] == [
        ("Ann", "5.00", "8.00", "-3.00"), ("Bob", "10.00", "16.00", "-6.00"),
    ]  # fmt: skip
    deals = [row for row in answer.rows if row["component"] == "difference"]
    assert [(row["plan"], row["credit"], row["amount_exact"]) for row in deals] == [
        ("p - q", "1", "-3"),
        ("p - q", "2", "-6"),
    ]


def test_one_period_alone_and_one_that_the_plan_does_not_pay_by(tmp_path: Path) -> None:
    credits = table(HEAD, "1,Ann,2026-02-01,100", "2,Ann,2026-03-01,200")
    assert simulate(tmp_path, plan_text(FIVE), credits, ("--period", "2026-03")).payouts == ["10.00"]
    with pytest.raises(InputError, match="pays by the month, and 2026-Q1 is none"):
        simulate(tmp_path, plan_text(FIVE), credits, ("--period", "2026-Q1"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (("1,Ann,2026-03-01,0.30000000004",), "cannot be used|more digits"),
        (("1,Ann,2026-03-01,10.005",), "row 2, column net: 10.005 has more digits than CNY has"),
        (("1,Ann,2026-03-01,1", "1,Ann,2026-03-02,2"), "row 3: the credit 1 of Ann stands there a second time"),
        (("1,Ann,2026-13-01,1",), "row 2, column date"),
        (("1,,2026-03-01,1",), "row 2, column payee"),
    ],
)
def test_what_is_no_credit_is_refused_with_its_place(tmp_path: Path, rows: tuple[str, ...], why: str) -> None:
    with pytest.raises(InputError, match=why):
        simulate(tmp_path, plan_text(FIVE), table(HEAD, *rows))


def test_an_unknown_currency_and_an_unknown_document(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2: YUAN is not a currency"):
        simulate(tmp_path, plan_text(FIVE), table(HEAD + ",currency", "1,Ann,2026-03-01,1,yuan"))
    cash = table("document,date,amount", "X,2026-03-01,5")
    answer = simulate(tmp_path, plan_text(FIVE), table(HEAD, "1,Ann,2026-03-01,100"), cash=cash)
    assert (answer.exit_code, [found["record"] for found in answer.findings]) == (1, ["2"])
