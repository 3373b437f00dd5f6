"""How many decimals the money of a row has: those of its currency, else of its company's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kam_connector.writeback.current import Tables


@dataclass(frozen=True, slots=True)
class Digits:
    """Currency id to decimals, company id to currency id."""

    of_currency: Mapping[int, int]
    currency_of: Mapping[int, int]

    def of_row(self, company_id: int, currency_id: int = 0) -> int:
        """The decimals of a row; 2 where neither currency is known."""
        return self.of_currency.get(currency_id or self.currency_of.get(company_id, 0), 2)


def read_digits(tables: Tables) -> Digits:
    """The decimals of every currency and the currency of every company in the mirror."""
    currencies, companies = tables.read("res_currency"), tables.read("res_company")
    return Digits(_pairs(currencies, "decimal_places"), _pairs(companies, "currency_id"))


def _pairs(rows: pd.DataFrame, column: str) -> dict[int, int]:
    if rows.empty:
        return {}
    known = rows[rows[column].notna()]
    return {int(number): int(value) for number, value in zip(known["id"], known[column], strict=True)}
