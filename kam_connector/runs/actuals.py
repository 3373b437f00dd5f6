"""What each salesperson reached in some days, by measure: what appraisals and targets are held against."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import reduce

import pandas as pd

from kam_connector.facts import attainment
from kam_connector.rules.appraisal import WHO
from kam_connector.rules.orders import value_sellers
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies
from kam_connector.runs.sources import Sources

TRADE = {
    "revenue": "revenue_minor",
    "margin": "margin_minor",
    "collection": "collected_minor",
    "new_customers": "new_customers_minor",
}
"""The column of the actuals that each measure is."""
UNKNOWN = frozenset({"margin"})
"""Who has no document has nothing of the others; a margin without any cost is not known."""
_Reader = Callable[[Sources, pd.DataFrame, date, date], pd.DataFrame]


def read_trade(
    sources: Sources, companies: pd.DataFrame, first: date, last: date, parts: Collection[str] = ()
) -> pd.DataFrame:
    """A row a company and salesperson of the days from `first` to `last`: company_id, user_id and the columns of each
    of `parts` (measures and "opening"; none named: all).

    `revenue`: revenue_minor, invoiced_minor; `collection`: collected_minor; `opening`: opening_minor, what was open
    before; `new_customers`: new_customers_minor, units of the company's currency; `margin`: margin_minor and
    margin_net_minor, the net of what the margin is of. `companies`: as `facts.companies`.
    """
    chosen = [part for part in _READERS if not parts or part in parts]
    ids = [int(company) for company in companies["company_id"]]
    read = [_READERS[part](sources, companies, first, last) for part in chosen]
    mine = [of_companies(part[part["user_id"].notna()], ids).astype({"user_id": "int64"}) for part in read]
    return reduce(lambda left, right: left.merge(right, on=WHO, how="outer"), mine)


def _sold(sources: Sources, _companies: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    return to_frame(attainment.sold(sources.con, first, last))


def _collected(sources: Sources, _companies: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    return to_frame(attainment.collected(sources.con, first, last))


def _opening(sources: Sources, _companies: pd.DataFrame, first: date, _last: date) -> pd.DataFrame:
    return to_frame(attainment.open_before(sources.con, first))


def _won(sources: Sources, companies: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    frame = to_frame(attainment.won(sources.con, first, last))
    pairs = zip(companies["company_id"], companies["digits"], strict=True)
    units = frame["company_id"].map({int(company): 10 ** int(digits) for company, digits in pairs})
    return frame.assign(new_customers_minor=frame["new_customers"] * units).drop(columns="new_customers")


def _margin(sources: Sources, companies: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    costed = to_frame(attainment.costed_orders(sources.con, first, last, sources.zones))
    mine = of_companies(costed, [int(company) for company in companies["company_id"]])
    return value_sellers(mine, companies, read_currencies(sources.con))


_READERS: Mapping[str, _Reader] = {
    "revenue": _sold,
    "collection": _collected,
    "opening": _opening,
    "new_customers": _won,
    "margin": _margin,
}
