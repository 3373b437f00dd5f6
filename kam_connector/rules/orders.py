"""What orders and quotations are worth in their company's currency, each at the rate that it was made at.

Worked figure (W12): a quotation of 10,000 USD at `currency_rate` 0.14 is 10,000 / 0.14 = 71,428.57 of the company's
currency, whatever the rate does later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd

from kam_connector.money import PRECISION, Currency, round_half_up
from kam_connector.rules.decisions import Flags, Whole, company_currencies, ids_of, values_by

PAIR = ["company_id", "customer_id"]
Currencies = Mapping[int, Currency]


def at_own_rate(minor: Decimal, rate: Decimal | None, digits: int) -> int:
    """Smallest units of the company's currency for `minor` of another, which has so many `digits` fewer.

    `rate`: units of the other for one of the company's; none means 1. Rounded once, a half away from zero.
    """
    with localcontext(prec=PRECISION):
        own = minor / rate if rate else minor
        return int(round_half_up(own.scaleb(digits), 0))


def worths_of(papers: pd.DataFrame, currencies: Currencies, own: Currencies) -> Whole:
    """What each paper was sold for, in its company's currency at the paper's own rate, never below zero.

    `papers`: total_minor, currency_id, currency_rate, company_id; `currencies` by id, `own` by company.
    """
    columns = (papers[name].tolist() for name in ("total_minor", "currency_id", "currency_rate", "company_id"))
    return np.array([
        max(at_own_rate(
            Decimal(int(total)), None if pd.isna(rate) else Decimal(str(rate)),
            own[company].digits - currencies[int(currency)].digits,
        ), 0)
        for total, currency, rate, company in zip(*columns, strict=True)
    ], dtype=np.int64)  # fmt: skip


def worths_of_wholes(papers: pd.DataFrame, currencies: Currencies, own: Currencies) -> Whole:
    """What the order was sold for that each paper is a part of, as `worths_of`.

    `papers`: whole_minor, whole_currency_id, whole_rate, company_id.
    """
    names = {"whole_minor": "total_minor", "whole_currency_id": "currency_id", "whole_rate": "currency_rate"}
    return worths_of(papers[["company_id", *names]].rename(columns=names), currencies, own)


def worth_by_case(papers: pd.DataFrame) -> pd.Series:
    """What the papers of each complaint were sold for, by complaint: a line and its order are the same money once.

    `papers`: complaint_id, whole, worth, whole_worth (as `worths_of`, `worths_of_wholes`), one row a paper.
    """
    whole = papers.groupby(["complaint_id", "whole"]).agg({"worth": "sum", "whole_worth": "max"})
    by_case: pd.Series = whole.min(axis=1).groupby(level="complaint_id").sum()
    return by_case


def value_quotations(quotations: pd.DataFrame, companies: pd.DataFrame, currencies: Currencies) -> pd.DataFrame:
    """company_id, customer_id, pipeline_minor (company currency): what is offered and neither won nor lost.

    `quotations` from `facts.orders.open_quotations`; `companies`: company_id, currency_id, currency, digits;
    `currencies` by id. Requirement S4-81, case W12.
    """
    minor = quotations["net_minor"].fillna(0).to_numpy(dtype=np.int64, copy=True)
    other = ~_is_at_par(quotations, companies, currencies)
    amounts = [Decimal(value) for value in minor[other].tolist()]
    minor[other] = _valued(quotations[other], amounts, companies, currencies)
    rows = quotations[PAIR].assign(pipeline_minor=minor)
    summed: pd.DataFrame = rows.groupby(PAIR, as_index=False)[["pipeline_minor"]].sum()
    return summed


def value_margins(margins: pd.DataFrame, companies: pd.DataFrame, currencies: Currencies) -> pd.DataFrame:
    """company_id, customer_id, margin_12m_minor, margin_prev_12m_minor, margin_net_12m_minor (company currency).

    `margins` from `facts.margins.ordered_margins`. margin_net_12m is the net of the same lines, so that the margin's
    share of it is like by like. Missing (not 0) for a year of which no cost is known.
    """
    digits = {key: currency.digits for key, currency in currencies.items()}
    places = [digits[currency] for currency in ids_of(margins["currency_id"]).tolist()]
    parts = {}
    for column, year in (("margin_12m_minor", "12m"), ("margin_prev_12m_minor", "prev_12m")):
        left = _less_cost(margins[f"net_{year}_minor"], margins[f"cost_{year}"], places)
        parts[column] = _where_known(margins[f"cost_{year}"], _valued(margins, left, companies, currencies))
    net = [Decimal(int(value)) for value in margins["net_12m_minor"].fillna(0)]
    parts["margin_net_12m_minor"] = _where_known(margins["cost_12m"], _valued(margins, net, companies, currencies))
    rows = margins[PAIR].assign(**parts)
    summed: pd.DataFrame = rows.groupby(PAIR, as_index=False)[list(parts)].sum(min_count=1)
    return summed


def value_sellers(costed: pd.DataFrame, companies: pd.DataFrame, currencies: Currencies) -> pd.DataFrame:
    """company_id, user_id, margin_minor, margin_net_minor (company currency) of `facts.attainment.costed_orders`.

    Who has no order with a cost has no row: the margin is missing, not 0.
    """
    digits = {key: currency.digits for key, currency in currencies.items()}
    places = [digits[currency] for currency in ids_of(costed["currency_id"]).tolist()]
    left = _less_cost(costed["net_minor"], costed["cost"], places)
    net = [Decimal(int(value)) for value in costed["net_minor"]]
    rows = costed[["company_id", "user_id"]].assign(
        margin_minor=_valued(costed, left, companies, currencies),
        margin_net_minor=_valued(costed, net, companies, currencies),
    )
    summed: pd.DataFrame = rows.groupby(["company_id", "user_id"], as_index=False).sum()
    return summed


def _less_cost(net: pd.Series, cost: pd.Series, places: Sequence[int]) -> list[Decimal]:
    """Net less cost in smallest units, exact; 0 where no cost is known."""
    rows = zip(net.tolist(), cost.tolist(), places, strict=True)
    return [Decimal(0) if pd.isna(paid) else Decimal(int(sold)) - paid.scaleb(digits) for sold, paid, digits in rows]


def _where_known(cost: pd.Series, minor: np.ndarray) -> pd.Series:
    return pd.Series(minor, index=cost.index, dtype="Int64").where(cost.notna())


def _is_at_par(table: pd.DataFrame, companies: pd.DataFrame, currencies: Currencies) -> Flags:
    """Which rows' amounts are their company's already: a rate of 1 or none, and as many digits."""
    own = {company: currency.digits for company, currency in company_currencies(companies).items()}
    places = values_by(ids_of(table["company_id"]), own, 0)
    digits = values_by(ids_of(table["currency_id"]), {key: each.digits for key, each in currencies.items()}, -1)
    rate = table["currency_rate"]
    at_par: Flags = (rate.isna() | (rate == 1)).to_numpy(dtype=bool) & (places == digits)
    return at_par


def _valued(
    table: pd.DataFrame, minor: Sequence[Decimal], companies: pd.DataFrame, currencies: Currencies
) -> np.ndarray:
    """Amounts of the rows' own currencies in that of their companies."""
    own = company_currencies(companies)
    ids = (ids_of(table[name]).tolist() for name in ("company_id", "currency_id"))
    rows = zip(minor, *ids, table["currency_rate"].tolist(), strict=True)
    return np.array(
        [
            at_own_rate(amount, None if pd.isna(rate) else rate, own[company].digits - currencies[currency].digits)
            for amount, company, currency, rate in rows
        ],
        dtype=np.int64,
    )
