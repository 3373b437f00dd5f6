"""`kam complaints`: complaints and their deadlines."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish, language
from kam_connector.runs.answers import show_complaints
from kam_connector.runs.workspace import open_workspace


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
    with open_workspace(find_settings(), lang=language()) as workspace:
        return finish(show_complaints(workspace, as_of), output_format)
