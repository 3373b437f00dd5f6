"""Which customers became key accounts, and which were kept: the events that plans pay a bonus for.

A group becomes a key account on the first day on which one of its customers is in a key tier; never again, whatever it
loses and wins back, for new is the group and not its subsidiary (case W9). Whoever was there when the tiers of the
company began is none: nobody knows since when. A customer is retained when he has been in a key tier for twelve months
without a break and was invoiced in them: gold since 5 March 2025, he is retained on 5 March 2026 (requirements S0-18,
S0-20; active as in case W36).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.periods import add_months
from kam_connector.rules.decisions import Days, days_of

EVENT_COLUMNS = ["company_id", "customer_id", "date", "name"]
"""`name`: what makes the event one and the same in every run."""


def new_accounts(spans: pd.DataFrame) -> pd.DataFrame:
    """EVENT_COLUMNS of the groups that became key accounts.

    `spans`: company_id, customer_id, group_id, formerly (0, or who stood there before a merge), is_key, valid_from and
    valid_to (NaT: still), all of every company.
    """
    began = spans.groupby("company_id")["valid_from"].transform("min")
    key = spans.assign(began=began)[spans["is_key"].to_numpy(dtype=bool)]
    first = key.sort_values(["company_id", "group_id", "valid_from", "customer_id"], kind="stable")
    first = first.drop_duplicates(["company_id", "group_id"])
    first = first[first["valid_from"] > first["began"]]
    return _events(first, first["valid_from"], first["group_id"].astype(str))


def retained_accounts(spans: pd.DataFrame, invoices: pd.DataFrame, last: date) -> pd.DataFrame:
    """EVENT_COLUMNS of the customers who were kept for a year, year by year up to `last`.

    `spans` as in `new_accounts`; `invoices`: company_id, customer_id, date of each invoice.
    """
    runs = _key_runs(spans)
    ends = np.minimum(np.where(np.isnat(days_of(runs["until"])), _day(last), days_of(runs["until"])), _day(last))
    found = [pd.DataFrame(columns=EVENT_COLUMNS)]
    for years in range(1, last.year - _first_year(runs, last) + 1):
        since, day = (_later(days_of(runs["since"]), 12 * each) for each in (years - 1, years))
        kept = runs.assign(day=day, since_day=since)[day <= ends]
        kept = kept[_bought(kept, invoices)]
        names = kept["own"].astype(str) + ":" + kept["day"].dt.year.astype(str)
        found.append(_events(kept, kept["day"], names))
    return pd.concat([each for each in found if len(each)] or found[:1], ignore_index=True)


def _events(rows: pd.DataFrame, day: pd.Series, names: pd.Series) -> pd.DataFrame:
    return rows.assign(date=day, name=names)[EVENT_COLUMNS].reset_index(drop=True)


def _key_runs(spans: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, own (who he was then), since, until (NaT: still) of each unbroken time in key tiers."""
    rows = spans.assign(own=spans["formerly"].where(spans["formerly"] != 0, spans["customer_id"]))
    rows = rows.sort_values(["company_id", "own", "valid_from"], kind="stable")
    who = [rows["company_id"], rows["own"]]
    broken = ~rows["is_key"].astype(bool)
    run = broken.astype("int64").groupby(who).cumsum()
    key = rows.assign(run=run)[~broken]
    return key.groupby(["company_id", "own", "run"], sort=True).agg(
        customer_id=("customer_id", "last"), since=("valid_from", "first"), until=("valid_to", _last)
    ).reset_index()  # fmt: skip


def _last(days: pd.Series) -> object:
    """The last value, NaT included."""
    return days.iloc[-1]


def _bought(kept: pd.DataFrame, invoices: pd.DataFrame) -> np.ndarray:
    """Whether each was invoiced after `since_day`, up to and including `day`."""
    rows = kept[["company_id", "customer_id", "day", "since_day"]].assign(place=np.arange(len(kept)))
    both = rows.merge(invoices, on=["company_id", "customer_id"])
    when = days_of(both["date"])
    inside = both.loc[(when > days_of(both["since_day"])) & (when <= days_of(both["day"])), "place"]
    return np.isin(np.arange(len(kept)), inside.to_numpy())


def _later(days: Days, months: int) -> Days:
    unique, place = np.unique(days, return_inverse=True)
    moved = np.array([add_months(day, months) for day in unique.tolist()], dtype="datetime64[s]")
    return moved[place]


def _first_year(runs: pd.DataFrame, last: date) -> int:
    return int(runs["since"].min().year) if len(runs) else last.year


def _day(day: date) -> np.datetime64:
    return np.datetime64(day, "D")
