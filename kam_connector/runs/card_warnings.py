"""The open warnings on a customer card: why the customer may be lost, and what is done about it next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from kam_connector.messages import render
from kam_connector.reports import CardLine
from kam_connector.rules.warnings import OPEN_STATES
from kam_connector.runs.card_lines import Record, Subject
from kam_connector.runs.warning_answers import task_text


def warning_lines(subject: Subject) -> Iterator[CardLine]:
    """A line a warning that is open, in the order of the rules, with the next task of its playbook and that one's day.

    Without a task the day is the one since which the warning is open.
    """
    warnings, tasks = subject.own(subject.night.warnings.frame), subject.own(subject.night.playbooks.frame)
    for row in warnings[warnings["state"].isin(OPEN_STATES)].to_dict("records"):
        task = _next_task(tasks[tasks["rule"] == row["rule"]], subject.night.as_of)
        words, day = [subject.reason(row)], row["since"]
        if task is not None:
            todo = {"task": task_text(task, subject.names, subject.lang)}
            words, day = [*words, render("card.next_task", todo, subject.lang)], task["deadline"]
        name = subject.names.warnings.get(row["rule"], row["rule"])
        yield CardLine("suggestions", "warning", name, " · ".join(words), day=date.fromisoformat(day))


def _next_task(tasks: pd.DataFrame, as_of: date) -> Record | None:
    """The first that is not due before the day; where all are, the last one."""
    rows = tasks.sort_values(["deadline", "number"], kind="stable").to_dict("records")
    ahead = [row for row in rows if row["deadline"] >= as_of.isoformat()]
    return next(iter([*ahead, *rows[-1:]]), None)
