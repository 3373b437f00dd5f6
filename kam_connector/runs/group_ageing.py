"""The ageing of all companies in the one currency of their group, at the ERP's own rates of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector.errors import InputError
from kam_connector.facts.rates import rates_on
from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text, round_ratio
from kam_connector.reports import Names
from kam_connector.rules.ageing import roll_up
from kam_connector.rules.translation import TIED, Rate, find_unrated, group_rates, tie_out_group, translate
from kam_connector.runs.aged import Receivables
from kam_connector.runs.ageing_tables import SUBJECTS, amounts_of, bucket_columns, subject_keys, subject_row
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.result import Row

RATE_DIGITS = 10
"""So many decimals of a rate are shown; the ERP's own digits are reckoned with."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A night's ageing in the group's currency: a row a company and subject, the tie-out by company, the rates."""

    rows: pd.DataFrame
    tied: pd.DataFrame
    rates: dict[int, Rate]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What the ageing is converted into: the currency's id and digits, at the rates of `rate_date` (None: the day)."""

    currency_id: int
    currency: Currency
    rate_date: date | None


def group_of(names: Names, code: str | None, rate_date: date | None) -> Group:
    """The group's currency. InputError without a code, or with one that the ERP does not have."""
    if not code:
        raise InputError(
            "No group currency is named.",
            next_step='Name it with --to CNY, or in collections.toml: [group] currency = "CNY".',
        )
    for number, currency in names.currencies.items():
        if currency.code == code:
            return Group(number, currency, rate_date)
    raise InputError(
        "The currency {code} is not in the ERP.",
        next_step="Switch it on there and pull, or name another. Known: {known}.",
        code=code,
        known=", ".join(sorted(currency.code for currency in names.currencies.values())),
    )


def translate_night(
    con: BaseBackend, night: Night, owed: Receivables, group: Group, names: Names, by: str
) -> Translated:
    """The night's ageing in the group's currency; `owed.rows` with the tiers when they are added up by tier."""
    day = group.rate_date or night.as_of
    rates = group_rates(night.companies, to_frame(rates_on(con, day)), group.currency_id, names.currencies)
    buckets = [f"{name}_minor" for name in bucket_columns(owed.rows)]
    sums = roll_up(owed.rows, [*subject_keys(by), "currency_id"])
    rows = translate(sums, buckets, rates, group.currency_id, group.currency)
    tied = tie_out_group(rows, owed.tie_out, rates, group.currency_id, group.currency)
    return Translated(
        rows, tied, rates, tuple(find_unrated(owed.tie_out, rates, names.currencies, group.currency_id, day))
    )


def group_rows(parts: Sequence[Translated], group: Group, names: Names, by: str) -> list[Row]:
    """One row a subject over all companies, as `ageing_rows` has them; the largest total first, then by id."""
    whole = pd.concat([part.rows for part in parts], ignore_index=True)
    keys = subject_keys(by) if by == "company" else subject_keys(by)[1:]
    frame = roll_up(whole, [*keys, "currency_id"]).sort_values(
        ["total_minor", SUBJECTS[by]], ascending=[False, True], kind="stable"
    )
    return [
        {
            **({"company": int(row["company_id"])} if by == "company" else {}),
            **subject_row(row, by, names),
            **amounts_of(row, bucket_columns(frame), group.currency),
        }
        for row in frame.to_dict("records")
    ]


def group_totals(parts: Sequence[Translated], group: Group) -> list[Row]:
    """One row a company with its rate and tie-out, then one of the group, which has no company."""
    whole = pd.concat([part.rows for part in parts], ignore_index=True)
    tied = pd.concat([part.tied for part in parts], ignore_index=True)
    rates = {company: rate for part in parts for company, rate in part.rates.items()}
    sums = roll_up(whole, ("company_id",)).set_index("company_id")
    totals = []
    for row in tied.to_dict("records"):
        company = int(row["company_id"])
        mine = sums.loc[company].to_dict() if company in sums.index else {}
        totals.append(
            _total({"company": company, **_rate_shown(rates[company])}, mine, row, bucket_columns(whole), group)
        )
    nothing = {"company": None, "rate": None, "rate_date": None}
    figures = sums.sum(numeric_only=True).to_dict()
    return [*totals, _total(nothing, figures, tied.sum(numeric_only=True).to_dict(), bucket_columns(whole), group)]


def _total(head: Row, sums: Mapping[Any, Any], tied: Mapping[Any, Any], buckets: list[str], group: Group) -> Row:
    tie_out = {name: minor_text(int(tied.get(f"{name}_minor", 0)), group.currency) for name in TIED}
    return {**head, **amounts_of(sums, buckets, group.currency), "tie_out": tie_out}


def _rate_shown(rate: Rate) -> Row:
    shown = round_ratio(rate.units.numerator, rate.units.denominator, RATE_DIGITS)
    return {"rate": f"{shown.normalize():f}", "rate_date": rate.dated and rate.dated.isoformat()}
