"""Teams as owners of targets: what their people have reached together, beside what the team was to reach.

A team is appraised by the same steps as a person: its id stands where a person's does.
"""

from __future__ import annotations

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import people
from kam_connector.rules.appraisal import WHO
from kam_connector.runs.frames import to_frame


def team_targets(standing: pd.DataFrame) -> pd.DataFrame:
    """The targets of teams (no user), each with the team as its owner."""
    mine = standing[(standing["user_id"] == 0) & (standing["team_id"] != 0)]
    return mine.assign(user_id=mine["team_id"])


def read_homes(con: BaseBackend) -> pd.Series:
    """The team of each user as the ERP has it today: team_id by user_id."""
    frame = to_frame(people.user_teams(con)).astype({"user_id": "int64", "team_id": "int64"})
    return frame.set_index("user_id")["team_id"]


def sums_by_team(actuals: pd.DataFrame, homes: pd.Series, teams: pd.DataFrame) -> pd.DataFrame:
    """`actuals` (WHO, amounts) added up for each of `teams` (WHO); an amount that is known of nobody is not known."""
    homed = actuals.assign(user_id=actuals["user_id"].map(homes))
    homed = homed[homed["user_id"].notna()].astype({"user_id": "int64"})
    sums = homed.groupby(WHO).sum(min_count=1).reset_index()
    return teams[WHO].merge(sums, on=WHO, how="left")
