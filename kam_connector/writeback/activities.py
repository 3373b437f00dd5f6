"""Collection tasks and the tasks of early warnings as activities on the customer, for an ERP without the addon.

An activity is made once a key and never again: one that is done or deleted stays so (the journal knows).
One whose task is settled is removed, unless a person has changed its text, day or owner. A task that names a manager
has a second one, for the manager, under a key of its own.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kam_connector.errors import AccessRefused
from kam_connector.languages import find_language
from kam_connector.ledger import fingerprint
from kam_connector.messages import label, render
from kam_connector.writeback.cells import Cells, comparable, plain_value
from kam_connector.writeback.channels import Session
from kam_connector.writeback.current import Tables
from kam_connector.writeback.destinations import ACTIVITY
from kam_connector.writeback.journal import Line
from kam_connector.writeback.keys import whole_numbers
from kam_connector.writeback.marks import fingerprint_of, fingerprints_of, mark_of
from kam_connector.writeback.plans import Change, Desired, Plan

_MODEL = "mail.activity"
_KINDS = {"kam.collection.task": "task:", _MODEL: "warning:"}
"""What the keys of the activities begin with, by the model of what is wanted."""
MANAGER = ":manager"
"""What the key of the manager's activity ends in, after that of the task."""
_Lines = Mapping[tuple[str, int, str], Sequence[Line]]


def plan_activities(tasks: Desired, tables: Tables, lines: _Lines, session: Session, lang: str) -> Plan:
    """Activities to make for new tasks and to remove for settled ones."""
    frame = _with_managers(tasks.frame)
    wanted = set(zip(frame["company_id"].astype(int), frame["kam_key"].astype(str), strict=True))
    known = made_activities(frame, tables, lines)
    fresh = [(company, key) not in known for company, key in zip(frame["company_id"], frame["kam_key"], strict=True)]
    made = _creations(frame[fresh], session, lang) if any(fresh) else []
    settled = [
        found
        for (model, company, key), found in lines.items()
        if model == _MODEL and company in tasks.companies and key.startswith(_KINDS[tasks.model])
        if (company, key) not in wanted
    ]
    return Plan("plain", (*made, *_removals(settled, tables)), len(frame) - len(made))


def made_activities(frame: pd.DataFrame, tables: Tables, lines: _Lines) -> set[tuple[int, str]]:
    """Company and key of every activity that was made, whatever became of it; of those in the frame also what only the
    mirror knows."""
    sent = {record[1:] for record, found in lines.items() if record[0] == _MODEL and _was_made(found)}
    return sent | _shown(frame, tables)


def _with_managers(tasks: pd.DataFrame) -> pd.DataFrame:
    """The tasks, and again those that name a manager, for whom they are under a key of its own."""
    if "manager_id" not in tasks:
        return tasks
    led = tasks[whole_numbers(tasks["manager_id"]) > 0]
    again = led.assign(user_id=led["manager_id"], kam_key=led["kam_key"] + MANAGER)
    return pd.concat([tasks, again], ignore_index=True) if len(led) else tasks


def _shown(frame: pd.DataFrame, tables: Tables) -> set[tuple[int, str]]:
    """Company and key of the tasks whose activity the mirror shows, open or gone: told by its mark (R-51).

    A book that was restored from an older copy does not know what was made since.
    """
    rows = tables.read("mail_activity")
    if rows.empty:
        return set()
    ends = rows["summary"].fillna("").astype(str).str.extract(r"(\(KAM [^()]*\))$", expand=False)
    there = set(zip(whole_numbers(rows["res_id"]), ends, strict=True))
    named = zip(frame["company_id"], frame["kam_key"], whole_numbers(frame["partner_id"]), strict=True)
    return {(int(company), str(key)) for company, key, partner in named if (partner, mark_of(str(key))) in there}


def _creations(frame: pd.DataFrame, session: Session, lang: str) -> list[Change]:
    columns = _wanted_columns(frame, session.uid, lang)
    fixed = _fixed_values(session)
    changes = []
    for position, (company, key) in enumerate(zip(frame["company_id"], frame["kam_key"], strict=True)):
        row = {name: plain_value(column[position], ACTIVITY.find_field(name)) for name, column in columns.items()}
        values = {name: value for name, value in row.items() if value}
        note = _note(frame.iloc[position], lang)
        made = {**fixed, **values, "note": note}
        changes.append(Change(_MODEL, int(company), str(key), "create", made, fingerprint_of(row)))
    return changes


def _wanted_columns(frame: pd.DataFrame, uid: int, lang: str) -> dict[str, Cells]:
    summaries = [f"{title} {mark_of(key)}" for title, key in zip(_titles(frame, lang), frame["kam_key"], strict=True)]
    people = whole_numbers(frame["user_id"]).replace(0, uid)  # Odoo would fill it with us, silently
    raw = frame.assign(res_id=frame["partner_id"], summary=summaries, user_id=people)
    return {field.name: comparable(raw[field.name], field) for field in ACTIVITY.fields}


def _titles(frame: pd.DataFrame, lang: str) -> list[str]:
    """What is to be done: the step of a collection task, the title of a playbook's task."""
    if "step" in frame:
        return [label(f"step.{step}", lang) for step in frame["step"]]
    return [str(title) for title in frame[f"title_{find_language(lang)}"]]


def _note(row: pd.Series[Any], lang: str) -> str:
    pairs = (("advice_code", "advice_args"), ("reason_code", "reason_args"))
    known = [pair for pair in pairs if pair[0] in row and isinstance(row[pair[0]], str)]
    return "".join(f"<p>{html.escape(render(row[code], row[args], lang))}</p>" for code, args in known)


def _removals(settled: Sequence[Sequence[Line]], tables: Tables) -> list[Change]:
    there = _open_activities(tables)
    changes = []
    for found in settled:
        made = next((line for line in found if line.change.action == "create" and line.state == "confirmed"), None)
        if made is None or any(line.change.action == "remove" and line.state == "confirmed" for line in found):
            continue
        if there.get(made.id) == made.change.fingerprint:
            record, former = made.change.record, {"mark": made.change.fingerprint}
            changes.append(Change(*record, "remove", {}, fingerprint({"removed": made.id}), made.id, 1, former=former))
    return changes


def _open_activities(tables: Tables) -> dict[int, str]:
    """id to fingerprint of the open activities on customers, as the mirror shows them."""
    rows = tables.read("mail_activity")
    if rows.empty:
        return {}
    open_ = rows["active"].astype(object).where(rows["active"].notna(), True).astype(bool)
    rows = rows[open_ & ~rows["_deleted"] & (rows["res_model"] == "res.partner")]
    return dict(zip(whole_numbers(rows["id"]).tolist(), fingerprints_of(rows), strict=True))


def _was_made(found: Sequence[Line]) -> bool:
    return any(line.change.action == "create" and line.state == "confirmed" for line in found)


def _fixed_values(session: Session) -> dict[str, int]:
    """The ids of the model and of the kind of activity, each where it can be known."""
    found = {"res_model_id": partner_model(session), "activity_type_id": activity_type(session)}
    return {name: number for name, number in found.items() if number}


def partner_model(session: Session) -> int:
    """The id of the model "customer"; 0 when the login may not know it (from 17 on ordinary users may not).

    Then any activity on a customer tells it; without one, the channel makes the activities one by one.
    """
    try:
        rows = session.search_read("ir.model", [("model", "=", "res.partner")], ["model"], limit=1)
        return int(rows[0]["id"])
    except AccessRefused:
        rows = session.search_read(_MODEL, [("res_model", "=", "res.partner")], ["res_model_id"], limit=1)
        return int(rows[0]["res_model_id"] or 0) if rows else 0


def activity_type(session: Session) -> int:
    """The ERP's own kind "call", told by its icon, else its first; 0 when it has none."""
    for domain in ([("icon", "=", "fa-phone")], []):
        rows = session.search_read("mail.activity.type", list(domain), ["name"], limit=1)
        if rows:
            return int(rows[0]["id"])
    return 0
