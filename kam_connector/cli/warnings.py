"""`kam warnings`: which customers are in danger of being lost."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer
from kam_connector.cli.recording import record_and_answer


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
    from kam_connector.runs.warning_answers import record_checks, warnings_of

    return record_and_answer(
        "warnings",
        as_of,
        output_format,
        record=record_checks,
        answer=lambda seen, lang, name: warnings_of(seen, lang, every=True, run=name),
    )
