"""R-65: floats of the wire are not money: whole units, rounded once, as an integer model says."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.money import Currency, round_to_minor
from kam_connector.sync.amounts import to_minor
from tests.conftest import SEED

Tried = Callable[[int], None]


def exact_commission(cents: int) -> int:
    """2.5 % of an amount in cents, a half away from zero, in whole numbers alone."""
    return (abs(cents) * 25 + 500) // 1000 * (1 if cents >= 0 else -1)


def pays_exactly(commission: Callable[[int], int], cents: range) -> None:
    """The scenario: each amount's commission is that of the integer model."""
    wrong = [amount for amount in cents if commission(amount) != exact_commission(amount)]
    assert not wrong, f"{len(wrong)} of {len(cents)} differ by a cent, first {wrong[0] / 100}"


def test_r65_commission_of_every_amount_is_that_of_an_integer_model(tried: Tried) -> None:
    euro = Currency("EUR", 2)
    amounts = range(-5_000, 60_000)
    pays_exactly(lambda cents: round_to_minor(Decimal(cents).scaleb(-2) * Decimal("0.025"), euro), amounts)
    tried(len(amounts))


def test_r65_broken_variant_rounded_floats_is_caught(tried: Tried) -> None:
    with pytest.raises(AssertionError, match="differ by a cent"):
        pays_exactly(lambda cents: round(round(cents / 100 * 0.025, 2) * 100), range(60_000))
    tried(1)


@pytest.mark.parametrize("digits", [0, 2, 3])
def test_r65_floats_of_the_wire_become_whole_units(digits: int, tried: Tried) -> None:
    """Every small amount, and random ones up to the limit: the float that the wire's text means is its units."""
    dice = np.random.default_rng(SEED)
    units = np.concatenate([np.arange(-1000, 50_000), dice.integers(-(10**14), 10**14, 50_000)])
    floats = np.array([float(f"{unit}e-{digits}") for unit in units.tolist()])
    found, good = to_minor(floats, np.full(len(units), digits, dtype=np.int64))
    assert good.all()
    assert (found == units).all()
    tried(len(units))


@settings(max_examples=300, deadline=None)
@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False), st.integers(0, 3))
def test_r65_rounding_is_half_away_from_zero(amount: Decimal, digits: int) -> None:
    scaled = abs(int(amount * 10**4)) * 10**digits
    whole, rest = divmod(scaled, 10**4)
    expected = (whole + (rest >= 5000)) * (-1 if amount < 0 else 1)
    assert round_to_minor(amount, Currency("XXX", digits)) == expected
