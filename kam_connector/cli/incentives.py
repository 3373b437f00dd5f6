"""`kam incentives`: what salespeople earn."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish, language
from kam_connector.runs.answers import show_payouts
from kam_connector.runs.workspace import open_workspace


@click.group()
def incentives() -> None:
    """Commission of salespeople."""


@incentives.command()
@click.option("--period", help="A month (2026-03), quarter (2026-Q1) or year; without it the current one.")
@dated
@answers
def compute(period: str | None, as_of: date | None, output_format: str) -> int:
    """Print what each payee earned in a period, to the cent; nothing is recorded.

    \b
    Example:
      kam incentives compute --period 2026-05
    """
    with open_workspace(find_settings(), lang=language()) as workspace:
        return finish(show_payouts(workspace, as_of, period), output_format)
