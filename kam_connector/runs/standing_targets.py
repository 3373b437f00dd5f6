"""The targets that stand in the ERP, as appraisal, import and pay read them."""

from __future__ import annotations

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import targets
from kam_connector.runs.frames import to_frame


def read_standing(con: BaseBackend) -> pd.DataFrame:
    """The targets in the mirror, as `facts.targets.targets`; no user is 0; owning_team: the team without a user."""
    frame = to_frame(targets.targets(con))
    frame = frame.assign(**{name: frame[name].fillna(0).astype("int64") for name in ("user_id", "team_id")})
    return with_owner(frame.assign(key=frame["key"].fillna("")))


def with_owner(targets: pd.DataFrame) -> pd.DataFrame:
    """With owning_team: the team of a target without a user, else 0."""
    return targets.assign(owning_team=targets["team_id"].where(targets["user_id"] == 0, 0))
