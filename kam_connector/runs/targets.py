"""`kam targets`: what people and teams are to reach, out of a file into the ERP; and what stands there.

The mirror is brought up to date first, for a file is held against the people, teams and targets of this moment: the
same file a second time writes nothing. What people have set or changed in the ERP stays and is told.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from ibis import BaseBackend

from kam_connector import writeback
from kam_connector.errors import InputError
from kam_connector.facts import people
from kam_connector.findings import Finding
from kam_connector.inputs.targets import MEASURES, read_targets, refuse
from kam_connector.periods import parse_period
from kam_connector.reports import Names, name_of
from kam_connector.rules.quotas import divide
from kam_connector.runs import extraction
from kam_connector.runs.attained import amount_text
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import company_currencies
from kam_connector.runs.night import refused
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.standing_targets import read_standing, with_owner
from kam_connector.runs.summary import plan_rows, written_lines
from kam_connector.runs.target_rows import find_owners
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text
from kam_connector.writeback import Held, Outcome, Plan

OWNER = ["company_id", "user_id", "owning_team", "measure", "period"]
_UNFIT = {
    "lacking": Text("nobody is below this target: name teams or people with a weight, or make the team's members."),
    "above": Text("the amounts below this target are more than it."),
    "apart": Text("the amounts below this target are less than it, and nobody is left to share the rest."),
    "loose": Text("the row has only a weight, and the file has no amount above it to divide."),
}


_BY_HAND = Text(
    "Row {row}: somebody has set this target in the ERP, to {there}. It stays so; the file's {wanted} are not written."
)
_EDITED = Text(
    "Somebody has changed this target in the ERP since it was imported: {there}. It stays so; the file says {wanted}."
)


def import_targets(workspace: Workspace, path: Path, run: str, *, split: bool, agree: Callable[[Plan], bool]) -> Result:
    """The targets of the file are in the ERP, where the person agreed to the plan.

    Errors: InputError for a file that cannot be used (nothing is written) and for an ERP without the addon.
    """
    session = workspace.connect()
    addon = session.capabilities.addon
    if addon is None or "kam.target" not in addon.models:
        raise InputError(
            "The ERP has no place for targets: it has no addon.",
            next_step="Install it (`kam addon path`), or keep the file beside the plans of incentives.",
        )
    rows = read_targets(path)
    extraction.pull(workspace, run, full=False, verify=False, shown=None)
    wanted = _in_shape(workspace, path, rows, split=split)
    free, by_hand = _without_hand_made(workspace, wanted)
    desired = writeback.wanted_targets(free)
    plan = writeback.make_plan([desired], workspace.mirror.ibis, workspace.ledger, session)
    agreed = bool(plan.changes) and agree(plan)
    outcome = writeback.push(plan, session, workspace.ledger, run=run) if agreed else None
    if outcome is not None and outcome.written:
        extraction.pull(workspace, run, full=False, verify=False, shown=None)  # what was written comes home at once
    return _imported(workspace, plan, outcome, by_hand, run)


def _in_shape(workspace: Workspace, path: Path, rows: pd.DataFrame, *, split: bool) -> pd.DataFrame:
    """The targets to write, with ids, days and smallest units; divided where asked. Raises InputError."""
    con = workspace.mirror.ibis
    owned = find_owners(con, path, rows)
    again = owned.loc[with_owner(owned).duplicated(OWNER), "row"]
    refuse(path, [(int(row), "measure", Text("this target stands in the file already.")) for row in again])
    whole = owned[(owned["user_id"] == 0) & (owned["team_id"] == 0)]
    if not split:
        alone = Text("the row names neither a user nor a team; with --split it is divided over the teams.")
        refuse(path, [(int(row), "user", alone) for row in whole["row"]])
        weighed = owned.loc[owned["amount_minor"].isna(), "row"]
        refuse(path, [(int(row), "amount", Text("the row has only a weight: add --split.")) for row in weighed])
        return _dated(owned)
    divided = divide(owned, *_tree(con))
    refuse(path, [(each.row, "amount", _UNFIT[each.why]) for each in divided.unfit])
    return _dated(divided.targets)


def _tree(con: BaseBackend) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The teams that have somebody (company_id, team_id) and their active people (team_id, user_id).

    A team of no company is that of the only one, where there is only one.
    """
    members = to_frame(people.user_teams(con)).merge(to_frame(people.logins(con)), on="user_id")
    teams, firms = to_frame(people.team_companies(con)), list(company_currencies(con))
    teams = teams[teams["team_id"].isin(members["team_id"])]
    homes = teams["company_id"].fillna(firms[0] if len(firms) == 1 else 0).astype("int64")
    return teams[["team_id"]].assign(company_id=homes), members[["team_id", "user_id"]]


def _dated(targets: pd.DataFrame) -> pd.DataFrame:
    periods = {code: parse_period(code) for code in targets["period"].unique()}
    return targets.assign(
        date_from=[periods[code].start for code in targets["period"]],
        date_to=[periods[code].end for code in targets["period"]],
        amount_minor=targets["amount_minor"].astype("int64"),
    )


def _without_hand_made(workspace: Workspace, wanted: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The targets that nobody has set by hand in the ERP, and a finding for each that somebody has set otherwise."""
    standing = read_standing(workspace.mirror.ibis)
    standing = standing[~standing["key"].str.startswith("target:")]
    mine = with_owner(wanted)
    there = standing[[*OWNER, "amount_minor"]].rename(columns={"amount_minor": "there_minor"})
    both = mine.merge(there.drop_duplicates(OWNER), on=OWNER, how="left")
    taken = both["there_minor"].notna()
    currencies = company_currencies(workspace.mirror.ibis)
    other = both[taken & (both["there_minor"] != both["amount_minor"])]
    found = [
        Finding("warning", "targets", f"{row['measure']} {row['period']}", _BY_HAND, {
            "row": row["row"],
            "wanted": amount_text(row["measure"], row["amount_minor"], currencies[row["company_id"]]),
            "there": amount_text(row["measure"], row["there_minor"], currencies[row["company_id"]]),
        })
        for row in other.to_dict("records")
    ]  # fmt: skip
    return both[~taken].reset_index(drop=True), found


def _imported(workspace: Workspace, plan: Plan, outcome: Outcome | None, by_hand: list[Finding], run: str) -> Result:
    held = [_held_finding(each) for each in plan.held]
    totals = {
        "planned": len(plan.changes),
        "written": outcome.written if outcome else 0,
        "unchanged": plan.unchanged,
        "left": len(plan.held) + len(by_hand),
    }
    return Result(
        "targets import",
        rows=plan_rows(plan),
        totals=totals,
        findings=(*by_hand, *held, *refused(outcome)),
        run=run,
        texts=() if plan.changes and outcome is None else tuple(written_lines(plan, outcome, workspace.lang)),
    )


def _held_finding(held: Held) -> Finding:
    if held.why != "edited":
        text = Text("The ERP refused this target before; `kam writeback retry` releases it.")
        return Finding("warning", "targets", held.key, text)
    values = {name: ", ".join(f"{value}" for value in side.values() if value is not False)
              for name, side in (("wanted", held.values), ("there", held.former))}  # fmt: skip
    return Finding("warning", "targets", held.key, _EDITED, values)


def show_targets(workspace: Workspace, as_of: date | None, period: str | None) -> Result:
    """The targets in the mirror, by period, the latest first, then by owner; those of one period where it is named."""
    code = parse_period(period).code if period else None
    seen = look(workspace, as_of)
    standing = read_standing(workspace.mirror.ibis)
    standing = standing if code is None else standing[standing["period"] == code]
    currencies = company_currencies(workspace.mirror.ibis)
    order = {name: place for place, name in enumerate(MEASURES)}
    rows = [_row(each, seen.names, currencies) for each in standing.to_dict("records")]
    rows.sort(key=lambda row: (row["company"], row["team"], row["name"], order.get(row["measure"], 9)))
    rows.sort(key=lambda row: row["date_from"], reverse=True)
    return result_of("targets show", seen, rows, None, ())


def _row(row: Mapping[Hashable, Any], names: Names, currencies: Mapping[int, Any]) -> Row:
    currency = currencies[row["company_id"]]
    return {
        "company": int(row["company_id"]),
        "period": row["period"],
        "date_from": row["date_from"].date().isoformat(),
        "date_to": row["date_to"].date().isoformat(),
        "user": int(row["user_id"]) or None,
        "name": name_of(names.people, row["user_id"]) if row["user_id"] else "",
        "team": name_of(names.teams, row["team_id"]) if row["team_id"] else "",
        "measure": row["measure"],
        "amount": amount_text(row["measure"], row["amount_minor"], currency),
        "currency": currency.code,
        "imported": row["key"].startswith("target:"),
    }
