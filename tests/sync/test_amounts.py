"""Money from the ERP's floats into whole smallest units."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_connector.sync.amounts import EXACT_LIMIT, Digits, to_minor


def minor(amount: float, digits: int) -> tuple[int, bool]:
    units, good = to_minor(np.array([amount]), np.array([digits]))
    return int(units[0]), bool(good[0])


@pytest.mark.parametrize(
    ("amount", "digits", "units"),
    [
        (1234.56, 2, 123456),
        (0.29, 2, 29),
        (0.57, 2, 57),
        (1.15, 2, 115),
        (-1.15, 2, -115),
        (4.35, 2, 435),
        (1500.0, 0, 1500),
        (1.234, 3, 1234),
        (0.0, 2, 0),
        (-0.0, 2, 0),
        (22517998136852.47, 2, 2251799813685247),
    ],
)
def test_an_amount_is_counted_in_its_smallest_unit(amount: float, digits: int, units: int) -> None:
    assert minor(amount, digits) == (units, True)


@pytest.mark.parametrize(("amount", "units"), [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-2.5, -3), (0.49, 0)])
def test_more_digits_than_the_currency_has_are_rounded_half_away_from_zero(amount: float, units: int) -> None:
    assert minor(amount, 0) == (units, True)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), float("-inf"), 1e300, EXACT_LIMIT / 100])
def test_what_is_no_exact_amount_is_refused(amount: float) -> None:
    assert minor(amount, 2) == (0, False)


def test_an_amount_without_known_currency_is_refused() -> None:
    assert minor(1.0, -1) == (0, False)


@given(st.integers(-(2**51) + 1, 2**51 - 1), st.integers(0, 3))
def test_every_amount_that_a_currency_can_have_comes_back_exactly(units: int, digits: int) -> None:
    sent = float(Decimal(units).scaleb(-digits))
    assert minor(sent, digits) == (units, True)


def test_digits_follow_the_row_and_the_company() -> None:
    digits = Digits({1: 2, 3: 0}, {1: 1, 2: 3, 4: 99})
    assert digits.of_currencies(np.array([3, 1, 7, -1])).tolist() == [0, 2, -1, -1]
    assert digits.of_companies(np.array([1, 2, 3, 4])).tolist() == [2, 0, -1, -1]
    assert digits.of_companies(np.array([], dtype=np.int64)).tolist() == []
