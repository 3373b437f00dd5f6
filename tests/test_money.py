"""Money is exact: rounded once, split to the last unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.money import (
    Currency,
    allocate,
    allocate_cumulative,
    format_minor,
    from_minor,
    minor_text,
    round_half_up,
    round_ratio,
    round_to_minor,
    to_minor,
)

CNY, JPY, KWD = Currency("CNY", 2), Currency("JPY", 0), Currency("KWD", 3)


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        ("0.124", 2, "0.12"), ("0.125", 2, "0.13"), ("0.126", 2, "0.13"), ("-0.125", 2, "-0.13"), ("0.135", 2, "0.14"),
        ("1.5", 0, "2"), ("2.5", 0, "3"), ("-2.5", 0, "-3"), ("-0.004", 2, "0.00"), ("57.5", 2, "57.50"),
    ],
)  # fmt: skip
def test_a_half_goes_away_from_zero(value: str, digits: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(value), digits)) == rounded


def test_three_rows_of_five_percent_are_rounded_once() -> None:
    assert round_to_minor(3 * Decimal("10.05") * Decimal("0.05"), CNY) == 151


def test_a_ratio_is_rounded_once() -> None:
    assert round_ratio(575, 8, 2) == Decimal("71.88")
    assert round_ratio(-1, 8, 2) == Decimal("-0.13")
    assert round_ratio(1, -8, 2) == Decimal("-0.13")


def test_currencies_have_their_own_digits() -> None:
    assert [to_minor(Decimal("12"), each) for each in (CNY, JPY, KWD)] == [1200, 12, 12000]
    assert [minor_text(1234567, each) for each in (CNY, JPY, KWD)] == ["12345.67", "1234567", "1234.567"]
    assert format_minor(-1234567, CNY) == "-12,345.67"


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_what_is_no_whole_number_of_units_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="smallest unit of CNY"):
        to_minor(Decimal(amount), CNY)


def test_instalments_of_a_commission_sum_to_the_commission() -> None:
    paid, parts = 0, []
    for done in (40333, 80666, 121000):
        parts.append(allocate_cumulative(10000, Fraction(done, 121000), paid))
        paid += parts[-1]
    assert parts == [3333, 3334, 3333]


def test_left_over_units_go_to_the_largest_remainders() -> None:
    assert allocate(100, [Decimal("0.335"), Decimal("0.335"), Decimal("0.33")]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert allocate(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_without_a_meaning_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        allocate(100, weights)


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_split_conserves_every_unit(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**18), 10**18), st.integers(0, 4))
def test_minor_units_survive_the_way_there_and_back(minor: int, digits: int) -> None:
    currency = Currency("XXX", digits)
    assert to_minor(from_minor(minor, currency), currency) == minor
    assert to_minor(Decimal(minor_text(minor, currency)), currency) == minor


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=10))
def test_cumulative_instalments_always_end_at_the_total(total: int, steps: list[int]) -> None:
    paid, done = 0, 0
    for step in steps:
        done += step
        paid += allocate_cumulative(total, Fraction(done, sum(steps)), paid)
    assert paid == total
