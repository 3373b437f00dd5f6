"""The net view: credits clear the oldest debts, and no total changes."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector import policy
from kam_connector.rules.ageing import bucket_items, by_customer
from kam_connector.rules.netting import credit_balances, net_debts, net_oldest_first
from tests.rules.papers import item, items

JUNE = date(2026, 6, 30)
AGEING = policy.load().at(JUNE).collections.ageing
RECOGNITION = AGEING.model_copy(update={"basis": "recognition"})


def netted(rows: pd.DataFrame, basis: str = "due") -> dict[int, int]:
    """Residual by item after netting."""
    ageing = AGEING if basis == "due" else RECOGNITION
    net = net_oldest_first(bucket_items(rows, ageing, JUNE), ageing)
    return dict(zip(net["item_id"].tolist(), net["residual_minor"].tolist(), strict=True))


@pytest.mark.requirement("S4-39")
def test_case_c_the_credit_note_clears_the_invoice_though_nobody_matched_them() -> None:
    assert netted(items(item(1, 50000, "2026-03-01"), item(2, -12000, "2026-04-25"))) == {1: 38000}


def test_the_worked_figure_the_oldest_debt_goes_first() -> None:
    rows = items(
        item(1, 20000, "2026-03-01"), item(2, 30000, "2026-01-15"), item(3, -10000, "2026-02-01"),
        item(4, -35000, "2026-04-01"),
    )  # fmt: skip
    assert netted(rows) == {1: 5000}


def test_credits_beyond_the_debts_stay_and_the_youngest_of_them() -> None:
    rows = items(item(1, 1000, "2026-03-01"), item(2, -700, "2026-01-01"), item(3, -700, "2026-05-01"))
    assert netted(rows) == {3: -400}
    assert netted(items(item(1, 1000, "2026-03-01"), item(2, -1000, "2026-05-01"))) == {}
    assert netted(items(item(1, -500, "2026-03-01"))) == {1: -500}


def test_by_recognition_the_debt_that_arose_first_goes_first() -> None:
    rows = items(
        item(1, 500, "2026-03-01", date="2026-02-01"), item(2, 500, "2026-04-01", date="2026-01-01"),
        item(3, -600, "2026-05-01"),
    )  # fmt: skip
    assert netted(rows) == {2: 400}
    assert netted(rows, "recognition") == {1: 400}


def test_customers_and_companies_clear_nothing_of_each_other() -> None:
    rows = items(
        item(1, 500, "2026-03-01"), item(2, -500, "2026-03-01", customer_id=8),
        item(3, -500, "2026-03-01", company_id=2, company_currency_id=20),
    )  # fmt: skip
    assert netted(rows) == {1: 500, 2: -500, 3: -500}


def test_a_payment_that_is_not_booked_clears_nothing() -> None:
    rows = items(item(1, 500, "2026-03-01"), item(2, -500, "2026-03-10", kind="pending"))
    assert netted(rows) == {1: 500, 2: -500}


AMOUNTS = st.integers(-5000, 5000).filter(bool)
DAYS = st.dates(date(2025, 6, 1), date(2026, 6, 30)).map(date.isoformat)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, DAYS, st.integers(7, 9)), max_size=25))
def test_no_total_changes_and_debts_and_credits_never_stand_together(
    papers: list[tuple[int, str, int]],
) -> None:
    if not papers:
        return
    rows = items(*(item(n, amount, day, customer_id=who) for n, (amount, day, who) in enumerate(papers, start=1)))
    gross = bucket_items(rows, AGEING, JUNE)
    net = net_oldest_first(gross, AGEING)
    before, after = gross.groupby("customer_id")["residual_minor"], net.groupby("customer_id")["residual_minor"]
    assert before.sum().loc[lambda sums: sums != 0].to_dict() == after.sum().to_dict()
    assert all((one > 0).all() or (one < 0).all() for _, one in after)
    own = dict(zip(gross["item_id"], gross["residual_minor"], strict=True))
    for key, left in zip(net["item_id"], net["residual_minor"], strict=True):
        assert 0 < left / own[key] <= 1
    total = by_customer(net, AGEING).frame
    assert total["total_minor"].sum() == rows["residual_minor"].sum()


SOME = st.integers(-100_000, 100_000).filter(bool)


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


def test_a_payment_that_is_not_booked_clears_no_debt() -> None:
    assert left(items(item(1, 100, "2026-03-31"), item(2, -100, "2026-04-01", kind="pending"))) == {1: 100}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), SOME, st.integers(1, 28)), min_size=1, max_size=25))
def test_what_is_left_less_credit_balances_is_the_ledgers_balance(papers: list[tuple[int, int, int]]) -> None:
    frame = items(*(
        item(number, amount, f"2026-03-{day:02d}", customer_id=customer)
        for number, (customer, amount, day) in enumerate(papers, start=1)
    ))  # fmt: skip
    debts, credit = net_debts(frame), credit_balances(frame)
    assert debts["net_minor"].sum() - credit["credit_balance_minor"].sum() == frame["residual_minor"].sum()
    assert (debts["net_minor"] >= 0).all()
    assert (debts["net_minor"] <= debts["residual_minor"]).all()
