"""`kam incentives close`, `lock`, `payroll`, `statement`: a period's statements frozen, locked, exported."""

from __future__ import annotations

from pathlib import Path

import click

from kam_connector.cli.options import FILE, Command, answers, find_settings, finish
from kam_connector.cli.speech import language
from kam_connector.texts import Text

_SHOW = Text("Show the statements ({count}) as locked in the ERP now?")


def of_period(command: Command) -> Command:
    """Adds `--period` to a command."""
    return click.option("--period", required=True, help="A month (2026-03), quarter (2026-Q1) or year that is over.")(
        command
    )


def of_plan(command: Command) -> Command:
    """Adds `--plan` to a command."""
    return click.option("--plan", help="The code of one plan; without it all that pay by such periods.")(command)


@click.command()
@of_period
@of_plan
@click.option("--again", is_flag=True, help="Close anew what has changed and is not approved; the former copy stays.")
@answers
def close(period: str, plan: str | None, again: bool, output_format: str) -> int:
    """Freeze the statements of a period in the ledger, with every row behind them.

    The next night writes them to the ERP, where somebody else approves them. What becomes known of the period later
    goes into the open one.

    \b
    Example:
      kam incentives close --period 2026-06
    """
    from kam_connector.runs.closing import Asked
    from kam_connector.runs.closing import close as work
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.workspace import open_workspace

    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "close"),
    ):
        result = work(workspace, Asked(period, plan, again), run)
    return finish(result, output_format)


@click.command()
@of_period
@of_plan
@click.option("--yes", is_flag=True, help="Show it in the ERP at once without asking.")
@answers
def lock(period: str, plan: str | None, yes: bool, output_format: str) -> int:
    """Lock a closed period whose statements are all approved in the ERP: the ledger keeps who approved which figures.

    With a yes the payouts in the ERP say so at once, else after the next night.

    \b
    Example:
      kam incentives lock --period 2026-06
    """
    from kam_connector.cli.agreeing import agreement
    from kam_connector.runs.closing import Asked
    from kam_connector.runs.closing import lock as work
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.workspace import open_workspace

    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "lock"),
    ):
        result = work(workspace, Asked(period, plan), run, agreement(yes=yes, question=_SHOW))
    return finish(result, output_format)


@click.command()
@of_period
@of_plan
@click.option("--out", required=True, type=FILE, help="Where the file is put; one that is there is replaced.")
@answers
def payroll(period: str, plan: str | None, out: Path, output_format: str) -> int:
    """Write a CSV of what a locked period pays, a row a statement, for the payroll.

    The ledger keeps that it was exported; a second time is said (exit code 1), so that nobody is paid twice.

    \b
    Example:
      kam incentives payroll --period 2026-06 --out payroll.csv
    """
    from kam_connector.runs.closing import Asked
    from kam_connector.runs.payroll import export_payroll
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.workspace import open_workspace

    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "payroll"),
    ):
        result = export_payroll(workspace, Asked(period, plan), out, run)
    return finish(result, output_format)


@click.command()
@of_period
@click.option("--payee", type=int, help="The id of one user; without it everybody.")
@answers
def statement(period: str, payee: int | None, output_format: str) -> int:
    """Print the closed statements of a period row by row: as paid, as known now, and the difference.

    \b
    Example:
      kam incentives statement --period 2026-06
    """
    from kam_connector.runs.restated import show_statements
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        result = show_statements(workspace, period, payee)
    return finish(result, output_format)
