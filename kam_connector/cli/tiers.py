"""`kam tiers`: which customers are key accounts."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish
from kam_connector.cli.reading import show_answer
from kam_connector.cli.speech import language


@click.group()
def tiers() -> None:
    """Scores and tiers of customers."""


@tiers.command()
@dated
@answers
def show(as_of: date | None, output_format: str) -> int:
    """Print what the tiers would be, from the mirror as it is; nothing is recorded.

    \b
    Example:
      kam tiers show --format csv
    """
    return show_answer("tiers", as_of, output_format)


@tiers.command()
@dated
@answers
def pareto(as_of: date | None, output_format: str) -> int:
    """Print which customers make most of the revenue and which make most of the margin, in classes A, B, C and N.

    \b
    Example:
      kam tiers pareto
    """
    return show_answer("pareto", as_of, output_format)


@tiers.command()
@dated
@answers
def run(as_of: date | None, output_format: str) -> int:
    """Decide the tiers from the mirror as it is and record them in the ledger; the ERP is not touched.

    \b
    Example:
      kam tiers run
    """
    from kam_connector.runs.answers import tiers_of
    from kam_connector.runs.night import record
    from kam_connector.runs.record import new_run_id, recorded
    from kam_connector.runs.seeing import look
    from kam_connector.runs.workspace import open_workspace

    name = new_run_id()
    with (
        open_workspace(find_settings(), write=True, lang=language()) as workspace,
        recorded(workspace.ledger, name, "tiers"),
    ):
        seen = look(workspace, as_of)
        record(workspace, seen.nights)
        result = tiers_of(seen, workspace.lang, run=name)
    return finish(result, output_format)
