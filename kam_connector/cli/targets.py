"""`kam targets`: what people and teams are to reach."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli.options import answers, dated, find_settings, finish
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language


@click.group()
def targets() -> None:
    """Targets of people and teams."""


@targets.command(name="import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--split", is_flag=True, help="Divide targets of teams over their members, of a company over its teams.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@answers
def import_file(path: Path, split: bool, yes: bool, output_format: str) -> int:
    """Write the targets of a file (.csv or .xlsx) to the ERP: the plan is shown, and nothing is written without a yes.

    The columns are company, user, team, period, measure (revenue, margin, collection, new_customers), amount, currency
    and weight. With --split a team's target is divided to the smallest unit: by the weights of its rows with a user and
    no amount, without such rows equally. The same file again writes nothing; what people have changed in the ERP since
    stays and is named.

    \b
    Example:
      kam targets import targets.csv --split --yes
    """
    from kam_connector.cli.agreeing import agreement
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.targets import import_targets
    from kam_connector.runs.workspace import open_workspace

    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "targets"),
    ):
        result = import_targets(workspace, path, run, split=split, agree=agreement(yes=yes))
    return finish(result, output_format)


@targets.command()
@click.option("--period", help="Only this month (2026-03), quarter (2026-Q1) or year.")
@dated
@answers
def show(period: str | None, as_of: date | None, output_format: str) -> int:
    """Print the targets that stand in the ERP, as last pulled; the latest period first.

    \b
    Example:
      kam targets show --period 2026-06
    """
    return show_answer("targets", as_of, output_format, period=period)
