"""Marginal brackets: the figures of incentives.md, and what holds for every table."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.money import Currency
from kam_connector.policy.plans import BracketLine
from kam_connector.rules.brackets import brackets_of, cut_marginal

CNY = Currency("CNY", 2)


def pay(table: list[tuple[str, str]], credits: list[int], before: int = 0) -> list[Decimal]:
    """What each credit (in whole units) earns, one after the other."""
    lines = [BracketLine.model_validate({"from": start, "rate": rate}) for start, rate in table]
    brackets = brackets_of(lines, CNY)
    base = np.array(credits, dtype=np.int64) * 100
    parts = cut_marginal(before * 100 + np.cumsum(base) - base, base, brackets)
    pairs = list(zip(parts, brackets, strict=True))
    return [sum(Decimal(int(part[n])) * b.rate for part, b in pairs) / 100 for n in range(len(base))]


SPIFF = [("0", "0.04"), ("150000", "0.06"), ("250000", "0.08")]
ORACLE = [("0", "0.01"), ("1000", "0.02"), ("3000", "0.03"), ("8000", "0.05")]
COOKIE = [("0", "0.05"), ("50000", "0.08")]


def test_e1_the_deal_that_crosses_is_split() -> None:
    assert pay(SPIFF, [20000], before=145000) == [1100]


def test_e2_each_deal_alone() -> None:
    assert [pay(ORACLE, [deal])[0] for deal in (200, 300, 1500, 1200, 2000, 4500)] == [2, 3, 20, 14, 30, 95]


def test_e7_the_order_of_deals_does_not_change_the_total() -> None:
    assert sum(pay(COOKIE, [45000, 15000])) == sum(pay(COOKIE, [15000, 45000])) == 3300


def test_e8_nothing_below_the_threshold() -> None:
    assert pay([("0", "0"), ("10000", "0.04")], [8000, 3000]) == [0, 40]


def test_e10_graduated_answer_for_twelve_thousand() -> None:
    assert pay([("0", "0.05"), ("1000", "0.10"), ("5000", "0.15")], [12000]) == [1500]


@pytest.mark.parametrize(("base", "paid"), [(250, 40), (300, 50), (1000, 260), (3800, 1100), (6000, 1760)])
def test_rebate_r2_graduated_as_it_should_be(base: int, paid: int) -> None:
    assert pay([("0", "0.10"), ("100", "0.20"), ("300", "0.30")], [base]) == [paid]


def test_e22_a_credit_note_takes_back_what_the_original_brought() -> None:
    paid = pay([("0", "0.05"), ("1000", "0.10")], [2000, -600])
    assert paid == [150, -60]


def test_more_credited_than_sold_is_owed_back_at_the_first_rate() -> None:
    assert pay(COOKIE, [-1000]) == [-50]


STARTS = st.lists(st.integers(1, 10**6), max_size=5, unique=True).map(lambda starts: [0, *sorted(starts)])
CREDITS = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=12)


def table_of(starts: list[int]) -> list[tuple[str, str]]:
    return [(str(start), f"0.{place + 1:02d}") for place, start in enumerate(starts)]


@settings(max_examples=60, deadline=None)
@given(STARTS, CREDITS, st.randoms(use_true_random=False))
def test_the_total_is_independent_of_the_order(starts: list[int], credits: list[int], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = credits[:]
    random.shuffle(shuffled)
    assert sum(pay(table_of(starts), credits)) == sum(pay(table_of(starts), shuffled))


@settings(max_examples=60, deadline=None)
@given(STARTS, CREDITS)
def test_a_refund_of_everything_gives_zero(starts: list[int], credits: list[int]) -> None:
    assert sum(pay(table_of(starts), [*credits, *(-credit for credit in credits)])) == 0


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(0, 10**7))
def test_with_rising_rates_marginal_never_pays_more_than_the_highest_rate(starts: list[int], base: int) -> None:
    table = table_of(starts)
    reached = max(Fraction(rate) for start, rate in table if int(start) <= base)
    assert sum(pay(table, [base])) <= reached * base
