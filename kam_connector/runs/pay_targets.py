"""The targets that a plan measures attainment by, from the mirror, in the form of the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import people
from kam_connector.policy import Plan
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.rules.pay.given import TARGET_COLUMNS, no_rows
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.standing_targets import read_standing


def read_goals(con: BaseBackend, plan: Plan, company_ids: Collection[int], homes: Mapping[int, int]) -> pd.DataFrame:
    """TARGET_COLUMNS of the plan's measure, of these companies; none where the plan asks for none.

    `homes`: the currency of each company, which its targets are in. A team has the name by which credits know it.
    """
    if plan.quota is None or not plan.asks_targets:
        return no_rows(TARGET_COLUMNS)
    standing = of_companies(read_standing(con), list(company_ids))
    standing = standing[standing["measure"] == plan.quota.measure]
    teams = to_frame(people.salespeople(con))[["team_id", "team"]].dropna().drop_duplicates("team_id")
    names = dict(zip(ids_of(teams["team_id"]).tolist(), words_of(teams["team"]), strict=True))
    return standing.assign(
        payee_id=standing["user_id"], team=standing["owning_team"].map(names).fillna(""),
        currency_id=standing["company_id"].map(homes).fillna(0).astype("int64"),
    )[list(TARGET_COLUMNS)].reset_index(drop=True)  # fmt: skip
