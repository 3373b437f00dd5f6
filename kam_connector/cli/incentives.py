"""`kam incentives`: what salespeople earn."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated
from kam_connector.cli.reading import show_answer


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
    return show_answer("payouts", as_of, output_format, period=period)
