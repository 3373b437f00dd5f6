"""What a person at the terminal sees of a run under way: the plan with its question, and a bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kam_connector.cli.options import confirmed
from kam_connector.cli.speech import language, talk
from kam_connector.messages import label
from kam_connector.runs.summary import plan_rows
from kam_connector.sync import Progress
from kam_connector.texts import Text
from kam_connector.writeback import Plan

_WRITE = Text("Write the planned changes ({count}) to the ERP?")


def agreement(*, yes: bool, dry_run: bool = False, question: Text = _WRITE) -> Callable[[Plan], bool]:
    """Shows the plan and asks, as the options say; `question` may name the `count` of changes."""

    def agree(plan: Plan) -> bool:
        for row in plan_rows(plan):
            action = label(f"action.{row['action']}", language())
            talk("  {action} {rows} {model}", action=action, rows=f"{row['rows']:>6}", model=row["model"])
        for text in plan.told:
            talk(text)
        return not dry_run and confirmed(question, yes, count=len(plan.changes))

    return agree


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A bar a model on a terminal, with rows a second and the time left; a log gets a line a minute."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    speed = TextColumn("{task.fields[speed]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), speed, TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def moved(model: str, done: int, total: int) -> None:
            if model not in tasks:
                tasks[model] = bar.add_task(model, total=total or 1, speed="")
            bar.update(tasks[model], completed=done, total=total or 1)
            rate = next(task.speed for task in bar.tasks if task.id == tasks[model])
            bar.update(tasks[model], speed=f"{rate:,.0f}/s" if rate else "")

        yield moved
