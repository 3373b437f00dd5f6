"""What `kam collections causes` answers: why customers paid late, as people said when they closed tasks."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.facts.causes import closed_tasks
from kam_connector.money import minor_text
from kam_connector.periods import months_until
from kam_connector.reports import Names, name_of
from kam_connector.rules.causes import By, count_causes
from kam_connector.runs.decisions import Night
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.workspace import Workspace


def show_causes(workspace: Workspace, as_of: date | None, months: int, by: By) -> Result:
    """The causes of the tasks that were closed in so many months, a row a cause, or a salesperson or team and cause."""
    seen = look(workspace, as_of)
    sources = sources_of(workspace)
    rows = [row for night in seen.nights for row in cause_rows(sources, night, seen.names, months=months, by=by)]
    return result_of("collections causes", seen, rows, None, ())


def cause_rows(sources: Sources, night: Night, names: Names, *, months: int, by: By) -> list[Row]:
    """Rows of the night's companies, the largest amount of each first."""
    first, last = months_until(night.as_of, months)
    closed: pd.DataFrame = closed_tasks(sources.con, first, last, sources.zones).to_pandas()
    table = count_causes(closed[closed["company_id"].isin(night.companies["company_id"])], by)
    return [
        {
            "company": int(row["company_id"]),
            **({"salesperson": name_of(names.people, row["user_id"])} if by == "salesperson" else {}),
            **({"team": name_of(names.teams, row["team_id"])} if by == "team" else {}),
            "cause": row["cause"] or "settled",
            "side": row["side"],
            "period_from": first.isoformat(),
            "tasks": int(row["tasks"]),
            "amount": minor_text(row["amount_minor"], names.currencies[row["currency_id"]]),
            "currency": names.currencies[row["currency_id"]].code,
            "share": row["share"] or None,
            "days_overdue": row["days_overdue"] or None,
            "terms_days": row["terms_days"] or None,
            "late": int(row["late"]),
            "over_limit": int(row["over_limit"]),
            "corrected": int(row["corrected"]),
        }
        for row in table.to_dict("records")
    ]
