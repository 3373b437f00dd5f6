"""`kam run`: the whole night."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as Bar

from kam_connector.cli.options import answers, confirmed, dated, find_settings, finish, language
from kam_connector.cli.speech import talk
from kam_connector.runs.night import Order, run_night
from kam_connector.runs.summary import plan_rows, summarize
from kam_connector.runs.workspace import open_workspace
from kam_connector.sync import Progress
from kam_connector.writeback import Plan


@click.command()
@dated
@answers
@click.option("--yes", is_flag=True, help="Write to the ERP without asking; for the scheduler.")
@click.option("--dry-run", is_flag=True, help="Pull, decide, show the plan, write reports, and nothing to the ERP.")
@click.option("--allow-past", is_flag=True, help="Write back for a day that is past.")
@click.option("--full", is_flag=True, help="Read every row anew.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports.")
def run(
    as_of: date | None, output_format: str, yes: bool, dry_run: bool, allow_past: bool, full: bool, out: Path | None
) -> int:
    """Pull, decide, write back, report: the night as a whole.

    The plan is shown before anything is written; without --yes a person at the terminal must agree.

    \b
    Example:
      kam run --yes
    """
    chosen = find_settings()
    with open_workspace(chosen, write=True, lang=language()) as workspace, progress() as moved:
        order = Order(as_of, allow_past or dry_run, full, agreement(yes=yes, dry_run=dry_run), moved, out)
        report = run_night(workspace, order)
    return finish(summarize(report, language()), output_format)


def agreement(*, yes: bool, dry_run: bool = False) -> Callable[[Plan], bool]:
    """Shows the plan and asks, as the options say."""

    def agree(plan: Plan) -> bool:
        for row in plan_rows(plan):
            talk(f"  {row['action']:>7} {row['rows']:>6} {row['model']}")
        return not dry_run and confirmed(f"Write {len(plan.changes)} changes to the ERP?", yes)

    return agree


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A bar on a terminal; a log gets nothing but the outcome."""
    if not sys.stderr.isatty():
        yield None
        return
    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def moved(model: str, done: int, total: int) -> None:
            if model not in tasks:
                tasks[model] = bar.add_task(model, total=total or 1)
            bar.update(tasks[model], completed=done, total=total or 1)  # type: ignore[arg-type]

        yield moved
