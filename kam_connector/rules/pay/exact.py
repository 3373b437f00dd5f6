"""Exact amounts as whole numbers of 10^-12 of a currency's unit: multiplied and divided without a float.

5 % of 10.05 is 502,500,000,000 of them; a third of 100.00 is rounded at the twelfth decimal, and what is released in
instalments is the difference of two such thirds, so that three of them make the whole again.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TypeAlias

import numpy as np

from kam_connector.money import PRECISION, Currency
from kam_connector.rules.decisions import Boxed, Whole, boxed

FINE = 12
RATE = 8
"""Digits of a fine amount, and of a rate in a policy file."""
Number: TypeAlias = int | Boxed


def whole(values: Whole) -> Boxed:
    """Integers of any size in place of those of 64 bits."""
    return values.astype(object)


def rate_units(rate: Decimal) -> int:
    """A policy's rate, factor or share as a whole number of 10^-8."""
    with localcontext(prec=PRECISION):
        return int(rate.scaleb(RATE))


def fine_of(amount: Decimal) -> int:
    """An amount in units of the currency as a fine one."""
    with localcontext(prec=PRECISION):
        return int(amount.scaleb(FINE))


def per_minor(currency: Currency) -> int:
    """How many fine units one smallest unit of the currency has."""
    scale: int = 10 ** (FINE - currency.digits)
    return scale


def decimal_of(fine: int) -> Decimal:
    """A fine amount as a decimal without trailing zeros: 0.5025."""
    with localcontext(prec=PRECISION):
        number = Decimal(fine).scaleb(-FINE)
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def ratio(values: Number, numerator: Number, denominator: Number) -> Boxed:
    """`values x numerator / denominator` as whole numbers, rounded once, a half away from zero (denominators > 0)."""
    product = np.asarray(values * numerator, dtype=object)
    if isinstance(denominator, int) and denominator == 1:
        return product
    size = (2 * np.abs(product) + denominator) // (2 * denominator)
    return np.asarray(np.where(product < 0, -size, size), dtype=object)


def round_minor(fine: int, currency: Currency) -> int:
    """A fine amount in the smallest unit of the currency, a half away from zero."""
    unit = per_minor(currency)
    size = (2 * abs(fine) + unit) // (2 * unit)
    return -size if fine < 0 else size


def sum_at(places: Whole, values: Boxed, count: int) -> Boxed:
    """For each of `count` places the sum of the values that stand at it."""
    total = boxed([0] * count)
    np.add.at(total, places, values)
    return total
