"""`kam warnings`: which customers are in danger of being lost."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language


@click.group()
def warnings() -> None:
    """Early warnings: customers in danger of being lost, and what is done about it."""


@warnings.command()
@click.option("--customer", type=int, help="Only this customer, by the id of the ERP.")
@click.option("--all", "every", is_flag=True, help="Pending and cleared warnings, too.")
@dated
@answers
def show(customer: int | None, every: bool, as_of: date | None, output_format: str) -> int:
    """Print the open warnings with their reasons and tasks, from the mirror as it is; nothing is recorded.

    A warning is raised after as many checks in a row as warnings.toml asks for; a check is a day that was recorded by
    `kam run` or `kam warnings run`.

    \b
    Example:
      kam warnings show --all
    """
    return show_answer("warnings", as_of, output_format, customer=customer, every=every)


@warnings.command()
@dated
@answers
def run(as_of: date | None, output_format: str) -> int:
    """Check the customers against the rules and record the check in the ledger; the ERP is not touched.

    \b
    Example:
      kam warnings run
    """
    from kam_connector.runs.known_warnings import record_warnings
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.seeing import look
    from kam_connector.runs.warning_answers import warnings_of
    from kam_connector.runs.workspace import open_workspace

    name = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, name, "warnings"),
    ):
        seen = look(workspace, as_of)
        for night in seen.nights:
            record_warnings(workspace.ledger, night.warnings, night.as_of)
        result = warnings_of(seen, workspace.lang, every=True, run=name)
    return finish(result, output_format)
