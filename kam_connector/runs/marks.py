"""Marks of people by the items of the scale, out of the ERP and of a file, and the points that they come to.

A file goes before: whom it names is rated by it alone, everybody else by what is released in the ERP.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import people
from kam_connector.facts.marks import marks
from kam_connector.findings import Finding
from kam_connector.inputs.appraisals import read_marks
from kam_connector.policy.appraisal import Scale
from kam_connector.rules import appraisal
from kam_connector.rules.appraisal import WHO
from kam_connector.runs.frames import to_frame
from kam_connector.runs.target_rows import find_users
from kam_connector.texts import Text

_GIVEN = ["user_id", "user", "item", "mark"]
_SOURCE = "incentives.appraisal"
_UNKNOWN = Text("Mark {number} of {user} is for {item}, which is no item of the scale: {known}. It does not count.")
_BEYOND = Text("Mark {number} of {user} for {item} is {mark}: the scale goes from 0 to {best}. It does not count.")
_DRAFTS = Text("Marks of {period} that are not released in the ERP do not count yet ({count}).")
_LOST = Text("{user} has neither a target nor a document in the period: the marks are not shown.")


def marks_of_file(con: BaseBackend, scale: Scale, path: Path | None) -> pd.DataFrame:
    """user_id, user (as the file names it), item, mark; nothing without a file. Raises InputError."""
    if path is None:
        return pd.DataFrame(columns=_GIVEN)
    given = read_marks(path, tuple(item.code for item in scale.item), scale.best)
    return given.assign(user_id=find_users(con, path, given))[_GIVEN]


def marks_of_erp(
    con: BaseBackend, scale: Scale, period: str, companies: Sequence[int]
) -> tuple[pd.DataFrame, list[Finding]]:
    """company_id, user_id, user (login), item, mark of what counts in the period; and what does not, with its record.

    A mark counts that is released, for an item of the scale, from 0 to its best. Requirement S4-31.
    """
    found = to_frame(marks(con))
    found = found[(found["period"] == period) & found["company_id"].isin(companies)].sort_values("mark_id")
    logins = to_frame(people.logins(con)).set_index("user_id")["login"]
    found = found.assign(user=found["user_id"].map(logins).fillna(found["user_id"].astype(str)))
    released = found["is_released"].fillna(value=False).astype(bool)
    drafts = int((~released).sum())
    findings = [Finding("info", _SOURCE, period, _DRAFTS, {"period": period, "count": drafts})] if drafts else []
    given = found[released]
    is_known = given["item"].isin([item.code for item in scale.item])
    is_inside = given["mark"].between(0, scale.best)
    findings += _uncounted(given[~is_known], _UNKNOWN, scale)
    findings += _uncounted(given[is_known & ~is_inside], _BEYOND, scale)
    return given.loc[is_known & is_inside, ["company_id", *_GIVEN]].reset_index(drop=True), findings


def marks_of(file: pd.DataFrame, erp: pd.DataFrame, persons: pd.DataFrame) -> pd.DataFrame:
    """company_id, user_id, item, mark of the persons (company_id, user_id): the file's, else the ERP's."""
    named = file.merge(persons[WHO], on="user_id")
    others = erp[~erp["user_id"].isin(file["user_id"])].merge(persons[WHO], on=WHO)
    columns = [*WHO, "item", "mark"]
    parts = [part[columns] for part in (named, others) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def points_of(given: pd.DataFrame, scale: Scale) -> dict[tuple[int, int], str | None]:
    """The points of the scale by company and user, of the columns of `marks_of`."""
    if not len(given):
        return {}
    rows = appraisal.score_marks(given, scale).to_dict("records")
    return {(int(row["company_id"]), int(row["user_id"])): appraisal.shown(row["points"], 2) for row in rows}


def unlisted(given: pd.DataFrame, listed: set[int]) -> Iterator[Finding]:
    """Whose marks are shown nowhere; `given`: user_id and user; `listed`: the users who are shown."""
    lost = given[~given["user_id"].isin(listed)].drop_duplicates("user_id")
    for row in lost.to_dict("records"):
        yield Finding("warning", _SOURCE, str(row["user_id"]), _LOST, {"user": row["user"]})


def _uncounted(given: pd.DataFrame, text: Text, scale: Scale) -> list[Finding]:
    known = ", ".join(item.code for item in scale.item)
    return [
        Finding("warning", _SOURCE, str(row["mark_id"]), text, {
            "number": row["mark_id"], "user": row["user"], "item": row["item"] or "–", "known": known or "–",
            "mark": f"{row['mark'].normalize():f}", "best": scale.best,
        })
        for row in given.to_dict("records")
    ]  # fmt: skip
