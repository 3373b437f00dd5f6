"""The ageing in other currencies: in that of each document, or all companies in the one currency of their group.

In a document's currency an item counts with what is open of its own amount: 600 EUR of an invoice of 1,000 EUR booked
at 1.10 are 660.00 USD in the company's currency, whatever the rate does, and 600.00 EUR in the document's (section 2.7
of collections.md). In the group's currency the company's amounts, as booked, are converted at one day's rate: 660.00
USD at 0.90 are 594.00 EUR.

A bucket of a company and subject is rounded once, and everything else is a sum of such figures: buckets add up to
totals, rows to the last line. What that differs from the company's converted total is stated as `rounding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text, round_ratio
from kam_connector.rules.decisions import Whole, column_or, days_of, ids_of, require_columns
from kam_connector.texts import Text

TIED = ("ageing", "ledger", "rounding", "difference")
BASE = Fraction(1)
"""The rate of a currency that the ERP keeps no rate for."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many `units` of the group's currency one unit of a company's own is worth.

    `dated`: the day of the group currency's rate; None where none was needed.
    """

    own: Currency
    units: Fraction
    dated: date | None


def in_document(items: pd.DataFrame) -> pd.DataFrame:
    """The open items counted in their own currencies, as `ageing.bucket_items` takes them.

    `items`: currency_id, amount_currency_minor and residual_currency_minor beside the company's figures. In dispute is
    the same share of what is open, rounded once.
    """
    require_columns(items, ("currency_id", "amount_currency_minor", "residual_currency_minor"), "items")
    return items.assign(
        company_currency_id=items["currency_id"],
        balance_minor=items["amount_currency_minor"],
        disputed_minor=_disputed_in_document(items),
        residual_minor=items["residual_currency_minor"],
    )


def group_rates(
    companies: pd.DataFrame, rates: pd.DataFrame, target: int, currencies: Mapping[int, Currency]
) -> dict[int, Rate]:
    """The rate of each company's own currency into `target`, by company id, for those that have one.

    `companies`: company_id, currency_id; `rates`: company_id, currency_id, rate, rate_date (`facts.rates.rates_on`).
    One unit of A is rate(B) / rate(A) units of B; an own currency without any rate is the base, with the rate 1.
    """
    known = _known_rates(rates)
    pairs = zip(*(ids_of(companies[name]).tolist() for name in ("company_id", "currency_id")), strict=True)
    found = {}
    for company, own in pairs:
        base, _ = known.get((company, own), (BASE, None))
        wanted, day = known.get((company, target), (None, None))
        if own == target:
            found[company] = Rate(currencies[own], BASE, None)
        elif base is not None and wanted is not None:
            found[company] = Rate(currencies[own], wanted / base, day)
    return found


def translate(
    rows: pd.DataFrame, buckets: Sequence[str], rates: Mapping[int, Rate], target: int, group: Currency
) -> pd.DataFrame:
    """The rows of the ageing with their amounts in the group's currency; companies without a rate are left out.

    `rows`: company_id, currency_id and amounts `*_minor`, of which `buckets` add up to total_minor. Each bucket is
    rounded once, half away from zero, and the total is their sum.
    """
    rows = rows[rows["company_id"].isin(list(rates))].reset_index(drop=True)
    companies = ids_of(rows["company_id"])
    amounts = [column for column in rows.columns if column.endswith("_minor") and column != "total_minor"]
    figures = {column: rows[column].to_numpy(dtype=np.int64, copy=True) for column in amounts}
    for company in np.unique(companies).tolist():
        mine, factor = companies == company, _factor(rates[company], group)
        for values in figures.values():
            values[mine] = _times(values[mine], factor)
    table = rows.assign(currency_id=np.int64(target), **figures)
    return table.assign(total_minor=table[list(buckets)].sum(axis=1))


def tie_out_group(
    rows: pd.DataFrame, tied: pd.DataFrame, rates: Mapping[int, Rate], target: int, group: Currency
) -> pd.DataFrame:
    """A row a company with a rate: company_id, currency_id, ageing_, ledger_, rounding_ and difference_minor.

    `rows` from `translate`, `tied` from `ageing.tie_out`. ageing = ledger + difference + rounding: ledger and
    difference are the company's, converted and rounded once, rounding is what the rounded figures add to that.
    """
    aged = rows.groupby("company_id")["total_minor"].sum()
    table = tied[tied["company_id"].isin(list(rates))].reset_index(drop=True)
    factors = [_factor(rates[company], group) for company in table["company_id"].tolist()]
    for column in ("ledger_minor", "difference_minor"):
        figures = zip(table[column].tolist(), factors, strict=True)
        table[column] = np.array([_round(figure * factor) for figure, factor in figures], dtype=np.int64)
    ageing = table["company_id"].map(aged).fillna(0).astype(np.int64)
    rounding = ageing - table["ledger_minor"] - table["difference_minor"]
    return table.assign(currency_id=np.int64(target), ageing_minor=ageing, rounding_minor=rounding)


def find_unrated(
    tied: pd.DataFrame, rates: Mapping[int, Rate], currencies: Mapping[int, Currency], target: int, day: date
) -> list[Finding]:
    """A finding a company whose receivables are not in the group's total, for want of a rate."""
    findings = []
    missing = tied[~tied["company_id"].isin(list(rates))]
    for company, own, aged in missing[["company_id", "currency_id", "ageing_minor"]].to_numpy().tolist():
        currency = currencies[own]
        text = Text(
            "No rate from {own} to {group} on or before {day}: {amount} {own} of this company are not in the total of"
            " the group. Enter the rate in the ERP, pull, and ask again.",
            {
                "own": currency.code,
                "group": currencies[target].code,
                "day": day,
                "amount": minor_text(aged, currency),
            },
        )
        findings.append(Finding("warning", "rules.ageing.rates", str(company), text))
    return findings


def _known_rates(rates: pd.DataFrame) -> dict[tuple[int, int], tuple[Fraction | None, date | None]]:
    """Rate and its day by company and currency; None for one whose rates are all of later days."""
    keys = zip(ids_of(rates["company_id"]).tolist(), ids_of(rates["currency_id"]).tolist(), strict=True)
    days = days_of(rates["rate_date"]).tolist()
    figures = zip(rates["rate"].tolist(), days, strict=True)
    return {
        key: (None, None) if day is None else (Fraction(rate), day)
        for key, (rate, day) in zip(keys, figures, strict=True)
    }


def _factor(rate: Rate, group: Currency) -> Fraction:
    """From smallest units of the company's currency to smallest units of the group's."""
    return rate.units * Fraction(10) ** (group.digits - rate.own.digits)


def _times(values: Whole, factor: Fraction) -> Whole:
    """Each value times the factor, exact until it is rounded once."""
    distinct, place = np.unique(values, return_inverse=True)
    converted = np.array([_round(value * factor) for value in distinct.tolist()], dtype=np.int64)
    return converted[place]


def _round(exact: Fraction) -> int:
    return int(round_ratio(exact.numerator, exact.denominator, 0))


def _disputed_in_document(items: pd.DataFrame) -> Whole:
    disputed = column_or(items, "disputed_minor", 0).to_numpy(dtype=np.int64)
    found = np.zeros(len(items), dtype=np.int64)
    (places,) = np.nonzero(disputed)
    own, document = (items[name].to_numpy(dtype=np.int64) for name in ("residual_minor", "residual_currency_minor"))
    for place in places.tolist():
        found[place] = _round(Fraction(int(disputed[place]) * int(document[place]), int(own[place])))
    return found
