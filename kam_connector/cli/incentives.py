"""`kam incentives`: what salespeople earn."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kam_connector.cli import appraising, closing
from kam_connector.cli.options import FILE, answers, dated, find_settings, finish
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language, told

if TYPE_CHECKING:
    from kam_connector.inputs.pay import PayFiles
    from kam_connector.runs.pay_trial import Asked
    from kam_connector.runs.result import Result


@click.group()
def incentives() -> None:
    """Commission, bonuses and awards of salespeople."""


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


@incentives.command()
@click.option("--plan", required=True, type=FILE, help="The plan to try.", metavar="TOML")
@click.option("--against", type=FILE, help="Another plan, or version of it, to compare with.", metavar="TOML")
@click.option("--credits", type=FILE, help="A file of credits in place of the mirror.", metavar="CSV")
@click.option("--cash", type=FILE, help="What was paid of their documents.", metavar="CSV")
@click.option("--paid", type=FILE, help="What payees were paid before.", metavar="CSV")
@click.option("--rates", type=FILE, help="Exchange rates: units of a currency for one of the base.", metavar="CSV")
@click.option("--targets", type=FILE, help="What payees and teams are to reach (docs/targets.md).", metavar="CSV")
@click.option("--period", help="Only this month (2026-03), quarter (2026-Q1) or year; without it every one by itself.")
@dated
@answers
def simulate(
    plan: Path,
    against: Path | None,
    credits: Path | None,
    cash: Path | None,
    paid: Path | None,
    rates: Path | None,
    targets: Path | None,
    period: str | None,
    as_of: date | None,
    output_format: str,
) -> int:
    """Try a plan: every slice, rate and amount, on a file of credits or on the company's own history.

    With --against the rows of both plans stand there, then what they differ by, person by person and deal by deal.
    Nothing is written anywhere.

    \b
    Example:
      kam incentives simulate --plan ka-2027.toml --credits credits.csv --cash cash.csv
    """
    from kam_connector.inputs.pay import PayFiles
    from kam_connector.policy import read_plan
    from kam_connector.runs.pay_trial import Asked

    if credits is None and (cash or paid or rates or targets):
        raise click.UsageError(told("--cash, --paid, --rates and --targets go with --credits."))
    asked = Asked(read_plan(plan), read_plan(against) if against else None, period, as_of, language())
    files = PayFiles(credits, cash, paid, rates, targets) if credits else None
    return finish(_try(files, asked), output_format)


def _try(files: PayFiles | None, asked: Asked) -> Result:
    from kam_connector.runs.pay_trial import try_files

    if files is not None:
        return try_files(files, asked)
    from kam_connector.runs.pay_history import try_history
    from kam_connector.runs.workspace import open_workspace

    with open_workspace(find_settings(), lang=language()) as workspace:
        return try_history(workspace, asked)


for command in (
    closing.close, closing.lock, closing.payroll, closing.statement, appraising.appraisal_command,
    appraising.ranking_command,
):  # fmt: skip
    incentives.add_command(command)
