"""`kam tiers`: which customers are key accounts."""

from __future__ import annotations

from datetime import date

import click

from kam_connector.cli.options import answers, dated, find_settings, finish, language
from kam_connector.runs.answers import look, show_tiers
from kam_connector.runs.night import new_run_id, record, recorded
from kam_connector.runs.workspace import open_workspace


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
    with open_workspace(find_settings(), lang=language()) as workspace:
        return finish(show_tiers(workspace, as_of), output_format)


@tiers.command()
@dated
@answers
def run(as_of: date | None, output_format: str) -> int:
    """Decide the tiers from the mirror as it is and record them in the ledger; the ERP is not touched.

    \b
    Example:
      kam tiers run
    """
    with open_workspace(find_settings(), write=True, lang=language()) as workspace:
        result = show_tiers(workspace, as_of)
        with recorded(workspace.ledger, new_run_id(), "tiers"):
            record(workspace, look(workspace, as_of)[0])
    return finish(result, output_format)
