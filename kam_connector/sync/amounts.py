"""Amounts as the ERP sends them (floats) into whole smallest units of their currency, a column at a time.

1234.56 CNY (2 digits) becomes 123456; 1500 JPY (0 digits) becomes 1500. The float itself and the product are each off
by at most one part in 2^53, so that the nearest whole number is the right one up to 2^51 units; more cannot be trusted
and is refused. An amount with more digits than its currency (whose rounding was changed after posting) is rounded half
away from zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EXACT_LIMIT = float(2**51)
_MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Digits:
    """Decimal places by currency id, and the currency id of each company."""

    by_currency: Mapping[int, int]
    currency_of_company: Mapping[int, int]

    def of_currencies(self, currencies: Ints) -> Ints:
        """The digits of each currency; -1 for an unknown one."""
        return _look_up(self.by_currency, currencies)

    def of_companies(self, companies: Ints) -> Ints:
        """The digits of each company's currency; -1 for an unknown company or currency."""
        return self.of_currencies(_look_up(self.currency_of_company, companies))


def to_minor(amounts: Floats, digits: Ints) -> tuple[Ints, Flags]:
    """(units, good): `amounts` x 10^digits as integers; where not `good` (NaN, infinite, too large) the unit is 0."""
    scaled = amounts * np.power(10.0, np.clip(digits, 0, _MAX_DIGITS))
    good = np.isfinite(scaled) & (np.abs(scaled) < EXACT_LIMIT) & (digits >= 0)
    safe = np.where(good, scaled, 0.0)
    units = np.sign(safe) * np.floor(np.abs(safe) + 0.5)
    return units.astype(np.int64), good


def _look_up(known: Mapping[int, int], keys: Ints) -> Ints:
    distinct, places = np.unique(keys, return_inverse=True)
    found = np.array([known.get(int(key), -1) for key in distinct], dtype=np.int64)
    return found[places] if len(distinct) else np.empty(0, dtype=np.int64)
