"""`kam incentives appraisal`, `ranking`: how far people came, and how they stand among each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kam_connector.cli.options import FILE, Command, answers, dated
from kam_connector.cli.reading import show_answer


def of_people(command: Command) -> Command:
    """Adds `--period` and `--team` to a command."""
    period = "A month (2026-03), quarter (2026-Q1) or year; without it the current month."
    command = click.option("--team", help="Only this sales team, by its name or id.")(command)
    return click.option("--period", help=period)(command)


@click.command(name="appraisal")
@of_people
@click.option("--against", help="Another period to compare with; without it the one before.")
@click.option("--ratings", type=FILE, help="Marks by the items of the scale: user, item, mark.", metavar="CSV")
@dated
@answers
def appraisal_command(
    period: str | None, team: str | None, against: str | None, ratings: Path | None, as_of: date | None,
    output_format: str,
) -> int:  # fmt: skip
    """Print what people reached of their targets, against their own past, and all of it as one figure.

    Shares are parts of one: 0.9200 is 92 %. The weights, the cap and the items of the scale are those of
    appraisal.toml. Two collection rates stand there by their names: of the target, and of what there was to collect.

    \b
    Example:
      kam incentives appraisal --period 2026-06
    """
    from kam_connector.runs.appraising import Asked

    return show_answer("appraisal", as_of, output_format, asked=Asked(period, against, team, ratings))


@click.command(name="ranking")
@of_people
@dated
@answers
def ranking_command(period: str | None, team: str | None, as_of: date | None, output_format: str) -> int:
    """Print who came how far among his own, each measured by his own targets; equal figures share a place.

    Who is not rated stands last, without a place. Below: how far apart they are, and who is paid by other plans than
    most of his team. Nothing is decided here: a remark for the personnel department is a reason to look.

    \b
    Example:
      kam incentives ranking --period 2026-06
    """
    from kam_connector.runs.appraising import Asked

    return show_answer("ranking", as_of, output_format, asked=Asked(period, None, team))
