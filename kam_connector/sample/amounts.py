"""Money of the sample: integers of the smallest unit, rounded half away from zero, as Odoo rounds.

Example: 13 % of 1 234.50 is 160.485, so 160.49.
"""

from __future__ import annotations

MICRO = 1_000_000


def divide(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero; the denominator is positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def percent_of(amount_minor: int, percent: int) -> int:
    """That many percent of the amount."""
    return divide(amount_minor * percent, 100)


def line_net(quantity: int, price_minor: int, discount_percent: int) -> int:
    """Net amount of a document line: quantity times price less the discount."""
    return divide(quantity * price_minor * (100 - discount_percent), 100)


def to_company(amount_minor: int, digits: int, rate_micro: int, company_digits: int) -> int:
    """A foreign amount in company currency.

    `rate_micro`: millionths of the foreign currency that one unit of company currency buys.
    """
    return divide(amount_minor * 10**company_digits * MICRO, 10**digits * rate_micro)


def as_float(amount_minor: int, digits: int) -> float:
    """The amount as Odoo answers it: the float that is nearest to it."""
    return float(amount_minor / 10**digits)
