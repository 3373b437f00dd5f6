"""Money without floats: the smallest unit of a currency inside tables, `Decimal` outside them (DESIGN section 2).

One worked figure: three rows of 5 % of 10.05 earn 0.5025 each; the statement is rounded once and pays 1.51, not
3 x 0.50 = 1.50 (incentives.md, E19).

    >>> CNY = Currency("CNY", 2)
    >>> round_half_up(3 * Decimal("0.5025"), 2)
    Decimal('1.51')
    >>> to_minor(Decimal("12.50"), CNY), from_minor(1250, CNY), format_minor(-123456, CNY)
    (1250, Decimal('12.50'), '-1,234.56')
    >>> allocate(10000, [1, 1, 1])
    [3334, 3333, 3333]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

PRECISION = 60
"""Digits that every computation keeps: DECIMAL(38,12) times a rate must stay exact."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO code and how many digits its smallest unit has (2 for CNY, 0 for JPY, 3 for KWD)."""

    code: str
    digits: int


_WITHOUT_DIGITS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def digits_of(code: str) -> int:
    """How many digits the smallest unit of a currency has by ISO 4217, for files that come without an ERP."""
    return 0 if code in _WITHOUT_DIGITS else 3 if code in _THREE_DIGITS else 2


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """`value` with `digits` decimals; a half goes away from zero, so that -0.125 is -0.13 as 0.125 is 0.13."""
    with localcontext(prec=PRECISION):
        rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def round_ratio(numerator: int, denominator: int, digits: int) -> Decimal:
    """`numerator / denominator`, exact until it is rounded once, a half away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    scaled = (2 * abs(numerator) * 10**digits + denominator) // (2 * denominator)
    return Decimal(-scaled if numerator < 0 else scaled).scaleb(-digits)


def to_minor(amount: Decimal, currency: Currency) -> int:
    """The count of smallest units. Errors: `ValueError` when the amount has more digits than the currency."""
    with localcontext(prec=PRECISION):
        minor = amount.scaleb(currency.digits)
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ValueError(f"{amount} is not a whole number of the smallest unit of {currency.code}.")
    return int(minor)


def round_to_minor(amount: Decimal, currency: Currency) -> int:
    """The count of smallest units nearest to an exact amount, a half away from zero."""
    with localcontext(prec=PRECISION):
        return int(round_half_up(amount.scaleb(currency.digits), 0))


def from_minor(minor: int, currency: Currency) -> Decimal:
    """The amount with exactly the currency's digits."""
    return Decimal(int(minor)).scaleb(-currency.digits)


def minor_text(minor: int, currency: Currency) -> str:
    """The amount as files and reasons carry it: plain digits, a point, the currency's digits ("-1234.56")."""
    return f"{from_minor(minor, currency):f}"


def format_minor(minor: int, currency: Currency) -> str:
    """The amount as a person reads it, with thousands separators ("-1,234.56")."""
    return f"{from_minor(minor, currency):,f}"


def allocate(total: int, weights: Sequence[Decimal | Fraction | int]) -> list[int]:
    """`total` units split in proportion to `weights`, summing to `total` to the unit (largest remainder).

    The units that are left over go to the largest remainders, equal ones to the earlier place; a negative total is
    the mirror image of the positive one. Errors: `ValueError` for no weights, a negative one, or none above zero.
    """
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if not shares or min(shares) < 0 or whole == 0:
        raise ValueError("Weights must be zero or more, and at least one above zero.")
    sign = -1 if total < 0 else 1
    exact = [abs(total) * share / whole for share in shares]
    parts = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: abs(total) - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]


def allocate_cumulative(total: int, done: Fraction, already: int) -> int:
    """What an instalment adds when the share `done` of the whole is reached: round(total x done) - already.

    100.00 over thirds pays 33.33, 33.34, 33.33 and ends at 100.00 (incentives.md, E12).
    """
    exact = total * done
    return int(round_ratio(exact.numerator, exact.denominator, 0)) - already
