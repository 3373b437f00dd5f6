"""`kam collections`: whom to ask for money."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def collections() -> None:
    """Collection tasks."""


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
