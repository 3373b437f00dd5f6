"""`kam status`: how the last runs ended, and whether one is at work."""

from __future__ import annotations

import click

from kam_connector.cli.options import answers, find_all_settings, finish
from kam_connector.runs.history import read_history


@click.command()
@answers
def status(output_format: str) -> int:
    """Show the last runs, who is at work and how far, and what waits for a person. Needs no lock.

    Without --erp every ERP of kam.toml is shown. The exit code is 1 when something waits for a person.

    \b
    Example:
      kam status --format json
    """
    return finish(read_history(find_all_settings()), output_format)
