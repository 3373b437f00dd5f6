"""Wanted early warnings, and their tasks: with the addon a record that brings its tasks, without it activities.

The key of both holds the day on which the warning was raised. So a task is made once, whatever people do with it, and
a warning that is raised anew later on has new ones. A company that installs the addon later has the activities of the
warnings that are open then already: their records come without those tasks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kam_connector.languages import LANGUAGES
from kam_connector.writeback.decided import Decided
from kam_connector.writeback.keys import key_of
from kam_connector.writeback.plans import Desired

_WARNING = ["company_id", "customer_id", "rule", "since"]


def early_warnings(decided: Decided) -> Desired | None:
    """A record a warning, its tasks in `playbook`; None when the step did not run."""
    if decided.warnings is None:
        return None
    frame = decided.warnings
    tasks = _tasks_by_warning(decided.playbooks)
    books = [json.dumps(tasks.get(_name(row), []), ensure_ascii=False) for row in frame[_WARNING].to_dict("records")]
    keys = key_of("warning", frame["customer_id"], frame["rule"], frame["since"])
    wanted = frame.rename(columns={"customer_id": "partner_id", "since": "raised_on"})
    return Desired("kam.warning", wanted.assign(kam_key=keys, playbook=books), scope="warning:")


def playbook_tasks(decided: Decided) -> Desired | None:
    """A row a task; None when the step did not run."""
    if decided.playbooks is None:
        return None
    frame = decided.playbooks
    keys = key_of("warning", frame["customer_id"], frame["rule"], frame["since"], frame["number"])
    wanted = frame.rename(columns={"customer_id": "partner_id", "deadline": "date_deadline"}).assign(kam_key=keys)
    wanted["date_deadline"] = pd.to_datetime(wanted["date_deadline"])
    return Desired("mail.activity", wanted, scope="warning:")


def without_made(warnings: Desired, made: Collection[tuple[int, str]]) -> Desired:
    """The warnings, their playbooks without the tasks whose activity was made already: company and key in `made`."""
    frame = warnings.frame
    if not made or "playbook" not in frame:
        return warnings
    named = zip(frame["company_id"].tolist(), frame["kam_key"].tolist(), frame["playbook"].tolist(), strict=True)
    left = [_left_out(company, key, playbook, made) for company, key, playbook in named]
    return replace(warnings, frame=frame.assign(playbook=left))


def _left_out(company: int, key: str, playbook: str, made: Collection[tuple[int, str]]) -> str:
    tasks = json.loads(playbook)
    left = [task for number, task in enumerate(tasks, start=1) if (company, f"{key}:{number}") not in made]
    return json.dumps(left, ensure_ascii=False) if len(left) < len(tasks) else playbook


def _tasks_by_warning(playbooks: pd.DataFrame | None) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """The tasks of each warning as the addon takes them: user_id, deadline, titles by language."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in [] if playbooks is None else playbooks.to_dict("records"):
        titles = {language: row[f"title_{language}"] for language in LANGUAGES}
        task = {"user_id": int(row["user_id"]), "deadline": row["deadline"], "titles": titles}
        found.setdefault(_name(row), []).append(task)
    return found


def _name(row: Mapping[Hashable, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _WARNING)
