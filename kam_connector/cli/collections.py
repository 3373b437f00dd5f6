"""`kam collections`: whom to ask for money, and who has promised to pay."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def collections() -> None:
    """Collection tasks and promises to pay."""


@collections.command()
@dated
@answers
def worklist(as_of: date | None, output_format: str) -> int:
    """Print the collection tasks, the most urgent first, each with its reason.

    \b
    Example:
      kam collections worklist
    """
    return show_answer("worklist", as_of, output_format)


@collections.command()
@click.option("--state", type=click.Choice(["open", "kept", "partly", "broken"]), help="Only promises in this state.")
@dated
@answers
def promises(as_of: date | None, output_format: str, state: str | None) -> int:
    """Print the promises to pay with the cash that came in for each, the earliest day first.

    \b
    Example:
      kam collections promises --state broken
    """
    return show_answer("promises", as_of, output_format, state=state)
