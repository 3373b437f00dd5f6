"""`kam status`: how the last runs ended, and whether one is at work."""

from __future__ import annotations

import click

from kam_connector.cli.options import answers, find_settings, finish
from kam_connector.runs.history import read_history


@click.command()
@answers
def status(output_format: str) -> int:
    """Show the last runs, who holds the lock, and what waits in the outbox. Needs no lock.

    \b
    Example:
      kam status --format json
    """
    return finish(read_history(find_settings()), output_format)
