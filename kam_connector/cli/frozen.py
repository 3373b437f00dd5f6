"""`kam ageing snapshot`, `snapshots`, `changes`: freezing a day, the frozen days, what moved since."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from kam_connector.cli.options import Command, answers, dated, find_settings, finish
from kam_connector.cli.speech import language

Basis = Literal["due", "recognition"]


def based(command: Command) -> Command:
    """Adds `--basis` to a command."""
    return click.option(
        "--basis", type=click.Choice(["due", "recognition"]), help="Aged by due or document date; else as policy says."
    )(command)


@click.command()
@dated
@based
@click.option("--again", is_flag=True, help="Freeze a day anew whose figures have changed; the former copy stays.")
@answers
def snapshot(as_of: date | None, basis: Basis | None, again: bool, output_format: str) -> int:
    """Freeze the ageing of a day in the ledger, with the ids of the matches that it rests on.

    Nothing is asked of the ERP; the next night writes the dated copy there. A day that is frozen already stays as it
    is: with the same figures that is said, with others nothing is frozen (exit code 7) but with --again.

    \b
    Example:
      kam ageing snapshot --as-of 2026-06-30
    """
    from kam_connector.runs.freezing import Asked, freeze
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.workspace import open_workspace

    run = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, run, "snapshot"),
    ):
        result = freeze(workspace, Asked(as_of, basis, again), run)
    return finish(result, output_format)


@click.command()
@answers
def snapshots(output_format: str) -> int:
    """List the frozen days, the latest first, with their figures and who signed them in the ERP.

    \b
    Example:
      kam ageing snapshots --format json
    """
    from kam_connector.runs.snapshots import list_snapshots
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        result = list_snapshots(workspace)
    return finish(result, output_format)


@click.command()
@dated
@based
@answers
def changes(as_of: date | None, basis: Basis | None, output_format: str) -> int:
    """List every line of a frozen day that moved since, and why; the changes add up to the difference of the total.

    \b
    Example:
      kam ageing changes --as-of 2026-06-30
    """
    from kam_connector.runs.freezing import Asked
    from kam_connector.runs.snapshots import show_changes
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        result = show_changes(workspace, Asked(as_of, basis))
    return finish(result, output_format)
