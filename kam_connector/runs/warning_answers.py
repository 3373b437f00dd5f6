"""What `kam warnings` answers: which customers are in danger of being lost, why, and what is done about it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

from kam_connector.languages import find_language
from kam_connector.messages import render
from kam_connector.reports import Names, name_of
from kam_connector.rules.warnings import OPEN_STATES
from kam_connector.runs.decisions import Night
from kam_connector.runs.known_warnings import record_warnings
from kam_connector.runs.result import Result, Row
from kam_connector.runs.seeing import Seen, look, result_of
from kam_connector.runs.workspace import Workspace


def show_warnings(workspace: Workspace, as_of: date | None, customer: int | None, *, every: bool) -> Result:
    """The open warnings, of one customer or of all; with `every` also the pending and the cleared ones."""
    return warnings_of(look(workspace, as_of), workspace.lang, customer, every=every)


def warnings_of(
    seen: Seen, lang: str, customer: int | None = None, *, every: bool = False, run: str | None = None
) -> Result:
    """The warnings of what was seen, by company, customer and rule; with `run` as the answer of the run that recorded
    them."""
    rows = [row for night in seen.nights for row in warning_rows(night, seen.names, lang, customer, every=every)]
    steps = [step for night in seen.nights for step in (night.warnings, night.playbooks)]
    findings = tuple(found for step in steps for found in step.findings)
    return result_of("warnings run" if run else "warnings show", seen, rows, None, findings, run)


def record_checks(workspace: Workspace, seen: Seen) -> None:
    """The checks of what was seen stand in the ledger."""
    for night in seen.nights:
        record_warnings(workspace.ledger, night.warnings, night.as_of)


def warning_rows(night: Night, names: Names, lang: str, customer: int | None = None, *, every: bool) -> list[Row]:
    """One row a warning: who, which rule, since when, why, and who is to do what about it by when."""
    frame = night.warnings.frame
    if not every:
        frame = frame[frame["state"].isin(OPEN_STATES)]
    if customer is not None:
        frame = frame[frame["customer_id"] == customer]
    tasks = _tasks_by_warning(night, names, lang)
    return [
        {
            "company": int(row["company_id"]),
            "customer": int(row["customer_id"]),
            "name": name_of(names.customers, row["customer_id"]),
            "rule": row["rule"],
            "warning": names.warnings.get(row["rule"], row["rule"]),
            "severity": row["severity"],
            "state": row["state"],
            "since": row["since"],
            "checks_in_row": int(row["checks"]),
            "figure": None if row["figure"] != row["figure"] else f"{row['figure']:.4f}",
            "reason": render(row["reason_code"], row["reason_args"], lang, names.own),
            "to_do": "; ".join(tasks.get(_key(row), [])),
        }
        for row in frame.to_dict("records")
    ]


def _tasks_by_warning(night: Night, names: Names, lang: str) -> dict[tuple[int, int, str], list[str]]:
    """The tasks of each warning in words: "Ask why no order came (Wang Wei, 2026-07-05)"."""
    found: dict[tuple[int, int, str], list[str]] = {}
    for row in night.playbooks.frame.to_dict("records"):
        found.setdefault(_key(row), []).append(task_text(row, names, lang))
    return found


def task_text(task: Mapping[Hashable, Any], names: Names, lang: str) -> str:
    """A task of a playbook with who does it by when."""
    return f"{task[f'title_{find_language(lang)}']} ({name_of(names.people, task['user_id'])}, {task['deadline']})"


def _key(row: Mapping[Hashable, Any]) -> tuple[int, int, str]:
    return int(row["company_id"]), int(row["customer_id"]), str(row["rule"])
