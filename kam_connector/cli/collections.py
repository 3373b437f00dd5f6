"""`kam collections`: whom to ask for money."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish, language
from kam_connector.runs.answers import show_worklist
from kam_connector.runs.workspace import open_workspace


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
    with open_workspace(find_settings(), lang=language()) as workspace:
        return finish(show_worklist(workspace, as_of), output_format)
