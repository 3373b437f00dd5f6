"""How far the targets in the ERP are reached: what a night writes beside them, for their people to see.

Of each kind of period (month, quarter, year) the one in which the day lies and the one before: on 30 June the target of
June is counted up to this day, that of May is what May came to, with what was booked for it since.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.periods import MONTHS, Period, period_of, previous_period
from kam_connector.rules.appraisal import WHO
from kam_connector.runs.actuals import TRADE, UNKNOWN, read_trade
from kam_connector.runs.aged import of_companies
from kam_connector.runs.sources import Sources
from kam_connector.runs.standing_targets import read_standing
from kam_connector.runs.team_attained import read_homes, sums_by_team, team_targets

REACHED_COLUMNS = ("company_id", "kam_key", "actual_minor", "is_measured", "as_of")


def measure_targets(sources: Sources, companies: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """REACHED_COLUMNS, a row a target of those periods; a team's is what its people of today reached together.

    `companies`: as `facts.companies`. is_measured is False, and the amount 0, where nobody knows what was reached: a
    margin of orders without any cost. Requirement S0-11.
    """
    standing = of_companies(read_standing(sources.con), [int(company) for company in companies["company_id"]])
    standing = standing[(standing["key"] != "") & standing["measure"].isin(list(TRADE))]
    parts = [
        _reached(sources, companies, standing[standing["period"] == period.code], period, as_of)
        for period in _periods(as_of)
        if standing["period"].eq(period.code).any()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(REACHED_COLUMNS))


def _periods(as_of: date) -> list[Period]:
    running = [period_of(as_of, kind) for kind in MONTHS]
    return [each for period in running for each in (period, previous_period(period))]


def _reached(
    sources: Sources, companies: pd.DataFrame, targets: pd.DataFrame, period: Period, as_of: date
) -> pd.DataFrame:
    """REACHED_COLUMNS of the targets of one period."""
    last = min(period.end, as_of)
    read = read_trade(sources, companies, period.start, last, set(targets["measure"]))
    people = targets[targets["user_id"] != 0]
    teams = team_targets(targets)
    summed = sums_by_team(read, read_homes(sources.con), teams[WHO].drop_duplicates()) if len(teams) else read
    counted = pd.concat([_counted(people, read), _counted(teams, summed)], ignore_index=True)
    return counted.assign(as_of=last)[list(REACHED_COLUMNS)]


def _counted(targets: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    """The targets (WHO, measure, key) with kam_key, actual_minor and is_measured."""
    mine = targets[[*WHO, "measure", "key"]].merge(actuals, on=WHO, how="left")
    amounts = pd.Series(pd.NA, index=mine.index, dtype="Int64")
    for measure in mine["measure"].unique():
        rows = mine["measure"] == measure
        amounts = amounts.mask(rows, mine[TRADE[measure]].astype("Int64"))
    known = amounts.notna() | ~mine["measure"].isin(list(UNKNOWN))
    return mine.assign(kam_key=mine["key"], actual_minor=amounts.fillna(0).astype("int64"), is_measured=known)
