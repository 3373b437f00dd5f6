"""Who is told of a complaint that is still open: each level of the ladder once, and after an outage only the highest.

What a run finds reached and the book does not know yet is recorded. Of several levels of one clock that are new in the
same run only the highest tells somebody; one below a level that was recorded before tells nobody, nor does one that
was reached longer ago than the policy says (a backlog of the day on which escalation begins). When a clock ends its
levels are over, and they stay so when the case is opened again: only a higher level tells somebody then.

Worked figure: levels at 75, 100, 150 and 200 % of 8 h; no run between hour 5 and hour 13. The next one records the
levels 1 to 3 and tells the key-account director alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.complaints import Complaints
from kam_connector.policy.escalation import ROLES, Person
from kam_connector.policy.intake import ANY
from kam_connector.rules.decisions import Decisions, Flags, Whole, ids_of
from kam_connector.rules.reasons import reason_args
from kam_connector.texts import Text

KEY = ["company_id", "complaint_id", "clock", "level"]
_CLOCK = KEY[:3]
STATES = ("told", "passed", "over")
"""Somebody was told; nobody was (reached with or below a higher level, or long ago); the clock has ended since."""
COLUMNS = (
    *KEY, "percent", "role", "reached_at", "recorded_at", "user_id", "told_role", "state", "reason_code", "reason_args",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staff:
    """Who there is: `owners` complaint_id, user_id; `leaders` user_id, manager_id; `users` user_id, login, only those
    who work here; `companies` company_id, name; `people` the policy's."""

    owners: pd.DataFrame
    leaders: pd.DataFrame
    users: pd.DataFrame
    companies: pd.DataFrame
    people: Sequence[Person]


def decide_escalations(
    reached: pd.DataFrame, deadlines: pd.DataFrame, before: pd.DataFrame, staff: Staff, policy: Complaints
) -> Decisions:
    """A row a level of a complaint in `deadlines`, those of the book and those that are new, by complaint and level.

    `reached`: the `detail` of `deadlines.complaint_deadlines`, `deadlines`: its frame; `before`: COLUMNS of earlier
    runs; `policy`: its `valid_from` and `tell_within_days`. Columns: COLUMNS; role is the rung's, told_role and
    user_id who was told ("" and 0: nobody), moments ISO in UTC. Only state changes later on, from told to over.
    Requirements S4-62, S4-77.
    """
    known = _still_known(before, deadlines)
    new = _new(reached, known)
    is_highest, is_old = _is_highest(new, known), _is_old(new, policy.tell_within_days)
    told, findings = _with_people(new[is_highest & ~is_old].assign(state="told", is_old=False), staff)
    quiet = new.assign(state="passed", user_id=0, told_role="", is_old=is_highest)[~is_highest | is_old]
    fresh = _with_reasons(pd.concat([told, quiet]), policy)
    rows = [frame[list(COLUMNS)] for frame in (known, fresh) if len(frame)]
    frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))
    return Decisions(frame.sort_values(KEY, ignore_index=True), tuple(findings))


def _still_known(before: pd.DataFrame, deadlines: pd.DataFrame) -> pd.DataFrame:
    """The recorded levels of these complaints; those that were told are over where their clock has ended."""
    known = before[before["complaint_id"].isin(deadlines["complaint_id"])].reset_index(drop=True)
    known = known.astype(dict.fromkeys(("company_id", "complaint_id", "level"), "int64"))
    if known.empty:
        return known
    ended = deadlines.set_index("complaint_id")
    is_over = np.where(
        known["clock"] == "response",
        known["complaint_id"].map(ended["response_ended"]),
        known["complaint_id"].map(ended["resolution_ended"]),
    ).astype(bool)
    return known.assign(state=known["state"].mask(is_over & (known["state"] == "told"), "over"))


def _new(reached: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The reached levels that no run has recorded."""
    marked = reached.merge(known[KEY].drop_duplicates(), on=KEY, how="left", indicator="seen")
    found = marked[marked["seen"] == "left_only"].drop(columns="seen").reset_index(drop=True)
    moments = {"reached_at": found["reached_at"], "recorded_at": found["seen_at"]}
    return found.assign(**{name: column.dt.strftime("%Y-%m-%d %H:%M:%S") for name, column in moments.items()})


def _is_old(new: pd.DataFrame, days: int) -> Flags:
    """The new levels that were reached more than so many days before this run."""
    moments = {name: pd.to_datetime(new[name]) for name in ("reached_at", "recorded_at")}
    old: Flags = (moments["recorded_at"] - moments["reached_at"] > pd.Timedelta(days=days)).to_numpy(dtype=bool)
    return old


def _is_highest(new: pd.DataFrame, known: pd.DataFrame) -> Flags:
    """The highest of the new levels of each clock, if it is above all that were recorded."""
    highest = new.groupby(_CLOCK)["level"].transform("max")
    top = known.groupby(_CLOCK)["level"].max().rename("top").reset_index()
    before = new[_CLOCK].merge(top, on=_CLOCK, how="left")["top"].fillna(0).to_numpy()
    told: Flags = ((new["level"] == highest) & (new["level"] > before)).to_numpy(dtype=bool)
    return told


_ORDER = np.array([[*range(role, len(ROLES)), *range(role - 1, -1, -1)] for role in range(len(ROLES))])
"""For each role who is told in its place: the next above that there is, at last the next below."""


def _with_people(told: pd.DataFrame, staff: Staff) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows with user_id and told_role, and a finding for each role that nobody has."""
    people = _people(told, staff)
    asked = pd.Index(ROLES).get_indexer(pd.Index(told["role"]))
    candidates = np.take_along_axis(people, _ORDER[asked], axis=1)
    first = (candidates > 0).argmax(axis=1)
    number = np.arange(len(told))
    users = candidates[number, first]
    roles = np.where(users > 0, np.array(ROLES, dtype=object)[_ORDER[asked, first]], "")
    rows = told.assign(user_id=users, told_role=roles)
    return rows, [*_find_unnamed(staff), *_find_missing(rows[roles != told["role"].to_numpy()], staff)]


def _people(told: pd.DataFrame, staff: Staff) -> Whole:
    """Who has each of ROLES for each row, as ids; 0 for nobody."""
    here = set(staff.users["user_id"].tolist())
    owners = dict(zip(staff.owners["complaint_id"].tolist(), ids_of(staff.owners["user_id"]).tolist(), strict=True))
    leaders = dict(zip(staff.leaders["user_id"].tolist(), staff.leaders["manager_id"].tolist(), strict=True))
    owner = told["complaint_id"].map(owners).fillna(0).astype("int64")
    columns = [owner, owner.map(leaders).fillna(0).astype("int64")]
    named = _named(staff)
    for role in ROLES[2:]:
        own = told["company_id"].map({company: user for (company, name), user in named.items() if name == role})
        columns.append(own.fillna(0).astype("int64"))
    return np.stack([column.where(column.isin(here), 0).to_numpy(dtype=np.int64) for column in columns], axis=1)


def _named(staff: Staff) -> Mapping[tuple[int, str], int]:
    """The policy's people by company and role; a line for one company goes before one for all."""
    logins = dict(zip(staff.users["login"].tolist(), staff.users["user_id"].tolist(), strict=True))
    companies = list(zip(staff.companies["company_id"].tolist(), staff.companies["name"].tolist(), strict=True))
    return {
        (company, person.role): logins.get(person.login, 0)
        for person in sorted(staff.people, key=lambda each: each.company != ANY)
        for company, name in companies
        if person.company in (ANY, name)
    }


def _with_reasons(rows: pd.DataFrame, policy: Complaints) -> pd.DataFrame:
    """The rows with what was reached, and why nobody or somebody else was told."""
    codes = np.select(
        [rows["is_old"], rows["state"] == "passed", rows["told_role"] == "", rows["told_role"] != rows["role"]],
        ["escalation.long_ago", "escalation.passed", "escalation.nobody", "escalation.instead"],
        "escalation.told",
    ).tolist()
    args = []
    for code, row in zip(codes, rows.to_dict("records"), strict=True):
        said = {"clock": row["clock"], "level": int(row["level"]), "percent": int(row["percent"])}
        hours = f"{(row['target'] / pd.Timedelta(hours=1)):.2f}".rstrip("0").rstrip(".")
        said |= {"role": row["role"], "target_hours": hours, "valid_from": policy.valid_from.isoformat()}
        said |= {"told_role": row["told_role"]} if code == "escalation.instead" else {}
        said |= {"tell_within_days": policy.tell_within_days} if code == "escalation.long_ago" else {}
        args.append(reason_args(code, **said))
    return rows.assign(reason_code=codes, reason_args=args)


def _find_unnamed(staff: Staff) -> Iterator[Finding]:
    """The lines of the policy that name no user, or no company, of the ERP."""
    logins, names = set(staff.users["login"]), set(staff.companies["name"])
    for person in staff.people:
        values = {"login": person.login, "role": person.role, "company": person.company}
        if person.login not in logins:
            yield Finding("warning", "rules.escalations", person.login, _NO_LOGIN, values)
        if person.company not in (ANY, *names):
            yield Finding("warning", "rules.escalations", person.company, _NO_COMPANY, values)


def _find_missing(rows: pd.DataFrame, staff: Staff) -> Iterator[Finding]:
    """The roles that somebody else was told for: one finding a company and role, for owner and lead one a complaint."""
    names = dict(zip(staff.companies["company_id"].tolist(), staff.companies["name"].tolist(), strict=True))
    texts = {"owner": _NO_OWNER, "lead": _NO_LEAD}
    own = rows[rows["role"].isin(list(texts))]
    for row in own.drop_duplicates(["complaint_id", "role"]).to_dict("records"):
        values = {"complaint": row["complaint_id"]}
        yield Finding("warning", "rules.escalations", str(row["complaint_id"]), texts[row["role"]], values)
    above = rows[~rows["role"].isin(list(texts))].drop_duplicates(["company_id", "role"])
    for company, role in zip(above["company_id"].tolist(), above["role"].tolist(), strict=True):
        values = {"role": role, "company": names.get(company, company)}
        yield Finding("warning", "rules.escalations", str(company), _NO_PERSON, values)


_NO_LOGIN = Text(
    'complaints.toml gives the role "{role}" to {login}, and no user who works here has this login. Correct'
    " [[escalation_person]]; until then the next who is known is told."
)
_NO_COMPANY = Text(
    'complaints.toml gives the role "{role}" to {login} for the company {company}, which the ERP does not have. Write'
    " its name in [[escalation_person]] as the ERP does."
)
_NO_OWNER = Text(
    "Complaint {complaint} escalates, and nobody who works here is responsible for it: the next who is known is told."
    " Enter who works on it."
)
_NO_LEAD = Text(
    "Complaint {complaint} escalates, and whoever works on it is in no team with a leader: the next who is known is"
    " told. Give the sales team a leader in the ERP."
)
_NO_PERSON = Text(
    'Complaints of {company} escalate to the role "{role}", and complaints.toml names nobody for it who works here:'
    " the next who is known is told. Add an [[escalation_person]]."
)
