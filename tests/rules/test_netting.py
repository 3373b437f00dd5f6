"""Open credits clear a customer's oldest debts first."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.rules.netting import credit_balances, net_debts
from tests.rules.papers import item, items

AMOUNTS = st.integers(-100_000, 100_000).filter(lambda amount: amount != 0)


def left(frame: pd.DataFrame, clock: str = "due") -> dict[int, int]:
    debts = net_debts(frame, clock)  # type: ignore[arg-type]
    return dict(zip(debts["item_id"].tolist(), debts["net_minor"].tolist(), strict=True))


def test_three_hundred_and_fifty_of_credit_clear_march_and_a_quarter_of_april() -> None:
    papers = items(item(3, 100, "2026-05-31"), item(1, 300, "2026-03-31"), item(2, 200, "2026-04-30"),
                   item(4, -350, "2026-06-01"))  # fmt: skip
    assert left(papers) == {1: 0, 2: 150, 3: 100}
    assert len(credit_balances(papers)) == 0


def test_the_oldest_is_by_the_clock_that_is_asked_for() -> None:
    papers = items(item(1, 100, "2026-03-31", date="2026-03-01"), item(2, 100, "2026-05-31", date="2026-01-01"),
                   item(3, -60, "2026-06-01"))  # fmt: skip
    assert left(papers, "due") == {1: 40, 2: 100}
    assert left(papers, "recognition") == {1: 100, 2: 40}


def test_of_two_debts_of_one_day_the_earlier_item_goes_first() -> None:
    assert left(items(item(9, 50, "2026-03-31"), item(2, 50, "2026-03-31"), item(10, -50, "2026-06-01"))) == {
        2: 0,
        9: 50,
    }


def test_a_credit_lowers_only_its_own_customers_debts_in_its_own_company() -> None:
    papers = items(item(1, 100, "2026-03-31"), item(2, 100, "2026-03-31", customer_id=8),
                   item(3, 100, "2026-03-31", company_id=2), item(4, -500, "2026-04-01", customer_id=8))  # fmt: skip
    assert left(papers) == {1: 100, 2: 0, 3: 100}
    assert credit_balances(papers).values.tolist() == [[1, 8, 400]]


def test_a_payment_that_is_not_booked_clears_nothing() -> None:
    assert left(items(item(1, 100, "2026-03-31"), item(2, -100, "2026-04-01", kind="pending"))) == {1: 100}


@given(st.lists(st.tuples(st.integers(1, 3), AMOUNTS, st.integers(1, 28)), min_size=1, max_size=25))
def test_what_is_left_less_credit_balances_is_the_ledgers_balance(papers: list[tuple[int, int, int]]) -> None:
    frame = items(*(
        item(number, amount, f"2026-03-{day:02d}", customer_id=customer)
        for number, (customer, amount, day) in enumerate(papers, start=1)
    ))  # fmt: skip
    debts, credit = net_debts(frame), credit_balances(frame)
    assert debts["net_minor"].sum() - credit["credit_balance_minor"].sum() == frame["residual_minor"].sum()
    assert (debts["net_minor"] >= 0).all()
    assert (debts["net_minor"] <= debts["residual_minor"]).all()
