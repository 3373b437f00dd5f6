"""`kam complaints`: complaints and their deadlines."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


@click.group()
def complaints() -> None:
    """Complaints and their deadlines."""


@complaints.command()
@dated
@answers
def show(as_of: date | None, output_format: str) -> int:
    """Print the complaints with response and resolution deadlines, the earliest first.

    \b
    Example:
      kam complaints show
    """
    return show_answer("complaints", as_of, output_format)
